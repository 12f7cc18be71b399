"""Print the ablation matrices: python -m tests.ablation"""

from __future__ import annotations

import os
import sys
import textwrap

from autograder.sandbox.inside.layers import EVERY_LAYER
from autograder.sandbox.probes.table import PROBES

from .expected import NEEDED_FIRST, REASONS, rows
from .matrix import Row, measure


def main() -> int:
    who = "root" if os.getuid() == 0 else "an ordinary user"
    print(f"{len(PROBES)} probes, as {who}\n")
    wrong = _show("no layer", measure(frozenset()), stopped=True)
    wrong += _show("all layers", measure(EVERY_LAYER))
    for title, matrix in rows().items():
        print(f"\n{title}\n{'-' * len(title)}")
        for layer, layers in matrix.items():
            alone = title == "one layer alone"
            needs = f" (with {NEEDED_FIRST[layer]})" if alone and layer in NEEDED_FIRST else ""
            wrong += _show(layer + needs, measure(layers), stopped=alone)
            if not alone:
                print(textwrap.indent(textwrap.fill(f"because {REASONS[layer]}", 100), "    "))
    print(f"\n{'all as expected' if not wrong else f'{wrong} rows are not as expected'}")
    return 1 if wrong else 0


def _show(name: str, row: Row, *, stopped: bool = False) -> int:
    """Print a row: what succeeds, or, where that would be nearly all, what is stopped."""
    count = len(row.succeeded)
    shown = [n for n in row.results if row.results[n].blocked] if stopped else row.succeeded
    kind = "stopped" if stopped else "succeed"
    print(f"{'✓' if row.right else '✗'} {name}: {count} of {len(row.results)} succeed")
    if shown:
        text = f"{kind}: {', '.join(shown)}"
        print(textwrap.fill(text, 110, initial_indent="    ", subsequent_indent="      "))
    for label, names in (
        ("should have succeeded", row.missing),
        ("should not have succeeded", row.unexpected),
    ):
        for each in sorted(names):
            print(f"    {label}: {each} ({row.results[each].how})")
    for layer, reason in row.refused.items():
        print(f"    refused: {layer}: {reason}")
    return 0 if row.right else 1


if __name__ == "__main__":
    sys.exit(main())
