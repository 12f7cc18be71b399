"""python -m tests.gradients [--cases N]: print the table, as it stands in docs/gradients.md."""

from __future__ import annotations

import argparse
import sys
from importlib.metadata import PackageNotFoundError, version

from tests.gradients.judges import judges
from tests.gradients.rows import ROWS
from tests.gradients.table import lines, measured, missed


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.gradients", description=__doc__)
    parser.add_argument(
        "--cases", type=int, default=200, metavar="N", help="random cases a row (default 200)"
    )
    cases = parser.parse_args().cases
    columns, missing = judges()
    for package in ("torch", "numdifftools", "numpy"):
        try:
            print(f"{package} {version(package)}", file=sys.stderr)
        except PackageNotFoundError:
            print(f"{package} is not installed", file=sys.stderr)
    rows = []
    for row in ROWS:
        print(f"  {row.name}", file=sys.stderr, flush=True)
        rows.append((row, measured(row, columns, cases)))
    print(f"% accepted (% undecidable ?) · median milliseconds; {cases} random cases a row\n")
    print("\n".join(lines(list(columns), rows)))
    for name, why in missing.items():
        print(f"\nThe column {name} is left out: {why}.")
    for row in ROWS:
        if row.why:
            print(f"\nUndecidable in “{row.name}”: {row.why}.")
    short = [text for row, cells in rows if (text := missed(row, cells["ours"]))]
    print(
        "\nGoal: every right gradient accepted, no planted fault: " + ("reached." if not short else "MISSED.")
    )
    print("".join(f"  {text}\n" for text in short), end="")
    return 1 if short else 0


if __name__ == "__main__":
    raise SystemExit(main())
