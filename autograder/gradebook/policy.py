"""What does lateness cost, and which attempt counts? Exact arithmetic in cents, without a clock and without a database.

    late        by how much an attempt came after the student's own deadline, in seconds, any fraction counts as one
    grace       up to so much, an attempt is in time; beyond it, all of the lateness counts, the grace too
    days        late, in days of 24 hours, each begun one counts
    penalty     per_day x days, in percentage points of the maximum (not of the score), as Canvas counts
    lowest      the penalty brings no mark below this share of the maximum; one that was below it stays as it is
    slip days   so many of the days cost nothing; a student has a budget of them, see `marks`
    cut-off     an attempt that is late by more is not counted at all; it moves with an extension, and no slip day moves it

The mark after the penalty is rounded half up to a cent, so half a cent stays with the student.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta
from typing import Any

from autograder.cleaning import clean_line
from autograder.errors import UsageError
from autograder.language import _
from autograder.model import Message, message

DAY = 86_400
LATEST, BEST = "latest", "best"
WHOLE = 10_000
"""100 percent, in hundredths of a percent."""

LONGEST = 3_660 * DAY
MOST_ATTEMPTS = 1_000_000
MOST_SLIP_DAYS = 3_660


@dataclass(frozen=True)
class Policy:
    """What holds for an assignment. The default takes nothing off, and the latest attempt counts.

    per_day   hundredths of a percent of the maximum for each begun day
    lowest    hundredths of a percent of the maximum that lateness leaves
    grace     seconds
    cutoff    seconds after the deadline, or None
    counts    "latest" or "best": the best after the penalty, of equal ones the earlier
    attempts  how many attempts may count, the first ones; None for all
    slip_days how many days late cost a student nothing: over all assignments where the course says so, else on this one
    """

    per_day: int = 0
    lowest: int = 0
    grace: int = 0
    cutoff: int | None = None
    counts: str = LATEST
    attempts: int | None = None
    slip_days: int = 0

    def __post_init__(self) -> None:
        for name in ("per_day", "lowest", "grace"):
            _whole(name, getattr(self, name), LONGEST if name == "grace" else WHOLE)
        if self.cutoff is not None:
            _whole("cutoff", self.cutoff, LONGEST)
        _whole("slip_days", self.slip_days, MOST_SLIP_DAYS)
        if self.attempts is not None:
            _whole("attempts", self.attempts, MOST_ATTEMPTS, least=1)
        if self.counts not in (LATEST, BEST):
            raise ValueError(f"counts is {self.counts!r}")

    @property
    def cost_free(self) -> bool:
        """Whether no attempt can lose anything by being late."""
        return not self.per_day and self.cutoff is None

    def is_late(self, late_seconds: int) -> bool:
        """Whether so much is beyond the grace."""
        return late_seconds > self.grace

    def is_cut_off(self, late_seconds: int) -> bool:
        """Whether an attempt that is late by so much is not counted. The grace holds here too."""
        return self.cutoff is not None and late_seconds > max(self.cutoff, self.grace)

    def slips(self, late_seconds: int, left: int) -> int:
        """How many of the slip days that are left are spent on an attempt that is late by so much: whatever it got."""
        return min(days(late_seconds), left) if self.per_day and self.is_late(late_seconds) else 0

    def penalty(self, raw: int, max_score: int, late_seconds: int, slip_days: int = 0) -> int:
        """Cents that `raw` loses, 0 … raw; never less for being later. slip_days: how many are spent on it."""
        if not self.is_late(late_seconds) or raw <= 0:
            return 0
        exact = self.per_day * max(days(late_seconds) - slip_days, 0) * max_score
        # Half down, since what is left is rounded half up.
        penalty = -((WHOLE - 2 * exact) // (2 * WHOLE))
        floor = min(raw, (2 * self.lowest * max_score + WHOLE) // (2 * WHOLE))
        return raw - max(raw - penalty, floor, 0)


def contradictions(policy: Policy) -> tuple[Message, ...]:
    """What of a policy cannot be meant together: each with the values and what to do."""
    told = []
    if policy.cutoff is not None and policy.grace > policy.cutoff:
        told.append(
            message(
                "A grace of {grace} goes beyond the cut-off of {cutoff}: the same attempt would be in time and not counted. "
                "Say --cutoff {grace} or more, or --grace {cutoff} or less.",
                grace=_typed(policy.grace),
                cutoff=_typed(policy.cutoff),
            )
        )
    # Of 100 percent a day everything is lost at once: that is what it says, with or without a grace.
    if 0 < policy.per_day < WHOLE <= policy.per_day * days(policy.grace):
        least = -(-WHOLE // policy.per_day)
        told.append(
            message(
                "At {percent} a day everything is lost after {days} begun days, before the grace of {grace} ends: the first "
                "second after it would cost the whole mark. Say --grace {shorter} or less, or a smaller --per-day.",
                percent=percent(policy.per_day),
                days=least,
                grace=_typed(policy.grace),
                shorter=_typed((least - 1) * DAY),
            )
        )
    return tuple(told)


def _typed(seconds: int) -> str:
    """A span as it is typed: "1d12h"."""
    told, rest = "", seconds
    for unit, size in (("d", DAY), ("h", 3600), ("min", 60), ("s", 1)):
        count, rest = divmod(rest, size)
        told += f"{count}{unit}" if count else ""
    return told or "0"


def is_credible(at: datetime) -> bool:
    """Whether a course can have such a time. What lies further away comes from a forged or broken clock, and cannot be told in
    every zone."""
    return 1970 < at.year < 9000


def late_by(handed_in: datetime | None, due: datetime | None) -> int:
    """Seconds after the deadline, rounded up; 0 in time, and where one of the two is not known."""
    if handed_in is None or due is None:
        return 0
    # In UTC: two times in one zone are compared by what its clock shows, which is not always how much time has passed.
    return max(-((due.astimezone(UTC) - handed_in.astimezone(UTC)) // timedelta(seconds=1)), 0)


def days(late_seconds: int) -> int:
    """Begun days of 24 hours."""
    return -(-late_seconds // DAY)


# -- as JSON, and as people type it ---------------------------------------------------------------------------------

NAMES = tuple(field.name for field in fields(Policy))


def policy_of(*layers: Mapping[str, Any]) -> Policy:
    """The policy of some JSON objects, of which a later one replaces what an earlier one says.

    Raises UsageError for a name or a value that this program does not know, rather than to leave it out: a newer one wrote it.
    """
    together: dict[str, Any] = {}
    for layer in layers:
        together.update(layer)
    for name in together:
        if name not in NAMES:
            raise _unknown(name, together[name])
    try:
        return Policy(**together)
    except (TypeError, ValueError):
        name = next((name for name, value in together.items() if not _fits(name, value)), NAMES[0])
        raise _unknown(name, together.get(name)) from None


def _fits(name: str, value: Any) -> bool:
    try:
        Policy(**{name: value})
    except (TypeError, ValueError):
        return False
    return True


def _unknown(name: str, value: Any) -> UsageError:
    return UsageError(
        message(
            "The gradebook has a late policy that this program does not know: {name} is {value}.",
            name=clean_line(name, 60),
            value=clean_line(str(value), 60),
        ),
        message(
            "Use the version of autograde that wrote it, or set the policy again: autograde policy --reset"
        ),
    )


def _whole(name: str, value: Any, most: int, least: int = 0) -> None:
    if type(value) is not int or not least <= value <= most:
        raise ValueError(f"{name} is {value!r}")


_PERCENT = re.compile(r"(\d{1,3})(?:\.(\d{1,2}))?\s*%?", re.ASCII)
_SPAN = re.compile(r"(\d{1,9})\s*(d|h|min|m|s)", re.ASCII)
_UNITS = {"d": DAY, "h": 3600, "min": 60, "m": 60, "s": 1}


def percent_of(text: str) -> int:
    """Hundredths of a percent: "10", "12.5" or "12.5%". Raises UsageError."""
    found = _PERCENT.fullmatch(text.strip())
    value = int(found[1]) * 100 + int((found[2] or "0").ljust(2, "0")) if found else -1
    if not 0 <= value <= WHOLE:
        raise UsageError(
            message(
                '"{text}" is no percentage: write a number from 0 to 100 with at most two decimals, e.g. 12.5.',
                text=clean_line(text, 60),
            )
        )
    return value


def span_of(text: str) -> int:
    """Seconds: "15min", "36h", "1d 12h", "0". Raises UsageError."""
    told = text.strip().lower()
    parts = _SPAN.findall(told)
    seconds = sum(int(number) * _UNITS[unit] for number, unit in parts)
    if (told != "0" and (not parts or _SPAN.sub("", told).strip())) or seconds > LONGEST:
        raise UsageError(
            message(
                '"{text}" is no span of time: write numbers with d, h, min or s, e.g. 15min or 1d 12h.',
                text=clean_line(text, 60),
            )
        )
    return seconds


def percent(hundredths: int) -> str:
    """1250 → "12.5 %"."""
    whole, rest = divmod(hundredths, 100)
    return f"{whole}.{rest:02d}".rstrip("0").rstrip(".") + " %" if rest else f"{whole} %"


def span(seconds: int) -> str:
    """129600 → "1 d 12 h": exact, every unit that is not zero."""
    counts = []
    for size in (DAY, 3600, 60, 1):
        count, seconds = divmod(seconds, size)
        counts.append(count)
    units = (
        _("{n} d", n=counts[0]),
        _("{n} h", n=counts[1]),
        _("{n} min", n=counts[2]),
        _("{n} s", n=counts[3]),
    )
    return " ".join(unit for count, unit in zip(counts, units, strict=True) if count) or units[-1]


def lines(policy: Policy, *, shared: bool = False) -> list[str]:
    """The policy in sentences. shared: whether the slip days are the course's, for all assignments together."""
    told = []
    if policy.per_day:
        told.append(
            _(
                "Late: {percent} of the maximum for each begun day of 24 hours.",
                percent=percent(policy.per_day),
            )
        )
        if policy.lowest:
            told.append(
                _("Lateness brings no mark below {percent} of the maximum.", percent=percent(policy.lowest))
            )
    else:
        told.append(_("Late: nothing is taken off."))
    if policy.grace:
        told.append(
            _(
                "Grace: up to {span} after the deadline is in time; beyond that, all of the lateness counts.",
                span=span(policy.grace),
            )
        )
    if policy.slip_days:
        told.append(
            _("Slip days: {n} for each student, for all assignments together.", n=policy.slip_days)
            if shared
            else _("Slip days: {n} for each student, on this assignment.", n=policy.slip_days)
        )
        if not policy.per_day:
            told.append(_("No slip day is ever spent while lateness costs nothing: set --per-day."))
    told.append(
        _("Cut-off: none.")
        if policy.cutoff is None
        else _(
            "Cut-off: later than {span} after the student's own deadline is not counted.",
            span=span(policy.cutoff),
        )
    )
    if policy.counts == BEST:
        told.append(_("Of several attempts the best after the penalty counts."))
    else:
        told.append(_("Of several attempts the latest counts."))
    if policy.attempts is not None:
        told.append(_("Only the first {n} attempts may count.", n=policy.attempts))
    return told
