"""One class for each kind of operation, which knows its slopes; backward goes by how deep a node lies."""

import math
from collections import defaultdict


class Operation:
    """compute gives the value, differentiate the slope by each operand."""

    def __call__(self, *operands):
        operands = [operand if isinstance(operand, Node) else Node(operand) for operand in operands]
        values = [operand.value for operand in operands]
        node = Node(self.compute(*values))
        node.operands = list(zip(operands, self.differentiate(*values), strict=True))
        node.depth = 1 + max(operand.depth for operand in operands)
        return node


class Sum(Operation):
    def compute(self, a, b):
        return a + b

    def differentiate(self, a, b):
        return 1.0, 1.0


class Difference(Operation):
    def compute(self, a, b):
        return a - b

    def differentiate(self, a, b):
        return 1.0, -1.0


class Product(Operation):
    def compute(self, a, b):
        return a * b

    def differentiate(self, a, b):
        return b, a


class Quotient(Operation):
    def compute(self, a, b):
        return a / b

    def differentiate(self, a, b):
        return 1.0 / b, -a / (b * b)


class Power(Operation):
    def __init__(self, exponent):
        self.exponent = exponent

    def compute(self, a):
        return a**self.exponent

    def differentiate(self, a):
        return [self.exponent and self.exponent * a ** (self.exponent - 1)]


class Exponential(Operation):
    def compute(self, a):
        return math.exp(a)

    def differentiate(self, a):
        return [self.compute(a)]


class Logarithm(Operation):
    def compute(self, a):
        return math.log(a)

    def differentiate(self, a):
        return [1.0 / a]


def product_of_sum(x, y, z):
    x, y, z = Node(x), Node(y), Node(z)
    f = (x + y) * z
    f.backward()
    return f.value, dict(x=x.grad, y=y.grad, z=z.grad)


def sigmoid_neuron(x, theta0, theta1):
    # Half the hyperbolic tangent of half the sum, raised by one half.
    half = (theta0 + theta1 * x) / 2
    slope = 0.25 / math.cosh(half) ** 2
    return 0.5 + 0.5 * math.tanh(half), {"x": theta1 * slope, "theta0": slope, "theta1": x * slope}


class Node:
    operands = ()
    depth = 0

    def __init__(self, value):
        self.value = float(value)
        self.grad = 0.0

    def __add__(self, other):
        return Sum()(self, other)

    __radd__ = __add__

    def __sub__(self, other):
        return Difference()(self, other)

    def __rsub__(self, other):
        return Difference()(other, self)

    def __mul__(self, other):
        return Product()(self, other)

    __rmul__ = __mul__

    def __truediv__(self, other):
        return Quotient()(self, other)

    def __rtruediv__(self, other):
        return Quotient()(other, self)

    def __neg__(self):
        return Difference()(0.0, self)

    def __pow__(self, exponent):
        return Power(exponent)(self)

    def exp(self):
        return Exponential()(self)

    def log(self):
        return Logarithm()(self)

    def backward(self):
        levels = defaultdict(list)
        known = {id(self)}
        todo = [self]
        for node in todo:
            levels[node.depth].append(node)
            for operand, _ in node.operands:
                if id(operand) not in known:
                    known.add(id(operand))
                    todo.append(operand)
        flow = defaultdict(float)
        flow[id(self)] = 1.0
        for depth in sorted(levels, reverse=True):
            for node in levels[depth]:
                node.grad += flow[id(node)]
                for operand, slope in node.operands:
                    flow[id(operand)] += slope * flow[id(node)]
