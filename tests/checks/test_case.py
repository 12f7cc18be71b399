from __future__ import annotations

import numpy as np
import pytest

from autograder.checks import call_with
from autograder.checks.case import has_single_precision, size, smallest
from tests.checks.fake import FakeCall


def test_call_with_keeps_positions_and_names() -> None:
    case = call_with(1, 2, size=3)
    assert (case.args, dict(case.kwargs)) == ((1, 2), {"size": 3})


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (3.0, 1),
        (np.zeros((2, 3)), 6),
        ([1.0, [2.0, 3.0]], 3),
        ({"x": np.zeros(4), "y": 1}, 5),
        (call_with([1, 2], size=2), 3),
        ("text", 1),
        ((), 0),
    ],
)
def test_size_counts_elements(value: object, expected: int) -> None:
    assert size(value) == expected


def test_smallest_goes_by_elements_then_order() -> None:
    calls = [FakeCall("f", (np.zeros(n),)) for n in (3, 2, 2)]
    chosen = smallest([(call, index) for index, call in enumerate(calls)])
    assert chosen is not None
    assert chosen[1] == 1
    assert smallest([]) is None


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (np.zeros(2, np.float32), True),
        (np.float16(1), True),
        (np.zeros(2, np.complex64), True),
        ([[np.zeros(2), np.zeros(2, np.float32)]], True),
        ({"w": (np.float32(1),)}, True),
        (np.zeros(2), False),
        (np.zeros(2, np.int32), False),
        (np.zeros(2, complex), False),
        ([1.0, "float32"], False),
    ],
)
def test_single_precision_is_found_anywhere(value: object, expected: bool) -> None:
    assert has_single_precision(value) is expected
