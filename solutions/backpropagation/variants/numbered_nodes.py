"""Every node knows when it was made; backward sorts what it needs by that, newest first. Nodes have names for printing."""

import cmath
import functools
import math


def product_of_sum(x, y, z):
    x, y, z = float(x), float(y), float(z)
    return (x + y) * z, {"x": 1 * z, "y": 1 * z, "z": math.fsum((x, y))}


def sigmoid_neuron(x, theta0, theta1):
    z = float(theta0) + float(theta1) * float(x)
    f = math.exp(z) / (1 + math.exp(z)) if z < 0 else 1 / (1 + math.exp(-z))
    slope = f * (1 / (1 + math.exp(z)))
    return (f, {"x": slope * float(theta1), "theta0": slope, "theta1": slope * float(x)})


def operation(function):
    """The method builds (value, slopes); the decorator makes a Node of it that remembers its operands."""

    @functools.wraps(function)
    def method(self, *others):
        operands = [self, *(other if isinstance(other, Node) else Node(other) for other in others)]
        value, *slopes = function(*(operand.value for operand in operands))
        node = Node(value)
        node.history = list(zip(operands, slopes, strict=True))
        return node

    return method


class Node:
    made = 0

    def __init__(self, value):
        Node.made += 1
        self.number = Node.made
        self.value = float(value)
        self.grad = 0.0
        self.history = []

    def __repr__(self):
        return f"Node({self.value:g}, grad={self.grad:g})"

    __add__ = operation(lambda a, b: (a + b, 1.0, 1.0))
    __radd__ = operation(lambda a, b: (b + a, 1.0, 1.0))
    __sub__ = operation(lambda a, b: (a - b, 1.0, -1.0))
    __rsub__ = operation(lambda a, b: (b - a, -1.0, 1.0))
    __mul__ = operation(lambda a, b: (a * b, b, a))
    __rmul__ = operation(lambda a, b: (a * b, b, a))
    __truediv__ = operation(lambda a, b: (a / b, 1 / b, -(a / b) / b))
    __rtruediv__ = operation(lambda a, b: (b / a, -(b / a) / a, 1 / a))
    __neg__ = operation(lambda a: (-a, -1.0))
    exp = operation(lambda a: (math.exp(a), math.exp(a)))
    log = operation(lambda a: (cmath.log(a).real, 1 / a))

    def __pow__(self, n):
        node = Node(self.value**n)
        node.history.append((self, 0.0 if n == 0 else n * self.value ** (n - 1)))
        return node

    def backward(self):
        needed, todo = {self.number: self}, [self]
        while todo:
            for operand, _ in todo.pop().history:
                if operand.number not in needed:
                    needed[operand.number] = operand
                    todo.append(operand)
        mine = {number: 0.0 for number in needed}
        mine[self.number] = 1.0
        # An operand is always older than what is made of it.
        for number in sorted(needed, reverse=True):
            for operand, slope in needed[number].history:
                mine[operand.number] += slope * mine[number]
        for number, node in needed.items():
            node.grad += mine[number]
