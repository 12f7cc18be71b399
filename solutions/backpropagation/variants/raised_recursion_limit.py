"""Closures and a recursive sort that asks Python for more depth."""

import math
import sys


class Node:
    def __init__(self, value, children=()):
        self.value = value
        self.grad = 0.0
        self.children = set(children)
        self.push = lambda: None

    def __repr__(self):
        return f"Node(value={self.value}, grad={self.grad})"

    def __add__(self, other):
        other = other if isinstance(other, Node) else Node(other)
        out = Node(self.value + other.value, (self, other))

        def push():
            self.grad += out.grad
            other.grad += out.grad

        out.push = push
        return out

    def __mul__(self, other):
        other = other if isinstance(other, Node) else Node(other)
        out = Node(self.value * other.value, (self, other))

        def push():
            self.grad += other.value * out.grad
            other.grad += self.value * out.grad

        out.push = push
        return out

    def __pow__(self, exponent):
        out = Node(self.value**exponent, (self,))

        def push():
            self.grad += exponent * self.value ** (exponent - 1) * out.grad

        out.push = push
        return out

    def exp(self):
        out = Node(math.exp(self.value), (self,))

        def push():
            self.grad += out.value * out.grad

        out.push = push
        return out

    def log(self):
        out = Node(math.log(self.value), (self,))

        def push():
            self.grad += out.grad / self.value

        out.push = push
        return out

    __radd__ = __add__
    __rmul__ = __mul__

    def __neg__(self):
        return self * -1

    def __sub__(self, other):
        return self + (-other)

    def __rsub__(self, other):
        return other + (-self)

    def __truediv__(self, other):
        return self * other**-1

    def __rtruediv__(self, other):
        return other * self**-1

    def backward(self):
        sys.setrecursionlimit(100_000)
        order, seen = [], set()

        def visit(node):
            if node not in seen:
                seen.add(node)
                for child in node.children:
                    visit(child)
                order.append(node)

        visit(self)
        self.grad = 1
        for node in reversed(order):
            node.push()
