"""NumPy scalars inside, type hints and long docstrings; the graph is a pair of parallel lists."""

from __future__ import annotations

from typing import Union

import numpy as np

Number = Union[int, float]


def product_of_sum(x: Number, y: Number, z: Number) -> tuple[np.float64, dict[str, np.float64]]:
    """Forward and backward through f = (x + y) z.

    The gradient of a product by its two factors is the vector of the factors, the other way round.
    """
    factors = np.array([np.add(x, y), z], dtype=np.float64)
    by_sum, by_z = factors[::-1]
    return factors.prod(), {"x": by_sum, "y": by_sum, "z": by_z}


def sigmoid_neuron(x: Number, theta0: Number, theta1: Number) -> tuple[np.float64, dict[str, np.float64]]:
    """The neuron, by logarithms: log f = -log(1 + e^-z) and log (1 - f) = -log(1 + e^z)."""
    z = np.float64(theta0) + np.float64(theta1) * np.float64(x)
    log_f, log_rest = -np.logaddexp(0.0, -z), -np.logaddexp(0.0, z)
    slope = np.exp(log_f + log_rest)
    return np.exp(log_f), {name: slope * factor for name, factor in (("x", theta1), ("theta0", 1), ("theta1", x))}


class Node:
    """A number that knows its family: `_parents[i]` got it with the slope `_slopes[i]`."""

    _parents: list[Node]
    _slopes: list[np.float64]

    def __init__(self, value: Number) -> None:
        self.value = np.float64(value)
        self.grad = np.float64(0.0)
        self._parents, self._slopes = [], []

    @staticmethod
    def _lift(value: Node | Number) -> Node:
        return value if isinstance(value, Node) else Node(value)

    def _child(self, value: np.float64, *family: tuple[Node, np.float64]) -> Node:
        child = Node(value)
        for parent, slope in family:
            child._parents.append(parent)
            child._slopes.append(slope)
        return child

    def __add__(self, other: Node | Number) -> Node:
        other = self._lift(other)
        return self._child(self.value + other.value, (other, np.float64(1)), (self, np.float64(1)))

    def __sub__(self, other: Node | Number) -> Node:
        other = self._lift(other)
        return self._child(self.value - other.value, (other, np.float64(-1)), (self, np.float64(1)))

    def __mul__(self, other: Node | Number) -> Node:
        other = self._lift(other)
        return self._child(self.value * other.value, (other, self.value), (self, other.value))

    def __truediv__(self, other: Node | Number) -> Node:
        other = self._lift(other)
        inverse = np.reciprocal(other.value)
        return self._child(self.value * inverse, (other, -self.value * inverse**2), (self, inverse))

    def __radd__(self, other: Number) -> Node:
        return self._lift(other).__add__(self)

    def __rsub__(self, other: Number) -> Node:
        return self._lift(other).__sub__(self)

    def __rmul__(self, other: Number) -> Node:
        return self._lift(other).__mul__(self)

    def __rtruediv__(self, other: Number) -> Node:
        return self._lift(other).__truediv__(self)

    def __neg__(self) -> Node:
        return self._child(np.negative(self.value), (self, np.float64(-1)))

    def __pow__(self, exponent: Number) -> Node:
        exponent = float(exponent)
        slope = exponent * np.power(self.value, exponent - 1) if exponent != 0 else np.float64(0)
        return self._child(np.power(self.value, exponent), (self, slope))

    def exp(self) -> Node:
        grown = np.exp(self.value)
        return self._child(grown, (self, grown))

    def log(self) -> Node:
        return self._child(np.log(self.value), (self, np.reciprocal(self.value)))

    def backward(self) -> None:
        """Reverse postorder on an explicit stack, then one sweep over it."""
        postorder: list[Node] = []
        entered: set[int] = set()
        left: list[tuple[Node, int]] = [(self, 0)]
        while left:
            node, position = left.pop()
            if position == 0:
                if id(node) in entered:
                    continue
                entered.add(id(node))
            if position < len(node._parents):
                left.append((node, position + 1))
                if id(node._parents[position]) not in entered:
                    left.append((node._parents[position], 0))
            else:
                postorder.append(node)
        own = dict.fromkeys(map(id, postorder), np.float64(0.0))
        own[id(self)] = np.float64(1.0)
        for node in postorder[::-1]:
            node.grad = node.grad + own[id(node)]
            for parent, slope in zip(node._parents, node._slopes, strict=True):
                own[id(parent)] += own[id(node)] * slope


def zero_grad(nodes: list[Node]) -> None:
    """Each gradient becomes a fresh 0."""
    for node in nodes:
        node.grad = np.float64()


def descend(nodes: list[Node], learning_rate: Number) -> None:
    """All steps at once, then handed back to the nodes."""
    values = np.array([node.value for node in nodes]) - learning_rate * np.array([node.grad for node in nodes])
    for node, value in zip(nodes, values, strict=True):
        node.value = value
