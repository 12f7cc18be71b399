"""Curves and points: two axes, a legend, what is expected as a pale band under yours."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator

from autograder.language import _, translate
from autograder.pictures import Line, Lines
from autograder.reports.draw.axes import Axis
from autograder.reports.draw.svg import SIZE, SMALL, Point, Svg, width_of

WIDTH = 320.0
_PLOT = 190.0
_RIGHT = 12.0
_TOP = 22.0
_DASHES = ("", "7 4", "2 3", "10 3 2 3")
_BAND = 7.0
_ROW = 19.0
_SAMPLE = 30.0


def draw_lines(picture: Lines, language: str) -> tuple[Svg, float, float]:
    """The elements, the width and the height."""

    def say(text: str) -> str:
        return translate(text, language)

    svg = Svg()
    top, bottom = _TOP, _TOP + _PLOT
    y = _axis(picture, "y", bottom, top)
    y_ticks = y.ticks(5)
    left = max([24.0, *(width_of(label, SMALL) + 10 for _place, label in y_ticks)])
    x = _axis(picture, "x", left, WIDTH - _RIGHT)

    for place, label in y_ticks:
        svg.line("grid", left, place, WIDTH - _RIGHT, place)
        svg.text(left - 6, place + 4, label, "t soft", anchor="end", size=SMALL)
    for place, label in _apart(x):
        svg.line("grid", place, top, place, bottom)
        svg.text(place, bottom + 15, label, "t soft", anchor="middle", size=SMALL)
    svg.line("axis", left, bottom, WIDTH - _RIGHT, bottom)
    svg.line("axis", left, top, left, bottom)
    # Above the axis and not turned round: it is read more easily, and takes no width on a phone.
    svg.text(2, 12, say(picture.y), "t strong", size=SIZE)
    svg.text((left + WIDTH - _RIGHT) / 2, bottom + 33, say(picture.x), "t strong", anchor="middle", size=SIZE)

    looks = _looks(picture)
    for line in sorted(picture.lines, key=_depth):
        _line(svg, line, looks[line.label], x, y)
    taken: list[tuple[float, float]] = []
    for note in picture.notes:
        if x.fits(note.x) and y.fits(note.y):
            _note(
                svg, x.at(note.x), y.at(note.y), say(note.text), (left, WIDTH - _RIGHT), (top, bottom), taken
            )
    height = _legend(svg, picture, looks, say, bottom + 45, left, language)
    return svg, WIDTH, height


def _axis(picture: Lines, which: str, begin: float, end: float) -> Axis:
    def numbers(wanted: Callable[[Line], bool]) -> Iterator[float]:
        for line in picture.lines:
            if wanted(line):
                for point in zip(line.x, line.y, strict=True):
                    value = point[0 if which == "x" else 1]
                    if None not in point and value is not None:
                        yield value

    log = (picture.x_scale if which == "x" else picture.y_scale) == "log"
    return Axis(
        numbers(lambda line: line.of != "yours"),
        numbers(lambda line: line.of == "yours"),
        begin,
        end,
        log=log,
        margin=0.02 if which == "x" else 0.05,
    )


def _apart(axis: Axis) -> list[tuple[float, str]]:
    """As many ticks as there is room for between their labels."""
    for most in (7, 5, 4, 3, 2):
        ticks = axis.ticks(most)
        widths = [width_of(label, SMALL) for _place, label in ticks]
        gaps = [
            ticks[i + 1][0] - ticks[i][0] - (widths[i] + widths[i + 1]) / 2 for i in range(len(ticks) - 1)
        ]
        if min(gaps, default=99.0) >= 8:
            return ticks
    return axis.ticks(1)


def _looks(picture: Lines) -> dict[str, int]:
    """label → which of the dashes and markers it has; guides count apart."""
    found: dict[str, int] = {}
    for line in picture.lines:
        if line.look != "guide":
            found.setdefault(line.label, len(found) % len(_DASHES))
    for line in picture.lines:
        found.setdefault(line.label, 0)
    return found


def _depth(line: Line) -> int:
    return 0 if line.look == "guide" else 1 if line.of == "expected" else 2


def _line(svg: Svg, line: Line, look: int, x: Axis, y: Axis) -> None:
    points: list[Point | None] = [
        (x.at(a), y.at(b)) if a is not None and b is not None and x.fits(a) and y.fits(b) else None
        for a, b in zip(line.x, line.y, strict=True)
    ]
    if line.look != "points":
        for piece in _pieces(points, min(y.begin, y.end), max(y.begin, y.end), x.begin, x.end):
            svg.path(*_stroke(line, look)[0], piece, **_stroke(line, look)[1])  # type: ignore[arg-type]
    lonely = line.look == "line" and _lonely(points)
    if line.look in ("points", "both") or lonely:
        for point in points:
            if point is not None and _inside(point, x, y):
                _marker(svg, line, look, point)


def _stroke(line: Line, look: int) -> tuple[tuple[str], dict[str, float | str]]:
    more: dict[str, float | str] = {}
    if line.look == "guide":
        return ("guide",), {"stroke_dasharray": "1.5 3.5", "stroke_width": 1.5}
    if _DASHES[look]:
        more["stroke_dasharray"] = _DASHES[look]
    if line.of == "expected":
        return (f"band s{look}",), {**more, "stroke_width": _BAND}
    return (f"curve s{look}",), {**more, "stroke_width": 2}


def _lonely(points: list[Point | None]) -> bool:
    """Whether a line would show nothing: no two points of it are neighbours."""
    return not any(a is not None and b is not None for a, b in itertools.pairwise(points))


def _inside(point: Point, x: Axis, y: Axis) -> bool:
    return (
        min(x.begin, x.end) - 0.5 <= point[0] <= max(x.begin, x.end) + 0.5
        and min(y.begin, y.end) - 0.5 <= point[1] <= max(y.begin, y.end) + 0.5
    )


def _pieces(
    points: list[Point | None], low: float, high: float, left: float, right: float
) -> Iterator[list[Point]]:
    """The parts of a polyline that lie within the picture, cut where it leaves it."""
    piece: list[Point] = []
    for one, other in itertools.pairwise(points):
        cut = None if one is None or other is None else _cut(one, other, (left, low), (right, high))
        if cut is None:
            if len(piece) > 1:
                yield piece
            piece = []
            continue
        begin, end = cut
        if not piece or piece[-1] != begin:
            if len(piece) > 1:
                yield piece
            piece = [begin]
        piece.append(end)
    if len(piece) > 1:
        yield piece


def _cut(one: Point, other: Point, low: Point, high: Point) -> tuple[Point, Point] | None:
    """The part of a segment within a rectangle (Liang and Barsky), or None."""
    first, last = 0.0, 1.0
    for axis in (0, 1):
        run = other[axis] - one[axis]
        for distance, direction in ((low[axis] - one[axis], run), (one[axis] - high[axis], -run)):
            if direction == 0:
                if distance > 0:
                    return None
            elif direction > 0:
                first = max(first, distance / direction)
            else:
                last = min(last, distance / direction)
    if first > last:
        return None
    run_x, run_y = other[0] - one[0], other[1] - one[1]
    begin = one if first == 0.0 else (one[0] + first * run_x, one[1] + first * run_y)
    end = other if last == 1.0 else (one[0] + last * run_x, one[1] + last * run_y)
    return begin, end


def _marker(svg: Svg, line: Line, look: int, at: Point) -> None:
    """Expected: large and hollow. Yours: small and full, so that both are seen where they agree."""
    if line.of == "expected":
        kind, size = f"ring s{look}", 4.6
    else:
        kind, size = f"dot s{look}", 2.9
    x, y = at
    if look == 0:
        svg.add("circle", kind, cx=x, cy=y, r=size)
    elif look == 1:
        svg.add("rect", kind, x=x - size * 0.9, y=y - size * 0.9, width=size * 1.8, height=size * 1.8)
    elif look == 2:
        s = size * 1.2
        svg.shape(kind, f"M{x:.2f} {y - s:.2f}L{x + s:.2f} {y + s * 0.8:.2f}L{x - s:.2f} {y + s * 0.8:.2f}Z")
    else:
        s = size * 1.25
        svg.shape(kind, f"M{x:.2f} {y - s:.2f}L{x + s:.2f} {y:.2f}L{x:.2f} {y + s:.2f}L{x - s:.2f} {y:.2f}Z")


def _note(
    svg: Svg,
    x: float,
    y: float,
    text: str,
    across: tuple[float, float],
    up: tuple[float, float],
    taken: list[tuple[float, float]],
) -> None:
    wide = width_of(text, SMALL)
    begin = min(max(x - wide / 2, across[0] + 4), across[1] - wide - 2)
    place = y - 10
    if place < up[0] + 12:
        place = y + 20
    place = min(max(place, up[0] + 11), up[1] - 5)
    # Two notes at one place stand one below the other.
    while any(abs(place - other_y) < 13 and abs(begin - other_x) < wide for other_x, other_y in taken):
        place += 13
    taken.append((begin, place))
    svg.text(begin, place, text, "t halo", size=SMALL)


def _legend(
    svg: Svg,
    picture: Lines,
    looks: dict[str, int],
    say: Callable[[str], str],
    top: float,
    left: float,
    language: str,
) -> float:
    """Draws it, each line with its pattern; returns the height of the whole."""
    shown: list[tuple[Line, str]] = []
    for line in picture.lines:
        if not line.label or any(line.label == other.label and line.of == other.of for other, _text in shown):
            continue
        label = say(line.label)
        if line.of == "yours":
            label = _("{label}, yours", language, label=label)
        elif line.of == "expected":
            label = _("{label}, expected", language, label=label)
        shown.append((line, label))
    if len(shown) == 1 and not shown[0][0].of:
        return top - 4  # the axis says what it is
    x, y = left, top + 6
    for line, label in shown:
        wide = _SAMPLE + 7 + width_of(label, SMALL)
        if x > left and x + wide > WIDTH:
            x, y = left, y + _ROW
        sample = Line(line.label, (0, 1), (0, 0), line.of, line.look)
        kind, more = _stroke(sample, looks[line.label])
        if line.look != "points":
            svg.path(*kind, [(x, y), (x + _SAMPLE, y)], **more)  # type: ignore[arg-type]
        if line.look in ("points", "both"):
            _marker(svg, line, looks[line.label], (x + _SAMPLE / 2, y))
        svg.text(x + _SAMPLE + 7, y + 4, label, "t", size=SMALL)
        x += wide + 16
    return y + 12
