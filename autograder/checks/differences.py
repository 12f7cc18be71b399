"""How steep is a function along a line, and how sure is that?

The function is differenced with a ladder of steps. At every step three things are known: the central
difference, the gap between the two one-sided ones, and how much round-off the step lets in. For a smooth function
the gap shrinks with the step; where it stays, the point is a kink, and each side has a slope of its own. On the
smooth part of the ladder, neighbouring steps are extrapolated (Richardson), and those with the least estimated
error give the slope.

Source  Ridders, "Accurate computation of F'(x)", Adv. Eng. Software 4 (1982); round-off of the function as in
        Moré and Wild, "Estimating computational noise", SIAM J. Sci. Comput. 33 (2011).
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autograder.checks.closeness import as_real
from autograder.errors import SuiteError
from autograder.model import Message, message

Vector = NDArray[np.float64]
Domain = tuple[Any, Any]

_FIRST_STEP = 0.03
"""Of max(1, |x|). No power of two, so that no step is exact in single precision."""

_RATIO = 4.0
_RUNGS = 13
"""Steps from 0.03 down to 2e-9 of max(1, |x|)."""

_FINE_START, _FINE_RATIO, _FINE_RUNGS = 0.77, 2.0, 32
"""The ladder for a second look: others than the first one's steps, twice as dense, down to 1e-11."""

_FALL = 0.75
"""The gap of a smooth function falls with the step; at least with the step to this power."""

_SMALL_STEPS = tuple(2.0**-power for power in (2, 4, 6, 8, 10, 12))
"""Further steps for a tiny x, in units of |x|: its function may live on that scale."""

_EPS = float(np.finfo(np.float64).eps)
_LEAST = float(np.finfo(np.float64).smallest_subnormal)

_NOISE = 3.0
"""The round-off of a difference is at most so many times that of one value."""

_SURE = 3.0
"""Slopes are apart, and gaps fall, where that shows by more than so many times their round-off."""

_STEEPER, _STILL = 50.0, 1.5
"""A function is too steep to resolve where its slopes grow by so much from the longest step to the shortest; and where
they still grow by so much from the last but one, nobody knows how far."""

_ALL_NOISE = 1e-6
"""More noise than this, in units of the value, is suspicious."""

_CURVED = 2.0
"""In a smooth function, a chord is as steep as the mean of the slopes below it, up to so many times their spread …"""

_CHORD = 1e-3
"""… or up to this much of the steepest one."""

_BREAK, _BREAKS = 1e-4, 24
"""Ties are broken by moving the other entries by up to this much of their reach, so often; then one entry crosses …"""

_LEAST_PIECES, _MOST_PIECES = 16, 80
"""… in three times so many pieces, one for each entry where these are enough."""

_SEED = 20240229


class Doubt(StrEnum):
    """Why differences decide nothing. The first three are faults of the function."""

    NOT_A_NUMBER = "not_a_number"
    NOT_FINITE = "not_finite"
    NOT_DETERMINISTIC = "not_deterministic"
    NOT_FINITE_AROUND = "not_finite_around"
    SINGLE_PRECISION = "single_precision"
    STEPS = "steps"
    ROUND_OFF = "round_off"


class Undecidable(Exception):
    """Differences of this function say nothing; `why` is for people, and neutral about whose function it is."""

    def __init__(self, doubt: Doubt, why: Message) -> None:
        super().__init__(why)
        self.doubt = doubt
        self.why = why


