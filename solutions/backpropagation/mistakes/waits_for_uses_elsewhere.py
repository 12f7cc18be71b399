"""A node passes its gradient on only when all its uses, in whatever graph, have paid in."""

COSTS = ["Node.backward"]
EXPLANATION = {
    "en": (
        "You count a node's uses when expressions are built, and wait for all of them. Uses that "
        "do not lead to this result never pay in, so the node waits for ever: count only what the"
        " result depends on."
    ),
    "vi": (
        "Bạn đếm số lần dùng của mỗi nút khi lập biểu thức và chờ đủ số đó. Những lần dùng không "
        "dẫn tới kết quả này sẽ không bao giờ góp vào, nên nút chờ mãi: chỉ đếm những gì kết quả "
        "phụ thuộc vào."
    ),
}

import math


class Node:
    def __init__(self, value, parents=()):
        self.value = float(value)
        self.grad = 0.0
        self.parents = parents  # pairs (node, local derivative)
        self.uses = 0
        for parent, _ in parents:
            parent.uses += 1

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
        ready = [self]
        while ready:
            node = ready.pop()
            for parent, slope in node.parents:
                parent.grad += node.grad * slope
                parent.uses -= 1
                if parent.uses == 0:
                    ready.append(parent)
