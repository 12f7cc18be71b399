"""What does a regrade say about one student's mark?"""

from __future__ import annotations

from autograder.reports.changes import ChangedCheck, ChangedMark


def changed(before: int, after: int, *checks: tuple[str, str, int | None, int | None]) -> list[str]:
    """The grounds of a mark that goes from `before` to `after` by these checks, cents."""
    return ChangedMark(
        "an", before, after, before, after, tuple(ChangedCheck(*one) for one in checks)
    ).grounds


def test_what_moves_the_mark_most_is_told_first() -> None:
    checks = (
        ("up", "rises", 100, 150),
        ("down", "falls", 300, 100),
        ("down", "falls a little", 300, 290),
    )
    assert changed(1000, 840, *checks) == [
        "down, falls: 3 → 1",
        "down, falls a little: 3 → 2.9",
        "up, rises: 1 → 1.5",
    ]
    assert changed(1000, 1160, *checks)[0] == "up, rises: 1 → 1.5"


def test_many_checks_of_one_function_are_told_as_a_sum() -> None:
    checks = [("f", f"check {n}", 100, 125) for n in range(4)]
    assert changed(400, 500, *checks) == ["f, 4 checks: 4 → 5"]
    assert changed(400, 475, *checks[:3]) == [f"f, check {n}: 1 → 1.25" for n in range(3)]


def test_a_check_that_is_new_or_gone_counts_whole() -> None:
    assert changed(400, 500, ("f", "gone", 100, None), ("f", "new", None, 200)) == [
        "f, new: – → 2",
        "f, gone: 1 → –",
    ]
