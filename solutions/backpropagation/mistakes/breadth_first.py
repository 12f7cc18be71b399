"""Nodes are visited level by level, not in topological order."""

COSTS = ["Node.backward"]
EXPLANATION = {
    "en": (
        "You go through the graph level by level, so a node may pass its gradient on before all that "
        "use it have paid in. It has to wait for every node that it goes into: sort the graph "
        "topologically first."
    ),
    "vi": (
        "Bạn duyệt đồ thị tính toán theo từng tầng, nên có nút chuyển gradient đi khi các nút dùng nó "
        "chưa góp đủ. Nó phải chờ mọi nút phía sau: trước hết hãy sắp xếp tô-pô (topological sort) đồ "
        "thị."
    ),
}

import math


class Node:
    def __init__(self, value, parents=()):
        self.value = float(value)
        self.grad = 0.0
        self.parents = parents  # pairs (node, local derivative)

    def __add__(self, other):
        other = other if isinstance(other, Node) else Node(other)
        return Node(self.value + other.value, ((self, 1.0), (other, 1.0)))

    def __radd__(self, other):
        return self + other

    def __sub__(self, other):
        other = other if isinstance(other, Node) else Node(other)
        return Node(self.value - other.value, ((self, 1.0), (other, -1.0)))

    def __rsub__(self, other):
        return Node(other) - self

    def __mul__(self, other):
        other = other if isinstance(other, Node) else Node(other)
        return Node(self.value * other.value, ((self, other.value), (other, self.value)))

    def __rmul__(self, other):
        return self * other

    def __truediv__(self, other):
        other = other if isinstance(other, Node) else Node(other)
        return Node(
            self.value / other.value, ((self, 1 / other.value), (other, -self.value / other.value**2))
        )

    def __rtruediv__(self, other):
        return Node(other) / self

    def __neg__(self):
        return Node(-self.value, ((self, -1.0),))

    def __pow__(self, n):
        return Node(self.value**n, ((self, n * self.value ** (n - 1) if n else 0.0),))

    def exp(self):
        value = math.exp(self.value)
        return Node(value, ((self, value),))

    def log(self):
        return Node(math.log(self.value), ((self, 1 / self.value),))

    def backward(self):
        self.grad += 1.0
        queue, seen = [self], {self}
        for node in queue:
            for parent, slope in node.parents:
                parent.grad += node.grad * slope
                if parent not in seen:
                    seen.add(parent)
                    queue.append(parent)
