"""In which other forms may the same numbers arrive?"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from autograder.checks.case import Arguments, Case, as_arguments
from autograder.errors import SuiteError

_Change = Callable[[Any], Any]


def forms(case: Case, *, float32: bool = True, integers: bool = False) -> list[Case]:
    """The same case in other forms: a correct function gives the same answer for each.

    The case itself comes first, then: arrays, nested lists, read-only, strided (not contiguous), in Fortran
    order, in float32; Python floats also as `np.float64` and as 0-d arrays. Lists of numbers count as arrays.
    Arrays inside lists, tuples and dicts are changed in their place. Whole numbers, tuples of numbers
    (shapes) and all else stay as they are. Forms that change nothing are left out.

    float32   whether to include float32 arrays; `check_same` then allows 1e-3
    integers  whether to round to whole numbers too, as lists of int and as int64 arrays: only where the
              function is defined there
    Raises    SuiteError where the case holds no floats to change
    """
    arguments = as_arguments(case)
    result: list[Case] = [case]
    for change in changes(float32=float32, integers=integers):
        changed = change(arguments)
        if not any(_same_form(changed, as_arguments(other)) for other in result):
            result.append(changed if changed.kwargs else changed.args)
    if len(result) == 1:
        raise SuiteError("forms: the case holds no array, list of numbers or float")
    return result


def changes(*, float32: bool = True, integers: bool = False) -> list[Callable[[Arguments], Arguments]]:
    """What makes each of the forms of a case, in the order of `forms`, the case itself left out."""
    made: list[Callable[[Arguments], Arguments]] = [_arrays]
    on_arrays = [_as_list, _read_only, _strided, _fortran, *([_single] if float32 else [])]
    made += [partial(_arrays_changed, change=change) for change in on_arrays]
    made += [partial(_changed, change=_on_floats(kind)) for kind in (np.float64, np.array)]
    if integers:
        made += [_rounded_lists, _rounded_arrays]
    return made


def _arrays(arguments: Arguments) -> Arguments:
    return _changed(arguments, _as_array)


def _arrays_changed(arguments: Arguments, change: _Change) -> Arguments:
    return _changed(_arrays(arguments), _on_arrays(change))


def _rounded_arrays(arguments: Arguments) -> Arguments:
    return _changed(_arrays(arguments), _rounded)


def _rounded_lists(arguments: Arguments) -> Arguments:
    return _changed(_rounded_arrays(arguments), _on_arrays(_as_list))


def _changed(arguments: Arguments, change: _Change) -> Arguments:
    return Arguments(
        tuple(_walk(value, change) for value in arguments.args),
        {key: _walk(value, change) for key, value in arguments.kwargs.items()},
    )


def _walk(value: Any, change: _Change) -> Any:
    """`change` applied to arrays, lists of numbers and floats, wherever they are."""
    if isinstance(value, (np.ndarray, float)) or (isinstance(value, list) and _is_grid(value)):
        return change(value)
    if isinstance(value, list):
        return [_walk(item, change) for item in value]
    if isinstance(value, tuple):
        # A tuple of plain numbers is a shape or a pair of settings, not an array.
        return tuple(_walk(item, change) if isinstance(item, (np.ndarray, list)) else item for item in value)
    if isinstance(value, dict):
        return {key: _walk(item, change) for key, item in value.items()}
    return value


def _is_grid(value: list[Any]) -> bool:
    """Whether nested lists hold plain numbers only, and as many in each row."""
    if not _plain(value):
        return False
    try:
        array = np.array(value)
    except (ValueError, OverflowError):
        return False
    return array.size > 0 and array.dtype.kind in "iuf"


def _plain(value: object) -> bool:
    if isinstance(value, list):
        return all(map(_plain, value))
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _same_form(one: Arguments, other: Arguments) -> bool:
    return bool(_form((one.args, dict(one.kwargs))) == _form((other.args, dict(other.kwargs))))


def _form(value: Any) -> Any:
    """What tells two forms of the same numbers apart."""
    if isinstance(value, np.ndarray):
        layout = (value.flags.c_contiguous, value.flags.f_contiguous, value.flags.writeable)
        return ("array", value.shape, value.dtype.str, layout)
    if isinstance(value, (list, tuple)):
        return (type(value).__name__, tuple(map(_form, value)))
    if isinstance(value, dict):
        return tuple((key, _form(item)) for key, item in value.items())
    return type(value).__name__


def _as_array(value: Any) -> Any:
    return np.array(value) if isinstance(value, list) else value


def _on_arrays(change: _Change) -> _Change:
    return lambda value: change(value) if isinstance(value, np.ndarray) else value


def _on_floats(change: _Change) -> _Change:
    return lambda value: change(value) if isinstance(value, float) else value


def _as_list(array: Any) -> Any:
    return array.tolist()


def _read_only(array: Any) -> Any:
    frozen = array.copy()
    frozen.flags.writeable = False
    return frozen


def _strided(array: Any) -> Any:
    """A view of every second entry of an array twice as long."""
    return np.repeat(array, 2, axis=-1)[..., ::2] if array.ndim else array


def _fortran(array: Any) -> Any:
    return np.asfortranarray(array) if array.ndim >= 2 else array


def _single(array: Any) -> Any:
    return array.astype(np.float32) if array.dtype.kind == "f" else array


def _rounded(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        return np.rint(value).astype(np.int64) if value.dtype.kind == "f" else value
    if isinstance(value, float):
        return int(value) if value.is_integer() else value
    return value
