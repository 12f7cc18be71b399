"""value and grad are read-only properties over private fields; NumPy floats inside, Python floats outside."""

import numpy as np


def product_of_sum(x, y, z):
    x, y, z = Node(x), Node(y), Node(z)
    f = (x + y) * z
    f.backward()
    return f.value, {"x": x.grad, "y": y.grad, "z": z.grad}


def sigmoid_neuron(x, theta0, theta1):
    leaves = {"x": Node(x), "theta0": Node(theta0), "theta1": Node(theta1)}
    f = 1 / (1 + (-(leaves["theta0"] + leaves["theta1"] * leaves["x"])).exp())
    f.backward()
    return f.value, {name: leaf.grad for name, leaf in leaves.items()}


class Node:
    def __init__(self, value):
        self._value = np.float64(value)
        self._grad = np.float64(0.0)
        self._from = []

    @property
    def value(self):
        return float(self._value)

    @property
    def grad(self):
        return float(self._grad)

    @staticmethod
    def _as(other):
        return other if isinstance(other, Node) else Node(other)

    @staticmethod
    def _new(value, *sources):
        node = Node(value)
        node._from = list(sources)
        return node

    def __add__(self, other):
        other = Node._as(other)
        return Node._new(self._value + other._value, (self, 1.0), (other, 1.0))

    def __mul__(self, other):
        other = Node._as(other)
        return Node._new(self._value * other._value, (self, other._value), (other, self._value))

    def __sub__(self, other):
        return self + Node._as(other) * -1

    def __truediv__(self, other):
        return self * Node._as(other)._reciprocal()

    def _reciprocal(self):
        return Node._new(1 / self._value, (self, -1 / self._value**2))

    def __radd__(self, other):
        return self + other

    def __rsub__(self, other):
        return self * -1 + other

    def __rmul__(self, other):
        return self * other

    def __rtruediv__(self, other):
        return self._reciprocal() * other

    def __neg__(self):
        return Node._new(np.negative(self._value), (self, -1.0))

    def __pow__(self, n):
        with np.errstate(all="ignore"):
            return Node._new(np.power(self._value, n), (self, n * np.power(self._value, float(n) - 1)))

    def exp(self):
        value = np.exp(self._value)
        return Node._new(value, (self, value))

    def log(self):
        return Node._new(np.log(self._value), (self, np.reciprocal(self._value)))

    def backward(self):
        order = []
        state = {}
        stack = [self]
        while stack:
            node = stack[-1]
            if state.get(id(node)) is None:
                state[id(node)] = "open"
                stack.extend(source for source, _ in node._from if state.get(id(source)) is None)
            else:
                stack.pop()
                if state[id(node)] == "open":
                    state[id(node)] = "closed"
                    order.append(node)
        self._grad = self._grad + 1.0
        while order:
            node = order.pop()
            for source, slope in node._from:
                source._grad = source._grad + node._grad * slope


def zero_grad(nodes):
    for node in nodes:
        node._grad = np.float64(0.0)


def descend(nodes, learning_rate):
    for node in nodes:
        node._value = np.subtract(node._value, np.multiply(learning_rate, node._grad))