@dataclass(frozen=True)
class Slope:
    """What a ladder shows. low and high: what is acceptable, equal to `value` but at a kink.

    error     estimated error of `value`, at a kink the greater one of `low` and `high`; round-off included
    errors    that of `low` and that of `high`
    constant  f did not change by a bit at any step
    near      the one-sided slopes of a kink that is near: shorter steps than those look smooth
    moves     the steepest one-sided slope of the longest step: how much f moves around here, even at a minimum
    seen      the central differences, the longest step first
    bounds    between which values each step puts the slope, round-off included; and how much of it is round-off
    """

    value: float
    error: float
    low: float
    high: float
    errors: tuple[float, float]
    kink: bool = False
    constant: bool = False
    near: Slope | None = None
    moves: float = 0.0
    seen: tuple[float, ...] = ()
    bounds: tuple[tuple[float, float, float], ...] = ()

    def excludes(self, claim: float) -> bool:
        """Whether no step that could tell this slope from those at the kink leaves room for it."""
        apart = max(self.low - claim, claim - self.high)
        return not any(low <= claim <= high for low, high, noise in self.bounds if 10.0 * noise < apart)

    def supports(self, claim: float) -> bool:
        """Whether some steps in a row speak for a slope that is far from `value`: one that only short steps can see."""
        if abs(claim - self.value) <= 0.1 * max(abs(claim), abs(self.value)):
            return False
        agree = [abs(slope - claim) <= 1e-3 * abs(claim) for slope in self.seen]
        return any(all(agree[start : start + 3]) for start in range(len(agree) - 2))


