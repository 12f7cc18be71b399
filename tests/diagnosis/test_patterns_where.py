"""Which calls and which entries are wrong is said where one condition tells them apart; and a claim is true of all calls."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from autograder.diagnosis.patterns import Found, Observation, find
from tests.diagnosis.observe import observe
from tests.diagnosis.test_patterns import PLANTED, no_reference, well_formed

RNG = np.random.default_rng(11)


def noise(shape: tuple[int, ...]) -> Any:
    return RNG.normal(size=shape) * 3 + 0.1


def right(args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Some answer that depends on all arguments."""
    values = [
        np.asarray(value, float).sum() for value in (*args, *kwargs.values()) if not isinstance(value, str)
    ]
    return float(np.sin(values).sum() + 2)


def asked(wrong: list[Any], fine: list[Any], parameters: tuple[str, ...] = ("x", "y")) -> Found | None:
    """What is found where the first calls give noise and the others what is right."""
    observations = []
    for bad, group in ((True, wrong), (False, fine)):
        for case in group:
            args, kwargs = case if isinstance(case, tuple) and isinstance(case[-1], dict) else (case, {})
            due = right(args, kwargs)
            observations.append(Observation(args, kwargs, float(noise(())) if bad else due, due, bad))
    return find("f", observations, no_reference, ["f"], parameters)


def frozen(array: Any) -> Any:
    array.flags.writeable = False
    return array


def rows(*sizes: int, low: float = 0.2, high: float = 0.8) -> list[Any]:
    """One row of positive fractions for each size."""
    return [(RNG.uniform(low, high, size=n),) for n in sizes]


def images(*shapes: tuple[int, ...]) -> list[Any]:
    return [(RNG.uniform(0.2, 0.8, size=shape),) for shape in shapes]


