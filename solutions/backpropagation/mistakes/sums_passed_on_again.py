"""A node passes on its whole gradient each time it is reached."""

COSTS = ["Node.backward"]
EXPLANATION = {
    "en": (
        "Each time a node is reached you pass on all the gradient it has, including what it passed on"
        " before: contributions of inner nodes that are used twice count double. Each node may pass "
        "its gradient on only once, when it is complete."
    ),
    "vi": (
        "Mỗi lần tới một nút, bạn lại chuyển đi toàn bộ gradient nó đang có, kể cả phần đã chuyển "
        "trước đó: với nút trung gian được dùng hai lần, đóng góp bị tính trùng. Mỗi nút chỉ được "
        "chuyển gradient đúng một lần, khi đã nhận đủ."
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

    def backward(self, start=True):
        if start:
            self.grad += 1.0
        for parent, slope in self.parents:
            parent.grad += self.grad * slope
            parent.backward(start=False)
