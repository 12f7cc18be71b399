"""How are sentences, times, sizes and deadlines written for people?"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

import click

from autograder.cleaning import clean, clean_line
from autograder.language import _

_LONGEST = 64 * 1024


def echo(text: str, err: bool = False) -> None:
    """Print a text of ours that names files, students or what they wrote: nothing in it acts in a terminal."""
    click.echo(clean(text, _LONGEST), err=err)


def names(found: Iterable[str]) -> str:
    """Names of files or students, as they stand in a sentence."""
    return ", ".join(map(clean_line, found))


def time_with_zone(time: datetime) -> str:
    """2026-11-21 20:30 +07:00; seconds are left out, the offset never."""
    return time.isoformat(sep=" ", timespec="minutes")[:16] + " " + _offset(time)


def duration(span: timedelta) -> str:
    """The two largest units: "2 d 3 h", "5 min", "40 s"."""
    seconds = int(span.total_seconds())
    days, seconds = divmod(seconds, 86_400)
    hours, seconds = divmod(seconds, 3_600)
    minutes, seconds = divmod(seconds, 60)
    units = (
        (days, _("{n} d", n=days)),
        (hours, _("{n} h", n=hours)),
        (minutes, _("{n} min", n=minutes)),
        (seconds, _("{n} s", n=seconds)),
    )
    first = next((number for number, (count, _text) in enumerate(units) if count), len(units) - 1)
    return " ".join(text for count, text in units[first : first + 2] if count) or units[-1][1]


def deadline_line(deadline: datetime | None, now: datetime) -> str:
    """A sentence about the deadline, in its own zone and with the time that is left."""
    if deadline is None:
        return _("There is no deadline.")
    when = time_with_zone(deadline)
    if now <= deadline:
        return _("Deadline: {when}, in {left}.", when=when, left=duration(deadline - now))
    return _("Deadline: {when}, passed {ago} ago: this is late.", when=when, ago=duration(now - deadline))


def size(number: int) -> str:
    """Bytes as people read them: "812 B", "12.3 KiB"."""
    if number < 1024:
        return f"{number} B"
    return f"{number / 1024:.1f} KiB" if number < 1024**2 else f"{number / 1024**2:.1f} MiB"


def _offset(time: datetime) -> str:
    return time.isoformat()[-6:] if time.utcoffset() else "UTC"
