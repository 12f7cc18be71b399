"""Hidden suite for `cnn_layers`: flatten and unflatten."""

import functools
import itertools

import hypothesis.strategies as st
import numpy as np
import pytest

from autograder.checks import check_raises, check_same, check_unchanged
from autograder.checks.strategies import arguments, arrays, elements_from, forms_of, reals, shapes, sizes

flatten = pytest.mark.function("flatten")
unflatten = pytest.mark.function("unflatten")

# Most entries of a tensor differ, so a wrong order shows. Whole numbers stay what they are as integers.
NUMBERS = reals(-9, 9)
WHOLE = elements_from([float(value) for k in range(1, 100) for value in (k, -k)])
SIDE = sizes(1, 4)
SLICE = st.tuples(SIDE, SIDE, st.just(1))
DEEP = st.tuples(SIDE, SIDE, sizes(2, 4))
ALL_DIFFERENT = st.sampled_from([*itertools.permutations((1, 2, 3)), *itertools.permutations((2, 3, 4))])
SHAPES = shapes(3, SIDE)
TENSORS = arguments(arrays(SHAPES, NUMBERS))
# Made once for each shape: to make a strategy takes longer than to draw from it.
tables = functools.cache(arrays)


def tensors(shape, elements=NUMBERS):
    return arguments(arrays(shape, elements, distinct=True))


@st.composite
def vectors(draw, shape, elements=NUMBERS):
    """(v, shape)"""
    shape = draw(shape)
    return draw(tables(int(np.prod(shape)), elements, distinct=True)), shape


@st.composite
def misfits(draw):
    """(v, shape) where the shape has more or fewer places than v has entries."""
    shape = draw(SHAPES)
    places = int(np.prod(shape))
    length = draw(sizes(1, 2 * places + 1))
    return draw(tables(length + (length >= places))), shape


MISFITS = misfits()


def exact(argument, shape=None):
    """Relative tolerance: numbers change places and are not rounded, so double precision stays."""
    return 1e-3 if getattr(argument, "dtype", None) == np.float32 else 1e-12


def apart(case):
    """Numbers with all their digits."""
    x, *shape = case
    return (x / 7, *shape)


ONE_SLICE, MANY_SLICES, MIXED_SIDES = tensors(SLICE), tensors(DEEP), tensors(ALL_DIFFERENT)
ONE_FILLED, MANY_FILLED, MIXED_FILLED = vectors(SLICE), vectors(DEEP), vectors(ALL_DIFFERENT)
WHOLE_TENSORS, WHOLE_VECTORS = tensors(DEEP, WHOLE), vectors(DEEP, WHOLE)
FORMS_OF_TENSORS = forms_of(WHOLE_TENSORS, integers=True)
FORMS_OF_VECTORS = forms_of(WHOLE_VECTORS, integers=True)


@flatten
@pytest.mark.weight(0.5)
def test_flatten_one_slice(student, reference, drawn):
    """one slice is laid out row by row"""
    cases = [(np.array([[[1.0], [2.0]], [[3.0], [4.0]]]),), *drawn(ONE_SLICE, 8)]
    check_same(student, reference, "flatten", cases)


@flatten
@pytest.mark.weight(1.5)
@pytest.mark.hint(
    "Which entry comes second: the right neighbour in the same slice, or the same pixel one slice on?"
)
def test_flatten_slice_after_slice(student, reference, drawn):
    """all of the first depth slice, then all of the second"""
    cases = [(np.array([[[1.0, 3.0], [2.0, 4.0]]]),), (np.arange(1.0, 13).reshape(1, 2, 6),)]
    cases += drawn(MANY_SLICES, 8)
    check_same(student, reference, "flatten", cases)


@flatten
def test_flatten_any_shape(student, reference, drawn):
    """height, width and depth may all differ"""
    check_same(student, reference, "flatten", drawn(MIXED_SIDES, 8))


@flatten
@pytest.mark.weight(0.5)
@pytest.mark.hint("Convert the argument first: np.asarray(x, dtype=float).")
def test_flatten_takes_every_form(student, reference, drawn):
    """the order of the axes counts, not the layout in memory: lists, integers, float32, strided"""
    cases = [([[[1, 3], [2, 4]]],), (np.asfortranarray(np.arange(1.0, 9).reshape(2, 2, 2)),)]
    cases += drawn(FORMS_OF_TENSORS, 9)
    cases += drawn(WHOLE_TENSORS.map(apart), 2)
    check_same(student, reference, "flatten", cases, rtol=exact)


@flatten
@pytest.mark.weight(0.5)
def test_flatten_leaves_its_argument_alone(student, reference, drawn):
    """the tensor is not changed, nor its shape"""
    check_unchanged(student, reference, "flatten", drawn(TENSORS, 4))


@unflatten
@pytest.mark.weight(0.5)
def test_unflatten_one_slice(student, reference, drawn):
    """one slice is filled row by row"""
    check_same(student, reference, "unflatten", [(np.arange(1.0, 5), (2, 2, 1)), *drawn(ONE_FILLED, 8)])


@unflatten
def test_unflatten_slice_after_slice(student, reference, drawn):
    """the first entries fill the first depth slice, the next ones the second"""
    check_same(
        student,
        reference,
        "unflatten",
        [(np.arange(1.0, 5), (1, 2, 2)), (np.arange(1.0, 13), (1, 2, 6)), *drawn(MANY_FILLED, 8)],
    )


@unflatten
def test_unflatten_undoes_flatten(student, reference, drawn):
    """the exact inverse of flatten, also where height, width and depth all differ"""
    check_same(student, reference, "unflatten", drawn(MIXED_FILLED, 8))


@unflatten
@pytest.mark.weight(0.5)
@pytest.mark.hint("Convert the argument first: np.asarray(v, dtype=float).")
def test_unflatten_takes_every_form(student, reference, drawn):
    """lists, integers, float32, read-only and strided vectors are vectors too"""
    cases = [([1, 2, 3, 4], (1, 2, 2)), *drawn(FORMS_OF_VECTORS, 8)]
    cases += drawn(WHOLE_VECTORS.map(apart), 2)
    check_same(student, reference, "unflatten", cases, rtol=exact)


@unflatten
@pytest.mark.weight(0.5)
def test_unflatten_leaves_its_argument_alone(student, reference, drawn):
    """the vector is not changed, nor its shape"""
    check_unchanged(student, reference, "unflatten", drawn(MANY_FILLED, 4))


@unflatten
@pytest.mark.weight(0.5)
@pytest.mark.hint("How many places has the shape? Compare before you fill.")
def test_unflatten_errors(student, drawn):
    """ValueError where the shape has more or fewer places than the vector has entries"""
    v = np.arange(1.0, 9)
    illegal = [(v, shape) for shape in [(2, 2, 3), (2, 2, 1), (1, 1, 1), (4, 2, 2)]]
    illegal += drawn(MISFITS, 5)
    check_raises(student, "unflatten", ValueError, legal=(v, (2, 2, 2)), illegal=illegal)
