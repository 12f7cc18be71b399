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
    # BEGIN SOLUTION
    x, y, z = float(x), float(y), float(z)
    f1 = x + y
    f2 = f1 * z
    df2 = 1.0  # the chain starts with df2/df2
    df1 = df2 * z  # computed once, then copied to x and to y
    return f2, {"x": df1 * 1.0, "y": df1 * 1.0, "z": df2 * f1}
    # END SOLUTION


def sigmoid_neuron(x, theta0, theta1):
    """One neuron f = 1 / (1 + e^-(theta0 + theta1 x)), forwards and backwards.

    x, theta0, theta1  numbers; tested for |theta0 + theta1 x| <= 20
    Returns  (f, {"x": df/dx, "theta0": df/dtheta0, "theta1": df/dtheta1}), all scalars;
             at (1, -3, 3): (0.5, {"x": 0.75, "theta0": 0.25, "theta1": 0.25})
    Source   lecture 4, the exercise at the end
    """
    # BEGIN SOLUTION
    x, theta0, theta1 = float(x), float(theta0), float(theta1)
    total = theta0 + theta1 * x
    e = math.exp(-abs(total))  # at most 1, so it cannot overflow
    f = (1.0 if total >= 0 else e) / (1.0 + e)
    dtotal = e / (1.0 + e) ** 2  # f (1 - f), without the cancellation in 1 - f
    return f, {"x": dtotal * theta1, "theta0": dtotal, "theta1": dtotal * x}
    # END SOLUTION


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
        # BEGIN SOLUTION
        self.value = float(value)
        self.grad = 0.0
        self._inputs = ()  # pairs: a node that this one was computed from, d(this)/d(that)
        # END SOLUTION

    def __add__(self, other):
        """self + other; other is a Node or a number."""
        # BEGIN SOLUTION
        other = _as_node(other)
        return _computed(self.value + other.value, (self, 1.0), (other, 1.0))
        # END SOLUTION

    def __radd__(self, other):
        """other + self, for a number on the left."""
        # BEGIN SOLUTION
        return _as_node(other) + self
        # END SOLUTION

    def __sub__(self, other):
        """self - other; other is a Node or a number."""
        # BEGIN SOLUTION
        other = _as_node(other)
        return _computed(self.value - other.value, (self, 1.0), (other, -1.0))
        # END SOLUTION

    def __rsub__(self, other):
        """other - self, for a number on the left."""
        # BEGIN SOLUTION
        return _as_node(other) - self
        # END SOLUTION

    def __mul__(self, other):
        """self * other; other is a Node or a number."""
        # BEGIN SOLUTION
        other = _as_node(other)
        return _computed(self.value * other.value, (self, other.value), (other, self.value))
        # END SOLUTION

    def __rmul__(self, other):
        """other * self, for a number on the left."""
        # BEGIN SOLUTION
        return _as_node(other) * self
        # END SOLUTION

    def __truediv__(self, other):
        """self / other; other is a Node or a number, not 0."""
        # BEGIN SOLUTION
        other = _as_node(other)
        quotient = self.value / other.value
        return _computed(quotient, (self, 1.0 / other.value), (other, -quotient / other.value))
        # END SOLUTION

    def __rtruediv__(self, other):
        """other / self, for a number on the left."""
        # BEGIN SOLUTION
        return _as_node(other) / self
        # END SOLUTION

    def __neg__(self):
        """-self."""
        # BEGIN SOLUTION
        return _computed(-self.value, (self, -1.0))
        # END SOLUTION

    def __pow__(self, exponent):
        """self ** exponent; the exponent is a plain number, never a Node."""
        # BEGIN SOLUTION
        # x ** 0 is constant, at x = 0 too, where 0 * x ** -1 would divide by zero.
        slope = exponent * self.value ** (exponent - 1) if exponent else 0.0
        return _computed(self.value**exponent, (self, slope))
        # END SOLUTION

    def exp(self):
        """e to the power of self."""
        # BEGIN SOLUTION
        value = math.exp(self.value)
        return _computed(value, (self, value))
        # END SOLUTION

    def log(self):
        """Natural logarithm of self; the value must be positive."""
        # BEGIN SOLUTION
        return _computed(math.log(self.value), (self, 1.0 / self.value))
        # END SOLUTION

    def backward(self):
        """Fill `.grad` of every node that this one depends on with d(this)/d(node).

        Gradients add up: over all the ways in which a node is used, and on top of what an earlier graph with
        the same leaves has left in `.grad` (until `zero_grad`). This node's own `.grad` gets d(this)/d(this),
        which is 1. Each derivative is computed once and reused, so the work grows in proportion to the number
        of nodes: a chain of 20,000 nodes works, and so does x = x + x, repeated 60 times.

        Source   lecture 4, "we copy the value over instead of computing it again"
        """
        # BEGIN SOLUTION
        # Depth first with a stack of our own: recursion would not survive a long chain. A node enters `order`
        # after all that it was computed from, so in the reversed order its gradient is complete when it is
        # passed on.
        order, seen, stack = [], set(), [(self, False)]
        while stack:
            node, inputs_done = stack.pop()
            if inputs_done:
                order.append(node)
            elif node not in seen:
                seen.add(node)
                stack.append((node, True))
                stack.extend((source, False) for source, _ in node._inputs)

        # This call's gradients, kept apart from what earlier graphs left in .grad.
        gradient = dict.fromkeys(order, 0.0)
        gradient[self] = 1.0
        for node in reversed(order):
            node.grad += gradient[node]
            for source, slope in node._inputs:
                gradient[source] += gradient[node] * slope
        # END SOLUTION


# BEGIN SOLUTION
def _as_node(number):
    """`number` itself if it is a Node, else a leaf with its value."""
    return number if isinstance(number, Node) else Node(number)


def _computed(value, *inputs):
    """A Node that was computed from others.

    inputs  pairs: the other node, d(value)/d(its value)
    """
    node = Node(value)
    node._inputs = inputs
    return node


# END SOLUTION


def zero_grad(nodes):
    """Forget the gradients of earlier graphs.

    nodes  list of Nodes; the `.grad` of each becomes 0.0, its value stays
    Source   lecture 4, gradients are worked out anew for every step
    """
    # BEGIN SOLUTION
    for node in nodes:
        node.grad = 0.0
    # END SOLUTION


def descend(nodes, learning_rate):
    """One step of gradient descent, in place: value <- value - learning_rate * grad.

    nodes          list of Nodes whose `.grad` has been filled by `backward`
    learning_rate  the step size alpha, a number
    Source         lecture 4, "x becomes x minus alpha times the derivative of f by x", y and z likewise
    """
    # BEGIN SOLUTION
    for node in nodes:
        node.value = node.value - learning_rate * node.grad
    # END SOLUTION
