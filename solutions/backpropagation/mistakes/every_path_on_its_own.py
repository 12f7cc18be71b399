"""The graph is walked along every path from the result to a leaf."""

COSTS = ["Node.backward"]
EXPLANATION = {
    "en": (
        "You walk along every path from the result to the leaves. The sums are right, but 60 times x "
        "+ x has 2^60 paths. The lecture's point is reuse: work each node's gradient out once, then "
        "pass it on."
    ),
    "vi": (
        "Bạn đi theo từng đường từ kết quả về các nút lá. Tổng thì đúng, nhưng 60 lần x + x có tới "
        "2^60 đường. Điểm chính của lan truyền ngược là dùng lại: tính gradient của mỗi nút một lần "
        "rồi chuyển tiếp."
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

    def backward(self, upstream=1.0):
        self.grad += upstream
        for parent, slope in self.parents:
            parent.backward(upstream * slope)
