"""One list of all nodes, which the first backward empties."""

COSTS = ["Node.backward"]
EXPLANATION = {
    "en": (
        "All graphs share one list of nodes, and the first backward empties it. A second graph that was made "
        "before that then has nothing to go through: let each node remember what it was computed from."
    ),
    "vi": (
        "Mọi đồ thị dùng chung một danh sách nút, và lần backward đầu tiên xóa sạch nó. Đồ thị thứ hai đã "
        "dựng trước đó không còn gì để duyệt: hãy để mỗi nút tự nhớ nó được tính từ những nút nào."
    ),
}

import math


TAPE = []


class Node:
    def __init__(self, value, parents=()):
        self.value = float(value)
        self.grad = 0.0
        self.parents = parents  # pairs (node, local derivative)
        TAPE.append(self)

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
        for node in reversed(TAPE):
            for parent, slope in node.parents:
                parent.grad += node.grad * slope
        TAPE.clear()
