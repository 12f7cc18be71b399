"""Where on the picture does a point lie? One axis: its range, its ticks, its scale."""

from __future__ import annotations

import math
from collections.abc import Iterable

from autograder.reports.draw.numbers import linear_ticks, log_ticks

_ROOM = 1.5
"""How many times the expected range yours may stretch the axis, on either side; beyond, it leaves the picture."""


class Axis:
    """One axis.

    due      numbers that must be on it
    further  numbers that stretch it, up to a limit
    begin, end  where its ends lie on the picture
    """

    def __init__(
        self,
        due: Iterable[float],
        further: Iterable[float],
        begin: float,
        end: float,
        *,
        log: bool,
        margin: float = 0.04,
    ) -> None:
        self.log = log
        self.begin, self.end = begin, end
        certain = [self._scaled(value) for value in due if self.fits(value)]
        more = [self._scaled(value) for value in further if self.fits(value)]
        if not certain:
            certain, more = more or [0.0], []
        low, high = min(certain), max(certain)
        span = high - low or max(abs(high), abs(low)) or 1.0
        if not self.log or high - low < 1:
            # A constant that is expected would leave no room to show what differs.
            span = max(span, 1e-12)
        low = min([low, *(value for value in more if value >= low - _ROOM * span)])
        high = max([high, *(value for value in more if value <= high + _ROOM * span)])
        if any(value < low for value in more):
            low -= 0.15 * span
        if any(value > high for value in more):
            high += 0.15 * span
        if high == low:
            low, high = low - span / 2, high + span / 2
        room = margin * (high - low)
        self.low, self.high = low - room, high + room

    def fits(self, value: float) -> bool:
        """Whether there is a place for it on this scale."""
        return value > 0 if self.log else True

    def _scaled(self, value: float) -> float:
        return math.log10(value) if self.log else value

    def at(self, value: float) -> float:
        """Its place on the picture, which may lie outside the axis."""
        share = (self._scaled(value) - self.low) / (self.high - self.low)
        return self.begin + share * (self.end - self.begin)

    def ticks(self, most: int) -> list[tuple[float, str]]:
        """(place, label) of its ticks."""
        if self.log:
            low, high = (10.0 ** max(min(end, 300.0), -300.0) for end in (self.low, self.high))
            found = log_ticks(low, high, most)
            if len(found) < 2:
                found = [(v, t) for v, t in linear_ticks(low, high, most) if v > 0]
        else:
            found = linear_ticks(self.low, self.high, most)
        return [(self.at(value), label) for value, label in found]
