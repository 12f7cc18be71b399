"""Hidden suite for `backpropagation`: two graphs worked out by hand."""

import numpy as np
import pytest

from autograder.checks import check_same, check_unchanged

KINDS = "Plain Python arithmetic works for every kind of number."


def several_kinds(*numbers):
    """The same call with other kinds of numbers; give such as are exact in float32."""
    single = [np.array(number, dtype=np.float32) for number in numbers]
    return [tuple(map(kind, numbers)) for kind in (float, np.float64, np.float32, np.array)] + [tuple(single)]


@pytest.mark.function("product_of_sum")
@pytest.mark.weight(2)
def test_product_of_sum_in_the_lecture(student, reference):
    """at (3, -4, 5): f = -5, and the derivatives are 5, 5 and -1"""
    check_same(student, reference, "product_of_sum", [(3.0, -4.0, 5.0)])


@pytest.mark.function("product_of_sum")
@pytest.mark.weight(3)
@pytest.mark.hint("x and y reach f through the node f1 = x + y; z meets f1 directly.")
def test_product_of_sum_elsewhere(student, reference, rng):
    """f and its three derivatives at other numbers"""
    cases = [tuple(rng.uniform(-9, 9, size=3).tolist()) for _ in range(4)]
    check_same(student, reference, "product_of_sum", [*cases, (1e100, 2e100, -3e100), (1e-9, 1e-9, 2e-9)])


@pytest.mark.function("product_of_sum")
def test_product_of_sum_with_zeros(student, reference):
    """zeros: where z = 0, x and y no longer matter; where x = y = 0, z does not"""
    check_same(student, reference, "product_of_sum", [(2.0, 3.0, 0.0), (0.0, 0.0, 4.0), (0.0, 0.0, 0.0)])


@pytest.mark.function("product_of_sum")
@pytest.mark.hint(KINDS)
def test_product_of_sum_takes_all_kinds_of_numbers(student, reference):
    """integers, float32 and 0-d arrays are numbers too, and they stay as they are"""
    cases = [(3, -4, 5), (np.int64(2), np.int64(7), np.int64(-3)), *several_kinds(1.5, -0.25, 4.0)]
    check_unchanged(student, reference, "product_of_sum", cases)


@pytest.mark.function("sigmoid_neuron")
@pytest.mark.weight(2)
def test_neuron_in_the_lecture(student, reference):
    """at x = 1, theta0 = -3, theta1 = 3: f = 0.5, and the derivatives are 0.75, 0.25 and 0.25"""
    check_same(student, reference, "sigmoid_neuron", [(1.0, -3.0, 3.0)])


@pytest.mark.function("sigmoid_neuron")
@pytest.mark.weight(3)
@pytest.mark.hint("The slope f (1 - f) is common to all three; what stands beside it in theta0 + theta1 x?")
def test_neuron_elsewhere(student, reference, rng):
    """f and its three derivatives at other numbers"""
    cases = [tuple(rng.uniform(-2, 2, size=3).tolist()) for _ in range(5)]
    check_same(student, reference, "sigmoid_neuron", [*cases, (0.0, 0.5, 2.0), (1.5, 0.25, 0.0)])


@pytest.mark.function("sigmoid_neuron")
def test_neuron_far_out(student, reference, rng):
    """theta0 + theta1 x up to 20 in either direction"""
    totals = [*rng.uniform(6, 19, size=3).tolist(), 20.0]
    cases = [(2.0, sign * (total - 4.0), sign * 2.0) for total in totals for sign in (1, -1)]
    check_same(student, reference, "sigmoid_neuron", cases)


@pytest.mark.function("sigmoid_neuron")
@pytest.mark.hint(KINDS)
def test_neuron_takes_all_kinds_of_numbers(student, reference):
    """integers, float32 and 0-d arrays are numbers too, and they stay as they are"""
    cases = [(1, -3, 3), (np.int64(2), np.int64(1), np.int64(-1)), *several_kinds(0.5, -0.25, 1.5)]
    check_unchanged(student, reference, "sigmoid_neuron", cases)