CALLS: dict[str, tuple[list[Any], list[Any], str]] = {
    "a list": ([([0.3, 0.4],), ([0.5],)], rows(2, 1, 3), "is a list"),
    "an array": (rows(2, 1, 3), [([0.3, 0.4],), ([0.5],)], "right only where {argument} is a list"),
    "whole numbers": ([(np.array([3, 4]),), ([5, 7, 6],)], rows(2, 3), "whole numbers"),
    "float32": ([(row.astype(np.float32),) for (row,) in rows(2, 3)], rows(2, 3, 2), "is float32"),
    "read-only": ([(frozen(row),) for (row,) in rows(2, 3)], rows(2, 3, 2), "read-only"),
    "strided": ([(row[::2],) for (row,) in rows(4, 6)], rows(2, 3, 2), "contiguous"),
    "a single number": ([(0.3,), (np.array(0.4),)], rows(2, 3, 1), "is a single number"),
    "one element": (rows(1, 1), rows(2, 3, 4), "has a single element"),
    "several elements": (rows(2, 3, 4), rows(1, 1), "wrong for several"),
    "2-D": (images((2, 2), (3, 3)), rows(4, 9), ".ndim is"),
    "3-D": (images((2, 2, 2), (3, 3, 2)), images((2, 4), (3, 6)), ".ndim is"),
    "not square": (images((2, 3), (3, 2)), images((2, 2), (3, 3)), "is not square"),
    "square": (images((2, 2), (3, 3)), images((2, 3), (3, 2)), "is square"),
    "odd": (images((3, 3), (5, 5), (3, 3)), images((2, 2), (4, 4), (6, 6), (4, 4)), "is odd"),
    "deep": (images((3, 3, 2), (2, 2, 3)), images((3, 3, 1), (2, 2, 1)), "for one depth slice"),
    "negative": ([(np.array([0.3, -0.5]),), (np.array([-0.4]),)], rows(2, 1, 2), "holds a negative"),
    "zero": ([(np.array([0.3, 0.0]),), (np.array([0.0]),)], rows(2, 1, 2), "holds a 0"),
    "one": ([(np.array([0.3, 1.0]),), (np.array([1.0]),)], rows(2, 1, 2), "holds a 1"),
    "zero or one": ([(np.array([0.3, 1.0]),), (np.array([0.2, 0.0]),)], rows(2, 2), "holds a 0 or a 1"),
    "beyond 30": ([(np.array([0.3, 31.5]),), (np.array([0.3, 400.5]),)], [*rows(2, 2), (np.array([8.5, 2.5]),)], "beyond 30"),
    "ties": (
        [(np.array([0.3, v, v]),) for v in (0.5, 0.6, 0.7)],
        [(np.array([0.2, v, v + 0.1]),) for v in (0.5, 0.6, 0.65, 0.3)],
        "equal numbers",
    ),
    "given": ([((row,), {"size": 3.5}) for (row,) in rows(2, 3)], rows(2, 3, 2), "is given"),
    "left out": (rows(2, 3, 2), [((row,), {"size": 3.5}) for (row,) in rows(2, 3)], "is left out"),
    "differ": (
        [(0.5, 0.4), (0.6, 0.3), (0.3, 0.6)],
        [(0.5, 0.5), (0.3, 0.3), (0.2, 0.2)],
        "{argument} and {other} differ",
    ),
    "equal": ([(0.5, 0.5), (0.3, 0.3)], [(0.5, 0.4), (0.3, 0.6), (0.2, 0.7)], "only where {argument} and {other} differ"),
    "scalar 0": ([(0.5, 0), (0.3, 0.0)], [(0.5, 0.4), (0.3, 0.6), (0.2, 0.7)], "{argument} is {value}"),
    "scalar 1": ([(0.5, 1), (0.3, 1.0)], [(0.5, 0.4), (0.3, 0.6), (0.2, 0.7)], "{argument} is {value}"),
    "a choice": ([(0.5, "a"), (0.3, "a")], [(0.5, "b"), (0.3, "b"), (0.2, "c")], "{argument} is {value}"),
    "a NumPy number": ([(np.float64(0.5),), (np.float64(0.3),)], [(0.5,), (0.3,), (0.4,)], "NumPy number"),
    "largest": ([(v,) for v in (7.5, 9.5, 8.5)], [(v,) for v in (2.5, 3.5, 4.5, 5.5, 6.5)], "get largest"),
    "nearest the ends": (
        [(np.array([0.5, v]),) for v in (0.01, 0.99, 0.02)],
        [(np.array([0.5, v]),) for v in (0.2, 0.7, 0.9, 0.1, 0.45)],
        "nearest to 0 or 1",
    ),
    "mostly not square": (
        images(*[(2, 3), (3, 4), (5, 2), (4, 3), (2, 4), (3, 5), (6, 2), (2, 6)]),
        images(*[(2, 2), (3, 3), (4, 4), (5, 5), (2, 2), (3, 3), (6, 6), (4, 4), (2, 2), (3, 2)]),
        "is not square",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", list(CALLS))
def test_the_condition_that_tells_wrong_calls_from_right_ones_is_named(name: str) -> None:
    wrong, fine, says = CALLS[name]
    found = asked(wrong, fine)
    assert found is not None
    assert found.kind == "when"
    assert says in found.text.id, found.text
    well_formed(found)


def test_one_right_call_is_no_evidence() -> None:
    assert asked([([0.3, 0.4],)], rows(2)) is None


def test_a_condition_that_some_right_calls_fulfil_too_is_not_named_after_few_calls() -> None:
    assert asked(images((2, 3), (3, 4)), images((2, 2), (3, 3), (2, 5), (4, 3), (3, 3))) is None


Mask = Callable[[Any], Any]


def at(*place: Any) -> Mask:
    """The entries at an index."""

    def mask(x: Any) -> Any:
        found = np.zeros(x.shape, bool)
        found[place] = True
        return found

    return mask


def border(x: Any) -> Any:
    found = np.ones(x.shape, bool)
    found[1:-1, 1:-1] = False
    return found


GRIDS = [(4, 5), (5, 4)]
DEEP = [(4, 3, 2), (3, 4, 3)]
ENTRIES: dict[str, tuple[list[tuple[int, ...]], Mask, str]] = {
    "negative": ([(6,), (7,)], lambda x: x < 0, "{argument} is negative"),
    "positive": ([(6,), (7,)], lambda x: x > 0, "{argument} is positive"),
    "zero": ([(8,), (9,)], lambda x: x == 0, "{argument} is 0"),
    "one": ([(8,), (9,)], lambda x: x == 1, "{argument} is 1"),
    "big": ([(8,), (9,)], lambda x: np.abs(x) > 30, "beyond 30"),
    "first entry": ([(4,), (5,), (6,)], at(0), "first entry"),
    "last entry": ([(4,), (5,), (6,)], at(-1), "last entry"),
    "all but the first": ([(4,), (5,), (6,)], at(slice(1, None)), "right only in its first entry"),
    "first row": (GRIDS, at(0), "first row"),
    "last row": (GRIDS, at(-1), "last row"),
    "first column": (GRIDS, at(slice(None), 0), "first column"),
    "last column": (GRIDS, at(slice(None), -1), "last column"),
    "border": ([(5, 5), (4, 6)], border, "at its border"),
    "inside": ([(5, 5), (4, 6)], lambda x: ~border(x), "right only at its border"),
    "diagonal": ([(5, 5), (4, 4)], lambda x: np.eye(len(x), dtype=bool), "on its diagonal"),
    "first slice": (DEEP, at(slice(None), slice(None), 0), "wrong only in its first depth slice"),
    "other slices": (
        DEEP,
        at(slice(None), slice(None), slice(1, None)),
        "right only in its first depth slice",
    ),
    "last slice": ([(4, 3, 3), (3, 4, 4)], at(slice(None), slice(None), -1), "last depth slice"),
}


@pytest.mark.parametrize("name", list(ENTRIES))
def test_the_entries_that_are_wrong_are_named(name: str) -> None:
    sizes, mask, says = ENTRIES[name]
    observations = []
    for size in sizes:
        x = RNG.normal(size=size)
        if size in ((8,), (9,)):
            x[size[0] - 7 :: 3] = np.resize([0, 1, 40.5], len(x[size[0] - 7 :: 3]))
            x[3], x[6] = 0, 1
        due = np.cos(x) + 5
        observations.append(Observation((x,), {}, np.where(mask(x), noise(size), due), due, wrong=True))
    found = find("f", observations, no_reference, ["f"], ["x"])
    assert found is not None
    assert found.kind == "where"
    assert says in found.text.id, found.text
    well_formed(found)


def test_overlapping_windows_are_named() -> None:
    observations = []
    for size, stride in ((2, 1), (3, 2), (2, 2), (3, 3)):
        x = RNG.normal(size=(6, 6, 2))
        count = np.zeros(6)
        for start in range(0, 6 - size + 1, stride):
            count[start : start + size] += 1
        overlap = np.broadcast_to((np.outer(count, count) > 1)[:, :, None], x.shape)
        due = np.cos(x) + 5
        actual = np.where(overlap, noise(x.shape), due)
        observations.append(Observation((x, size, stride), {}, actual, due, bool(overlap.any())))
    found = find("f", observations, no_reference, ["f"], ["x", "size", "stride"])
    assert found is not None
    assert "several windows" in found.text.id


def test_wrong_entries_scattered_at_random_are_not_named() -> None:
    for _ in range(40):
        observations = []
        for size in ((6,), (4, 5)):
            x = RNG.normal(size=size)
            due = np.cos(x) + 5
            observations.append(
                Observation((x,), {}, np.where(RNG.random(size) < 0.5, noise(size), due), due, wrong=True)
            )
        assert find("f", observations, no_reference, ["f"], ["x"]) is None


def test_the_layers_before_the_last_are_named() -> None:
    observations = []
    for depth in (3, 4, 3):
        due = [RNG.normal(size=(2, 3)) for _ in range(depth)]
        actual = [noise((2, 3)) for _ in range(depth - 1)] + [due[-1]]
        observations.append(Observation((RNG.normal(size=5),), {}, actual, due, wrong=True))
    found = find("f", observations, no_reference, ["f"], ["x"])
    assert found is not None
    assert found.kind == "history"
    assert "last item" in found.text.id


@pytest.mark.parametrize("name", list(PLANTED))
def test_a_call_that_does_not_fit_takes_a_claim_back(name: str) -> None:
    planted = PLANTED[name]
    observations = observe(planted.ways[0], planted.right, planted.cases)
    functions = {**planted.others, "f": planted.right}

    def told(observations: list[Observation]) -> Found | None:
        return find(
            "f",
            observations,
            lambda other, args, kwargs: functions[other](*args, **kwargs),
            tuple(functions),
            ["x", "y"],
        )

    before = told(observations)
    assert before is not None
    claims = before.text.id.startswith(("Where", "The numbers", "All numbers")) or before.kind == "constant"
    if not claims:  # what says which calls are wrong stays true
        return
    first = observations[0]
    strange = scrambled(first.desired)
    for place in (0, len(observations)):
        more = list(observations)
        more.insert(place, Observation(first.args, first.kwargs, strange, first.desired, wrong=True))
        after = told(more)
        assert after is None or after.text != before.text, after


def scrambled(value: Any) -> Any:
    """An answer of the same form with other numbers."""
    if isinstance(value, dict):
        return {key: scrambled(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return type(value)(map(scrambled, value))
    if isinstance(value, str):
        return value[::-1]
    return noise(np.shape(value)) + 50
