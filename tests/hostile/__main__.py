"""`python -m tests.hostile`: run the whole catalogue and print its table. Exit status 1 when a line is bad.

`python -m tests.hostile F01 X` runs these entries and families only.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tests.hostile.catalogue import IDS, entries
from tests.hostile.graded import HONEST, Grading, NotHere
from tests.hostile.judge import assert_effective, assert_safe


def _tried(action: Callable[[Path], object]) -> str:
    """What went wrong, or ""."""
    with tempfile.TemporaryDirectory(prefix="autograde-hostile-") as folder:
        try:
            action(Path(folder))
        except Exception as error:
            return f"{type(error).__name__}: {error}".strip()[:300]
    return ""


def main(wanted: list[str]) -> int:
    """Run and print; the exit status."""
    chosen = [entry for entry in entries() if not wanted or entry.id in wanted or entry.id[0] in wanted]
    table = Table("id", "attack", "outcome", "control", show_lines=False)
    bad = 0
    grading = Grading()
    try:
        grading.grade(HONEST)
        for entry in chosen:
            unsafe = _tried(lambda folder, entry=entry: assert_safe(entry, grading, folder))
            if entry.control is None:
                useless, control = "", f"none: {entry.no_control}"
            else:
                useless = _tried(lambda folder, entry=entry: assert_effective(entry, folder))
                control = f"NOT EFFECTIVE: {useless}" if useless else "effective"
            bad += bool(unsafe or useless)
            table.add_row(entry.id, entry.attack, f"NOT SAFE: {unsafe}" if unsafe else entry.outcome, control)
    except NotHere:
        print("This system allows no namespaces, and nothing hostile is run without.", file=sys.stderr)
        return 1
    finally:
        grading.close()
    # No colour and no line breaks of a terminal's width: the table is kept, compared and quoted.
    console = Console(width=None if sys.stdout.isatty() else 200, markup=False, highlight=False)
    console.print(table)
    missing = [] if wanted else [id for id in IDS if id not in {entry.id for entry in chosen}]
    controls = sum(entry.control is not None for entry in chosen)
    console.print(
        f"{len(chosen)} entries, {controls} with a control; {bad} bad"
        + (f"; missing: {', '.join(missing)}" if missing else "")
    )
    return 1 if bad or missing else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
