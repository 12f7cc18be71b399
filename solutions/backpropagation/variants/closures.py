"""Each operation leaves a closure that passes the gradient on; the order is made with a stack."""

import math


def product_of_sum(x, y, z):
    total = x + y
    return total * z, dict(x=z, y=z, z=total)


def sigmoid_neuron(x, theta0, theta1):
    f = 1 / (1 + math.exp(-(theta0 + theta1 * x)))
    slope = f * (1 - f)
    return f, {"theta1": slope * x, "theta0": slope, "x": slope * theta1}


class Node:
    def __init__(self, value, _children=()):
        self.value = value
        self.grad = 0.0
        self._children = set(_children)
        self._backward = lambda: None

    @staticmethod
    def _wrap(other):
        return other if isinstance(other, Node) else Node(other)

    def __add__(self, other):
        other = self._wrap(other)
        out = Node(self.value + other.value, (self, other))

        def _backward():
            self.grad += out.grad
            other.grad += out.grad

        out._backward = _backward
        return out

    def __mul__(self, other):
        other = self._wrap(other)
        out = Node(self.value * other.value, (self, other))

        def _backward():
            self.grad += other.value * out.grad
            other.grad += self.value * out.grad

        out._backward = _backward
        return out

    def __pow__(self, n):
        out = Node(self.value**n, (self,))

        def _backward():
            self.grad += n * self.value ** (n - 1) * out.grad

        out._backward = _backward
        return out

    def exp(self):
        out = Node(math.exp(self.value), (self,))

        def _backward():
            self.grad += out.value * out.grad

        out._backward = _backward
        return out

    def log(self):
        out = Node(math.log(self.value), (self,))

        def _backward():
            self.grad += out.grad / self.value

        out._backward = _backward
        return out

    def backward(self):
        topo, visited = [], set()
        stack = [(self, iter(self._children))]
        visited.add(self)
        while stack:
            node, children = stack[-1]
            for child in children:
                if child not in visited:
                    visited.add(child)
                    stack.append((child, iter(child._children)))
                    break
            else:
                topo.append(node)
                stack.pop()
        self.grad = 1.0
        for node in reversed(topo):
            node._backward()

    def __neg__(self):
        return self * -1

    def __sub__(self, other):
        return self + (-self._wrap(other))

    def __rsub__(self, other):
        return self._wrap(other) + (-self)

    def __truediv__(self, other):
        return self * self._wrap(other) ** -1.0

    def __rtruediv__(self, other):
        return other * self**-1.0

    __radd__ = __add__
    __rmul__ = __mul__


def zero_grad(nodes):
    for n in nodes:
        n.grad = 0


def descend(nodes, learning_rate):
    for n in nodes:
        n.value += -learning_rate * n.grad
    return nodes
