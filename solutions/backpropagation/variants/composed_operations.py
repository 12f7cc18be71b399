"""Few operations of its own: a - b is a + (-b), a / b is a * b ** -1; each node holds a function that pays its operands."""

import math


def product_of_sum(x, y, z):
    return (x + y) * z, {"x": z, "y": z, "z": x + y}


def sigmoid_neuron(x, theta0, theta1):
    grow = math.exp(theta0 + theta1 * x)
    f = grow / (grow + 1.0)
    slope = grow / (grow + 1.0) / (grow + 1.0)
    return [f, {"theta1": slope * x, "theta0": slope, "x": slope * theta1}]


def nothing():
    pass


class Node:
    def __init__(self, value, _below=()):
        self.value = value * 1.0
        self.grad = 0.0
        self._below = frozenset(_below)
        self._pay = nothing

    def __add__(self, other):
        if not isinstance(other, Node):
            other = Node(other)
        total = Node(self.value + other.value, (self, other))

        def pay():
            self.grad = self.grad + total.grad
            other.grad = other.grad + total.grad

        total._pay = pay
        return total

    def __mul__(self, other):
        if not isinstance(other, Node):
            other = Node(other)
        product = Node(self.value * other.value, (self, other))

        def pay():
            # Both slopes before either is paid: the operands may be one node.
            first, second = other.value * product.grad, self.value * product.grad
            self.grad = self.grad + first
            other.grad = other.grad + second

        product._pay = pay
        return product

    def __pow__(self, n):
        power = Node(self.value**n, (self,))

        def pay():
            self.grad = self.grad + n * self.value ** (n - 1) * power.grad

        power._pay = pay
        return power

    def exp(self):
        result = Node(math.e**self.value, (self,))

        def pay():
            self.grad = self.grad + result.value * result.grad

        result._pay = pay
        return result

    def log(self):
        result = Node(math.log(self.value), (self,))

        def pay():
            self.grad = self.grad + result.grad / self.value

        result._pay = pay
        return result

    def __neg__(self):
        return self * -1.0

    def __sub__(self, other):
        return self + (-other)

    def __rsub__(self, other):
        return -self + other

    def __radd__(self, other):
        return self + other

    def __rmul__(self, other):
        return self * other

    def __truediv__(self, other):
        return self * (other**-1 if isinstance(other, Node) else 1.0 / other)

    def __rtruediv__(self, other):
        return self**-1 * other

    def backward(self):
        # Depth first, with iterators on a stack of our own in place of recursion.
        finished, visited = [], {self}
        path = [(self, iter(self._below))]
        while path:
            node, rest = path[-1]
            for below in rest:
                if below not in visited:
                    visited.add(below)
                    path.append((below, iter(below._below)))
                    break
            else:
                finished.append(node)
                path.pop()
        self.grad = self.grad + 1.0
        while finished:
            finished.pop()._pay()


def zero_grad(nodes):
    for node in nodes:
        setattr(node, "grad", 0.0)  # noqa: B010


def descend(nodes, learning_rate):
    for i in range(len(nodes)):
        nodes[i].value += -learning_rate * nodes[i].grad
    return nodes
