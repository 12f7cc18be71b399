"""A dataclass; generators of pairs; zero_grad and descend with map and setattr."""

import math
from dataclasses import dataclass, field


@dataclass(eq=False)
class Node:
    value: float
    grad: float = 0.0
    edges: list = field(default_factory=list, repr=False)

    def _binary(self, other, f, slopes):
        b = other.value if isinstance(other, Node) else other
        to_self, to_other = slopes(self.value, b)
        edges = [(self, to_self)]
        if isinstance(other, Node):
            edges.append((other, to_other))
        return Node(f(self.value, b), edges=edges)

    def _unary(self, value, slope):
        return Node(value, edges=[(self, slope)])

    def __add__(self, other):
        return self._binary(other, lambda a, b: a + b, lambda a, b: (1, 1))

    def __sub__(self, other):
        return self._binary(other, lambda a, b: a - b, lambda a, b: (1, -1))

    def __mul__(self, other):
        return self._binary(other, lambda a, b: a * b, lambda a, b: (b, a))

    def __truediv__(self, other):
        return self._binary(other, lambda a, b: a / b, lambda a, b: (1 / b, -a / (b * b)))

    def __radd__(self, other):
        return self._binary(other, lambda a, b: b + a, lambda a, b: (1, 1))

    def __rsub__(self, other):
        return self._binary(other, lambda a, b: b - a, lambda a, b: (-1, 1))

    def __rmul__(self, other):
        return self._binary(other, lambda a, b: b * a, lambda a, b: (b, a))

    def __rtruediv__(self, other):
        return self._binary(other, lambda a, b: b / a, lambda a, b: (-b / (a * a), 1 / a))

    def __neg__(self):
        return self._unary(-self.value, -1)

    def __pow__(self, n):
        if n == 0:
            return self._unary(1.0, 0.0)
        return self._unary(self.value**n, n * self.value ** (n - 1))

    def exp(self):
        e = math.e**self.value
        return self._unary(e, e)

    def log(self):
        return self._unary(math.log(self.value), 1 / self.value)

    def backward(self):
        found, position = [self], 0
        waits_for = {id(self): 0}
        while position < len(found):
            for source, _ in found[position].edges:
                if id(source) not in waits_for:
                    waits_for[id(source)] = 0
                    found.append(source)
                waits_for[id(source)] += 1
            position += 1
        gradient = {id(self): 1.0}
        ready = [self]
        for node in ready:
            node.grad += gradient[id(node)]
            for source, slope in node.edges:
                gradient[id(source)] = gradient.get(id(source), 0.0) + slope * gradient[id(node)]
                waits_for[id(source)] -= 1
                if not waits_for[id(source)]:
                    ready.append(source)


def zero_grad(nodes):
    list(map(lambda node: setattr(node, "grad", 0.0), nodes))


def descend(nodes, learning_rate):
    list(map(lambda node: setattr(node, "value", node.value - learning_rate * node.grad), nodes))
