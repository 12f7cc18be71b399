"""Is this the gradient of that function?

Every entry (of a large array: some entries, and random directions through all) is compared with the slope that
differences show, as far as they can tell: right, wrong, or undecidable where round-off hides the answer. What is
allowed is relative to the entry and to the largest one; there is no absolute floor.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from autograder.checks.closeness import as_real, finite_problem, raise_for, shape_problem, tell_apart
from autograder.checks.differences import Differences, Domain, Doubt, Slope, Undecidable, Vector
from autograder.checks.target import Call
from autograder.errors import SuiteError
from autograder.language import say
from autograder.model import Message, message

RTOL = 1e-5
MOST_ENTRIES = 200
"""Larger arrays are checked at `SAMPLED_ENTRIES` and those with the largest claims and with zeros, and along `DIRECTIONS`."""

SAMPLED_ENTRIES = 60
LARGEST_ENTRIES = 10
ZERO_ENTRIES = 10
DIRECTIONS = 6

SMALL = 1e-2
"""Where differences are rough, entries smaller than this much of the largest one are judged by that much of it."""

_FLOOR = 1e-5
"""Where they are not, entries smaller than this."""

_SAFETY = 5.0
"""An error estimate may be too small by this factor."""

_ROUNDING = 1e-11
"""Of how much the function moves: round-off that a right gradient may have, at a minimum for instance."""

_ABSORBED = 1e6
"""A function that does not move may hold terms so many times its own size, in which a small slope is lost."""

UNDECIDED = 10.0
"""Differences less accurate than so many times the tolerance decide nothing."""

_SINGLE = 1e-6
"""Round-off of a gradient that comes in float32, in units of its largest entry."""

_LEVELS = 8

_SEED = 20240301


class Answer(StrEnum):
    """Whether a gradient is right, as far as differences can tell."""

    RIGHT = "right"
    WRONG = "wrong"
    UNDECIDABLE = "undecidable"


@dataclass(frozen=True)
class Verdict:
    """What differences say of a gradient.

    answer    RIGHT promises of every entry that was looked at: it is off by no more than `rtol` of itself, or of 1e-5 of
              the largest, beyond what the differences' own error covers; with that error, by no more than
              (1 + UNDECIDED) · rtol of itself, or of `SMALL` times the largest. What is less than 1e-11 of how steeply
              the function moves over its longest step counts as round-off; a structure finer than round-off is not seen
    messages  why it is wrong, or why nothing can be said; whole sentences, empty where it is right
    doubt     the kind of reason why nothing can be said
    entry     index of the worst entry, () of a single number; None where no entry is to blame
    given     the gradient there
    slope     the slope by differences there; low, high: what is acceptable, equal to `slope` but at a kink
    error     estimated error of `slope`
    ratio     given / slope, where that is one and the same number all over
    checked   how many entries were looked at, `wrong` and at a `kinks`
    writes    whether f changed its argument in place; it gets a fresh copy each time, so that the verdict stands
    """

    answer: Answer
    messages: tuple[Message, ...] = ()
    doubt: Doubt | None = None
    entry: tuple[int, ...] | None = None
    given: float = math.nan
    slope: float = math.nan
    low: float = math.nan
    high: float = math.nan
    error: float = math.nan
    ratio: float | None = None
    checked: int = 0
    wrong: int = 0
    kinks: int = 0
    writes: bool = False


@dataclass(frozen=True)
class NumericalGradient:
    """What differences know of a gradient. Every array has the shape of x.

    value  the slope; at a kink, the middle of the one-sided slopes
    error  estimated error of `value`, at a kink of `low` and `high`; round-off included
    kinks  where the function has no derivative
    low    least and greatest acceptable slope: equal to `value` but at kinks
    high
    """

    value: Vector
    error: Vector
    kinks: NDArray[np.bool_]
    low: Vector
    high: Vector


def numerical_gradient(
    f: Callable[[Any], Any], x: Vector | float, domain: Domain | None = None
) -> NumericalGradient:
    """The gradient of a scalar function by differences, entry by entry.

    f       function of something like x (array or float), giving one number; it gets a fresh copy each time
    x       float64 array of any shape, or a float
    domain  (low, high): f is only called strictly between; numbers or arrays that broadcast to x
    Error   relative 1e-9 and better for a smooth f of moderate scale; `error` says
    Raises  SuiteError where x is not float64, or f is of no use: not a finite number at x, not the same twice, …
    """
    try:
        differences = Differences(f, x, domain)
        slopes = [differences.slope(index) for index in range(differences.x.size)]
        differences.call_again()
    except Undecidable as undecidable:
        raise SuiteError(f"numerical_gradient: {say(undecidable.why, 'en')}") from None
    shape = differences.shape

    def collected(values: Sequence[float]) -> Vector:
        return np.array(values, dtype=np.float64).reshape(shape)

    return NumericalGradient(
        collected([slope.value for slope in slopes]),
        collected([slope.error for slope in slopes]),
        np.array([slope.kink for slope in slopes], dtype=bool).reshape(shape),
        collected([slope.low for slope in slopes]),
        collected([slope.high for slope in slopes]),
    )


def judge_gradient(
    f: Callable[[Any], Any],
    gradient: object,
    x: Vector | float,
    *,
    rtol: float = RTOL,
    domain: Domain | None = None,
) -> Verdict:
    """Whether `gradient` is the gradient of `f` at `x`: right, wrong or undecidable, and why.

    f         function of an array like x (a float where x is one), giving one number: the suite's, or the student's
              own forward pass. Whatever it raises (a StudentFault) passes untouched
    gradient  what is to be judged; anything at all
    x         float64 array of any shape, or a float; of more than 200 entries about 80 are looked at one by one
    rtol      allowed relative error, of entries that are not tiny beside the largest one
    domain    (low, high): f is only called strictly between
    Raises    SuiteError where x, rtol or domain make no sense. What is wrong with f is a verdict: undecidable
    """
    return _Judge(f, x, rtol, domain).judge(gradient)


def check_gradient(
    f: Callable[[Any], Any],
    gradient: object,
    x: Vector | float,
    *,
    rtol: float = RTOL,
    domain: Domain | None = None,
    call: Call | None = None,
    whose: Literal["suite", "student"] = "suite",
) -> None:
    """Fail unless `gradient` is the gradient of `f` at `x`.

    f         the forward pass: function of an array like x (a float where x is one), giving one number
    gradient  what the student computed: real numbers, shape of x
    x         float64 array of any shape, or a float; of more than 200 entries about 80 are checked one by one
    rtol      allowed relative error, of entries that are not tiny beside the largest one
    domain    (low, high): f is only called strictly between
    call      the record that `gradient` came from, so that the report can show it
    whose     whose code f runs. "student": a forward pass that is no finite number, or another one each time, is the
              student's fault
    Error     as the differences estimate it; at a kink any value between the one-sided slopes passes
    Raises    CheckFailure; SuiteError where f or x cannot be used, or where round-off hides the answer: then
              the suite should choose another point. What f raises passes untouched
    """
    if whose not in ("suite", "student"):
        raise SuiteError(f'check_gradient: whose = {whose!r} is neither "suite" nor "student"')
    judge = _Judge(f, x, rtol, domain)

    def problems(value: object) -> tuple[Message, ...]:
        verdict = judge.judge(value)
        if verdict.writes and whose == "suite":
            raise SuiteError("check_gradient: f changes its argument in place; let it work on a copy")
        if verdict.answer is Answer.UNDECIDABLE and not (whose == "student" and verdict.doubt in _FAULTS):
            raise SuiteError(f"check_gradient: {' '.join(say(one, 'en') for one in verdict.messages)}")
        return verdict.messages

    raise_for(problems, gradient, call)


_FAULTS = (Doubt.NOT_A_NUMBER, Doubt.NOT_FINITE, Doubt.NOT_DETERMINISTIC)


class _Judge:
    """Judges any number of gradients of one function at one point; differences are taken once."""

    def __init__(
        self, f: Callable[[Any], Any], x: Vector | float, rtol: float, domain: Domain | None
    ) -> None:
        if not 0 < rtol < 1:
            raise SuiteError(f"check_gradient: rtol = {rtol!r} is not between 0 and 1")
        self._rtol = rtol
        self._differences: Differences | None = None
        self._unusable: Undecidable | None = None
        self._shape = np.shape(x)
        self._second: dict[int, Slope] = {}
        try:
            self._differences = Differences(f, x, domain)
        except Undecidable as undecidable:
            self._unusable = undecidable

    def judge(self, gradient: object) -> Verdict:
        """The verdict on this gradient."""
        if found := shape_problem(gradient, self._shape):
            return Verdict(Answer.WRONG, found)
        given = as_real(gradient)
        if isinstance(given, Message):
            return Verdict(Answer.WRONG, (given,))
        if found := finite_problem(given):
            return Verdict(Answer.WRONG, found)
        dtype = getattr(gradient, "dtype", None)
        single = dtype is not None and dtype.kind == "f" and dtype.itemsize == 4
        try:
            if self._differences is None:
                assert self._unusable is not None
                raise self._unusable
            verdict = self._compare(self._differences, given.reshape(-1), _SINGLE if single else 0.0)
            self._differences.call_again()
            return verdict
        except Undecidable as undecidable:
            writes = self._differences is not None and self._differences.writes
            return Verdict(Answer.UNDECIDABLE, (undecidable.why,), undecidable.doubt, writes=writes)

    def _compare(self, differences: Differences, g: Vector, rounding: float) -> Verdict:
        indices = _entries(g)
        slopes = [differences.slope(index) for index in indices]
        scales = _scales(slopes, differences.reach[indices])
        compared = [
            self._entry(float(g[index]), slope, scale, rounding)
            for index, slope, scale in zip(indices, slopes, scales, strict=True)
        ]
        # Nobody is judged on one ladder alone: the worst entry is looked at again, and so on until one stays wrong.
        order = sorted(range(len(compared)), key=lambda position: -compared[position].off)
        for position in order:
            one, index = compared[position], indices[position]
            if one.wrong or one.undecided:
                given, scale = float(g[index]), scales[position]
                one = _settle(one, self._entry(given, self._again(differences, index), scale, rounding))
                if one.wrong and one.slope.kink:
                    low, high = differences.spread(differences.unit(index), given)
                    wide = replace(one.slope, low=min(one.slope.low, low), high=max(one.slope.high, high))
                    one = self._entry(given, wide, scale, rounding)
                compared[position] = one
                if one.wrong:
                    return _Seen(differences, g, indices, compared).wrong(position)
        seen = _Seen(differences, g, indices, compared)
        if any(one.undecided for one in compared):
            return seen.undecided(self._rtol)
        return self._all_at_once(seen)

    def _again(self, differences: Differences, index: int) -> Slope:
        if index not in self._second:
            self._second[index] = differences.along(differences.unit(index), fine=True)
        return self._second[index]

    def _entry(self, given: float, slope: Slope, scale: float, rounding: float) -> _Compared:
        found = self._beside(given, slope, scale, rounding)
        if found.wrong and slope.supports(given):
            return replace(found, off=1.0, undecided=True)
        if slope.near is None or not found.undecided:
            return found
        # The steps below a kink are too short to show much; as far as they go, both have to hold.
        kinked = self._beside(given, slope.near, scale, rounding)
        if found.wrong == kinked.wrong or (kinked.wrong and slope.near.excludes(given)):
            return kinked
        return replace(found, off=min(found.off, 1.0))

    def _beside(self, given: float, slope: Slope, scale: float, rounding: float) -> _Compared:
        size = max(abs(slope.low), abs(slope.high))
        least = UNDECIDED * max(self._rtol * max(size, SMALL * scale), _ROUNDING * slope.moves)
        below, above = (_SAFETY * error for error in slope.errors)
        if slope.low + below <= given <= slope.high - above:
            return _Compared(slope, 0.0, False)
        nearest = min(max(given, slope.low), slope.high)
        # At a kink, one of the two slopes may be 0 and still take part in the other's round-off.
        allowed = max(self._rtol * max(size, _FLOOR * scale), _ROUNDING * slope.moves, rounding * scale)
        blur = below if given - slope.low <= slope.high - given else above
        return _Compared.of(slope, abs(given - nearest), allowed, blur, blur > least)

    def _all_at_once(self, seen: _Seen) -> Verdict:
        """Compare the slopes along directions that move many entries, where f is smooth along them."""
        differences, g = seen.differences, seen.g
        ties: list[Vector] = []
        if g.size > 1 and (
            tied := [i for i, one in zip(seen.indices, seen.compared, strict=True) if one.slope.kink]
        ):
            # Entry by entry nothing at all passes for a window of ties; moving all ties at once shows what is missing.
            levels = np.unique(differences.x[tied])[:_LEVELS]
            ties = [np.ones(g.size), *((differences.x == level).astype(np.float64) for level in levels)]
            ties = [direction for direction in ties if direction.sum() > 1]
        through: list[Vector] = []
        if g.size > len(seen.indices):
            signs = np.random.default_rng(_SEED).choice([-1.0, 1.0], size=(DIRECTIONS, g.size))
            through = list(signs * differences.reach)
        found = []
        for direction in (*ties, *through):
            one = self._along(seen, direction)
            if one.wrong:
                return self._narrowed(seen, direction, one)
            found.append(one)
        there = found[len(ties) :]
        if there and all(one.undecided and not one.slope.kink for one in there):
            slope = there[0].slope
            why = message(
                "With all entries moving at once, differences give {slope} ± {error}, too rough to judge those that were "
                "not looked at one by one.",
                slope=f"{slope.value:.6g}", error=f"{_SAFETY * slope.error:.1g}",
            )  # fmt: skip
            raise Undecidable(Doubt.ROUND_OFF, why)
        return seen.right()

    def _along(self, seen: _Seen, direction: Vector) -> _Compared:
        """Compare along a direction; a kink decides nothing, for which of two slopes is right depends on the parts."""
        along = seen.g * direction
        given, norm = float(along.sum()), float(np.linalg.norm(along))

        def compared(slope: Slope) -> _Compared:
            size = max(abs(slope.value), 0.1 * norm)
            blur = _SAFETY * slope.error
            undecided = slope.kink or blur > UNDECIDED * self._rtol * size
            if undecided:
                return _Compared(slope, 0.0, True)
            return _Compared.of(slope, abs(given - slope.value), self._rtol * size, blur, undecided)

        one = compared(seen.differences.along(direction))
        if one.wrong or one.undecided:
            one = _settle(one, compared(seen.differences.along(direction, fine=True)))
        if one.wrong and any(entry.slope.kink for entry in seen.compared):
            # Kinks may cancel along this direction, and each still have chosen another side.
            low, high = seen.differences.spread(direction, given)
            if low <= given <= high:
                return replace(one, off=0.0)
        return one

    def _narrowed(self, seen: _Seen, direction: Vector, found: _Compared) -> Verdict:
        """The one entry that makes a direction wrong, found by halving; else what the direction shows."""
        inside = np.flatnonzero(direction)
        while inside.size > 1:
            for half in np.array_split(inside, 2):
                part = np.zeros_like(direction)
                part[half] = direction[half]
                if self._along(seen, part).wrong:
                    inside = half
                    break
            else:
                return seen.wrong_along(direction, found)
        index = int(inside[0])
        slopes = [one.slope for one in seen.compared] + [seen.differences.slope(index)]
        scale = _scales(slopes, seen.differences.reach[[*seen.indices, index]])[-1]
        one = self._entry(float(seen.g[index]), slopes[-1], scale, 0.0)
        if not one.wrong:
            return seen.wrong_along(direction, found)
        return _Seen(seen.differences, seen.g, [*seen.indices, index], [*seen.compared, one]).wrong(-1)


@dataclass(frozen=True)
class _Compared:
    """off: distance in units of what is allowed, wrong beyond 1; undecided: not wrong, but for want of accuracy."""

    slope: Slope
    off: float
    undecided: bool

    @property
    def wrong(self) -> bool:
        return self.off > 1.0

    @classmethod
    def of(cls, slope: Slope, distance: float, allowed: float, blur: float, rough: bool) -> _Compared:
        """From the distance to what is acceptable, the tolerance, and the differences' own error."""
        if slope.constant:
            # A function that does not move at all has slope 0 as far as float64 can tell; another claim may be drowned.
            rough = distance > allowed
            if distance <= _ABSORBED * slope.error:
                blur = math.inf
        limit = allowed + blur
        off = 0.0 if distance == 0.0 else distance / limit if limit > 0.0 else math.inf
        return cls(slope, off, rough)


