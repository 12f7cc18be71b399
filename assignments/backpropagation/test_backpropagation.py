"""Public checks for `backpropagation`. Run them with: autograde check backpropagation

The hidden checks decide the mark; they ask more of the same functions. `student.Node(3.0)` makes a Node of
your class; operators work on it as usual.
"""

import pytest

from autograder.checks import check_close


@pytest.mark.function("product_of_sum")
def test_product_of_sum(student):
    """(x + y) z at (3, -4, 5): -5, and 5, 5, -1"""
    call = student.call("product_of_sum", 3.0, -4.0, 5.0)
    check_close(call.result(), (-5.0, {"x": 5.0, "y": 5.0, "z": -1.0}), call=call)


@pytest.mark.function("sigmoid_neuron")
def test_sigmoid_neuron(student):
    """the neuron at x = 1, theta0 = -3, theta1 = 3: 0.5, and 0.75, 0.25, 0.25"""
    call = student.call("sigmoid_neuron", 1.0, -3.0, 3.0)
    check_close(call.result(), (0.5, {"x": 0.75, "theta0": 0.25, "theta1": 0.25}), call=call)


@pytest.mark.function("Node")
def test_forwards(student):
    """a graph of Nodes computes: (x + y) z at (3, -4, 5) is -5"""
    x, y, z = student.Node(3.0), student.Node(-4.0), student.Node(5.0)
    f = (x + y) * z
    check_close(f.value, -5.0)
    check_close(f.grad, 0.0)


@pytest.mark.function("Node")
def test_numbers_on_either_side(student):
    """plain numbers on either side: 10 - x, x - 10, 6 / x, x / 6, at x = 3"""
    x = student.Node(3.0)
    check_close((10 - x).value, 7.0)
    check_close((x - 10).value, -7.0)
    check_close((6 / x).value, 2.0)
    check_close((x / 6).value, 0.5)


@pytest.mark.function("Node")
def test_powers_exp_and_log(student):
    """x ** 3, exp, log and minus"""
    check_close((student.Node(2.0) ** 3).value, 8.0)
    check_close(student.Node(0.0).exp().value, 1.0)
    check_close(student.Node(1.0).log().value, 0.0)
    check_close((-student.Node(2.0)).value, -2.0)


@pytest.mark.function("Node.backward")
def test_backwards(student):
    """(x + y) z at (3, -4, 5): gradients 5, 5 and -1, and 5 at the node x + y"""
    x, y, z = student.Node(3.0), student.Node(-4.0), student.Node(5.0)
    f1 = x + y
    f2 = f1 * z
    f2.backward()
    check_close(x.grad, 5.0)
    check_close(y.grad, 5.0)
    check_close(z.grad, -1.0)
    check_close(f1.grad, 5.0)


@pytest.mark.function("Node.backward")
def test_used_twice(student):
    """x * x at 3: both uses of x count, the gradient is 6"""
    x = student.Node(3.0)
    f = x * x
    f.backward()
    check_close(x.grad, 6.0)


@pytest.mark.function("zero_grad")
def test_zero_grad(student):
    """zero_grad makes room for the next graph"""
    x = student.Node(3.0)
    (x * x).backward()
    student.zero_grad([x])
    check_close(x.grad, 0.0)


@pytest.mark.function("descend")
def test_descend(student):
    """one step on (x + y) z with a learning rate of 0.1: x from 3 to 2.5"""
    x, y, z = student.Node(3.0), student.Node(-4.0), student.Node(5.0)
    ((x + y) * z).backward()
    student.descend([x, y, z], 0.1)
    check_close(x.value, 2.5)
    check_close(y.value, -4.5)
    check_close(z.value, 5.1)
