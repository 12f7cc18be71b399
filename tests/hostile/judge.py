"""Is an entry safe with us, and does its attack work on the weak grader? The same question for pytest and the table."""

from __future__ import annotations

from pathlib import Path

from autograder.model import Outcome, Status
from tests.hostile.catalogue import is_leak_free
from tests.hostile.entry import Entry
from tests.hostile.graded import CANARY, Grading


def assert_safe(entry: Entry, grading: Grading, folder: Path) -> None:
    """Grade the entry's submissions, and assert what holds for every entry and for this one. folder: an empty one."""
    for path in entry.paths(folder):
        graded = grading.grade(path)
        assert graded.report.status is not Status.SYSTEM_ERROR, graded.report.message
        assert Outcome.SUITE_ERROR not in graded.outcomes.values(), "points for a fault that was provoked"
        assert is_leak_free(graded.released, CANARY), "the canary is in a rendering"
        assert graded.seconds < entry.seconds, f"it took {graded.seconds:.1f} s"
        entry.safe(graded)


def assert_effective(entry: Entry, folder: Path) -> None:
    """Assert that the attack works where the one defence is missing. folder: an empty one."""
    assert entry.control is not None
    for path in entry.paths(folder):
        entry.control(path)
