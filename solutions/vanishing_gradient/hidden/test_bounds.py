"""Hidden suite for `vanishing_gradient`: Cauchy's inequality, one quarter, and its powers."""

import hypothesis.strategies as st
import numpy as np
import pytest

from autograder.checks import check_close, check_raises, check_same, check_unchanged
from autograder.checks.strategies import alike, arguments, arrays, forms_of, reals, shapes, sizes

NUMBERS = reals(0, 9)
PAIRS = alike(shapes((0, 3)), NUMBERS, NUMBERS)
# The squares of the least are still far above what rounds to 0, those of the largest are still numbers.
SIZES = st.sampled_from([1.0, 1e-4, 1e-70, 1e4, 1e100])
OF_ALL_SIZES = st.builds(lambda size, pair: (size * pair[0], size * pair[1]), SIZES, PAIRS)
SHARES = arrays(sizes(1, 8), reals(0, 1))
SUMS = st.builds(lambda total, s: (s, total - s), st.sampled_from([1.0, 3.0]), SHARES)
HALF_EQUAL = st.builds(
    lambda a, more: (np.concatenate([a, a]), np.concatenate([a, a + more])),
    arrays(sizes(1, 3), reals(0.5, 2)),
    reals(1, 6),
)
NUMPY_INTEGERS = st.builds(
    lambda kind, number: (kind(number),),
    st.sampled_from([np.int64, np.int32, np.int16, np.int8, np.uint64, np.uint32, np.uint16, np.uint8]),
    sizes(1, 120),
)
NEGATIVE = sizes(1, 600).map(lambda n: -n)
FRACTIONS = st.builds(lambda whole, part: (whole + part,), sizes(0, 60), reals(0.01, 0.99))


@pytest.mark.function("am_gm_bound")
@pytest.mark.weight(2)
@pytest.mark.hint("Take the mean first, then square it.")
def test_am_gm_is_the_square_of_the_mean(student, reference, drawn):
    """element by element, the square of the mean of a and b"""
    cases = [(2.0, 8.0), (0.0, 3.0), *drawn(OF_ALL_SIZES, 9)]
    check_same(student, reference, "am_gm_bound", cases)


@pytest.mark.function("am_gm_bound")
def test_am_gm_is_reached_where_both_are_equal(student, reference, drawn):
    """where a = b the bound is the product itself, and elsewhere it is more"""
    check_same(student, reference, "am_gm_bound", drawn(HALF_EQUAL, 4))


@pytest.mark.function("am_gm_bound")
def test_am_gm_depends_on_the_sum_alone(student, reference, drawn):
    """for s and 1 - s it is 1/4, whatever s is; for s and 3 - s it is 9/4"""
    check_same(student, reference, "am_gm_bound", drawn(SUMS, 5))


@pytest.mark.function("am_gm_bound")
@pytest.mark.hint("Convert the arguments first: np.asarray(a, dtype=float).")
def test_am_gm_takes_all_kinds_of_numbers(student, reference, drawn):
    """lists, integers, float32, read-only and strided arrays and single numbers are welcome"""
    cases = [([1, 2, 3], [2, 2, 8]), (np.array([1, 4]), np.array([2, 9])), (1, 4)]
    cases += drawn(forms_of(PAIRS, integers=True), 8)
    check_same(student, reference, "am_gm_bound", cases)


@pytest.mark.function("am_gm_bound")
def test_am_gm_leaves_its_arguments_alone(student, reference, drawn):
    """a and b are unchanged afterwards"""
    check_unchanged(student, reference, "am_gm_bound", drawn(PAIRS, 4))


@pytest.mark.function("sigmoid_derivative_bound")
@pytest.mark.hint("Cauchy's inequality for s and 1 - s; what is their sum?")
def test_the_slope_is_at_most_one_quarter(student, reference):
    """no slope of the sigmoid is above 1/4"""
    check_same(student, reference, "sigmoid_derivative_bound", [()])


@pytest.mark.function("vanishing_bound")
@pytest.mark.weight(2)
def test_ten_layers(student):
    """ten layers leave 0.25^10 = 9.5367431640625e-07"""
    call = student.call("vanishing_bound", 10)
    check_close(call.result(), 9.5367431640625e-07, rtol=1e-9, atol=0.0, call=call)


@pytest.mark.function("vanishing_bound")
@pytest.mark.weight(2)
def test_one_quarter_a_layer(student, reference, drawn):
    """each layer multiplies by one quarter, however many there are"""
    # Up to 511 layers 4^n is a float64 too.
    cases = [(1,), (2,), (3,), (100,), (500,), *drawn(arguments(sizes(4, 60)), 4)]
    cases += drawn(arguments(sizes(61, 511)), 3)
    check_same(student, reference, "vanishing_bound", cases, atol=0.0)


@pytest.mark.function("vanishing_bound")
def test_no_layer(student, reference):
    """no layer at all: an empty product is 1"""
    check_same(student, reference, "vanishing_bound", [(0,)])


@pytest.mark.function("vanishing_bound")
@pytest.mark.hint("isinstance(n, int) is false for np.int64(3), and 4**n has a largest value there.")
def test_numpy_integers(student, reference, drawn):
    """a NumPy integer is a whole number too"""
    cases = [(np.int64(10),), (np.int32(7),), (np.int16(4),), (np.uint8(3),), (np.int64(40),)]
    cases += [(np.uint8(200),), *drawn(NUMPY_INTEGERS, 6)]
    check_same(student, reference, "vanishing_bound", cases, atol=0.0)


@pytest.mark.function("vanishing_bound")
def test_negative_numbers_of_layers(student, drawn):
    """a negative number of layers: ValueError"""
    illegal = [(-1,), (-10,), (np.int64(-3),), *drawn(arguments(NEGATIVE), 3)]
    check_raises(student, "vanishing_bound", ValueError, legal=(3,), illegal=illegal)


@pytest.mark.function("vanishing_bound")
def test_fractions_of_layers(student, drawn):
    """a number of layers that is not whole: ValueError"""
    illegal = [(2.5,), (0.5,), (-0.5,), (2.25,), (9.75,), (3.0625,), (np.float64(1.5),), *drawn(FRACTIONS, 3)]
    check_raises(student, "vanishing_bound", ValueError, legal=(3,), illegal=illegal)


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
@pytest.mark.weight(0.5)
@pytest.mark.hint("Does a call remember anything of the call before it?")
def test_one_dtype_after_the_other(student, reference):
    """each answer belongs to the dtype asked for, in whatever order they are asked for"""
    cases = [(np.float64,), (np.float16,), (np.float32,), (np.float16,), (np.float64,)]
    check_same(student, reference, "first_underflow_depth", cases)


@pytest.mark.function("first_underflow_depth")
def test_dtypes_by_name(student, reference):
    """a dtype may be given by its name"""
    check_same(student, reference, "first_underflow_depth", [("float16",), ("float32",), ("float64",)])


@pytest.mark.function("first_underflow_depth")
def test_dtypes_as_objects(student, reference):
    """a dtype may be given as an np.dtype"""
    cases = [(np.dtype(name),) for name in ("float16", "float32", "float64")]
    check_same(student, reference, "first_underflow_depth", cases)
