"""What a change of the suite does to the marks: what is graded again, who gains and loses, and what publishing leaves."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Generator, Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from autograder.errors import UsageError
from autograder.gradebook.address import url
from autograder.gradebook.adjustments import adjust
from autograder.gradebook.backup import back_up, restore
from autograder.gradebook.deadlines import set_deadline
from autograder.gradebook.forget import forget
from autograder.gradebook.lease import Lease
from autograder.gradebook.marks import marks
from autograder.gradebook.policies import set_policy
from autograder.gradebook.regrade import Comparison, compare, needed, of_other_suites, publish, regrade
from autograder.gradebook.store import Store
from autograder.gradebook.values import Student
from autograder.grading.journal import key
from autograder.grading.submission import Submission
from autograder.model import GradeReport, Status
from tests.gradebook import made_up
from tests.gradebook.made_up import ISOLATION, VERSIONS, report_on, submission

ROOT = Path(__file__).resolve().parents[2]
OLD = ("c1", "s1", "1")
NEW_SUITE = {**VERSIONS, "suite": "s2"}
COURSE: Any = SimpleNamespace(id="course")
HW: Any = SimpleNamespace(id="hw", deadline=None)
Score = Callable[[Submission], int | None]


class Grader:
    """Stands in for `grade_many`: gives each submission the score that the test says, and counts."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.versions = NEW_SUITE
        self.score: Score = lambda one: 5000
        self.graded: list[str] = []
        self.fails_after: int | None = None
        monkeypatch.setattr("autograder.grading.expected.versions", lambda assignment: self.versions)
        monkeypatch.setattr("autograder.grading.many.grade_many", self.grade_many)

    def grade_many(
        self, course: Any, assignment: Any, submissions: Iterable[Submission], *, journal: Any, **rest: Any
    ) -> Generator[GradeReport, None, None]:
        for one in submissions:
            if self.fails_after is not None and len(self.graded) == self.fails_after:
                raise KeyboardInterrupt
            identity = key(one, self.versions, ISOLATION)
            report = journal.report(identity)
            if report is None:
                score = self.score(one)
                failed = score is None
                report = report_on(one, score or 0, Status.SYSTEM_ERROR if failed else Status.GRADED)
                self.graded.append(one.student)
                journal.add(identity, report, ISOLATION)
            yield report

    def run(self, store: Store) -> list[str]:
        """Regrade; the students who were graded now."""
        self.graded = []
        for _report in regrade(store, COURSE, HW, ISOLATION):
            pass
        return self.graded


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """As everywhere, but that `make test` takes SQLite alone."""
    if request.param == "sqlite":
        return url(tmp_path / "gradebook.db")
    new: str = request.getfixturevalue("postgres").new_database()
    return new


@pytest.fixture
def grader(monkeypatch: pytest.MonkeyPatch) -> Grader:
    return Grader(monkeypatch)


def scores(store: Store) -> dict[str, int | None]:
    return {one.student.id: one.score for one in marks(store, "hw")}


def changed(found: Comparison) -> dict[str, tuple[int | None, int | None]]:
    return {one.student: (one.before.score, one.after.score) for one in found.changes}


def class_of_four(store: Store) -> None:
    """an 80, binh 60, chi 40, dung 20."""
    for student, score in (("an", 8000), ("binh", 6000), ("chi", 4000), ("dung", 2000)):
        made_up.grade(store, [submission(student, student)], score)


def test_what_is_up_to_date_is_not_touched(store: Store, grader: Grader) -> None:
    class_of_four(store)
    grader.versions = VERSIONS
    assert grader.run(store) == []
    assert needed(store, "hw", VERSIONS).current == 4
    assert not compare(store, HW, VERSIONS).switched


