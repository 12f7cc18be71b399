from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from autograder.checks import call_with, check_same, forms
from autograder.checks.case import as_arguments
from autograder.errors import SuiteError
from tests.checks.fake import FakeTarget

MATRIX = np.array([[1.0, 2.0, 3.0], [4.5, 5.0, 6.0]])


def first(case: Any, **options: Any) -> list[Any]:
    return [as_arguments(form).args[0] for form in forms(case, **options)]


def test_an_array_comes_in_all_forms_with_the_same_numbers() -> None:
    values = first((MATRIX,))
    for value in values:
        assert np.array_equal(np.asarray(value), MATRIX)
    arrays = [value for value in values if isinstance(value, np.ndarray)]
    assert values[0] is MATRIX
    assert MATRIX.tolist() in [value for value in values if isinstance(value, list)]
    assert any(not array.flags.writeable for array in arrays)
    assert any(not array.flags.c_contiguous and not array.flags.f_contiguous for array in arrays)
    assert any(array.flags.f_contiguous and not array.flags.c_contiguous for array in arrays)
    assert any(array.dtype == np.float32 for array in arrays)
    assert len(values) == 6


def test_no_form_shares_memory_with_another() -> None:
    arrays = [value for value in first((MATRIX,)) if isinstance(value, np.ndarray)]
    for position, array in enumerate(arrays):
        assert not any(np.shares_memory(array, other) for other in arrays[:position])


def test_float32_and_integers_are_options() -> None:
    dtypes = {value.dtype.name for value in first((MATRIX,), float32=False) if isinstance(value, np.ndarray)}
    assert dtypes == {"float64"}
    values = first((MATRIX,), integers=True)
    rounded = [[1, 2, 3], [4, 5, 6]]
    lists = [value for value in values if isinstance(value, list) and value == rounded]
    assert [type(item) for row in lists[-1] for item in row] == [int] * 6
    assert any(isinstance(value, np.ndarray) and value.dtype == np.int64 for value in values)


def test_a_list_of_numbers_also_comes_as_arrays() -> None:
    values = first(([1.0, 2.0],))
    assert values[0] == [1.0, 2.0]
    assert isinstance(values[1], np.ndarray)
    assert len([value for value in values if isinstance(value, list)]) == 1


def test_a_float_also_comes_as_numpy_scalar_and_0d_array() -> None:
    values = first((0.5,))
    assert [type(value) for value in values] == [float, np.float64, np.ndarray]
    assert values[2].shape == ()


def test_arrays_inside_containers_are_changed_in_their_place() -> None:
    cases = forms(([MATRIX, np.ones((1, 2))], {"w": MATRIX}))
    for case in cases:
        matrices, named = as_arguments(case).args
        assert isinstance(matrices, list)
        assert len(matrices) == 2
        assert np.array_equal(np.asarray(matrices[0]), MATRIX)
        assert np.array_equal(np.asarray(named["w"]), MATRIX)
    assert any(as_arguments(case).args[0][0].__class__ is list for case in cases)
    assert any(getattr(as_arguments(case).args[0][1], "dtype", None) == np.float32 for case in cases)


def test_the_rest_stays_as_it_is() -> None:
    def function(x: float) -> float:
        return x

    layers = [("convolution", 2, 3, 3, 1), ("relu",)]
    for case in forms(call_with(MATRIX, 2, (2, 3), "bce", function, True, layers, size=2), integers=True):
        arguments = as_arguments(case)
        assert arguments.args[1:] == (2, (2, 3), "bce", function, True, layers)
        assert type(arguments.args[1]) is int
        assert dict(arguments.kwargs) == {"size": 2}


def test_keywords_are_changed_too() -> None:
    case = forms(call_with(x=MATRIX))[1]
    assert isinstance(as_arguments(case).kwargs["x"], list)


def test_a_right_function_passes_and_one_that_writes_into_its_argument_does_not() -> None:
    reference = FakeTarget(f=lambda x: 2.0 * np.asarray(x, dtype=float))
    check_same(FakeTarget(f=lambda x: np.asarray(x) * 2), reference, "f", forms((MATRIX,), integers=True))

    def in_place(x: Any) -> Any:
        x[0] = 0.0
        return x

    calls = FakeTarget(f=in_place).calls("f", forms((MATRIX,)))
    assert [call.error is not None for call in calls].count(True) == 1


def test_a_case_without_numbers_is_the_suites_fault() -> None:
    with pytest.raises(SuiteError):
        forms(("text", 3))
