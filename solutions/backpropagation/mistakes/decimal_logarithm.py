"""log to the base of ten."""

COSTS = ["Node", "Node.backward"]
EXPLANATION = {
    "en": "log means the natural logarithm throughout this course: math.log, not math.log10.",
    "vi": "Trong khóa học này log luôn là logarit tự nhiên: dùng math.log, không phải math.log10.",
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
        return Node(math.log10(self.value), ((self, 1 / (self.value * math.log(10))),))

    def backward(self):
        order, seen, stack = [], set(), [(self, False)]
        while stack:
            node, ready = stack.pop()
            if ready:
                order.append(node)
            elif node not in seen:
                seen.add(node)
                stack.append((node, True))
                stack += [(parent, False) for parent, _ in node.parents]
        self.grad += 1.0
        for node in reversed(order):
            for parent, slope in node.parents:
                parent.grad += node.grad * slope