def test_old_marks_count_until_it_is_published_and_again_after_nothing_is_left(
    store: Store, grader: Grader
) -> None:
    class_of_four(store)
    new = {"an": 9000, "binh": 6000, "chi": 1000, "dung": 2500}
    grader.score = lambda one: new[one.student]
    before = scores(store)
    assert needed(store, "hw", NEW_SUITE).old == Counter({OLD: 4})
    assert sorted(grader.run(store)) == ["an", "binh", "chi", "dung"]
    assert scores(store) == before
    # Once more: nothing is graded, the proposals are there.
    assert grader.run(store) == []
    assert needed(store, "hw", NEW_SUITE).ready == 4
    found = compare(store, HW, NEW_SUITE)
    assert changed(found) == {"an": (8000, 9000), "chi": (4000, 1000), "dung": (2000, 2500)}
    assert [one.student for one in found.gainers] == ["an", "dung"]
    assert [one.student for one in found.losers] == ["chi"]
    assert (found.unchanged, found.untouched) == (1, 0)
    publish(store, HW, NEW_SUITE, author="chi")
    assert scores(store) == new
    # The old ones stay for ever.
    assert [mark[3] for mark in made_up.marks(store, "superseded")] == [8000, 6000, 4000, 2000]
    assert made_up.marks(store, "proposed") == []
    trail = list(store.audits(assignment="hw"))
    assert [(one.action, one.student) for one in trail] == [
        ("regrade", ""),
        ("mark regraded", "an"),
        ("mark regraded", "chi"),
        ("mark regraded", "dung"),
    ]
    assert (trail[2].before["score"], trail[2].after["score"]) == (4000, 1000)
    assert trail[2].reason == "suite s1 → s2"
    # Publishing again changes nothing and leaves no trace.
    assert not publish(store, HW, NEW_SUITE, author="chi").switched
    assert grader.run(store) == []
    assert len(list(store.audits(assignment="hw"))) == len(trail)


def test_only_results_of_other_versions_are_graded_again(store: Store, grader: Grader) -> None:
    made_up.grade(store, [submission("an")], 8000)
    made_up.grade(store, [submission("binh")], 6000, versions=NEW_SUITE)
    assert grader.run(store) == ["an"]
    found = compare(store, HW, NEW_SUITE)
    assert changed(found) == {"an": (8000, 5000)}
    assert found.untouched == 1


def test_all_attempts_are_graded_again_and_the_policy_decides(store: Store, grader: Grader) -> None:
    for text, score in (("1", 9000), ("2", 3000)):
        made_up.grade(store, [submission("an", text)], score)
    set_policy(store, "hw", {"counts": "best"}, author="chi")
    new = {b"1": 2000, b"2": 4000}
    grader.score = lambda one: new[one.files["hw.py"]]
    assert grader.run(store) == ["an", "an"]
    found = compare(store, HW, NEW_SUITE)
    assert changed(found) == {"an": (9000, 4000)}
    [change] = found.changes
    assert (change.before.attempt, change.after.attempt) == (1, 2)


def test_never_lower_keeps_the_old_result_of_each_attempt_and_says_for_whom(
    store: Store, grader: Grader
) -> None:
    class_of_four(store)
    new = {"an": 9000, "binh": 5000, "chi": 1000, "dung": 2000}
    grader.score = lambda one: new[one.student]
    grader.run(store)
    found = publish(store, HW, NEW_SUITE, author="chi", never_lower=True)
    assert changed(found) == {"an": (8000, 9000)}
    assert [(one.student, one.before.raw, one.after.raw, one.kept) for one in found.kept] == [
        ("binh", 6000, 5000, "never lower"),
        ("chi", 4000, 1000, "never lower"),
    ]
    assert scores(store) == {"an": 9000, "binh": 6000, "chi": 4000, "dung": 2000}
    # What was kept is not graded again and again.
    assert grader.run(store) == []
    assert not publish(store, HW, NEW_SUITE, author="chi", never_lower=True).switched


