"""Hidden suite for `backpropagation`: the values that a graph of Nodes computes. No `backward` here."""

import math

import hypothesis.strategies as st
import numpy as np
import pytest

from autograder.checks import check_close
from autograder.checks.strategies import arguments, elements_from, reals

pytestmark = pytest.mark.function("Node")
REFLECTED = pytest.mark.hint("With a number on the left, Python asks the Node for __radd__, __rsub__, …")

ANY = reals(-9, 9)
NOT_ZERO = st.one_of(reals(0.3, 3), reals(-3, -0.3))
POSITIVE = reals(0.3, 3)
NUMBER = st.one_of(reals(0.25, 5), elements_from([2, 3, -1, -2, 5]), reals(-5, -0.25))
WHOLE = elements_from([2, 3, 1, -1, -2, 0, 4])
FRACTIONAL = elements_from([0.5, 1.5, -0.5, 2.0, 2.5, -1.0, 0.0])


def check_values(batch, wanted, desired, **tolerance):
    """Carry the batch out; the values that are wanted must be the desired ones."""
    seen = batch.run(*wanted)
    check_close(seen, list(desired) if len(wanted) > 1 else desired[0], call=batch.call, **tolerance)


def check_each(student, cases, expression, expected, rest=0):
    """For each case, the values of what expression(*nodes) gives, then of the nodes themselves, which stay.

    rest  how many of the last numbers of a case are plain numbers, not Nodes
    """
    for case in cases:
        batch = student.batch()
        number = len(case) - rest
        nodes = [batch.Node(value) for value in case[:number]]
        results = expression(*nodes, *case[number:])
        desired = [*expected(*case), *case[:number]]
        check_values(batch, [node.value for node in (*results, *nodes)], desired)


@pytest.mark.weight(2)
def test_a_node_holds_its_value(student, drawn):
    """a new Node has the value it was given, and the gradient 0"""
    for a, b in [(2.0, -3.0), (123.5, -1234.25), *drawn(arguments(ANY, ANY), 3)]:
        batch = student.batch()
        one, other = batch.Node(a), batch.Node(b)
        check_values(batch, [one.value, one.grad, other.value, other.grad], (a, 0.0, b, 0.0), rtol=1e-12)


def test_a_result_is_a_node(student, drawn):
    """a result is a new Node with a gradient of 0; the operands keep their values"""
    for a, b in [(2.0, 3.0), *drawn(arguments(ANY, ANY), 2)]:
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
    results += [nodes[0] / 2, 1 / nodes[0], nodes[1] / nodes[4]]
    expected = [5.0, 5.0, 4.5, 4.5, 3.5, 9.0, 9.0, 7.5, 7.5, 4.5, 1.5, 1 / 3, 2.0]
    check_values(batch, [result.value for result in results], expected, rtol=1e-3)


def test_addition(student, drawn):
    """a + b, and a + a number"""
    cases = [(3.0, 0.5, 2), *drawn(arguments(ANY, ANY, NUMBER), 3)]
    check_each(
        student, cases, lambda a, b, n: (a + b, a + n, b + n), lambda a, b, n: (a + b, a + n, b + n), 1
    )


@REFLECTED
def test_addition_with_a_number_on_the_left(student, drawn):
    """a number + a"""
    cases = [(3.0, 2), *drawn(arguments(ANY, NUMBER), 3)]
    check_each(student, cases, lambda a, n: [n + a], lambda a, n: [n + a], 1)


def test_subtraction(student, drawn):
    """a - b, and a - a number"""
    cases = [(3.0, 0.5, 2), *drawn(arguments(ANY, ANY, NUMBER), 3)]
    check_each(
        student, cases, lambda a, b, n: (a - b, b - a, a - n), lambda a, b, n: (a - b, b - a, a - n), 1
    )


@REFLECTED
def test_subtraction_with_a_number_on_the_left(student, drawn):
    """a number - a, in this order"""
    cases = [(3.0, 2), *drawn(arguments(ANY, NUMBER), 3)]
    check_each(student, cases, lambda a, n: [n - a], lambda a, n: [n - a], 1)


def test_multiplication(student, drawn):
    """a * b, and a * a number"""
    cases = [(3.0, 0.5, 2), (3.0, -0.5, 0), *drawn(arguments(ANY, ANY, NUMBER), 3)]
    check_each(
        student, cases, lambda a, b, n: (a * b, a * n, b * n), lambda a, b, n: (a * b, a * n, b * n), 1
    )


@REFLECTED
def test_multiplication_with_a_number_on_the_left(student, drawn):
    """a number * a"""
    cases = [(3.0, 2), *drawn(arguments(ANY, NUMBER), 3)]
    check_each(student, cases, lambda a, n: [n * a], lambda a, n: [n * a], 1)


def test_division(student, drawn):
    """a / b, and a / a number"""
    cases = [(3.0, 0.5, 2), *drawn(arguments(NOT_ZERO, NOT_ZERO, NUMBER), 3)]
    check_each(
        student, cases, lambda a, b, n: (a / b, b / a, a / n), lambda a, b, n: (a / b, b / a, a / n), 1
    )


@REFLECTED
def test_division_with_a_number_on_the_left(student, drawn):
    """a number / a, in this order"""
    cases = [(2.0, 1), *drawn(arguments(NOT_ZERO, NUMBER), 3)]
    check_each(student, cases, lambda a, n: [n / a], lambda a, n: [n / a], 1)


def test_minus(student, drawn):
    """-a, and a itself stays"""

    def results(a):
        minus = -a
        return minus, -minus

    check_each(student, [(3.0,), *drawn(arguments(ANY), 3)], results, results)


def test_power(student, drawn):
    """a ** a number: whole, negative or fractional; the base may be negative, and stays"""
    cases = [(3.0, 2), (3.0, 0.5), (-3.0, 3), (-3.0, 2), (0.0, 2), (2.0, 0), (2.0, 3.0), (2.0, -1)]
    cases += drawn(arguments(POSITIVE, FRACTIONAL), 3) + drawn(arguments(NOT_ZERO, WHOLE), 3)
    check_each(student, cases, lambda a, n: [a**n], lambda a, n: [a**n], 1)


def test_exp(student, drawn):
    """e to the power of a, and a itself stays"""
    cases = [(1.0,), (0.0,), (6.0,), (-9.0,), (20.0,), *drawn(arguments(reals(-5, 5)), 3)]
    check_each(student, cases, lambda a: [a.exp()], lambda a: [math.exp(a)])


@pytest.mark.hint("log is the natural logarithm.")
def test_log(student, drawn):
    """the natural logarithm of a, and a itself stays"""
    cases = [(2.0,), (0.01,), *drawn(arguments(reals(0.01, 30)), 3)]
    check_each(student, cases, lambda a: [a.log()], lambda a: [math.log(a)])


def test_expressions(student, drawn):
    """operations inside operations, as in (a + b) * c"""

    def results(a, b, c):
        return (a + b) * c, a * b + c * c, (a + 1) * (a + b + c), a * (b * (c + 2) + a)

    check_each(student, [(2.0, 3.0, 5.0), *drawn(arguments(ANY, ANY, ANY), 3)], results, results)
