"""__slots__, NumPy scalars for values and gradients, derivatives looked up by operation when they are needed."""

import numpy as np

DERIVATIVES = {
    "leaf": lambda a, b, out: (),
    "add": lambda a, b, out: (1.0, 1.0),
    "sub": lambda a, b, out: (1.0, -1.0),
    "mul": lambda a, b, out: (b, a),
    "div": lambda a, b, out: (1 / b, -a / b**2),
    "pow": lambda a, b, out: (b * a ** (b - 1), 0.0),
    "exp": lambda a, b, out: (out,),
    "log": lambda a, b, out: (1 / a,),
}


def product_of_sum(x, y, z):
    x, y, z = np.float64(x), np.float64(y), np.float64(z)
    return (x + y) * z, {"x": z * np.float64(1), "y": z * np.float64(1), "z": x + y}


def sigmoid_neuron(x, theta0, theta1):
    x, theta0, theta1 = (np.asarray(number, dtype=float) for number in (x, theta0, theta1))
    f = np.asarray(0.5 * (1 + np.tanh((theta0 + theta1 * x) / 2)))
    slope = 0.25 / np.cosh((theta0 + theta1 * x) / 2) ** 2
    return f, {"x": np.asarray(slope * theta1), "theta0": np.asarray(slope), "theta1": np.asarray(slope * x)}


class Node:
    __slots__ = ("grad", "inputs", "operation", "value")

    def __init__(self, value):
        self.value = np.float64(value)
        self.grad = np.float64(0)
        self.operation = "leaf"
        self.inputs = ()

    @classmethod
    def of(cls, operation, value, *inputs):
        node = cls(value)
        node.operation, node.inputs = operation, inputs
        return node

    def __add__(self, other):
        other = node_of(other)
        return Node.of("add", self.value + other.value, self, other)

    def __sub__(self, other):
        other = node_of(other)
        return Node.of("sub", self.value - other.value, self, other)

    def __mul__(self, other):
        other = node_of(other)
        return Node.of("mul", self.value * other.value, self, other)

    def __truediv__(self, other):
        other = node_of(other)
        return Node.of("div", self.value / other.value, self, other)

    def __pow__(self, other):
        other = Node(other)
        return Node.of("pow", self.value**other.value, self, other)

    def __radd__(self, other):
        return node_of(other) + self

    def __rsub__(self, other):
        return node_of(other) - self

    def __rmul__(self, other):
        return node_of(other) * self

    def __rtruediv__(self, other):
        return node_of(other) / self

    def __neg__(self):
        return node_of(0.0) - self

    def exp(self):
        return Node.of("exp", np.exp(self.value), self)

    def log(self):
        return Node.of("log", np.log(self.value), self)

    def backward(self):
        users = {self: 0}
        todo = [self]
        while todo:
            for source in todo.pop().inputs:
                if source not in users:
                    users[source] = 0
                    todo.append(source)
                users[source] += 1
        self.grad = self.grad + 1
        ready = [self]
        while ready:
            node = ready.pop()
            a, b = ([source.value for source in node.inputs] + [None, None])[:2]
            slopes = DERIVATIVES[node.operation](a, b, node.value)
            for source, slope in zip(node.inputs, slopes):
                source.grad = source.grad + node.grad * slope
                users[source] -= 1
                if users[source] == 0:
                    ready.append(source)


def node_of(other):
    if isinstance(other, Node):
        return other
    return Node(other)
