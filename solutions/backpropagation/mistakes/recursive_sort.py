"""The topological sort calls itself for every node."""

COSTS = ["Node.backward"]
EXPLANATION = {
    "en": (
        "Your topological sort calls itself once for each node along a chain, and Python allows about"
        " 1,000 calls inside one another. Keep the nodes that are still to be done in a list of your "
        "own."
    ),
    "vi": (
        "Hàm sắp xếp tô-pô của bạn tự gọi lại nó ở mỗi nút dọc theo chuỗi, mà Python chỉ cho phép "
        "khoảng 1000 lời gọi lồng nhau. Hãy tự giữ các nút còn phải xét trong một danh sách (ngăn "
        "xếp)."
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
        order, seen = [], set()

        def visit(node):
            if node not in seen:
                seen.add(node)
                for parent, _ in node.parents:
                    visit(parent)
                order.append(node)

        visit(self)
        self.grad += 1.0
        for node in reversed(order):
            for parent, slope in node.parents:
                parent.grad += node.grad * slope