class Differences:
    """A scalar function, the point where it is differenced, and how far one may go from there.

    f         function of something like x (array or float), giving one number; it gets a fresh copy each time
    x         float64 array of any shape, or a float; kept flat
    domain    (low, high): f is only called strictly between; numbers or arrays that broadcast to x
    reach     the longest step of each entry, such that both x + reach and x - reach lie inside the domain
    writes    whether f changed its argument in place
    Raises    SuiteError where x or the domain is of no use; Undecidable where f is; what f raises passes untouched
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
        self.reach: Vector = np.maximum(1.0, np.abs(self.x)) * _FIRST_STEP
        if domain is not None:
            self.reach = np.minimum(self.reach, self._room(domain) / 2)
        self.writes = False
        self.value = self._evaluate(self.x, watch=True)
        if not math.isfinite(self.value):
            why = message(
                "The function to be differenced is {value} at the point itself.", value=f"{self.value}"
            )
            raise Undecidable(Doubt.NOT_FINITE, why)
        self.call_again()
        self._signs: Vector = np.random.default_rng(_SEED).choice([-1.0, 1.0], size=self.x.size)
        self._noise = self._estimate_noise()
        if self._is_noise():
            why = message(
                "The function to be differenced is all noise: small steps move it as much as long ones."
            )
            raise Undecidable(Doubt.ROUND_OFF, why)
        if self._moves_in_steps():
            raise Undecidable(
                Doubt.STEPS,
                message(
                    "The function to be differenced moves in steps, so small differences say nothing: "
                    "it rounds, or computes in single precision."
                ),
            )
        self._slopes: dict[int, Slope] = {}

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

    def _evaluate(self, x: Vector, watch: bool = False) -> float:
        argument: Any = float(x[0]) if self._is_float else x.reshape(self.shape).copy()
        with np.errstate(all="ignore"):
            value = self._f(argument)
        if watch and not self._is_float:
            self.writes = not np.array_equal(argument.reshape(-1), x)
        number = as_real(value)
        if isinstance(number, Message) or number.size != 1:
            why = message("The function to be differenced does not give a single real number.")
            raise Undecidable(Doubt.NOT_A_NUMBER, why)
        dtype = getattr(value, "dtype", None)
        if dtype is not None and dtype.kind == "f" and dtype.itemsize < 8:
            why = message(
                "The function to be differenced answers in {dtype}; differences need float64.",
                dtype=f"{dtype}",
            )
            raise Undecidable(Doubt.SINGLE_PRECISION, why)
        return float(number.reshape(()))

    def call_again(self) -> None:
        """Whether f still gives the same value at the point.

        Raises  Undecidable
        """
        if self._evaluate(self.x) != self.value:
            raise Undecidable(
                Doubt.NOT_DETERMINISTIC,
                message(
                    "The function to be differenced gives another value when it is called again with the same point."
                ),
            )

    def _estimate_noise(self) -> float:
        """The round-off in one value of f, from high differences of values at steps too short to matter.

        The lesser of the two sides: near a kink one of them may have more in it than round-off.
        """
        found = [_EPS * abs(self.value)]
        for step, count, orders in ((2.0**-28, 8, (4, 5, 6)), (2.0**-22, 12, (6,))):
            estimates = []
            for side in (1.0, -1.0):
                move = side * step * self._signs * self.reach
                values = np.array([self._evaluate(self.x + number * move) for number in range(count)])
                if np.all(np.isfinite(values)):
                    estimates.append(max(_deviation(values, order) for order in orders))
            found.append(min(estimates, default=0.0))
        return max(found)

    def _is_noise(self) -> bool:
        """Whether f moves no more over long steps than over the shortest; its slope may then be anything."""
        if self._noise <= _ALL_NOISE * abs(self.value):
            return False
        direction = self._signs * self.reach
        values = [self._evaluate(self.x + place * direction) for place in np.linspace(-1.0, 1.0, 9)]
        return bool(np.ptp([value for value in values if math.isfinite(value)] or [0.0]) < 20.0 * self._noise)

    def _moves_in_steps(self) -> bool:
        """Whether f is a staircase: moves over long distances by more than its slopes explain.

        The mean of a slope over an interval (Gauss, four nodes) is that of the chord, but for a kink in it; a
        staircase differs in every interval.
        """
        direction = self._signs * self.reach
        length = 0.125
        short = length * 2.0**-22
        nodes, weights = np.polynomial.legendre.leggauss(4)
        # The entries' own rounding makes a short step longer or shorter.
        rounding = 4.0 * _EPS * float(np.max(np.abs(self.x) / self.reach)) / short
        off = []
        for start in (0.2, -0.3, 0.45, -0.55):
            places = start + length * (0.5 + 0.5 * nodes)
            ends = [start, start + length, *places, *(places + short)]
            with np.errstate(all="ignore"):
                values = np.array([self._evaluate(self.x + place * direction) for place in ends])
                if not np.all(np.isfinite(values)):
                    continue
                chord = (values[1] - values[0]) / length
                slopes = (values[6:] - values[2:6]) / short
            noise = max(self._noise, _EPS * float(np.max(np.abs(values)))) / short
            allowed = max(
                (_CHORD + rounding) * max(abs(chord), float(np.max(np.abs(slopes)))),
                _CURVED * float(np.ptp(slopes)),
                10.0 * noise,
            )
            off.append(bool(abs(chord - weights @ slopes / 2.0) > allowed))
        return len(off) >= 2 and all(off)

    def unit(self, index: int) -> Vector:
        """The direction of one coordinate."""
        direction = np.zeros_like(self.x)
        direction[index] = 1.0
        return direction

    def slope(self, index: int) -> Slope:
        """The slope along one coordinate; computed once."""
        if index not in self._slopes:
            self._slopes[index] = self.along(self.unit(index))
        return self._slopes[index]

    def along(self, direction: Vector, fine: bool = False) -> Slope:
        """The slope of f along `direction`, per unit of it; `fine`: by other and more steps, for a second look.

        Raises  Undecidable where f is not finite around the point
        """
        steps = self._steps(direction, fine)
        rungs = [rung for step in steps if (rung := self._rung(direction, step)) is not None]
        if len(rungs) < 3:
            why = message("The function to be differenced is not finite around the point.")
            raise Undecidable(Doubt.NOT_FINITE_AROUND, why)
        if all(rung.still for rung in rungs):
            return Slope(0.0, rungs[0].noise, 0.0, 0.0, (rungs[0].noise,) * 2, constant=True)
        return _ladder(rungs)

    def spread(self, direction: Vector, claim: float) -> tuple[float, float]:
        """Least and greatest slope along `direction` at a kink that is a sum of kinks: each may choose its side for itself.

        With the entries (of a single one that moves, the others) a little aside, the kinks on the way lie apart, and
        each shows its own jump. Ends as soon as the claim lies between.
        """
        generator = np.random.default_rng(_SEED)
        moved = direction != 0.0
        length = 1.5 * _BREAK * float(np.min(self.reach[moved] / np.abs(direction[moved])))
        pieces = 3 * min(max(self.x.size, _LEAST_PIECES), _MOST_PIECES)
        places = np.linspace(-length, length, pieces + 1)
        # Evenly apart, so that no two kinks share a piece; each time in another order.
        apart = np.linspace(-1.0, 1.0, self.x.size + 2)[1:-1]
        low, high = math.inf, -math.inf
        for _attempt in range(_BREAKS):
            aside = _BREAK * self.reach * generator.permutation(apart)
            if moved.sum() == 1:
                aside[moved] = 0.0
            values = np.array([self._evaluate(self.x + aside + place * direction) for place in places])
            if not np.all(np.isfinite(values)):
                continue
            slopes = np.diff(values) / np.diff(places)
            jumps = np.diff(slopes)
            low = min(low, float(slopes[0] + jumps[jumps < 0.0].sum()))
            high = max(high, float(slopes[0] + jumps[jumps > 0.0].sum()))
            if low <= claim <= high:
                break
        return low, high

    def _steps(self, direction: Vector, fine: bool) -> list[float]:
        """The ladder: multiples of `direction`, the longest first."""
        moved = direction != 0.0
        longest = float(np.min(self.reach[moved] / np.abs(direction[moved])))
        if fine:
            steps = [_FINE_START * longest * _FINE_RATIO**-rung for rung in range(_FINE_RUNGS)]
        else:
            steps = [longest * _RATIO**-rung for rung in range(_RUNGS)]
        if moved.sum() == 1:
            size = float(np.abs(self.x[moved])[0]) / float(np.abs(direction[moved])[0])
            if size > 0.0:
                steps += [size * step for step in _SMALL_STEPS if size * step < steps[-1] / 2]
        return steps

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
        noise = max(self._noise, _EPS * max(abs(high), abs(low)), _LEAST)
        still = high == self.value == low
        return _Rung(
            step=(ahead + behind) / 2,
            central=(high - low) / (ahead + behind),
            forward=(high - self.value) / ahead,
            backward=(self.value - low) / behind,
            noise=(1.0 if still else _NOISE) * noise / min(ahead, behind),
            still=still,
        )


def _deviation(values: Vector, order: int) -> float:
    """The standard deviation of what high differences see: all but a polynomial."""
    weight = math.factorial(order) ** 2 / math.factorial(2 * order)
    return math.sqrt(weight * float(np.mean(np.diff(values, order) ** 2)))


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


_Guess = tuple[float, float]
"""A value and its estimated error."""


def _ladder(rungs: Sequence[_Rung]) -> Slope:
    """The slope that a ladder shows; rungs from the longest step to the shortest."""
    falls = _falls(rungs)
    smooth = _smooth(rungs, falls)
    kink = _kink(rungs)
    start = smooth.index(True) if True in smooth else len(rungs)
    # Where round-off hides whether the gap falls, a kink may hide too.
    kept = list(rungs[start:])
    for position, (longer, shorter) in enumerate(itertools.pairwise(kept)):
        if shorter.gap + _SURE * shorter.noise > (shorter.step / longer.step) ** _FALL * longer.gap:
            kept[position] = replace(longer, noise=max(longer.noise, longer.gap / 2))
    if len(kept) < 2:
        return kink
    first = [_extrapolate(one, other) for one, other in itertools.pairwise(kept)]
    second = _extrapolate_again(first, kept, 4)
    value, error = _best([first, second], [(rung.central, rung.noise) for rung in kept])
    near = None if smooth[len(rungs) // 2] else kink
    return Slope(
        value,
        error,
        value,
        value,
        (error, error),
        near=near,
        moves=kink.moves,
        seen=kink.seen,
        bounds=kink.bounds,
    )


def _extrapolate(longer: _Rung, shorter: _Rung) -> _Guess:
    """The slope at step 0 and its error, from two steps: central differences err by a multiple of step**2.

    The error is what the shorter step has changed, which is too much for a smooth function; but where the second
    derivative jumps (the square of a ReLU, at 0), they err by a multiple of the step itself.
    """
    ratio = (longer.step / shorter.step) ** 2
    value = shorter.central + (shorter.central - longer.central) / (ratio - 1.0)
    return value, abs(shorter.central - longer.central) + shorter.noise


def _extrapolate_again(guesses: Sequence[_Guess], rungs: Sequence[_Rung], power: int) -> list[_Guess]:
    """The same from three steps: what is left errs by a multiple of step**power."""
    found = []
    for (one, other), longest, shortest in zip(itertools.pairwise(guesses), rungs, rungs[2:], strict=False):
        ratio = (longest.step / shortest.step) ** (power / 2)
        value = other[0] + (other[0] - one[0]) / (ratio - 1.0)
        found.append((value, abs(other[0] - one[0]) + shortest.noise))
    return found


def _best(rows: Iterable[Sequence[_Guess]], seen: Sequence[_Guess]) -> _Guess:
    """The guess with the least error; row after row from two rungs, from three, …; seen: each rung's slope and noise.

    Long steps may agree by chance, or see another function than the one at the point: what every shorter step shows has
    to lie about as near, as far as round-off lets it tell.
    """
    steepens = _steepens([slope for slope, _noise in seen])
    sure = 0.0 if steepens else _SURE
    found = []
    for used, guesses in enumerate(rows, 1):
        for position, (value, error) in enumerate(guesses):
            apart = [abs(value - slope) - sure * noise for slope, noise in seen[position + used :]]
            found.append((value, max([error, *apart])))
    value, error = min(found, key=lambda guess: guess[1])
    if steepens and abs(seen[-1][0]) > _STILL * abs(seen[-2][0]):
        error = math.inf
    return value, error


def _steepens(slopes: Sequence[float]) -> bool:
    """Whether the slopes grow from step to step, by far: what looks like round-off is a function too steep to resolve."""
    sizes = [abs(slope) for slope in slopes]
    one_sign = min(slopes) > 0.0 or max(slopes) < 0.0
    return one_sign and sizes[-1] > _STEEPER * sizes[0] and sizes == sorted(sizes)


def _kink(rungs: Sequence[_Rung]) -> Slope:
    """The two one-sided slopes, extrapolated: one-sided differences err by a multiple of the step."""
    found = []
    for slopes in ([rung.forward for rung in rungs], [rung.backward for rung in rungs]):
        guesses = []
        for (longer, far), (shorter, close) in itertools.pairwise(zip(rungs, slopes, strict=True)):
            value = close + (close - far) / (longer.step / shorter.step - 1.0)
            guesses.append((value, abs(close - far) + shorter.noise))
        shown = [(slope, rung.noise) for rung, slope in zip(rungs, slopes, strict=True)]
        found.append(_best([guesses, _extrapolate_again(guesses, rungs, 2)], shown))
    (low, low_error), (high, high_error) = sorted(found)
    moves = max(abs(rungs[0].forward), abs(rungs[0].backward))
    middle, error = (low + high) / 2, max(low_error, high_error)
    seen = tuple(rung.central for rung in rungs)
    bounds = tuple(
        (min(sides) - rung.noise, max(sides) + rung.noise, rung.noise)
        for rung in rungs
        for sides in [(rung.forward, rung.backward)]
    )
    return Slope(
        middle, error, low, high, (low_error, high_error), kink=True, moves=moves, seen=seen, bounds=bounds
    )


def _falls(rungs: Sequence[_Rung]) -> list[bool]:
    """Whether the gap of the one-sided slopes falls from this step to the next shorter one, as far as round-off shows."""
    falls = [
        shorter.gap <= (shorter.step / longer.step) ** _FALL * longer.gap + 10.0 * shorter.noise
        for longer, shorter in itertools.pairwise(rungs)
    ]
    # Below the shortest step nothing is known; a kink just there makes one gap fall, but not two in a row.
    return [*falls, falls[-1] and falls[-2]]


def _smooth(rungs: Sequence[_Rung], falls: Sequence[bool]) -> list[bool]:
    """Whether the function looks smooth at this step and at every shorter one.

    Smooth means that the gap of the one-sided slopes falls with the step, until round-off covers it.
    """
    smooth = [fall or rung.gap <= 10.0 * rung.noise for rung, fall in zip(rungs, falls, strict=True)]
    return list(itertools.accumulate(reversed(smooth), lambda below, here: below and here))[::-1]
