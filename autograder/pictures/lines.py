"""Curves and points over two axes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from autograder.model import Message
from autograder.pictures import plain
from autograder.pictures.plain import NotAPicture

OF = ("", "yours", "expected")
LOOKS = ("line", "points", "both", "guide")
SCALES = ("linear", "log")
_MOST_LINES = 16
_MOST_NOTES = 12


@dataclass(frozen=True)
class Line:
    """One curve.

    label  what it is, e.g. "squared error"; translated when it is drawn
    x, y   numbers; None, nan and infinities are gaps
    of     "yours" or "expected" where the two are compared, which have the same label then; else ""
    look   "line", "points", "both", or "guide" for a thin dotted line that the others are seen against
    """

    label: str
    x: Sequence[Any]
    y: Sequence[Any]
    of: str = ""
    look: str = "line"

    def __post_init__(self) -> None:
        plain.one_of(self.of, OF, "whose a line is")
        plain.one_of(self.look, LOOKS, "the look of a line")
        plain.text(self.label, "the label of a line")
        object.__setattr__(self, "x", plain.all_rounded(self.x))
        object.__setattr__(self, "y", plain.all_rounded(self.y))
        if len(self.x) != len(self.y):
            raise NotAPicture("a line has not as many x as y")


@dataclass(frozen=True)
class Note:
    """A few words beside a point of the picture."""

    x: float
    y: float
    text: str

    def __post_init__(self) -> None:
        for name in ("x", "y"):
            object.__setattr__(self, name, plain.rounded(getattr(self, name)))
            if getattr(self, name) is None:
                raise NotAPicture("a note stands nowhere")
        plain.text(self.text, "a note")


class Difference(NamedTuple):
    """Where yours is furthest from what is expected: None where it gave no number, or where none is expected."""

    label: str
    x: float
    yours: float | None
    expected: float | None


@dataclass(frozen=True)
class Lines:
    """Curves over two axes.

    title, text       what it shows; the same in words for those who cannot see it
    x, y              what stands at the axes, e.g. "p"
    x_scale, y_scale  "linear", or "log", where numbers up to 0 are gaps
    """

    title: str | Message
    text: str | Message
    x: str
    y: str
    lines: Sequence[Line]
    x_scale: str = "linear"
    y_scale: str = "linear"
    notes: Sequence[Note] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "lines", tuple(self.lines))
        object.__setattr__(self, "notes", tuple(self.notes))
        for scale in (self.x_scale, self.y_scale):
            plain.one_of(scale, SCALES, "a scale")
        for label in (self.x, self.y):
            plain.text(label, "the name of an axis")
        if not any(None not in point for line in self.lines for point in zip(line.x, line.y, strict=True)):
            raise NotAPicture("no line has a point")

    def to_plain(self) -> dict[str, Any]:
        """Plain data; the title and the text are the picture's."""
        return {
            "x": [self.x, self.x_scale],
            "y": [self.y, self.y_scale],
            "lines": [[one.label, one.of, one.look, list(one.x), list(one.y)] for one in self.lines],
            "notes": [[note.x, note.y, note.text] for note in self.notes],
        }

    @classmethod
    def from_plain(cls, title: Message, text: Message, data: Any) -> Lines:
        """What `to_plain` made this of. Raises NotAPicture for anything else."""
        parts = plain.table(data, ("x", "y", "lines", "notes"), "the picture")
        (x, x_scale), (y, y_scale) = (_row(parts[axis], 2, "an axis") for axis in ("x", "y"))
        return cls(
            title,
            text,
            plain.text(x, "the name of an axis"),
            plain.text(y, "the name of an axis"),
            plain.each(parts["lines"], _MOST_LINES, "the lines", _line),
            plain.one_of(x_scale, SCALES, "a scale"),
            plain.one_of(y_scale, SCALES, "a scale"),
            plain.each(parts["notes"], _MOST_NOTES, "the notes", _note),
        )

    def pairs(self) -> list[tuple[Line, Line]]:
        """Each line of yours with the expected one of the same label."""
        expected = {line.label: line for line in self.lines if line.of == "expected"}
        return [
            (line, expected[line.label])
            for line in self.lines
            if line.of == "yours" and line.label in expected
        ]

    def worst(self) -> Difference | None:
        """Where yours is furthest off, measured by what is expected there and around; None where an eye sees none."""
        found: Difference | None = None
        largest = 0.0
        for yours, expected in self.pairs():
            there = dict(zip(yours.x, yours.y, strict=True))
            # On a log axis the small ones matter as much.
            log = self.y_scale == "log"
            scale = 0.0 if log else max((abs(y) for y in expected.y if y is not None), default=0.0)
            for x, due in zip(expected.x, expected.y, strict=True):
                if x is None:
                    continue
                got = there.get(x)
                if due is None:
                    if found is None and got is not None:
                        found = Difference(yours.label, x, got, None)
                elif got is None:
                    if found is None and x in there:
                        found = Difference(yours.label, x, None, due)
                elif not plain.close(got, due, scale):
                    off = abs(got - due) / ((abs(due) if log else scale) or 1.0)
                    if off > largest:
                        found, largest = Difference(yours.label, x, got, due), off
        return found

    def ends(self) -> Difference | None:
        """Where yours ends elsewhere, for points that do not stand at the same places: the first such pair."""
        for yours, expected in self.pairs():
            last = [[x for x in line.x if x is not None] for line in (yours, expected)]
            if (
                yours.look == "points"
                and all(last)
                and self._spread(yours.x) != self._spread(expected.x)
                and not plain.close(last[0][-1], last[1][-1], 1.0)
            ):
                return Difference(yours.label, 0.0, last[0][-1], last[1][-1])
        return None

    def differs(self) -> bool:
        """Whether the picture shows that yours is not as expected: by more than a hundredth of its height."""
        heights = [
            self._height(y) for line in self.lines if line.of != "yours" for y in line.y if y is not None
        ]
        found = [height for height in heights if height is not None]
        span = max(found, default=0.0) - min(found, default=0.0)
        if not span:
            span = max((abs(height) for height in found), default=0.0) or 1.0
        for yours, expected in self.pairs():
            if self._spread(yours.x) != self._spread(expected.x) or len(yours.x) != len(expected.x):
                return True
            for got, due in zip(yours.y, expected.y, strict=True):
                a, b = self._height(got), self._height(due)
                if b is not None and (a is None or abs(a - b) > 0.01 * span):
                    return True
                if b is None and due is None and a is not None:
                    return True
        return False

    def _height(self, value: float | None) -> float | None:
        if value is None or self.y_scale == "linear":
            return value
        return math.log10(value) if value > 0 else None

    @staticmethod
    def _spread(x: Sequence[Any]) -> list[float | None]:
        """Places, as finely as an eye tells them."""
        there = [one for one in x if one is not None]
        unit = (max(there, default=0.0) - min(there, default=0.0)) / 100 or 1.0
        return [None if one is None else round(one / unit) for one in x]


def _row(data: Any, length: int, what: str) -> list[Any]:
    if len(plain.items(data, length, what)) != length:
        raise NotAPicture(f"{what} is too short")
    return data  # type: ignore[no-any-return]


def _line(data: Any) -> Line:
    label, of, look, x, y = _row(data, 5, "a line")
    return Line(label, plain.row(x, "a line"), plain.row(y, "a line"), of, look)


def _note(data: Any) -> Note:
    x, y, text = _row(data, 3, "a note")
    numbers = (plain.number(x, "a note"), plain.number(y, "a note"))
    if numbers[0] is None or numbers[1] is None:
        raise NotAPicture("a note stands nowhere")
    return Note(numbers[0], numbers[1], plain.text(text, "a note"))