def kept_binh(store: Store, grader: Grader) -> None:
    """an 80 → 90, and binh, who would fall from 60 to 50, keeps the old result."""
    for student, score in (("an", 8000), ("binh", 6000)):
        made_up.grade(store, [submission(student, student)], score)
    grader.score = lambda one: 9000 if one.student == "an" else 5000
    grader.run(store)
    publish(store, HW, NEW_SUITE, author="chi", never_lower=True)


def kept_lines(store: Store) -> list[tuple[str, str, Any, Any]]:
    return [
        (one.action, one.student, one.before["score"], one.after["score"])
        for one in store.audits(assignment="hw")
        if one.action.startswith("result kept")
    ]


def test_what_was_kept_is_neither_offered_again_nor_lowered_by_a_later_publication(
    store: Store, grader: Grader
) -> None:
    kept_binh(store, grader)
    assert kept_lines(store) == [("result kept", "binh", 6000, 5000)]
    # Plain, as somebody types it who has forgotten how it was published.
    assert grader.run(store) == []
    need = needed(store, "hw", NEW_SUITE)
    assert (need.affected, need.ready, need.current, need.kept, need.all) == ((), 0, 1, 1, 2)
    found = compare(store, HW, NEW_SUITE)
    assert (found.switched, found.declined, found.changes, found.staying) == ([], [], [], ["binh"])
    trail = list(store.audits(assignment="hw"))
    assert publish(store, HW, NEW_SUITE, author="chi").staying == ["binh"]
    assert scores(store) == {"an": 9000, "binh": 6000}
    assert list(store.audits(assignment="hw")) == trail
    assert of_other_suites(store, "hw", NEW_SUITE) == {}
    assert of_other_suites(store, "hw", {**VERSIONS, "suite": "s3"}) == {"s1": 1, "s2": 1}


def test_what_was_kept_is_compared_again_when_the_suite_changes_again(store: Store, grader: Grader) -> None:
    kept_binh(store, grader)
    newest = {**VERSIONS, "suite": "s3"}
    grader.versions, grader.score = newest, lambda one: 9000 if one.student == "an" else 4000
    assert sorted(grader.run(store)) == ["an", "binh"]
    assert changed(compare(store, HW, newest)) == {"binh": (6000, 4000)}
    # Taken back before anything was published: graded again, and still kept.
    grader.versions = NEW_SUITE
    grader.run(store)
    assert compare(store, HW, NEW_SUITE).staying == ["binh"]
    assert not compare(store, HW, NEW_SUITE).switched


def test_what_was_kept_over_a_result_that_was_replaced_since_is_offered(store: Store, grader: Grader) -> None:
    """binh: 60 kept over 50 of s2; s3, which gives 55, was published plainly; s2 again is then a change like any other."""
    kept_binh(store, grader)
    newest = {**VERSIONS, "suite": "s3"}
    grader.versions, grader.score = newest, lambda one: 9000 if one.student == "an" else 5500
    grader.run(store)
    publish(store, HW, newest, author="chi")
    grader.versions, grader.score = NEW_SUITE, lambda one: 5000
    grader.run(store)
    assert changed(compare(store, HW, NEW_SUITE)) == {"binh": (5500, 5000)}


def test_what_was_kept_can_be_reconsidered_and_is_kept_no_longer_then(store: Store, grader: Grader) -> None:
    kept_binh(store, grader)
    assert needed(store, "hw", NEW_SUITE, reconsider=True).ready == 1
    assert changed(compare(store, HW, NEW_SUITE, reconsider=True)) == {"binh": (6000, 5000)}
    # Kept again: nothing has changed but that it was decided once more.
    publish(store, HW, NEW_SUITE, author="chi", never_lower=True, reconsider=True)
    assert scores(store)["binh"] == 6000
    publish(store, HW, NEW_SUITE, author="chi", reconsider=True)
    assert scores(store)["binh"] == 5000
    assert kept_lines(store)[-1] == ("result kept no longer", "binh", 6000, 5000)
    # Back to the old suite and forth again: the decision that was taken back does not hold.
    grader.versions = VERSIONS
    grader.run(store)
    publish(store, HW, VERSIONS, author="chi")
    grader.versions = NEW_SUITE
    grader.run(store)
    assert changed(compare(store, HW, NEW_SUITE))["binh"] == (6000, 5000)


