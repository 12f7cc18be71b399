"""Nodes are numbered as they are made; backward goes through those it needs from the highest number down."""

import heapq
import itertools
import math

_numbers = itertools.count()


class Node:
    def __init__(self, value):
        self.value = float(value)
        self.grad = 0.0
        self.number = next(_numbers)
        self.sources = []

    def made(value, *sources):
        node = Node(value)
        node.sources = [(source, slope) for source, slope in sources if isinstance(source, Node)]
        return node

    def __add__(self, other):
        return Node.made(self.value + _value(other), (self, 1.0), (other, 1.0))

    def __radd__(self, other):
        return Node.made(other + self.value, (self, 1.0))

    def __sub__(self, other):
        return Node.made(self.value - _value(other), (self, 1.0), (other, -1.0))

    def __rsub__(self, other):
        return Node.made(other - self.value, (self, -1.0))

    def __mul__(self, other):
        return Node.made(self.value * _value(other), (self, _value(other)), (other, self.value))

    def __rmul__(self, other):
        return Node.made(other * self.value, (self, other))

    def __truediv__(self, other):
        b = _value(other)
        return Node.made(self.value / b, (self, 1 / b), (other, -self.value / b / b))

    def __rtruediv__(self, other):
        return Node.made(other / self.value, (self, -other / self.value**2))

    def __neg__(self):
        return Node.made(-self.value, (self, -1.0))

    def __pow__(self, n):
        return Node.made(pow(self.value, n), (self, n * pow(self.value, n - 1)))

    def exp(self):
        return Node.made(math.exp(self.value), (self, math.exp(self.value)))

    def log(self):
        return Node.made(math.log(self.value), (self, 1 / self.value))

    def backward(self):
        waiting = {self.number: (self, 1.0)}
        heap = [-self.number]
        while heap:
            node, gradient = waiting.pop(-heapq.heappop(heap))
            node.grad += gradient
            for source, slope in node.sources:
                if source.number in waiting:
                    waiting[source.number] = (source, waiting[source.number][1] + gradient * slope)
                else:
                    waiting[source.number] = (source, gradient * slope)
                    heapq.heappush(heap, -source.number)


def _value(other):
    return other.value if isinstance(other, Node) else other
