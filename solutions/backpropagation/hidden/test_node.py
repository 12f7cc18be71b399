"""Hidden suite for `backpropagation`: the values that a graph of Nodes computes. No `backward` here."""

import math

import numpy as np
import pytest

from autograder.checks import check_close

pytestmark = pytest.mark.function("Node")
REFLECTED = pytest.mark.hint("With a number on the left, Python asks the Node for __radd__, __rsub__, …")


def check_values(batch, wanted, desired, **tolerance):
    """Carry the batch out; the values that are wanted must be the desired ones."""
    seen = batch.run(*wanted)
    check_close(seen, list(desired) if len(wanted) > 1 else desired[0], call=batch.call, **tolerance)


def numbers(rng, count=2):
    """Numbers in [0.5, 3]: good for division and logarithm."""
    return rng.uniform(0.5, 3.0, size=count).tolist()


@pytest.mark.weight(2)
def test_a_node_holds_its_value(student, rng):
    """a new Node has the value it was given, and the gradient 0"""
    a, b = numbers(rng)
    batch = student.batch()
    one, other = batch.Node(a), batch.Node(-b)
    check_values(batch, [one.value, one.grad, other.value, other.grad], (a, 0.0, -b, 0.0), rtol=1e-12)


def test_a_result_is_a_node(student, rng):
    """a result is a new Node with a gradient of 0; the operands keep their values"""
    a, b = numbers(rng)
    batch = student.batch()
    one, other = batch.Node(a), batch.Node(b)
    results = [one + other, one * other]
    wanted = [seen for node in (*results, one, other) for seen in (node.value, node.grad)]
    check_values(batch, wanted, [a + b, 0.0, a * b, 0.0, a, 0.0, b, 0.0])


@pytest.mark.hint("A Node may be given any kind of number.")
def test_kinds_of_numbers(student):
    """integers, float32 and 0-d arrays are numbers too"""
    batch = student.batch()
    nodes = [batch.Node(value) for value in (3, np.int64(3), np.float32(2.5), np.float64(2.5), np.array(1.5))]
    results = [node + 2 for node in nodes] + [node * nodes[0] for node in nodes]
    expected = [5.0, 5.0, 4.5, 4.5, 3.5, 9.0, 9.0, 7.5, 7.5, 4.5]
    check_values(batch, [result.value for result in results], expected, rtol=1e-3)


def test_addition(student, rng):
    """a + b, and a + a number"""
    a, b = numbers(rng)
    batch = student.batch()
    one, other = batch.Node(a), batch.Node(b)
    check_values(batch, [(one + other).value, (one + 2).value, (other + -1.5).value], (a + b, a + 2, b - 1.5))


@REFLECTED
def test_addition_with_a_number_on_the_left(student, rng):
    """a number + a"""
    (a,) = numbers(rng, 1)
    batch = student.batch()
    one = batch.Node(a)
    check_values(batch, [(2 + one).value, (-1.5 + one).value], (2 + a, -1.5 + a))


def test_subtraction(student, rng):
    """a - b, and a - a number"""
    a, b = numbers(rng)
    batch = student.batch()
    one, other = batch.Node(a), batch.Node(b)
    expected = (a - b, b - a, a - 2, b - -1.5)
    results = [one - other, other - one, one - 2, other - -1.5]
    check_values(batch, [result.value for result in results], expected)


@REFLECTED
def test_subtraction_with_a_number_on_the_left(student, rng):
    """a number - a, in this order"""
    (a,) = numbers(rng, 1)
    batch = student.batch()
    one = batch.Node(a)
    check_values(batch, [(2 - one).value, (-1.5 - one).value], (2 - a, -1.5 - a))


def test_multiplication(student, rng):
    """a * b, and a * a number"""
    a, b = numbers(rng)
    batch = student.batch()
    one, other = batch.Node(a), batch.Node(-b)
    expected = (-a * b, a * 3, b * 1.5, a * 0)
    results = [one * other, one * 3, other * -1.5, one * 0]
    check_values(batch, [result.value for result in results], expected)


@REFLECTED
def test_multiplication_with_a_number_on_the_left(student, rng):
    """a number * a"""
    (a,) = numbers(rng, 1)
    batch = student.batch()
    one = batch.Node(a)
    check_values(batch, [(2.0 * one).value, (-3 * one).value], (2.0 * a, -3 * a))


def test_division(student, rng):
    """a / b, and a / a number"""
    a, b = numbers(rng)
    batch = student.batch()
    one, other = batch.Node(a), batch.Node(-b)
    expected = (-a / b, -b / a, a / 4, -b / -2.5)
    results = [one / other, other / one, one / 4, other / -2.5]
    check_values(batch, [result.value for result in results], expected)


@REFLECTED
def test_division_with_a_number_on_the_left(student, rng):
    """a number / a, in this order"""
    (a,) = numbers(rng, 1)
    batch = student.batch()
    one = batch.Node(a)
    check_values(batch, [(1 / one).value, (-2.5 / one).value], (1 / a, -2.5 / a))


def test_minus(student, rng):
    """-a, and a itself stays"""
    (a,) = numbers(rng, 1)
    batch = student.batch()
    one = batch.Node(a)
    minus = -one
    check_values(batch, [minus.value, (-minus).value, one.value, minus.value], (-a, a, a, -a))


def test_power(student, rng):
    """a ** a number: whole, negative or fractional; the base may be negative, and stays"""
    (a,) = numbers(rng, 1)
    batch = student.batch()
    one, negative, zero = batch.Node(a), batch.Node(-a), batch.Node(0.0)
    results = [one**2, one**3.0, one**-1, one**0.5, one**0, negative**3, negative**2, zero**2]
    expected = [a * a, a**3, 1 / a, math.sqrt(a), 1.0, -(a**3), a * a, 0.0]
    check_values(batch, [*[result.value for result in results], one.value], [*expected, a])


def test_exp(student, rng):
    """e to the power of a, and a itself stays"""
    (a,) = numbers(rng, 1)
    batch = student.batch()
    one = batch.Node(a)
    results = [one.exp(), batch.Node(-a).exp(), batch.Node(0.0).exp(), one]
    check_values(batch, [result.value for result in results], (math.exp(a), math.exp(-a), 1.0, a))


@pytest.mark.hint("log is the natural logarithm.")
def test_log(student, rng):
    """the natural logarithm of a, and a itself stays"""
    (a,) = numbers(rng, 1)
    batch = student.batch()
    one = batch.Node(a)
    results = [one.log(), batch.Node(10 * a).log(), batch.Node(0.01).log(), one]
    check_values(
        batch, [result.value for result in results], (math.log(a), math.log(10 * a), math.log(0.01), a)
    )


def test_expressions(student, rng):
    """operations inside operations, as in (a + b) * c"""
    a, b, c = numbers(rng, 3)
    batch = student.batch()
    x, y, z = batch.Node(a), batch.Node(b), batch.Node(c)
    results = [(x + y) * z, x * y + z * z, (x + 1) * (x + y + z), x * (y * (z + 2) + x)]
    expected = [(a + b) * c, a * b + c * c, (a + 1) * (a + b + c), a * (b * (c + 2) + a)]
    check_values(batch, [result.value for result in results], expected)
