"""How is SVG written? Elements with escaped, cleaned text, and nothing that a page's policy would not allow.

No style attribute, no script, no address: lines and shapes carry a class, which picture.css gives colours, light or
dark, and presentation attributes for what must not depend on colour (dashes, widths).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from xml.sax.saxutils import escape, quoteattr

from autograder.cleaning import clean_line

SIZE = 12.0
SMALL = 11.0
_LONGEST = 400

Point = tuple[float, float]

_NARROW = frozenset("ijlt.,:;'|!()[] fr/·’")
_WIDE = frozenset("mwMW%@—…")


def width_of(text: str, size: float = SIZE, *, bold: bool = False) -> float:
    """About how wide a text is. Fonts differ, so this is for a wide one (DejaVu Sans); most need less."""
    units = sum(0.4 if c in _NARROW else 0.95 if c in _WIDE else 0.64 for c in text)
    return units * size * (1.13 if bold else 1.0)


def figure(number: float) -> str:
    """A coordinate: at most two decimals, no exponent."""
    text = f"{number:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" or not text else text


@cache
def _attribute(name: str) -> str:
    """Names are ours, and few."""
    return name.rstrip("_").replace("_", "-")


def _quoted(value: float | str) -> str:
    if isinstance(value, (int, float)):
        return f'"{figure(value)}"'
    return quoteattr(clean_line(value, 20_000))


class Svg:
    """Elements, in the order in which they are drawn."""

    def __init__(self) -> None:
        self.parts: list[str] = []

    def add(
        self, element: str, kind: str = "", text: str | None = None, /, **attributes: float | str
    ) -> None:
        """One element of class `kind`; ``stroke_width=2`` becomes stroke-width="2"."""
        told = f" class={quoteattr(kind)}" if kind else ""
        for name, value in attributes.items():
            told += f" {_attribute(name)}={_quoted(value)}"
        self.parts.append(
            f"<{element}{told}/>"
            if text is None
            else f"<{element}{told}>{escape(clean_line(text, _LONGEST))}</{element}>"
        )

    def line(self, kind: str, x1: float, y1: float, x2: float, y2: float, **more: float | str) -> None:
        """A straight line."""
        self.add("line", kind, x1=x1, y1=y1, x2=x2, y2=y2, **more)

    def text(
        self,
        x: float,
        y: float,
        text: str,
        kind: str = "t",
        *,
        anchor: str = "start",
        size: float = SIZE,
    ) -> None:
        """A line of text; y is its base line."""
        self.add("text", kind, text, x=x, y=y, text_anchor=anchor, font_size=size)

    def path(self, kind: str, points: Sequence[Point], **more: float | str) -> None:
        """A polyline."""
        told = "M" + "L".join(f"{figure(x)} {figure(y)}" for x, y in points)
        self.parts.append(
            f'<path class={quoteattr(kind)} d="{told}"'
            + "".join(
                f" {name.replace('_', '-')}={quoteattr(figure(v) if isinstance(v, (int, float)) else v)}"
                for name, v in more.items()
            )
            + "/>"
        )

    def shape(self, kind: str, d: str, **more: float | str) -> None:
        """A path as it is written in SVG; `d` is ours, never a value of somebody's."""
        self.add("path", kind, d=d, **more)
