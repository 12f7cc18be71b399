"""Is this the gradient of that function?

The function is differenced along each coordinate with a ladder of steps. At every step three things are
known: the central difference, the gap between the two one-sided ones, and how much round-off the step lets in.
For a smooth function the gap shrinks with the step; where it stays, the point is a kink, and any value
between the one-sided slopes is accepted. On the smooth part of the ladder, two neighbouring steps are
extrapolated (Richardson), and the pair with the least estimated error gives the slope.

Source  Ridders, "Accurate computation of F'(x)", Adv. Eng. Software 4 (1982); round-off of the function as in
        Moré and Wild, "Estimating computational noise", SIAM J. Sci. Comput. 33 (2011).
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autograder.checks.closeness import as_real, finite_problem, raise_for, shape_problem, tell_apart
from autograder.checks.target import Call
from autograder.errors import SuiteError
from autograder.model import Message, message

Vector = NDArray[np.float64]
Domain = tuple[Any, Any]

RTOL = 1e-5
MOST_ENTRIES = 200
"""Larger arrays are checked at `SAMPLED_ENTRIES` and `LARGEST_ENTRIES` entries and along `DIRECTIONS`."""

SAMPLED_ENTRIES = 60
LARGEST_ENTRIES = 10
DIRECTIONS = 3

_FIRST_STEP = 2.0**-5
_RATIO = 4.0
_RUNGS = 13
"""Steps from 2**-5 down to 2**-29 (2e-9) of max(1, |x|)."""

_FALL = 0.35
"""The gap of a smooth function falls by `_RATIO` from one step to the next, or by about so much."""

_SMALL_STEPS = tuple(2.0**-power for power in (2, 4, 6, 8, 10, 12))
"""Further steps for a tiny x, in units of |x|: its function may live on that scale."""

_EPS = float(np.finfo(np.float64).eps)
_SAFETY = 5.0
"""An error estimate may be too small by this factor."""

_FLOOR = 1e-4
"""Entries smaller than this much of the largest one are judged by the largest one."""

_ROUNDING = 1e-11
"""Of how much the function moves: round-off that a right gradient may have, at a minimum for instance."""

_UNDECIDED = 10.0
"""Differences less accurate than so many times rtol of the largest entry (or of how much the function moves) decide nothing."""

_SEED = 20240229


@dataclass(frozen=True)
class NumericalGradient:
    """What differences know of a gradient. Every array has the shape of x.

    value  the slope; at a kink, the middle of the one-sided slopes
    error  estimated error of `value`, round-off included; 0 at a kink
    kinks  where the function has no derivative
    low    least and greatest acceptable slope: equal to `value` but at kinks
    high
    """

    value: Vector
    error: Vector
    kinks: NDArray[np.bool_]
    low: Vector
    high: Vector


@dataclass(frozen=True)
class _Slope:
    """What a ladder shows. low and high: what is acceptable, equal to `value` but at a kink.

    constant  f did not change by a bit at any step
    near      the one-sided slopes of a kink that is near: shorter steps than those look smooth
    moves     the steepest one-sided slope of the longest step: how much f moves around here, even at a minimum
    """

    value: float
    error: float
    low: float
    high: float
    kink: bool = False
    constant: bool = False
    near: _Slope | None = None
    moves: float = 0.0


def numerical_gradient(
    f: Callable[[Any], Any], x: Vector | float, domain: Domain | None = None
) -> NumericalGradient:
    """The gradient of a scalar function by differences, entry by entry.

    f       function of something like x (array or float), giving one number; it gets a fresh copy each time
    x       float64 array of any shape, or a float
    domain  (low, high): f is only called strictly between; numbers or arrays that broadcast to x
    Error   relative 1e-9 and better for a smooth f of moderate scale; `error` says
    Raises  SuiteError where x is not float64, f is not a finite number at x or not the same twice
    """
    probe = _Probe(f, x, domain)
    slopes = [probe.along(probe.unit(index)) for index in range(probe.x.size)]
    shape = probe.shape

    def collected(values: Sequence[float]) -> Vector:
        return np.array(values, dtype=np.float64).reshape(shape)

    return NumericalGradient(
        collected([slope.value for slope in slopes]),
        collected([slope.error for slope in slopes]),
        np.array([slope.kink for slope in slopes], dtype=bool).reshape(shape),
        collected([slope.low for slope in slopes]),
        collected([slope.high for slope in slopes]),
    )


def check_gradient(
    f: Callable[[Any], Any],
    gradient: object,
    x: Vector | float,
    *,
    rtol: float = RTOL,
    domain: Domain | None = None,
    call: Call | None = None,
) -> None:
    """Fail unless `gradient` is the gradient of `f` at `x`.

    f         the forward pass: function of an array like x (a float where x is one), giving one number
    gradient  what the student computed: real numbers, shape of x
    x         float64 array of any shape, or a float; of more than 200 entries 70 are checked
    rtol      allowed relative error, of entries that are not tiny beside the largest one
    domain    (low, high): f is only called strictly between
    call      the record that `gradient` came from, so that the report can show it
    Error     as the differences estimate it; at a kink any value between the one-sided slopes passes
    Raises    CheckFailure; SuiteError where f or x cannot be used, or where round-off hides the answer: then
              the suite should choose another point
    """
    if not 0 < rtol < 1:
        raise SuiteError(f"check_gradient: rtol = {rtol!r} is not between 0 and 1")
    probe = _Probe(f, x, domain)
    raise_for(lambda value: _problems(probe, value, rtol), gradient, call)


def _problems(probe: _Probe, gradient: object, rtol: float) -> tuple[Message, ...]:
    if found := shape_problem(gradient, probe.shape):
        return found
    given = as_real(gradient)
    if isinstance(given, Message):
        return (given,)
    if found := finite_problem(given):
        return found
    g = given.reshape(-1)
    indices = _entries(g)
    slopes = [probe.slope(index) for index in indices]
    scale = max((max(abs(s.low), abs(s.high)) for s in slopes), default=0.0)
    pairs = zip(indices, slopes, strict=True)
    verdicts = [_judge(float(g[index]), slope, scale, rtol) for index, slope in pairs]
    wrong = [position for position, verdict in enumerate(verdicts) if verdict.off > 1.0]
    if wrong:
        return _report(probe.shape, g, indices, slopes, wrong, verdicts, scale)
    undecided = [position for position, verdict in enumerate(verdicts) if verdict.undecided]
    if undecided:
        slope = slopes[undecided[0]]
        raise SuiteError(
            f"check_gradient: differences give {slope.value:g} ± {slope.error:.1g} for entry "
            f"{_place(probe.shape, indices[undecided[0]])}, too rough to judge at rtol = {rtol:g}. "
            "Choose another point, give a domain, or take a constant off f"
        )
    directions = list(_directions(g.size) * probe.reach) if g.size > len(indices) else []
    if g.size > 1 and any(slope.kink for slope in slopes):
        # Entry by entry nothing at all passes for a window of ties; moving everything at once shows what is missing.
        directions = [np.ones(g.size), *directions]
    return _along(probe, g, directions, rtol)


@dataclass(frozen=True)
class _Verdict:
    """off: distance in units of what is allowed, wrong beyond 1; undecided: right for want of accuracy."""

    off: float
    undecided: bool


def _judge(given: float, slope: _Slope, scale: float, rtol: float) -> _Verdict:
    if slope.near is not None and _SAFETY * slope.error > _UNDECIDED * rtol * scale:
        slope = slope.near
    nearest = min(max(given, slope.low), slope.high)
    allowed = max(rtol * abs(nearest), rtol * _FLOOR * scale, _ROUNDING * slope.moves)
    if slope.kink:
        allowed = max(allowed, 10 * rtol * scale)
    blur = _SAFETY * slope.error
    distance = abs(given - nearest)
    limit = allowed + blur
    off = 0.0 if distance == 0.0 else distance / limit if limit > 0.0 else math.inf
    # A function that does not move at all has slope 0 as far as float64 can tell: nothing is undecided there.
    return _Verdict(off, not slope.constant and blur > _UNDECIDED * rtol * max(scale, slope.moves))


def _directions(size: int) -> Vector:
    """Random signs, a row a direction."""
    return np.random.default_rng(_SEED).choice([-1.0, 1.0], size=(DIRECTIONS, size))


def _along(probe: _Probe, g: Vector, directions: Sequence[Vector], rtol: float) -> tuple[Message, ...]:
    """Compare the slopes along these directions, where f is smooth along them."""
    for direction in directions:
        slope = probe.along(direction)
        if slope.kink:
            continue
        along = g * direction
        given, scale = float(along.sum()), float(np.linalg.norm(along))
        blur = _SAFETY * slope.error
        if blur > _UNDECIDED * rtol * max(abs(slope.value), scale):
            continue
        allowed = rtol * max(abs(slope.value), 1e-3 * scale) + blur
        if not abs(given - slope.value) <= allowed:
            yours, numeric = tell_apart(given, slope.value)
            return (
                message(
                    "With all entries moving at once, your gradient gives slope {actual}, but {desired} is right.",
                    actual=yours, desired=numeric,
                ),
            )  # fmt: skip
    return ()


def _report(
    shape: tuple[int, ...],
    g: Vector,
    indices: Sequence[int],
    slopes: Sequence[_Slope],
    wrong: Sequence[int],
    verdicts: Sequence[_Verdict],
    scale: float,
) -> tuple[Message, ...]:
    worst = max(wrong, key=lambda position: verdicts[position].off)
    slope, given = slopes[worst], float(g[indices[worst]])
    found = []
    place = _place(shape, indices[worst])
    if slope.kink:
        text = (
            "Entry {place} of the gradient is {actual}; at this kink anything from {low} to {high} would do."
        )
        yours, low, high = (f"{number:.6g}" for number in (given, slope.low, slope.high))
        found.append(message(text, place=place, actual=yours, low=low, high=high))
    else:
        yours, numeric = tell_apart(given, slope.value)
        text = "Entry {place} of the gradient is {actual}, but the slope of the function is {desired}."
        if shape == ():
            text = "The gradient is {actual}, but the slope of the function is {desired}."
        found.append(message(text, place=place, actual=yours, desired=numeric))
    if shape != ():
        text = "{count} of {total} entries that were checked differ."
        found.append(message(text, count=len(wrong), total=len(indices)))
    ratio = _constant_ratio(g, indices, slopes, scale)
    if ratio is not None:
        found.append(message("Yours divided by the slope is {ratio} everywhere.", ratio=f"{ratio:.4g}"))
    return tuple(found)


def _constant_ratio(
    g: Vector, indices: Sequence[int], slopes: Sequence[_Slope], scale: float
) -> float | None:
    """Yours over numeric, where that is one and the same number on two entries or more; else None."""
    ratios = [
        float(g[index]) / slope.value
        for index, slope in zip(indices, slopes, strict=True)
        if not slope.kink and abs(slope.value) > max(1e-3 * scale, 1e4 * slope.error)
    ]
    if len(ratios) < 2 or not np.ptp(ratios) <= 1e-3 * abs(np.mean(ratios)):
        return None
    middle = float(np.median(ratios))
    return None if abs(middle - 1.0) < 1e-9 else middle


def _entries(g: Vector) -> list[int]:
    """Which entries are checked: all, or a fixed choice and those that are claimed to be the largest."""
    if g.size <= MOST_ENTRIES:
        return list(range(g.size))
    chosen = np.random.default_rng(_SEED).choice(g.size, SAMPLED_ENTRIES, replace=False)
    largest = np.argsort(-np.abs(g), kind="stable")[:LARGEST_ENTRIES]
    return sorted({*map(int, chosen), *map(int, largest)})


def _place(shape: tuple[int, ...], index: int) -> str:
    return str([int(i) for i in np.unravel_index(index, shape)]) if shape else ""


class _Probe:
    """A scalar function, the point where it is differenced, and how far one may go from there.

    x      the point, flat
    reach  the longest step of each entry, such that both x + reach and x - reach lie inside the domain
    """

    def __init__(self, f: Callable[[Any], Any], x: Vector | float, domain: Domain | None) -> None:
        self._f = f
        self._is_float = isinstance(x, float) and not isinstance(x, np.generic)
        point = np.asarray(x)
        if point.dtype != np.float64:
            raise SuiteError(
                f"the point has dtype {point.dtype}; differences need float64, "
                "because the round-off of float32 alone costs several percent"
            )
        if point.size == 0 or not np.all(np.isfinite(point)):
            raise SuiteError("the point is empty, or not finite")
        self.shape: tuple[int, ...] = point.shape
        self.x: Vector = np.array(point, dtype=np.float64).reshape(-1)
        sizes = np.maximum(1.0, np.abs(self.x))
        self.reach: Vector = sizes * _FIRST_STEP
        self._bounded = domain is not None
        if domain is not None:
            self.reach = np.minimum(self.reach, self._room(domain) / 2)
        self.value = self._evaluate(self.x)
        if not math.isfinite(self.value):
            raise SuiteError(f"f is {self.value} at the point itself")
        if self._evaluate(self.x) != self.value:
            raise SuiteError("f gives another value when it is called again with the same point")
        self._noise = self._estimate_noise()
        self._slopes: dict[int, _Slope] = {}

    def _room(self, domain: Domain) -> Vector:
        """Distance of each entry to the nearer end of its domain."""
        try:
            ends = (np.asarray(end, dtype=np.float64) for end in domain)
            low, high = (np.broadcast_to(end, self.shape).reshape(-1) for end in ends)
        except (TypeError, ValueError):
            raise SuiteError(f"domain = {domain!r:.80} is not a pair of ends that fit the point") from None
        room: Vector = np.minimum(self.x - low, high - self.x)
        if not np.all(room > 0):
            raise SuiteError(
                "the point does not lie strictly inside the domain: there is no slope to both sides"
            )
        return room

    def _evaluate(self, x: Vector) -> float:
        argument: Any = float(x[0]) if self._is_float else x.reshape(self.shape).copy()
        with np.errstate(all="ignore"):
            value = self._f(argument)
        number = as_real(value)
        if isinstance(number, Message) or number.size != 1:
            raise SuiteError(f"f gives {value!r:.80}, not a single real number")
        return float(number.reshape(()))

    def _estimate_noise(self) -> float:
        """The round-off in one value of f, from high differences of values at steps too short to matter.

        The lesser of the two sides: near a kink one of them may have more in it than round-off.
        """
        generator = np.random.default_rng(_SEED)
        step = self.reach * 2.0**-28 * generator.choice([-1.0, 1.0], size=self.x.size)
        estimates = []
        for side in (1.0, -1.0):
            values = np.array([self._evaluate(self.x + side * count * step) for count in range(8)])
            if not np.all(np.isfinite(values)):
                continue
            levels = []
            for order in (4, 5, 6):
                weight = math.factorial(order) ** 2 / math.factorial(2 * order)
                levels.append(math.sqrt(weight * float(np.mean(np.diff(values, order) ** 2))))
            estimates.append(max(levels))
        return max(min(estimates, default=0.0), _EPS * abs(self.value))

    def unit(self, index: int) -> Vector:
        """The direction of one coordinate."""
        direction = np.zeros_like(self.x)
        direction[index] = 1.0
        return direction

    def slope(self, index: int) -> _Slope:
        """The slope along one coordinate; computed once."""
        if index not in self._slopes:
            self._slopes[index] = self.along(self.unit(index))
        return self._slopes[index]

    def _steps(self, direction: Vector) -> list[float]:
        """The ladder: multiples of `direction`, the longest first."""
        moved = direction != 0.0
        longest = float(np.min(self.reach[moved] / np.abs(direction[moved])))
        steps = [longest * _RATIO**-rung for rung in range(_RUNGS)]
        if moved.sum() == 1:
            size = float(np.abs(self.x[moved])[0]) / float(np.abs(direction[moved])[0])
            if size > 0.0:
                steps += [size * step for step in _SMALL_STEPS if size * step < steps[-1] / 2]
        return steps

    def along(self, direction: Vector) -> _Slope:
        """The slope of f along `direction`, per unit of it."""
        rungs = [rung for step in self._steps(direction) if (rung := self._rung(direction, step)) is not None]
        if len(rungs) < 3:
            raise SuiteError(
                "f is not finite around the point: give check_gradient a domain, or another point"
            )
        if all(rung.still for rung in rungs):
            return _Slope(0.0, rungs[0].noise, 0.0, 0.0, constant=True)
        return _ladder(rungs)

    def _rung(self, direction: Vector, step: float) -> _Rung | None:
        plus, minus = self.x + step * direction, self.x - step * direction
        # The step that was really taken, after rounding.
        index = int(np.argmax(np.abs(direction)))
        ahead = float((plus[index] - self.x[index]) / direction[index])
        behind = float((self.x[index] - minus[index]) / direction[index])
        if ahead <= 0.0 or behind <= 0.0:
            return None
        high, low = self._evaluate(plus), self._evaluate(minus)
        if not (math.isfinite(high) and math.isfinite(low)):
            return None
        noise = max(self._noise, _EPS * max(abs(high), abs(low)))
        return _Rung(
            step=(ahead + behind) / 2,
            central=(high - low) / (ahead + behind),
            forward=(high - self.value) / ahead,
            backward=(self.value - low) / behind,
            noise=8.0 * noise / min(ahead, behind),
            still=high == self.value == low,
        )


@dataclass(frozen=True)
class _Rung:
    """What one step of the ladder shows; `noise` bounds the round-off in each of the slopes."""

    step: float
    central: float
    forward: float
    backward: float
    noise: float
    still: bool

    @property
    def gap(self) -> float:
        return abs(self.forward - self.backward)


def _ladder(rungs: Sequence[_Rung]) -> _Slope:
    """The slope that a ladder shows; rungs from the longest step to the shortest."""
    smooth = _smooth(rungs)
    middle = len(rungs) // 2
    # Steps whose one-sided slopes are blurred little by curvature (long steps) and by round-off (short ones).
    sides = [slope for rung in rungs[middle : middle + 3] for slope in (rung.forward, rung.backward)]
    low, high = min(sides), max(sides)
    moves = max(abs(rungs[0].forward), abs(rungs[0].backward))
    kink = _Slope((low + high) / 2, 0.0, low, high, kink=True, moves=moves)
    extrapolated = [
        _extrapolate(longer, shorter)
        for longer, shorter, ok in zip(rungs, rungs[1:], smooth, strict=False)
        if ok
    ]
    if not extrapolated:
        return kink
    # Two values may agree by chance; the next shorter pair has to agree as well, as far as it can tell.
    errors = [error for _value, error in extrapolated]
    for position, (one, other) in enumerate(itertools.pairwise(extrapolated)):
        errors[position] = max(errors[position], abs(one[0] - other[0]) - other[1])
    best = int(np.argmin(errors))
    value = extrapolated[best][0]
    near = None if smooth[middle] else kink
    return _Slope(value, errors[best], value, value, near=near, moves=moves)


def _extrapolate(longer: _Rung, shorter: _Rung) -> tuple[float, float]:
    """The slope at step 0 and its error, from two steps: central differences err by a multiple of step**2."""
    ratio = (longer.step / shorter.step) ** 2
    value = shorter.central + (shorter.central - longer.central) / (ratio - 1.0)
    return value, abs(value - shorter.central) + shorter.noise


def _smooth(rungs: Sequence[_Rung]) -> list[bool]:
    """Whether the function looks smooth at this step and at every shorter one.

    Smooth means that the gap of the one-sided slopes falls with the step, until round-off covers it.
    """
    covered = [rung.gap <= 10.0 * rung.noise for rung in rungs]
    falls = [
        shorter.gap <= _FALL * longer.gap + 10.0 * shorter.noise
        for longer, shorter in itertools.pairwise(rungs)
    ]
    # Below the shortest step nothing is known; a kink just there makes one gap fall, but not two in a row.
    falls.append(falls[-1] and falls[-2])
    smooth = [one or other for one, other in zip(covered, falls, strict=True)]
    return list(itertools.accumulate(reversed(smooth), lambda below, here: below and here))[::-1]