def test_grading_the_folder_again_does_not_lower_what_was_kept(store: Store, grader: Grader) -> None:
    kept_binh(store, grader)
    graded = made_up.grade(
        store, [submission("an", "an"), submission("binh", "binh")], 100, versions=NEW_SUITE
    )
    assert graded == []
    assert scores(store) == {"an": 9000, "binh": 6000}
    # Other bytes are another attempt, for which nothing was decided; and coming back to the first ones brings the mark back.
    assert made_up.grade(store, [submission("binh", "new")], 3000, versions=NEW_SUITE) == ["binh"]
    assert scores(store)["binh"] == 3000
    assert made_up.grade(store, [submission("binh", "binh")], 100, versions=NEW_SUITE) == []
    assert scores(store)["binh"] == 6000
    assert compare(store, HW, NEW_SUITE).switched == []


def test_where_only_losers_are_left_never_lower_still_remembers_them(store: Store, grader: Grader) -> None:
    class_of_four(store)
    grader.score = lambda one: 0
    grader.run(store)
    assert len(publish(store, HW, NEW_SUITE, author="chi", never_lower=True, reason="promised").declined) == 4
    assert {one.reason for one in store.audits(assignment="hw", student="an")} == {"promised"}
    assert not publish(store, HW, NEW_SUITE, author="chi").switched
    assert set(scores(store).values()) == {8000, 6000, 4000, 2000}


def test_a_decision_outlives_a_backup_and_goes_with_a_forgotten_student(
    store: Store, grader: Grader, tmp_path: Path
) -> None:
    kept_binh(store, grader)
    back_up(store, tmp_path / "b.zip")
    restore(tmp_path / "b.zip", url(tmp_path / "restored.db"))
    with Store.open(url(tmp_path / "restored.db")) as restored:
        assert compare(restored, HW, NEW_SUITE).staying == ["binh"]
    forget(store, "binh", author="chi")
    assert compare(store, HW, NEW_SUITE).staying == []
    made_up.grade(store, [submission("binh", "binh")], 100, versions=NEW_SUITE)
    assert scores(store)["binh"] == 100


def test_a_mark_that_was_set_stays_on_top_and_is_told(store: Store, grader: Grader) -> None:
    class_of_four(store)
    adjust(store, "hw", "an", "set", 7000, author="chi", reason="oral exam")
    grader.score = lambda one: 10_000
    grader.run(store)
    found = publish(store, HW, NEW_SUITE, author="chi")
    assert [(one.student, one.after.raw, one.kept) for one in found.kept] == [("an", 10_000, "adjusted")]
    assert scores(store)["an"] == 7000
    adjusted = next(one for one in marks(store, "hw") if one.student.id == "an")
    assert adjusted.raw == 10_000


def test_lateness_is_taken_off_the_new_score_too(store: Store, grader: Grader) -> None:
    due = datetime(2026, 12, 1, tzinfo=UTC)
    store.hand_in("hw", submission("an"), handed_in=due + timedelta(hours=1), source="folder")
    made_up.grade(store, [submission("an")], 8000)
    set_deadline(store, "hw", due, author="chi")
    set_policy(store, "hw", {"per_day": 1000}, author="chi")
    grader.score = lambda one: 9000
    grader.run(store)
    assert changed(publish(store, HW, NEW_SUITE, author="chi")) == {"an": (7000, 8000)}


