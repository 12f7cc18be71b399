"""Tables of numbers: shaded by size, what is wrong crossed by a thick frame and hatching."""

from __future__ import annotations

from autograder.language import _, translate
from autograder.pictures import Grid, Grids
from autograder.reports.draw.numbers import short
from autograder.reports.draw.svg import SIZE, SMALL, Svg, width_of

WIDTH = 320.0
_HEIGHT = 24.0
_GAP = 22.0
_ROWS_APART = 18.0
_LABEL = 18.0
_SLICE = 17.0
_LEAST = 24.0


def draw_grids(picture: Grids, language: str) -> tuple[Svg, float, float]:
    """The elements, the width and the height."""
    svg = Svg()
    cell = _cell_width(picture)
    due = picture.expected
    widths = {
        grid: max(grid.shape[2] * cell, width_of(_label(grid, language), bold=True)) for grid in picture.grids
    }
    y, widest = 0.0, 0.0
    for line in _rows(picture, widths):
        x, tallest = 2.0, 0.0
        for grid in line:
            deep, rows, _columns = grid.shape
            largest = _largest(due if due is not None and grid.of == "yours" else grid)
            _grid(svg, picture, grid, _label(grid, language), (x, y), cell, largest, language)
            x += widths[grid] + _GAP
            tallest = max(tallest, _LABEL + max(deep, 1) * (max(rows, 1) * _HEIGHT + _caption(grid)))
        widest = max(widest, x - _GAP)
        y += tallest + _ROWS_APART
    return svg, max(widest + 2, 120.0), y - _ROWS_APART + 4


def _rows(picture: Grids, widths: dict[Grid, float]) -> list[list[Grid]]:
    """The grids in as many rows as they need; what is expected and yours side by side, where there is room."""
    room = WIDTH - 4
    if sum(widths.values()) + _GAP * (len(widths) - 1) <= room:
        return [list(picture.grids)]
    lines: list[list[Grid]] = [[]]
    left = room
    for grid in picture.grids:
        if lines[-1] and (widths[grid] > left or grid.of == "expected"):
            lines.append([])
            left = room
        lines[-1].append(grid)
        left -= widths[grid] + _GAP
    return lines


def _label(grid: Grid, language: str) -> str:
    if grid.of == "expected":
        return _("expected", language)
    if grid.of == "yours":
        return _("yours", language)
    return translate(grid.label, language)


def _caption(grid: Grid) -> float:
    """The room above each slice for its number; none where there is but one."""
    return _SLICE if grid.shape[0] > 1 else 0.0


def _cell_width(picture: Grids) -> float:
    """Wide enough for the longest number, narrow enough for the widest table."""
    texts = [short(v) for grid in picture.grids for one in grid.values for row in one for v in row]
    columns = max(grid.shape[2] for grid in picture.grids)
    needed = max((width_of(text, SMALL) for text in texts), default=0.0) + 9
    return max(min(max(needed, _LEAST), 64.0), min(_LEAST, (WIDTH - 4) / max(columns, 1)))


def _grid(
    svg: Svg,
    picture: Grids,
    grid: Grid,
    label: str,
    at: tuple[float, float],
    cell: float,
    largest: float,
    language: str,
) -> None:
    x, y = at
    svg.text(x, y + 12, label, "t strong", size=SIZE)
    deep, rows, columns = grid.shape
    top = y + _LABEL
    if not (deep and rows and columns):
        svg.add("rect", "frame", x=x + 0.5, y=top + 0.5, width=max(cell, 40), height=_HEIGHT)
        svg.text(x + max(cell, 40) / 2, top + 16, "–", "t soft", anchor="middle", size=SMALL)
        return
    wrong = picture.wrong(grid)
    due = picture.expected
    misshapen = grid.of == "yours" and due is not None and due.shape != grid.shape
    for k, one in enumerate(grid.values):
        if deep > 1:
            svg.text(x, top + 11, _("slice {number}", language, number=k), "t soft", size=SMALL - 1)
            top += _caption(grid)
        for i, row in enumerate(one):
            for j, value in enumerate(row):
                _shade(svg, x + j * cell, top + i * _HEIGHT, cell, value, largest)
        for i in range(rows + 1):
            svg.line("cell", x, top + i * _HEIGHT, x + columns * cell, top + i * _HEIGHT)
        for j in range(columns + 1):
            svg.line("cell", x + j * cell, top, x + j * cell, top + rows * _HEIGHT)
        for i, row in enumerate(one):
            for j, value in enumerate(row):
                bad = (k, i, j) in wrong
                if bad:
                    _cross(svg, x + j * cell, top + i * _HEIGHT, cell)
                _number(svg, x + (j + 0.5) * cell, top + i * _HEIGHT + 16, short(value), cell, bad)
        if misshapen:
            svg.add("rect", "wrong", x=x - 1, y=top - 1, width=columns * cell + 2, height=rows * _HEIGHT + 2)
        top += rows * _HEIGHT


def _largest(grid: Grid) -> float:
    return max((abs(v) for one in grid.values for row in one for v in row if v is not None), default=0.0)


def _shade(svg: Svg, x: float, y: float, wide: float, value: float | None, largest: float) -> None:
    if not value or not largest:
        return
    # 0 is blank, and nothing so dark that a number on it could not be read. The sign is in the number too.
    share = 0.45 * min(abs(value) / largest, 1.0)
    kind = "shade" if value > 0 else "shade minus"
    svg.add("rect", kind, x=x, y=y, width=wide, height=_HEIGHT, fill_opacity=round(share, 3))


def _cross(svg: Svg, x: float, y: float, wide: float) -> None:
    hatch = ""
    step = 6.0
    for number in range(1, int((wide + _HEIGHT) / step) + 1):
        reach = number * step
        x1, y1 = (x, y + reach) if reach <= _HEIGHT else (x + reach - _HEIGHT, y + _HEIGHT)
        x2, y2 = (x + reach, y) if reach <= wide else (x + wide, y + reach - wide)
        hatch += f"M{x1:.1f} {y1:.1f}L{x2:.1f} {y2:.1f}"
    svg.shape("hatch", hatch)
    svg.add("rect", "wrong", x=x + 1, y=y + 1, width=wide - 2, height=_HEIGHT - 2)


def _number(svg: Svg, x: float, y: float, text: str, cell: float, bad: bool) -> None:
    size = min(SMALL, SMALL * (cell - 4) / max(width_of(text, SMALL), 1.0))
    svg.text(x, y, text, "t halo strong" if bad else "t", anchor="middle", size=round(size, 1))
