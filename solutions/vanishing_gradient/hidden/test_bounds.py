"""Hidden suite for `vanishing_gradient`: Cauchy's inequality, one quarter, and its powers."""

import numpy as np
import pytest

from autograder.checks import check_close, check_raises, check_same, check_unchanged, forms


@pytest.mark.function("am_gm_bound")
@pytest.mark.weight(2)
@pytest.mark.hint("Take the mean first, then square it.")
def test_am_gm_is_the_square_of_the_mean(student, reference, rng):
    """element by element, the square of the mean of a and b"""
    cases = [(2.0, 8.0), (0.0, 3.0)] + [tuple(rng.uniform(0, 9, size=(2, n))) for n in (1, 2, 6)]
    cases += [
        tuple(rng.uniform(0, 0.4, size=(2, 3))),
        tuple(rng.uniform(0, 9, size=(2, 2, 3, 2))),
        tuple(rng.uniform(1e90, 1e100, size=(2, 3))),
    ]
    check_same(student, reference, "am_gm_bound", cases)


@pytest.mark.function("am_gm_bound")
def test_am_gm_is_reached_where_both_are_equal(student, rng):
    """where a = b the bound is the product itself, and elsewhere it is more"""
    a, b = rng.uniform(0.5, 2, size=3), rng.uniform(4, 9, size=3)
    call = student.call("am_gm_bound", np.array([*a, *a]), np.array([*a, *b]))
    check_close(call.result(), np.array([*(a * a), *(a * b + (b - a) ** 2 / 4)]), call=call)


@pytest.mark.function("am_gm_bound")
def test_am_gm_depends_on_the_sum_alone(student, rng):
    """for s and 1 - s it is 1/4, whatever s is; for s and 3 - s it is 9/4"""
    s = rng.uniform(0, 1, size=6)
    call = student.call("am_gm_bound", s, np.array([1.0, 1.0, 1.0, 3.0, 3.0, 3.0]) - s)
    check_close(call.result(), np.array([0.25, 0.25, 0.25, 2.25, 2.25, 2.25]), call=call)


@pytest.mark.function("am_gm_bound")
@pytest.mark.hint("Convert the arguments first: np.asarray(a, dtype=float).")
def test_am_gm_takes_all_kinds_of_numbers(student, reference, rng):
    """lists, integers, float32, read-only and strided arrays and single numbers are welcome"""
    cases = forms(tuple(rng.uniform(0, 9, size=(2, 6)))) + forms(tuple(rng.uniform(0, 9, size=(2, 3, 2))))
    cases += [([1, 2, 3], [2, 2, 8]), (np.array([1, 4]), np.array([2, 9])), (1, 4)]
    check_same(student, reference, "am_gm_bound", cases)


@pytest.mark.function("am_gm_bound")
def test_am_gm_leaves_its_arguments_alone(student, reference, rng):
    """a and b are unchanged afterwards"""
    check_unchanged(student, reference, "am_gm_bound", [tuple(rng.uniform(0, 9, size=(2, 5)))])


@pytest.mark.function("sigmoid_derivative_bound")
@pytest.mark.hint("Cauchy's inequality for s and 1 - s; what is their sum?")
def test_the_slope_is_at_most_one_quarter(student, reference, rng):
    """no slope of the sigmoid is above 1/4"""
    check_same(student, reference, "sigmoid_derivative_bound", [()])


@pytest.mark.function("vanishing_bound")
@pytest.mark.weight(2)
def test_ten_layers(student, reference, rng):
    """ten layers leave 0.25^10 = 9.5367431640625e-07"""
    call = student.call("vanishing_bound", 10)
    check_close(call.result(), 9.5367431640625e-07, rtol=1e-9, atol=0.0, call=call)


@pytest.mark.function("vanishing_bound")
@pytest.mark.weight(2)
def test_one_quarter_a_layer(student, reference, rng):
    """each layer multiplies by one quarter, however many there are"""
    cases = [(int(n),) for n in (1, 2, 3, *rng.integers(4, 60, size=3), 100, 500)]
    check_same(student, reference, "vanishing_bound", cases, atol=0.0)


@pytest.mark.function("vanishing_bound")
def test_no_layer(student, reference, rng):
    """no layer at all: an empty product is 1"""
    check_same(student, reference, "vanishing_bound", [(0,)])


@pytest.mark.function("vanishing_bound")
@pytest.mark.hint("isinstance(n, int) is false for np.int64(3), and 4**n has a largest value there.")
def test_numpy_integers(student, reference, rng):
    """a NumPy integer is a whole number too"""
    cases = [(np.int64(10),), (np.int32(7),), (np.int16(4),), (np.uint8(3),), (np.int64(40),)]
    check_same(student, reference, "vanishing_bound", cases, atol=0.0)


@pytest.mark.function("vanishing_bound")
def test_negative_numbers_of_layers(student):
    """a negative number of layers: ValueError"""
    check_raises(student, "vanishing_bound", ValueError, legal=(3,), illegal=[(-1,), (-10,)])


@pytest.mark.function("vanishing_bound")
def test_fractions_of_layers(student):
    """a number of layers that is not whole: ValueError"""
    check_raises(
        student, "vanishing_bound", ValueError, legal=(3,), illegal=[(2.5,), (0.5,), (2.25,), (9.75,)]
    )


@pytest.mark.function("first_underflow_depth")
@pytest.mark.hint("Each product is rounded to the dtype before the next factor comes.")
def test_float16(student):
    """float16 rounds to zero after 13 factors"""
    call = student.call("first_underflow_depth", np.float16)
    check_close(call.result(), 13, call=call)


@pytest.mark.function("first_underflow_depth")
@pytest.mark.hint("Below the smallest normal number there are still the subnormal ones.")
def test_float32(student):
    """float32 rounds to zero after 75 factors"""
    call = student.call("first_underflow_depth", np.float32)
    check_close(call.result(), 75, call=call)


@pytest.mark.function("first_underflow_depth")
@pytest.mark.hint("Below the smallest normal number there are still the subnormal ones.")
def test_float64(student):
    """float64 rounds to zero after 538 factors"""
    call = student.call("first_underflow_depth", np.float64)
    check_close(call.result(), 538, call=call)


@pytest.mark.function("first_underflow_depth")
def test_dtypes_by_name(student, reference):
    """a dtype may be given by its name"""
    check_same(student, reference, "first_underflow_depth", [("float16",), ("float32",), ("float64",)])


@pytest.mark.function("first_underflow_depth")
def test_dtypes_as_objects(student, reference):
    """a dtype may be given as an np.dtype"""
    cases = [(np.dtype(name),) for name in ("float16", "float32", "float64")]
    check_same(student, reference, "first_underflow_depth", cases)
