"""Small tables of numbers side by side, shaded by size: what goes in, what is due, what came out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from autograder.model import Message
from autograder.pictures import plain
from autograder.pictures.plain import NotAPicture

OF = ("", "yours", "expected")
_MOST_GRIDS = 12
_MOST_SLICES = 8
_MOST_SIDE = 32

Slice = tuple[tuple[float | None, ...], ...]


@dataclass(frozen=True)
class Grid:
    """One table, or a few below one another.

    label   what it is, e.g. "input"; translated when it is drawn
    values  array (columns,), (rows, columns) or (rows, columns, depth), a slice below the other then;
            None for what is no such array
    of      "expected", or "yours": its entries are then compared with the "expected" grid's; else ""
    """

    label: str
    values: Any
    of: str = ""

    def __post_init__(self) -> None:
        plain.one_of(self.of, OF, "whose a grid is")
        plain.text(self.label, "the label of a grid")
        object.__setattr__(self, "values", _Read(_slices(self.values)))

    @property
    def shape(self) -> tuple[int, int, int]:
        """Depth, rows, columns; zeros where there is nothing to show."""
        slices: tuple[Slice, ...] = self.values
        if not slices or not slices[0]:
            return (0, 0, 0)
        return (len(slices), len(slices[0]), len(slices[0][0]))


@dataclass(frozen=True)
class Grids:
    """Tables side by side.

    title, text  what it shows; the same in words for those who cannot see it
    grids        from left to right
    """

    title: str | Message
    text: str | Message
    grids: Sequence[Grid]

    def __post_init__(self) -> None:
        object.__setattr__(self, "grids", tuple(self.grids))
        if not any(all(grid.shape) for grid in self.grids):
            raise NotAPicture("no grid has an entry")

    def to_plain(self) -> dict[str, Any]:
        """Plain data; the title and the text are the picture's."""
        return {
            "grids": [
                [grid.label, grid.of, [[list(row) for row in one] for one in grid.values]]
                for grid in self.grids
            ]
        }

    @classmethod
    def from_plain(cls, title: Message, text: Message, data: Any) -> Grids:
        """What `to_plain` made this of. Raises NotAPicture for anything else."""
        parts = plain.table(data, ("grids",), "the picture")
        return cls(title, text, plain.each(parts["grids"], _MOST_GRIDS, "the grids", _grid))

    @property
    def expected(self) -> Grid | None:
        """What is due."""
        return next((grid for grid in self.grids if grid.of == "expected"), None)

    def differs(self) -> bool:
        """Whether the picture shows that yours is not as expected."""
        due = self.expected
        return due is not None and any(
            grid.shape != due.shape or bool(self.wrong(grid)) for grid in self.grids if grid.of == "yours"
        )

    def wrong(self, grid: Grid) -> frozenset[tuple[int, int, int]]:
        """(slice, row, column) of the entries of yours that are not as expected; none where the shapes differ."""
        due = self.expected
        if grid.of != "yours" or due is None or due.shape != grid.shape:
            return frozenset()
        scale = max((abs(v) for one in due.values for row in one for v in row if v is not None), default=0.0)
        return frozenset(
            (k, i, j)
            for k, one in enumerate(grid.values)
            for i, row in enumerate(one)
            for j, value in enumerate(row)
            if not plain.close(value, due.values[k][i][j], scale)
        )


def _grid(data: Any) -> Grid:
    parts = plain.items(data, 3, "a grid")
    if len(parts) != 3:
        raise NotAPicture("a grid is too short")
    label, of, slices = parts
    read = tuple(
        plain.each(one, _MOST_SIDE, "a slice", lambda row: plain.row(row, "a row"))
        for one in plain.items(slices, _MOST_SLICES, "the slices of a grid")
    )
    return Grid(label, _Read(read), of)


class _Read(tuple[Slice, ...]):
    """Slices that come from plain data: depth first already."""


def _slices(values: Any) -> tuple[Slice, ...]:
    if values is None:
        return ()
    if isinstance(values, _Read):
        slices: tuple[Slice, ...] = tuple(values)
    else:
        import numpy as np

        array = np.asarray(values, dtype=float)
        if array.ndim == 1:
            array = array[None, :, None]
        elif array.ndim == 2:
            array = array[:, :, None]
        elif array.ndim != 3:
            raise NotAPicture("a grid has one, two or three dimensions")
        slices = tuple(
            tuple(plain.all_rounded(row) for row in array[:, :, k].tolist()) for k in range(array.shape[2])
        )
    rows = {len(one) for one in slices}
    columns = {len(row) for one in slices for row in one}
    if (
        len(slices) > _MOST_SLICES
        or len(rows) > 1
        or len(columns) > 1
        or max((*rows, *columns), default=0) > _MOST_SIDE
    ):
        raise NotAPicture("a grid is ragged, or too large to be shown")
    return slices
