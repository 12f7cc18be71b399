"""Assignment 4, backpropagation: the computational graph, forwards and backwards.

Try it with: autograde check backpropagation

First two small graphs worked out by hand, then a class that works out any graph.

Source   lecture 4, "backpropagation"
"""

import math


def product_of_sum(x, y, z):
    """The lecture's example f = (x + y) z, forwards and backwards.

    x, y, z  numbers
    Returns  (f, {"x": df/dx, "y": df/dy, "z": df/dz}), all scalars;
             at (3, -4, 5): (-5, {"x": 5, "y": 5, "z": -1})
    Source   lecture 4, the graph with a + node f1 = x + y and a * node f2 = f1 z
    """
    # TODO product_of_sum: your code instead of the next line.
    raise NotImplementedError("product_of_sum is not written yet")


def sigmoid_neuron(x, theta0, theta1):
    """One neuron f = 1 / (1 + e^-(theta0 + theta1 x)), forwards and backwards.

    x, theta0, theta1  numbers; tested for |theta0 + theta1 x| <= 20
    Returns  (f, {"x": df/dx, "theta0": df/dtheta0, "theta1": df/dtheta1}), all scalars;
             at (1, -3, 3): (0.5, {"x": 0.75, "theta0": 0.25, "theta1": 0.25})
    Source   lecture 4, the exercise at the end
    """
    # TODO sigmoid_neuron: your code instead of the next line.
    raise NotImplementedError("sigmoid_neuron is not written yet")


class Node:
    """A number in a computational graph, which remembers what it was computed from.

    value  the number
    grad   d(result)/d(this node), once `backward` has been called on a result; 0.0 until then

    Nodes are combined by + - * /, unary minus and ** as numbers are; the other operand may be a Node or a
    plain number, on either side. Every operation gives a new Node and changes neither operand.

    Source   lecture 4, "build the computational graph, run it forwards, then backwards"
    """

    def __init__(self, value):
        """A leaf of a graph.

        value  a number
        """
        # TODO Node.__init__: your code instead of the next line.
        raise NotImplementedError("Node.__init__ is not written yet")

    def __add__(self, other):
        """self + other; other is a Node or a number."""
        # TODO Node.__add__: your code instead of the next line.
        raise NotImplementedError("Node.__add__ is not written yet")

    def __radd__(self, other):
        """other + self, for a number on the left."""
        # TODO Node.__radd__: your code instead of the next line.
        raise NotImplementedError("Node.__radd__ is not written yet")

    def __sub__(self, other):
        """self - other; other is a Node or a number."""
        # TODO Node.__sub__: your code instead of the next line.
        raise NotImplementedError("Node.__sub__ is not written yet")

    def __rsub__(self, other):
        """other - self, for a number on the left."""
        # TODO Node.__rsub__: your code instead of the next line.
        raise NotImplementedError("Node.__rsub__ is not written yet")

    def __mul__(self, other):
        """self * other; other is a Node or a number."""
        # TODO Node.__mul__: your code instead of the next line.
        raise NotImplementedError("Node.__mul__ is not written yet")

    def __rmul__(self, other):
        """other * self, for a number on the left."""
        # TODO Node.__rmul__: your code instead of the next line.
        raise NotImplementedError("Node.__rmul__ is not written yet")

    def __truediv__(self, other):
        """self / other; other is a Node or a number, not 0."""
        # TODO Node.__truediv__: your code instead of the next line.
        raise NotImplementedError("Node.__truediv__ is not written yet")

    def __rtruediv__(self, other):
        """other / self, for a number on the left."""
        # TODO Node.__rtruediv__: your code instead of the next line.
        raise NotImplementedError("Node.__rtruediv__ is not written yet")

    def __neg__(self):
        """-self."""
        # TODO Node.__neg__: your code instead of the next line.
        raise NotImplementedError("Node.__neg__ is not written yet")

    def __pow__(self, exponent):
        """self ** exponent; the exponent is a plain number, never a Node."""
        # TODO Node.__pow__: your code instead of the next line.
        raise NotImplementedError("Node.__pow__ is not written yet")

    def exp(self):
        """e to the power of self."""
        # TODO Node.exp: your code instead of the next line.
        raise NotImplementedError("Node.exp is not written yet")

    def log(self):
        """Natural logarithm of self; the value must be positive."""
        # TODO Node.log: your code instead of the next line.
        raise NotImplementedError("Node.log is not written yet")

    def backward(self):
        """Fill `.grad` of every node that this one depends on with d(this)/d(node).

        Gradients add up: over all the ways in which a node is used, and on top of what an earlier graph with
        the same leaves has left in `.grad` (until `zero_grad`). This node's own `.grad` gets d(this)/d(this),
        which is 1. Each derivative is computed once and reused, so the work grows in proportion to the number
        of nodes: a chain of 20,000 nodes works, and so does x = x + x, repeated 60 times.

        Source   lecture 4, "we copy the value over instead of computing it again"
        """
        # TODO Node.backward: your code instead of the next line.
        raise NotImplementedError("Node.backward is not written yet")


def zero_grad(nodes):
    """Forget the gradients of earlier graphs.

    nodes  list of Nodes; the `.grad` of each becomes 0.0, its value stays
    Source   lecture 4, gradients are worked out anew for every step
    """
    # TODO zero_grad: your code instead of the next line.
    raise NotImplementedError("zero_grad is not written yet")


def descend(nodes, learning_rate):
    """One step of gradient descent, in place: value <- value - learning_rate * grad.

    nodes          list of Nodes whose `.grad` has been filled by `backward`
    learning_rate  the step size alpha, a number
    Source         lecture 4, "x becomes x minus alpha times the derivative of f by x", y and z likewise
    """
    # TODO descend: your code instead of the next line.
    raise NotImplementedError("descend is not written yet")
