"""Hidden suite for `backpropagation`: two graphs worked out by hand."""

import hypothesis.strategies as st
import numpy as np
import pytest

from autograder.checks import check_same, check_unchanged
from autograder.checks.strategies import arguments, elements_from, reals, wholes

KINDS = "Plain Python arithmetic works for every kind of number."
NUMBERS = reals(-9, 9)
SMALL = reals(-2, 2)
ENDS = reals(-20, 20)
# Exact in float32, and so are their sums and products.
EXACT = elements_from([0.5, -0.25, 1.0, -1.0, 1.5, -1.5, 0.75, 2.0])


def single(number):
    """An array of one float32."""
    return np.array(number, dtype=np.float32)


@st.composite
def several_kinds(draw):
    """Three numbers of one kind."""
    kind = draw(st.sampled_from([float, np.float64, np.float32, np.array, single, int, np.int64]))
    number = wholes(-2, 2) if kind in (int, np.int64) else EXACT
    return tuple(kind(draw(number)) for _ in range(3))


@st.composite
def neurons_far_out(draw):
    """(x, theta0, theta1) with theta0 + theta1 x anywhere from -20 to 20."""
    x, theta1, total = draw(SMALL), draw(SMALL), draw(ENDS)
    return x, total - theta1 * x, theta1


@pytest.mark.function("product_of_sum")
@pytest.mark.weight(2)
def test_product_of_sum_in_the_lecture(student, reference):
    """at (3, -4, 5): f = -5, and the derivatives are 5, 5 and -1"""
    check_same(student, reference, "product_of_sum", [(3.0, -4.0, 5.0)])


@pytest.mark.function("product_of_sum")
@pytest.mark.weight(3)
@pytest.mark.hint("x and y reach f through the node f1 = x + y; z meets f1 directly.")
def test_product_of_sum_elsewhere(student, reference, drawn):
    """f and its three derivatives at other numbers"""
    cases = [(1.0, 2.0, 3.0), (1e100, 2e100, -3e100), (1e-9, 1e-9, 2e-9)]
    cases += drawn(arguments(NUMBERS, NUMBERS, NUMBERS), 10)
    check_same(student, reference, "product_of_sum", cases)


@pytest.mark.function("product_of_sum")
def test_product_of_sum_with_zeros(student, reference):
    """zeros: where z = 0, x and y no longer matter; where x = y = 0, z does not"""
    check_same(student, reference, "product_of_sum", [(2.0, 3.0, 0.0), (0.0, 0.0, 4.0), (0.0, 0.0, 0.0)])


@pytest.mark.function("product_of_sum")
@pytest.mark.hint(KINDS)
def test_product_of_sum_takes_all_kinds_of_numbers(student, reference, drawn):
    """integers, float32 and 0-d arrays are numbers too, and they stay as they are"""
    cases = [(3, -4, 5), *(tuple(map(kind, (1.5, -0.25, 4.0))) for kind in (np.float32, np.array, single))]
    cases += drawn(several_kinds(), 8)
    check_unchanged(student, reference, "product_of_sum", cases)


@pytest.mark.function("sigmoid_neuron")
@pytest.mark.weight(2)
def test_neuron_in_the_lecture(student, reference):
    """at x = 1, theta0 = -3, theta1 = 3: f = 0.5, and the derivatives are 0.75, 0.25 and 0.25"""
    check_same(student, reference, "sigmoid_neuron", [(1.0, -3.0, 3.0)])


@pytest.mark.function("sigmoid_neuron")
@pytest.mark.weight(3)
@pytest.mark.hint("The slope f (1 - f) is common to all three; what stands beside it in theta0 + theta1 x?")
def test_neuron_elsewhere(student, reference, drawn):
    """f and its three derivatives at other numbers"""
    cases = [(0.0, 0.5, 2.0), (1.5, 0.25, 0.0), (2.0, -1.0, 1.0)]
    cases += drawn(arguments(SMALL, SMALL, SMALL), 10)
    check_same(student, reference, "sigmoid_neuron", cases)


@pytest.mark.function("sigmoid_neuron")
def test_neuron_far_out(student, reference, drawn):
    """theta0 + theta1 x up to 20 in either direction"""
    cases = [(2.0, sign * (total - 4.0), sign * 2.0) for total in (10.0, 20.0) for sign in (1, -1)]
    cases += drawn(neurons_far_out(), 8)
    check_same(student, reference, "sigmoid_neuron", cases)


@pytest.mark.function("sigmoid_neuron")
@pytest.mark.hint(KINDS)
def test_neuron_takes_all_kinds_of_numbers(student, reference, drawn):
    """integers, float32 and 0-d arrays are numbers too, and they stay as they are"""
    cases = [(1, -3, 3), *(tuple(map(kind, (0.5, -0.25, 1.5))) for kind in (np.float32, np.array, single))]
    cases += drawn(several_kinds(), 8)
    check_unchanged(student, reference, "sigmoid_neuron", cases)
