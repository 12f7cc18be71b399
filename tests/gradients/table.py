"""How often does each judge accept the gradients of each row, how often does it not know, and how long does it take?"""

from __future__ import annotations

import statistics
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from tests.gradients.judges import Judge
from tests.gradients.rows import Row

SEED = 20261121


@dataclass(frozen=True)
class Cell:
    """accepted and undecidable: shares of the cases, from 0 to 1. milliseconds: of processor time, the median."""

    accepted: float
    undecidable: float
    milliseconds: float

    def __str__(self) -> str:
        unknown = f" ({100 * self.undecidable:.3g} ?)" if self.undecidable else ""
        return f"{_percent(self.accepted)}{unknown} · {self.milliseconds:.2g} ms"


def _percent(share: float) -> str:
    """A share in percent that says 0 and 100 only of none and of all."""
    return f"{100 * share:.3g}" if share in (0.0, 1.0) else f"{min(max(100 * share, 0.1), 99.9):.1f}"


def measured(row: Row, judges: Mapping[str, Judge], cases: int) -> dict[str, Cell]:
    """The row's cells; every judge sees the same cases."""
    said: dict[str, list[str]] = {name: [] for name in judges}
    took: dict[str, list[float]] = {name: [] for name in judges}
    for number in range(cases):
        case = row.draw(np.random.default_rng([SEED, number]))
        for name, judge in judges.items():
            began = time.process_time()
            said[name].append(judge(case))
            took[name].append(time.process_time() - began)
    return {
        name: Cell(
            said[name].count("right") / cases,
            said[name].count("undecidable") / cases,
            1e3 * statistics.median(took[name]),
        )
        for name in judges
    }


def missed(row: Row, cell: Cell) -> str:
    """What ours has not reached of the row's goal, "" where it has: every case gets the answer that is due."""
    due = {"right": (1.0, 0.0), "wrong": (0.0, 0.0), "undecidable": (0.0, 1.0)}[row.goal]
    if (cell.accepted, cell.undecidable) == due:
        return ""
    return f"{row.name}: accepted {cell.accepted:.2%}, undecidable {cell.undecidable:.2%}; every case is {row.goal}"


def lines(names: Sequence[str], rows: Sequence[tuple[Row, Mapping[str, Cell]]]) -> list[str]:
    """The table as Markdown."""
    found = ["| case | " + " | ".join(names) + " |", "| --- |" + " --- |" * len(names)]
    found += [
        f"| {row.name} | " + " | ".join(str(cells[name]) for name in names) + " |" for row, cells in rows
    ]
    return found
