"""A few rounds of the kill loop on each database; `python -m tests.grading.kill_loop` plays hundreds."""

from __future__ import annotations

import sys

import pytest

from .kill_loop import loop

pytestmark = [
    pytest.mark.slow,
    pytest.mark.alone,
    pytest.mark.skipif(sys.platform != "linux", reason="processes are looked up in /proc"),
]


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_whatever_ends_it_the_next_run_comes_to_the_same_end(database: str) -> None:
    said: list[str] = []
    outcomes = loop(8, database, seed=6, say=said.append)
    assert not [outcome for outcome in outcomes if outcome.wrong], "\n".join(said)
