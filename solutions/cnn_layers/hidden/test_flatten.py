"""Hidden suite for `cnn_layers`: flatten and unflatten."""

import numpy as np
import pytest

from autograder.checks import check_raises, check_same, check_unchanged, forms

flatten = pytest.mark.function("flatten")
unflatten = pytest.mark.function("unflatten")

SLICE = [(1, 1, 1), (1, 4, 1), (3, 1, 1), (2, 2, 1), (3, 4, 1)]
DEEP = [(1, 1, 3), (2, 2, 2), (3, 3, 2), (1, 4, 2), (4, 1, 3)]
ALL_DIFFERENT = [(2, 3, 4), (3, 2, 1), (4, 3, 2), (2, 5, 3)]


def tensors(rng, shapes):
    return [(rng.normal(size=shape),) for shape in shapes]


def exact(argument, shape=None):
    """Relative tolerance: numbers change places and are not rounded, so double precision stays."""
    return 1e-3 if getattr(argument, "dtype", None) == np.float32 else 1e-12


def vectors(rng, shapes):
    return [(rng.normal(size=np.prod(shape)), shape) for shape in shapes]


@flatten
@pytest.mark.weight(0.5)
def test_flatten_one_slice(student, reference, rng):
    """one slice is laid out row by row"""
    check_same(student, reference, "flatten", tensors(rng, SLICE))


@flatten
@pytest.mark.weight(1.5)
@pytest.mark.hint(
    "Which entry comes second: the right neighbour in the same slice, or the same pixel one slice on?"
)
def test_flatten_slice_after_slice(student, reference, rng):
    """all of the first depth slice, then all of the second"""
    check_same(student, reference, "flatten", tensors(rng, DEEP))


@flatten
def test_flatten_any_shape(student, reference, rng):
    """height, width and depth may all differ"""
    check_same(student, reference, "flatten", tensors(rng, ALL_DIFFERENT))


@flatten
@pytest.mark.weight(0.5)
@pytest.mark.hint("Convert the argument first: np.asarray(x, dtype=float).")
def test_flatten_takes_every_form(student, reference, rng):
    """the order of the axes counts, not the layout in memory: lists, integers, float32, strided"""
    x = rng.permutation(24).reshape(2, 3, 4) - 8.0
    check_same(student, reference, "flatten", [*forms((x,), integers=True), (x / 7,)], rtol=exact)


@flatten
@pytest.mark.weight(0.5)
def test_flatten_leaves_its_argument_alone(student, reference, rng):
    """the tensor is not changed, nor its shape"""
    check_unchanged(student, reference, "flatten", tensors(rng, [(2, 3, 2), (3, 2, 1)]))


@unflatten
@pytest.mark.weight(0.5)
def test_unflatten_one_slice(student, reference, rng):
    """one slice is filled row by row"""
    check_same(student, reference, "unflatten", vectors(rng, SLICE))


@unflatten
def test_unflatten_slice_after_slice(student, reference, rng):
    """the first entries fill the first depth slice, the next ones the second"""
    check_same(student, reference, "unflatten", vectors(rng, DEEP))


@unflatten
def test_unflatten_undoes_flatten(student, reference, rng):
    """the exact inverse of flatten, also where height, width and depth all differ"""
    flat = [(reference.flatten(x), x.shape) for (x,) in tensors(rng, ALL_DIFFERENT)]
    check_same(student, reference, "unflatten", flat)


@unflatten
@pytest.mark.weight(0.5)
@pytest.mark.hint("Convert the argument first: np.asarray(v, dtype=float).")
def test_unflatten_takes_every_form(student, reference, rng):
    """lists, integers, float32, read-only and strided vectors are vectors too"""
    v = rng.permutation(24) - 8.0
    cases = [*forms((v, (2, 3, 4)), integers=True), (v / 7, (2, 3, 4))]
    check_same(student, reference, "unflatten", cases, rtol=exact)


@unflatten
@pytest.mark.weight(0.5)
def test_unflatten_leaves_its_argument_alone(student, reference, rng):
    """the vector is not changed, nor its shape"""
    check_unchanged(student, reference, "unflatten", vectors(rng, [(2, 3, 2), (3, 2, 1)]))


@unflatten
@pytest.mark.weight(0.5)
def test_unflatten_errors(student, rng):
    """ValueError where the shape has more or fewer places than the vector has entries"""
    v = rng.normal(size=8)
    wrong = [(2, 2, 3), (2, 2, 1), (3, 3, 1), (1, 1, 1), (4, 2, 2)]
    illegal = [(v, shape) for shape in wrong]
    check_raises(student, "unflatten", ValueError, legal=(v, (2, 2, 2)), illegal=illegal)
