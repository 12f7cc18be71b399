"""0-d arrays for values and gradients; derivatives as functions of the upstream gradient; counting of users."""

import numpy as np


def product_of_sum(x, y, z):
    f = np.asarray((x + y) * z)
    return f, {"x": np.asarray(z), "y": np.asarray(z), "z": np.asarray(x + y)}


class Node:
    def __init__(self, value):
        self.value = np.array(value, dtype=float)
        self.grad = np.zeros(())
        self.pull = []

    def __add__(self, other):
        return Node._op(np.add, self, other, lambda g, a, b: g, lambda g, a, b: g)

    def __radd__(self, other):
        return Node._op(np.add, other, self, lambda g, a, b: g, lambda g, a, b: g)

    def __sub__(self, other):
        return Node._op(np.subtract, self, other, lambda g, a, b: g, lambda g, a, b: -g)

    def __rsub__(self, other):
        return Node._op(np.subtract, other, self, lambda g, a, b: g, lambda g, a, b: -g)

    def __mul__(self, other):
        return Node._op(np.multiply, self, other, lambda g, a, b: g * b, lambda g, a, b: g * a)

    def __rmul__(self, other):
        return Node._op(np.multiply, other, self, lambda g, a, b: g * b, lambda g, a, b: g * a)

    def __truediv__(self, other):
        return Node._op(np.divide, self, other, lambda g, a, b: g / b, lambda g, a, b: -g * a / b / b)

    def __rtruediv__(self, other):
        return Node._op(np.divide, other, self, lambda g, a, b: g / b, lambda g, a, b: -g * a / b / b)

    def __pow__(self, n):
        return Node._op(np.power, self, float(n), lambda g, a, b: g * b * a ** (b - 1), None)

    def __neg__(self):
        return self * -1.0

    def exp(self):
        return Node._op(lambda a, b: np.exp(a), self, 0.0, lambda g, a, b: g * np.exp(a), None)

    def log(self):
        return Node._op(lambda a, b: np.log(a), self, 0.0, lambda g, a, b: g / a, None)

    @staticmethod
    def _op(f, left, right, to_left, to_right):
        a = left.value if isinstance(left, Node) else np.float64(left)
        b = right.value if isinstance(right, Node) else np.float64(right)
        out = Node(f(a, b))
        if isinstance(left, Node):
            out.pull.append((left, lambda g: to_left(g, a, b)))
        if isinstance(right, Node):
            out.pull.append((right, lambda g: to_right(g, a, b)))
        return out

    def backward(self):
        users, stack = {}, [self]
        while stack:
            node = stack.pop()
            for source, _ in node.pull:
                if source not in users:
                    users[source] = []
                    stack.append(source)
                users[source].append(node)
        complete = {}
        order = [self]
        arrived = {node: 0 for node in users}
        complete[self] = np.float64(1.0)
        while order:
            node = order.pop(0) if len(order) < 50 else order.pop()
            node.grad = node.grad + complete[node]
            for source, pull in node.pull:
                complete[source] = complete.get(source, 0.0) + pull(complete[node])
                arrived[source] += 1
                if arrived[source] == len(users[source]):
                    order.append(source)


def zero_grad(nodes):
    for node in nodes:
        node.grad = np.zeros(())


def descend(nodes, learning_rate):
    for i in range(len(nodes)):
        nodes[i].value = np.asarray(nodes[i].value - np.asarray(learning_rate) * nodes[i].grad)