def test_a_fault_of_ours_keeps_the_old_mark_and_is_tried_again(store: Store, grader: Grader) -> None:
    class_of_four(store)
    grader.score = lambda one: None if one.student == "binh" else 5000
    assert len(grader.run(store)) == 4
    found = publish(store, HW, NEW_SUITE, author="chi")
    assert found.failed == ["binh"]
    assert scores(store) == {"an": 5000, "binh": 6000, "chi": 5000, "dung": 5000}
    grader.score = lambda one: 7000
    assert grader.run(store) == ["binh"]
    assert changed(publish(store, HW, NEW_SUITE, author="chi")) == {"binh": (6000, 7000)}


def test_an_interrupted_regrade_continues(store: Store, grader: Grader) -> None:
    made_up.grade(store, [submission(f"s{n:02}") for n in range(30)], 4000)
    grader.fails_after = 11
    with pytest.raises(KeyboardInterrupt):
        grader.run(store)
    assert len(grader.graded) == 11
    assert set(scores(store).values()) == {4000}
    grader.fails_after = None
    assert len(grader.run(store)) == 19
    assert needed(store, "hw", NEW_SUITE).ready == 30


def test_proposals_of_a_suite_that_has_changed_again_are_never_published(
    store: Store, grader: Grader
) -> None:
    class_of_four(store)
    grader.score = lambda one: 0
    grader.run(store)
    newest = {**VERSIONS, "suite": "s3"}
    assert not publish(store, HW, newest, author="chi").switched
    assert set(scores(store).values()) == {8000, 6000, 4000, 2000}
    grader.versions, grader.score = newest, lambda one: 5000
    assert len(grader.run(store)) == 4
    assert {after for _before, after in changed(publish(store, HW, newest, author="chi")).values()} == {5000}
    assert made_up.marks(store, "proposed") == []


def test_a_suite_that_is_taken_back_is_not_graded_again(store: Store, grader: Grader) -> None:
    class_of_four(store)
    grader.run(store)
    publish(store, HW, NEW_SUITE, author="chi")
    grader.versions = VERSIONS
    assert grader.run(store) == []
    publish(store, HW, VERSIONS, author="chi")
    assert scores(store) == {"an": 8000, "binh": 6000, "chi": 4000, "dung": 2000}
    grader.versions = NEW_SUITE
    assert grader.run(store) == []


def test_the_same_bytes_handed_in_twice_are_both_brought_up_to_date(store: Store, grader: Grader) -> None:
    for text, score in (("1", 1000), ("2", 2000)):
        made_up.grade(store, [submission("an", text)], score)
    made_up.grade(store, [submission("an", "1")], 1000)
    grader.run(store)
    assert needed(store, "hw", NEW_SUITE).ready == 3
    publish(store, HW, NEW_SUITE, author="chi")
    assert [mark[1:] for mark in made_up.marks(store)] == [(n, "graded", 5000) for n in (1, 2, 3)]
    assert needed(store, "hw", NEW_SUITE).affected == ()


def test_what_has_no_result_yet_is_left_to_grade(store: Store, grader: Grader) -> None:
    class_of_four(store)
    store.hand_in("hw", submission("em"), source="folder")
    assert "em" not in grader.run(store)
    assert needed(store, "hw", NEW_SUITE).unjudged == 1


def test_another_assignment_is_not_touched(store: Store, grader: Grader) -> None:
    class_of_four(store)
    grader.run(store)
    other: Any = SimpleNamespace(id="other", deadline=None)
    assert not publish(store, other, NEW_SUITE, author="chi").switched
    assert needed(store, "hw", NEW_SUITE).ready == 4


def test_weak_proposals_are_made_again_where_submissions_can_be_held_back(
    store: Store, grader: Grader
) -> None:
    class_of_four(store)
    weak = {**ISOLATION, "weak": "allowed"}
    for _report in regrade(store, COURSE, HW, weak):
        pass
    with store.begin() as connection:
        connection.exec_driver_sql(
            """UPDATE results SET isolation = '{"level": "C", "weak": "allowed"}' WHERE state = 'proposed'"""
        )
    assert len(needed(store, "hw", NEW_SUITE, ISOLATION).affected) == 4
    assert needed(store, "hw", NEW_SUITE, weak).ready == 4


