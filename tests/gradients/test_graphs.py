"""Random graphs: no right gradient is rejected, and none with a planted fault is accepted."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from tests.gradients.graphs import fault, graph
from tests.gradients.judges import ours


def judged(where: str, seeds: range) -> Counter[tuple[str, str]]:
    """How often right gradients and faulty ones get which answer."""
    found: Counter[tuple[str, str]] = Counter()
    for seed in seeds:
        rng = np.random.default_rng([ord(where[0]), seed])
        case = graph(rng, where)
        found["right", ours(case)] += 1
        # At a kink, much of what was planted is as good as the right gradient.
        if where == "anywhere" and (wrong := fault(rng, case)) is not None:
            found["fault", ours(wrong)] += 1
    return found


def check(found: Counter[tuple[str, str]]) -> None:
    assert found["right", "wrong"] == found["fault", "right"] == 0
    for kind in ("right", "fault"):
        answers = Counter({answer: number for (what, answer), number in found.items() if what == kind})
        # Graphs with terms as large as exp(30) drown their small entries.
        assert answers["undecidable"] <= max(2, 0.12 * answers.total())


@pytest.mark.slow
@pytest.mark.parametrize(("where", "number"), [("anywhere", 3000), ("kinks", 1500), ("near", 1500)])
def test_thousands_of_graphs(where: str, number: int) -> None:
    check(judged(where, range(number)))


@pytest.mark.parametrize("where", ["anywhere", "kinks", "near"])
def test_a_few_graphs(where: str) -> None:
    check(judged(where, range(15)))


def test_faults_are_planted() -> None:
    assert judged("anywhere", range(30))["fault", "wrong"] > 20