def _settle(one: _Compared, other: _Compared) -> _Compared:
    """What two looks at the same slope come to."""
    if one.wrong == other.wrong:
        return one if one.slope.error <= other.slope.error else other
    says, denies = (one, other) if one.wrong else (other, one)
    if denies.slope.kink != says.slope.kink:
        return _Compared(says.slope, 1.0, True)
    if denies.undecided:
        return says if not says.undecided else denies
    return denies


@dataclass(frozen=True)
class _Seen:
    """All entries that were looked at, and what there is to say of them."""

    differences: Differences
    g: Vector
    indices: Sequence[int]
    compared: Sequence[_Compared]

    def _verdict(self, answer: Answer, messages: tuple[Message, ...], **facts: Any) -> Verdict:
        return Verdict(
            answer,
            messages,
            checked=len(self.indices),
            kinks=sum(one.slope.kink for one in self.compared),
            writes=self.differences.writes,
            **facts,
        )

    def _at(self, position: int) -> dict[str, Any]:
        slope = self.compared[position].slope
        index = self.indices[position]
        return {
            "entry": tuple(map(int, np.unravel_index(index, self.differences.shape))),
            "given": float(self.g[index]),
            "slope": slope.value,
            "low": slope.low,
            "high": slope.high,
            "error": slope.error,
        }

    def right(self) -> Verdict:
        worst = max(range(len(self.compared)), key=lambda position: self.compared[position].off)
        return self._verdict(Answer.RIGHT, (), **self._at(worst))

    def undecided(self, rtol: float) -> Verdict:
        undecided = [position for position, one in enumerate(self.compared) if one.undecided]
        at = self._at(undecided[0])
        text = (
            "Differences give {slope} ± {error} for entry {place}, too rough to judge {actual} at a tolerance of "
            "{rtol}: another point, a domain, or the function without its constant part would do."
        )
        why = message(
            text, slope=f"{at['slope']:.6g}", error=f"{_SAFETY * at['error']:.1g}", place=str(list(at["entry"])),
            actual=f"{at['given']:.6g}", rtol=f"{rtol:g}",
        )  # fmt: skip
        return self._verdict(Answer.UNDECIDABLE, (why,), doubt=Doubt.ROUND_OFF, **at)

    def wrong(self, worst: int) -> Verdict:
        at = self._at(worst)
        place, given, slope = str(list(at["entry"])), at["given"], self.compared[worst].slope
        if slope.kink:
            text = "Entry {place} of the gradient is {actual}; at this kink anything from {low} to {high} would do."
            yours, low, high = (f"{number:.6g}" for number in (given, slope.low, slope.high))
            found = [message(text, place=place, actual=yours, low=low, high=high)]
        else:
            yours, numeric = tell_apart(given, slope.value)
            text = "Entry {place} of the gradient is {actual}, but the slope of the function is {desired}."
            if self.differences.shape == ():
                text = "The gradient is {actual}, but the slope of the function is {desired}."
            found = [message(text, place=place, actual=yours, desired=numeric)]
        count = sum(one.wrong for one in self.compared)
        if self.differences.shape != ():
            text = "{count} of {total} entries that were checked differ."
            found.append(message(text, count=count, total=len(self.indices)))
        ratio = self._ratio()
        if ratio is not None:
            found.append(message("Yours divided by the slope is {ratio} everywhere.", ratio=f"{ratio:.4g}"))
        return self._verdict(Answer.WRONG, tuple(found), wrong=count, ratio=ratio, **at)

    def wrong_along(self, direction: Vector, one: _Compared) -> Verdict:
        given = float(np.sum(self.g * direction))
        yours, numeric = tell_apart(given, one.slope.value)
        why = message(
            "With all entries moving at once, your gradient gives slope {actual}, but {desired} is right.",
            actual=yours, desired=numeric,
        )  # fmt: skip
        value, error = one.slope.value, one.slope.error
        return self._verdict(
            Answer.WRONG, (why,), given=given, slope=value, low=value, high=value, error=error
        )

    def _ratio(self) -> float | None:
        """Yours over numeric, where that is one and the same number on two entries or more; else None."""
        slopes = [one.slope for one in self.compared]
        scale = max((max(abs(slope.low), abs(slope.high)) for slope in slopes), default=0.0)
        ratios = [
            float(self.g[index]) / slope.value
            for index, slope in zip(self.indices, slopes, strict=True)
            if not slope.kink and abs(slope.value) > max(1e-3 * scale, 1e4 * slope.error)
        ]
        if len(ratios) < 2 or not np.ptp(ratios) <= 1e-3 * abs(np.mean(ratios)):
            return None
        middle = float(np.median(ratios))
        return None if abs(middle - 1.0) < 1e-9 else middle


def _scales(slopes: Sequence[Slope], reach: Vector) -> list[float]:
    """For each entry, how large the entries around it are: the largest slope, in this entry's own unit of length.

    An entry with little room (a probability near 0) has large slopes, which say nothing of those of the others.
    """
    sizes = np.array([max(abs(slope.low), abs(slope.high)) for slope in slopes])
    most, move = float(sizes.max(initial=0.0)), float((sizes * reach).max(initial=0.0))
    return [min(most, move / length) for length in reach]


def _entries(g: Vector) -> list[int]:
    """Which entries are checked: all, or a fixed choice, those that are claimed to be the largest, and zeros."""
    if g.size <= MOST_ENTRIES:
        return list(range(g.size))
    generator = np.random.default_rng(_SEED)
    chosen = generator.choice(g.size, SAMPLED_ENTRIES, replace=False)
    largest = np.argsort(-np.abs(g), kind="stable")[:LARGEST_ENTRIES]
    zeros = np.flatnonzero(g == 0.0)
    if zeros.size > ZERO_ENTRIES:
        zeros = generator.choice(zeros, ZERO_ENTRIES, replace=False)
    return sorted({*map(int, chosen), *map(int, largest), *map(int, zeros)})
