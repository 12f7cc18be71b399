"""Measures the matrices and compares them with what is expected."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass

from autograder.sandbox.launch import Zygote
from autograder.sandbox.probes.run import Result, run_probes
from autograder.sandbox.probes.table import PROBES

from .expected import Machine, effective, expected


@dataclass(frozen=True)
class Row:
    """What succeeded with some layers, beside what had to.

    layers      those asked for
    refused     those that were not put on although they should have been, with the reason
    results     of each probe
    missing     they had to succeed and did not: a probe that rotted, or a layer that does more than is known
    unexpected  they succeeded and should not have
    """

    layers: frozenset[str]
    refused: dict[str, str]
    results: dict[str, Result]
    missing: frozenset[str]
    unexpected: frozenset[str]

    @property
    def succeeded(self) -> tuple[str, ...]:
        return tuple(name for name, result in self.results.items() if not result.blocked)

    @property
    def right(self) -> bool:
        return not (self.missing or self.unexpected or self.refused)


def measure(layers: frozenset[str], names: Iterable[str] = PROBES) -> Row:
    """Carry out the probes in workers that have these layers and no others."""
    names = tuple(names)
    zygote = Zygote(layers=layers)
    try:
        facts = zygote.facts
        machine = Machine(os.getuid() == 0, int(facts["landlock_abi"]))
        results = run_probes(zygote, names)
    finally:
        zygote.close()
    must, may = expected(layers, machine)
    succeeded = {name for name, result in results.items() if not result.blocked}
    held = effective(layers, machine)
    refused = {layer: str(why) for layer, why in facts["refused"].items() if layer in held}
    return Row(
        layers,
        refused,
        results,
        frozenset(must & set(names) - succeeded),
        frozenset(succeeded - must - may),
    )
