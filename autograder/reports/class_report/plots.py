"""How do the figures of a class look? SVG of our own, readable without colour, with the same numbers in words.

All sizes are in units of the drawing, about one pixel on a phone.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from xml.sax.saxutils import escape, quoteattr

from autograder.cleaning import clean
from autograder.language import _
from autograder.model import points
from autograder.reports.class_report import counts
from autograder.reports.class_report.data import CheckFigures, ClassReport
from autograder.reports.draw.svg import SMALL, Svg, figure, width_of

WIDTH = 340.0
_LEFT, _RIGHT = 14.0, 326.0
_BARS = 110.0


def marks(report: ClassReport, language: str) -> str:
    """A bar for each tenth of the points; above them the quartiles as a box. "" where there is nothing to draw."""
    figures = report.marks
    if not figures.bins or figures.median is None:
        return ""
    svg, low, high = Svg(), figures.bins[0].low, figures.bins[-1].high
    top, bottom = 52.0, 52.0 + _BARS
    tallest = max(bin.count for bin in figures.bins)

    def across(cents: int) -> float:
        return _LEFT + (_RIGHT - _LEFT) * (min(max(cents, low), high) - low) / max(high - low, 1)

    if figures.count >= report.least:
        _box(svg, figures.lower_quartile or 0, figures.median, figures.upper_quartile or 0, across, language)
    for bin in figures.bins:
        _bar(svg, report, across(bin.low) + 1, across(bin.high) - 1, bin.count, tallest, top, bottom)
    svg.line("axis", _LEFT, bottom, _RIGHT, bottom)
    for edge in [low, *(bin.high for bin in figures.bins)]:
        svg.text(across(edge), bottom + 14, points(edge), "t soft", anchor="middle", size=SMALL)
    svg.text((_LEFT + _RIGHT) / 2, bottom + 31, _("points", language), "t soft", anchor="middle", size=SMALL)
    return _drawing(
        svg,
        "marks",
        bottom + 36,
        _("Distribution of the marks", language),
        _(
            "A bar for each tenth of the points; the number above it is that of students. The box reaches from the lower "
            "to the upper quartile, its line is the median. The table below has the same numbers.",
            language,
        ),
    )


def _box(svg: Svg, lower: int, median: int, upper: int, across: object, language: str) -> None:
    assert callable(across)
    y, height = 22.0, 12.0
    begin, end = across(lower), across(upper)
    svg.add("rect", "box", x=begin, y=y, width=max(end - begin, 1.5), height=height)
    svg.line("middle", across(median), y - 3, across(median), y + height + 3)
    told = _("median {score}", language, score=points(median))
    wide = width_of(told, SMALL)
    place = min(max(across(median), _LEFT + wide / 2), _RIGHT - wide / 2)
    svg.text(place, 12, told, "t", anchor="middle", size=SMALL)


def columns(
    report: ClassReport, bars: Sequence[tuple[str, int]], identifier: str, title: str, text: str
) -> str:
    """One bar for each (label, students); "" where all are empty."""
    tallest = max((count for _label, count in bars), default=0)
    if not tallest:
        return ""
    svg, top, bottom = Svg(), 20.0, 20.0 + 80.0
    room = (_RIGHT - _LEFT) / len(bars)
    for number, (label, count) in enumerate(bars):
        begin = _LEFT + number * room
        wide = min(room - 8, 44.0)
        middle = begin + room / 2
        _bar(svg, report, middle - wide / 2, middle + wide / 2, count, tallest, top, bottom)
        for row, line in enumerate(_broken(label, room - 2)):
            svg.text(middle, bottom + 14 + 13 * row, line, "t soft", anchor="middle", size=SMALL)
    svg.line("axis", _LEFT, bottom, _RIGHT, bottom)
    rows = max(len(_broken(label, room - 2)) for label, _count in bars)
    return _drawing(svg, identifier, bottom + 8 + 13 * rows, title, text)


def checks(report: ClassReport, language: str) -> str:
    """Each check as its number: to the right how many have its points, upwards how well it tells good work from weak.

    "" where fewer than two have both figures
    """
    placed = [
        (one, counts.discrimination(report, one), counts.share(report, one.earned, one.students))
        for one in report.checks
    ]
    known = [(one, value, share) for one, value, share in placed if value is not None and share is not None]
    if len(known) < 2:
        return ""
    svg, left, right, top, bottom = Svg(), 34.0, _RIGHT - 6, 24.0, 244.0
    lowest = min(-0.2, *(value for _one, value, _share in known))
    # In steps of a quarter: where all checks are easy, they would lie on top of each other.
    least = min(math.floor(4 * min(share for _one, _value, share in known)) / 4, 0.75)

    def across(share: float) -> float:
        return left + (right - left) * (share - least) / (1 - least)

    def up(value: float) -> float:
        return bottom - (bottom - top) * (value - lowest) / (1 - lowest)

    for step in range(6):
        share = least + (1 - least) * step / 5
        svg.line("grid", across(share), top, across(share), bottom)
        svg.text(across(share), bottom + 14, f"{share:.0%}", "t soft", anchor="middle", size=SMALL)
    for tenth in range(-10, 11, 2):
        value = tenth / 10
        if value >= lowest - 1e-9:
            svg.line("axis" if tenth == 0 else "grid", left, up(value), right, up(value))
            told = f"{value:.1f}".replace("-", "−")
            svg.text(left - 5, up(value) + 4, told, "t soft", anchor="end", size=SMALL)
    svg.text(2, 12, _("discrimination", language), "t strong", size=SMALL)
    svg.text(
        (left + right) / 2,
        bottom + 31,
        _("students with the points", language),
        "t strong",
        anchor="middle",
        size=SMALL,
    )
    places = _gathered([(across(share), up(value), one) for one, value, share in known])
    for x, y, numbers in places:
        svg.add("circle", "dot s0", cx=x, cy=y, r=3.2 if len(numbers) == 1 else 4.6)
    for x, y, told in _labelled(places):
        svg.text(x, y + 4, told, "t halo", size=SMALL)
    return _drawing(
        svg,
        "checks",
        bottom + 36,
        _("Success and discrimination of the checks", language),
        _(
            "A point for each check, with its number in the table below: the further to the right, the more students have "
            "its points; the higher, the better it tells good work from weak. A large point stands for several checks.",
            language,
        ),
    )


def _gathered(
    places: Sequence[tuple[float, float, CheckFigures]],
) -> list[tuple[float, float, list[int]]]:
    """Points with the numbers of the checks that lie there; those too close to be told apart become one."""
    found: list[tuple[float, float, list[int]]] = []
    for x, y, one in sorted(places, key=lambda place: place[2].number):
        near = next((known for known in found if abs(known[0] - x) < 9 and abs(known[1] - y) < 11), None)
        if near is None:
            found.append((x, y, [one.number]))
        else:
            near[2].append(one.number)
    return found


def _labelled(places: Sequence[tuple[float, float, list[int]]]) -> list[tuple[float, float, str]]:
    """(left end, height, numbers) for the points that have room for theirs, those lowest in the picture first."""
    taken = [(x - 5, x + 5, y) for x, y, _numbers in places]
    found: list[tuple[float, float, str]] = []
    for x, y, numbers in sorted(places, key=lambda place: -place[1]):
        for many in (len(numbers), 3, 2, 1):
            told = ", ".join(map(str, numbers[:many])) + ("" if many >= len(numbers) else " …")
            wide = width_of(told, SMALL)
            begins = [begin for begin in (x + 7, x - 7 - wide) if begin >= 36 and begin + wide <= WIDTH]
            free = next((b for b in begins if not any(_meet(b, b + wide, y, one) for one in taken)), None)
            if free is not None:
                taken.append((free, free + wide, y))
                found.append((free, y, told))
                break
    return found


def _meet(begin: float, end: float, y: float, other: tuple[float, float, float]) -> bool:
    return begin < other[1] and other[0] < end and abs(y - other[2]) < 11


def _bar(
    svg: Svg,
    report: ClassReport,
    left: float,
    right: float,
    count: int,
    tallest: int,
    top: float,
    bottom: float,
) -> None:
    if not count:
        return
    hidden = 0 < count < report.least
    # A small number is drawn as tall as the largest that it could be.
    height = (bottom - top) * min(report.least - 1 if hidden else count, tallest) / tallest
    kind = "column some" if hidden else "column"
    svg.add("rect", kind, x=left, y=bottom - height, width=right - left, height=height, rx=1.5)
    svg.text(
        (left + right) / 2,
        bottom - height - 4,
        str(counts.told(report, count)),
        "t strong",
        anchor="middle",
        size=SMALL,
    )


def _broken(label: str, room: float) -> list[str]:
    """A label in as many lines as it needs."""
    lines: list[str] = []
    for word in label.split():
        if lines and width_of(f"{lines[-1]} {word}", SMALL) <= room:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines or [""]


def _drawing(svg: Svg, identifier: str, height: float, title: str, text: str) -> str:
    """The element, with a title and a description for those who cannot see it."""
    return (
        f'<svg class="drawing plot" viewBox="0 0 {figure(WIDTH)} {figure(height)}" role="img" '
        f"aria-labelledby={quoteattr(f'plot-{identifier}-title plot-{identifier}-text')}>"
        f"<title id={quoteattr(f'plot-{identifier}-title')}>{escape(clean(title))}</title>"
        f"<desc id={quoteattr(f'plot-{identifier}-text')}>{escape(clean(text))}</desc>"
        f"{''.join(svg.parts)}</svg>"
    )