def test_nobody_grades_while_it_is_published(store: Store, grader: Grader) -> None:
    class_of_four(store)
    grader.run(store)
    lease = Lease(store, "hw")
    try:
        with pytest.raises(UsageError, match="being graded already"):
            publish(store, HW, NEW_SUITE, author="chi")
    finally:
        lease.release()
    assert len(changed(publish(store, HW, NEW_SUITE, author="chi"))) == 4


def test_which_checks_a_change_comes_from(store: Store, grader: Grader) -> None:
    class_of_four(store)
    # report_on gives half of the score to each of two checks of f.
    grader.score = lambda one: 8000 if one.student == "an" else 7000
    grader.run(store)
    found = compare(store, HW, NEW_SUITE)
    # binh 30 → 35 in each check, chi 20 → 35, dung 10 → 35: 5 + 15 + 25 points.
    assert found.checks == {("f", "check 0"): [3, 0, 4500], ("f", "check 1"): [3, 0, 4500]}
    binh = found.changes[0]
    assert [(one.label, one.before, one.after) for one in binh.checks] == [
        ("check 0", 3000, 3500),
        ("check 1", 3000, 3500),
    ]


KILLED = """
import os, signal, sys
from autograder.gradebook import regrade, store
from autograder.gradebook.store import Store
sys.path.insert(0, {root!r})
from tests.gradebook.test_regrade import HW, NEW_SUITE
steps = int(sys.argv[2])
before = regrade._switch
def switch(*given):
    global steps
    steps -= 1
    if steps == 0:
        os.kill(os.getpid(), signal.SIGKILL)
    before(*given)
    if steps == 0:
        os.kill(os.getpid(), signal.SIGKILL)
regrade._switch = switch
audit = Store.audit_all
def audit_all(self, lines):
    global steps
    audit(self, lines)
    steps -= 1
    if steps == 0:
        os.kill(os.getpid(), signal.SIGKILL)
Store.audit_all = audit_all
with Store.open(sys.argv[1]) as opened:
    regrade.publish(opened, HW, NEW_SUITE, author="chi")
"""


@pytest.mark.parametrize(
    "step", [1, pytest.param(2, marks=pytest.mark.slow), 3, pytest.param(4, marks=pytest.mark.slow)]
)
def test_killed_in_the_middle_of_publishing_nothing_has_happened(
    place: str, grader: Grader, step: int, tmp_path: Path
) -> None:
    with Store.open(place) as store:
        class_of_four(store)
        grader.run(store)
        before = scores(store)
        killed = subprocess.run(
            [sys.executable, "-c", KILLED.format(root=str(ROOT)), place, str(step)],
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            timeout=180,
            check=False,
        )
        assert killed.returncode == -signal.SIGKILL
        assert scores(store) == before
        assert not list(store.audits(assignment="hw"))
        publish(store, HW, NEW_SUITE, author="chi")
        assert set(scores(store).values()) == {5000}


def test_students_without_a_submission_are_not_affected(store: Store, grader: Grader) -> None:
    class_of_four(store)
    store.add_students([Student("em")], "test")
    grader.run(store)
    assert compare(store, HW, NEW_SUITE).untouched == 1


def test_an_ungradable_file_that_a_new_engine_can_read_gains(store: Store, grader: Grader) -> None:
    made_up.grade(store, [submission("an")], 0, Status.UNGRADABLE)
    grader.score = lambda one: 6000
    grader.run(store)
    found = publish(store, HW, NEW_SUITE, author="chi")
    assert changed(found) == {"an": (0, 6000)}
    [change] = found.changes
    assert (change.before.status, change.after.status, change.after.attempt) == ("ungradable", "graded", 1)
    assert replace(change.after, why=()) == replace(next(marks(store, "hw")), why=())
