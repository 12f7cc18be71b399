"""Deadlines, policies, adjustments, marks and the audit trail, as an instructor types them."""

from __future__ import annotations

import json
from contextlib import closing
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import pytest

from autograder.gradebook.address import address
from autograder.gradebook.policy import Policy
from autograder.gradebook.recorder import Recorder
from autograder.gradebook.store import Store
from autograder.gradebook.values import Student
from autograder.grading.journal import key
from autograder.grading.submission import Submission
from autograder.model import CheckResult, FunctionResult, GradeReport, Outcome, Status
from tests.cli.conftest import Run

VERSIONS = {"engine": "1", "course": "c", "suite": "s"}
HOSTILE = "=1+1\x1b[2J\u202e"
DUE = datetime(2099, 12, 1, 16, 59, tzinfo=UTC)
"""The deadline in the manifest of `tiny_course`."""


def hand_in(student: str, score: int, when: str | None = None) -> None:
    """A submission with a made-up report, in the course's own gradebook."""
    submission = Submission(student, {"sums.py": f"{student!a} {score}".encode()})
    check = CheckResult("adds", Outcome.FAILED, score, 10_000)
    report = GradeReport(
        student,
        "sums",
        Status.GRADED,
        (FunctionResult("add", (check,)),),
        max_score=10_000,
        files=submission.hashes,
    )
    with Store.open(address("tiny")) as store, closing(Recorder(store, "tiny", "sums", VERSIONS)) as recorder:
        at = None if when is None else datetime.fromisoformat(when)
        recorder.hand_in(submission, handed_in=at)
        recorder.add(key(submission, VERSIONS), report)


@pytest.fixture
def class_(run: Run) -> Run:
    """an: 80 points, 30 hours late; binh: 60, nobody knows when; chi handed in nothing."""
    hand_in("an", 8000, "2099-12-02T22:59:00+00:00")
    hand_in("binh", 6000)
    with Store.open(address("tiny")) as store:
        store.add_students([Student("chi")], "test")
    return run


def final(run: Run) -> dict[str, object]:
    found = json.loads(run("marks", "-a", "sums", "--json").out)
    assert found["schema"] == "autograde/marks/1"
    return {one["student"]: one["score"] for one in found["marks"]}


def test_marks_with_a_policy(class_: Run) -> None:
    assert final(class_) == {"an": 80, "binh": 60, "chi": None}
    told = class_("policy", "--per-day", "12.5", "--grace", "15min", "--as", "dung", "--reason", "new term")
    assert told.code == 0
    assert "12.5 % of the maximum for each begun day" in told.out
    assert final(class_) == {"an": 55, "binh": 60, "chi": None}
    told = class_("marks", "-a", "sums")
    assert "Students: 3, with a mark: 2." in told.out
    assert "Marks of hand-ins whose time nobody told, which count as in time: 1." in told.out
    assert "nothing handed in" in told.out


def test_why_explains_line_by_line(class_: Run) -> None:
    class_("policy", "-a", "sums", "--per-day", "10")
    class_("adjust", "an", "-a", "sums", "--add", "-2.5", "--reason", "copied", "--as", "dung")
    told = class_("marks", "-a", "sums", "--why", "an").out
    lines = [line.strip() for line in told.splitlines()]
    assert lines[0] == "an, sums"
    assert lines[1] == "Attempt 1, the only one."
    assert lines[2] == "Raw: 80 of 100."
    assert lines[4] == "That time has not come yet: a clock was wrong."
    assert lines[5] == "Late by 1 d 6 h, which is 2 begun days at 10 % of the maximum: 20 points less."
    assert lines[6] == "-2.5 by dung (copied) [1]."
    assert lines[7] == "Mark: 57.5 of 100."
    assert class_("marks", "-a", "sums", "--why", "anh").code == 2


def test_an_extension_and_its_trail(class_: Run) -> None:
    class_("policy", "--per-day", "10")
    told = class_("deadline", "+2d", "-a", "sums", "--student", "an", "--reason", "ill", "--as", "dung")
    assert told.code == 0, told.err
    assert "an may hand in until 2099-12-03 23:59 +07:00" in told.out
    assert final(class_)["an"] == 80
    shown = json.loads(class_("deadline", "-a", "sums", "--json").out)
    assert datetime.fromisoformat(shown["everybody"]) == DUE
    assert [(one["student"], one["reason"]) for one in shown["extensions"]] == [("an", "ill")]
    lines = [json.loads(line) for line in class_("audit", "--student", "an", "--json").out.splitlines()]
    trail = [(one["action"], one["author"], one["reason"]) for one in lines if one["action"] == "extension"]
    assert trail == [("extension", "dung", "ill")]
    class_("deadline", "-a", "sums", "--student", "an", "--remove")
    assert final(class_)["an"] == 60


def test_a_moved_deadline_says_what_students_are_still_told(class_: Run) -> None:
    told = class_("deadline", "2099-12-05 12:00 Europe/Berlin", "-a", "sums", "--reason", "snow")
    assert "Set for everybody: 2099-12-05 12:00 +01:00 (Europe/Berlin)." in told.out
    assert "Students are still told 2099-12-01 23:59 +07:00: that stands in assignment.toml." in told.out
    told = class_("deadline", "-a", "sums", "--remove")
    assert "Everybody: 2099-12-01 23:59 +07:00, as assignment.toml says." in told.out


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["deadline", "2099-12-05", "-a", "sums"], "At which time of that day"),
        (["deadline", "+3d", "-a", "sums", "--student", "an"], "needs a reason"),
        (["deadline", "+3d", "-a", "sums", "--student", "ann", "--reason", "x"], 'Did you mean "an"'),
        (["deadline", "-a", "sums", "--student", "an"], "Until when"),
        (["deadline", "+3d", "-a", "sums", "--remove"], "not both"),
        (["deadline", "-a", "sum"], 'Did you mean "sums"'),
        (["policy", "--per-day", "ten"], "no percentage"),
        (["policy", "--cutoff", "1 fortnight"], "no span"),
        (["policy", "--attempts", "0"], "no number of attempts"),
        (["policy", "-a", "nothing"], "no assignment"),
        (["adjust", "an", "-a", "sums", "--set", "80"], "needs a reason"),
        (["adjust", "an", "-a", "sums", "--set", "120", "--reason", "x"], "out of range"),
        (["adjust", "an", "-a", "sums", "--set", "8,5", "--reason", "x"], "no number of points"),
        (["adjust", "an", "-a", "sums", "--set", "8", "--excuse", "--reason", "x"], "one of"),
        (["adjust", "-a", "sums", "--set", "8", "--reason", "x"], "Whose mark"),
        (["adjust", "an", "--set", "8", "--reason", "x"], "Which assignment"),
        (["adjust", "--withdraw", "9"], "no adjustment 9"),
        (["adjust", "an", "-a", "sums", "--excuse", "--reason", "x" * 1001], "1001 characters"),
    ],
)
def test_what_cannot_be_is_refused_with_the_value_and_changes_nothing(
    class_: Run, arguments: list[str], says: str
) -> None:
    before = class_("audit", "--json").out
    told = class_(*arguments)
    assert told.code == 2
    assert says in told.err
    assert class_("audit", "--json").out == before
    assert final(class_) == {"an": 80, "binh": 60, "chi": None}


def test_one_unknown_student_among_several_changes_nobody(class_: Run) -> None:
    told = class_("deadline", "+1d", "-a", "sums", "--student", "an", "--student", "bin", "--reason", "ill")
    assert told.code == 2
    assert json.loads(class_("deadline", "-a", "sums", "--json").out)["extensions"] == []


def test_adjusting_excusing_withdrawing(class_: Run) -> None:
    told = class_("adjust", "binh", "-a", "sums", "--set", "72.25", "--reason", "oral exam", "--as", "dung")
    assert told.out == "Adjustment 1: the mark of binh is now 72.25.\n"
    told = class_("adjust", "an", "-a", "sums", "--excuse", "--reason", "ill")
    assert told.out == "Adjustment 2: an is excused.\n"
    assert final(class_) == {"an": None, "binh": 72.25, "chi": None}
    assert "excused" in class_("marks", "-a", "sums").out
    listed = json.loads(class_("adjust", "-a", "sums", "--json").out)["adjustments"]
    assert [(one["id"], one["student"], one["points"], one["author"]) for one in listed][1] == (
        1,
        "binh",
        72.25,
        "dung",
    )
    told = class_("adjust", "--withdraw", "2", "--reason", "mistaken")
    assert told.out == "Withdrawn: adjustment 2. The mark of an is now 80.\n"
    assert "withdrawn" in class_("adjust", "-a", "sums").out


def test_a_policy_is_shown_and_reset(class_: Run) -> None:
    class_("policy", "--counts", "best", "--attempts", "3", "--cutoff", "7d")
    assert "Only the first 3 attempts may count." in class_("policy", "-a", "sums").out
    class_("policy", "-a", "sums", "--attempts", "all", "--cutoff", "none")
    found = json.loads(class_("policy", "-a", "sums", "--json").out)["policy"]
    assert (found["counts"], found["attempts"], found["cutoff"]) == ("best", None, None)
    class_("policy", "-a", "sums", "--reset")
    assert json.loads(class_("policy", "-a", "sums", "--json").out)["policy"]["cutoff"] == 7 * 86_400


def test_the_trail_shows_points_and_spans_as_they_were_typed(class_: Run) -> None:
    class_("policy", "-a", "sums", "--grace", "15min", "--cutoff", "7d")
    class_("policy", "-a", "sums", "--grace", "1d")
    class_("adjust", "an", "-a", "sums", "--add", "-2.5", "--reason", "copied")
    lines = [
        line.split("sums ", 1)[1].strip() for line in class_("audit", "-a", "sums").out.splitlines()[-3:]
    ]
    assert lines == [
        "– → cutoff 7 d, grace 15 min",
        # What stayed as it was is not told again.
        "grace 15 min → grace 1 d",
        lines[2],
    ]
    assert lines[2].startswith("an ")
    assert "points -2.5" in lines[2]


def test_nothing_of_a_student_acts_in_the_terminal(class_: Run) -> None:
    hand_in(HOSTILE, 100)
    class_("adjust", HOSTILE, "-a", "sums", "--set", "1", "--reason", "\x1b[31mred\u202e\nline")
    for arguments in (
        ["marks", "-a", "sums"],
        ["marks", "-a", "sums", "--why", HOSTILE],
        ["audit"],
        ["adjust", "-a", "sums"],
    ):
        told = class_(*arguments)
        assert told.code == 0
        assert not {"\x1b", "\u202e"} & set(told.out)
        assert "\\u202e" in told.out


def test_reading_makes_no_gradebook(run: Run, tmp_path: Path) -> None:
    for arguments in (
        ["marks", "-a", "sums"],
        ["audit"],
        ["policy"],
        ["deadline", "-a", "sums"],
        ["adjust", "-a", "sums"],
    ):
        told = run(*arguments)
        assert told.code == 2, arguments
        assert "gradebook" in told.err
    assert not list((tmp_path / "data").rglob("*.db"))


def test_an_unknown_time_zone_names_itself(class_: Run) -> None:
    told = class_("deadline", "2099-12-05 12:00 Europe/Nowhere", "-a", "sums")
    assert told.code == 2
    assert "Europe/Nowhere" in told.err


def test_a_clock_that_was_set_back_is_told(class_: Run) -> None:
    hand_in("an", 9000, "2099-11-01T00:00:00+00:00")
    told = class_("marks", "-a", "sums")
    assert (
        "Students with a later attempt that bears an earlier time, since a clock was set back: 1." in told.out
    )
    assert final(class_)["an"] == 90


def test_slip_days_of_the_course_are_shown_where_they_are_spent(class_: Run) -> None:
    """an is 30 hours late, 2 begun days: one slip day, and one day at 20."""
    told = class_("policy", "--per-day", "20", "--slip-days", "1")
    assert "Slip days: 1 for each student, for all assignments together." in told.out
    found = json.loads(class_("policy", "-a", "sums", "--json").out)
    assert (found["policy"]["slip_days"], found["slip_days_shared"]) == (1, True)
    assert final(class_) == {"an": 60, "binh": 60, "chi": None}
    told = class_("marks", "-a", "sums")
    assert "1 slip" in told.out
    assert "Students who spent slip days here, in the column of lateness: 1." in told.out
    assert "1 begun days remain, at 20 % of the maximum" in class_("marks", "-a", "sums", "--why", "an").out
    rows = {one["student"]: one for one in json.loads(class_("marks", "-a", "sums", "--json").out)["marks"]}
    assert [rows[student]["slip_days"] for student in ("an", "binh", "chi")] == [1, 0, 0]
    told = class_("policy", "-a", "sums", "--slip-days", "2")
    assert "Slip days: 2 for each student, on this assignment." in told.out
    assert final(class_)["an"] == 80
    class_("policy", "-a", "sums", "--slip-days", "none")
    assert "slip" not in class_("marks", "-a", "sums").out
    assert final(class_)["an"] == 40


REFUSED = {
    ("--grace", "8d", "--cutoff", "7d"): "A grace of 8d goes beyond the cut-off of 7d",
    ("--grace", "5d", "--per-day", "25"): "before the grace of 5d ends",
    ("--per-day", "-10"): '"-10" is no percentage',
    ("--per-day", "nan"): '"nan" is no percentage',
    ("--lowest", "inf"): '"inf" is no percentage',
    ("--grace", "-1d"): '"-1d" is no span of time',
    ("--cutoff", "nan"): '"nan" is no span of time',
    ("--slip-days", "-1"): '"-1" is no number of slip days',
    ("--slip-days", "1.5"): '"1.5" is no number of slip days',
    ("--slip-days", "99999"): '"99999" is no number of slip days',
    ("--attempts", "-1"): '"-1" is no number of attempts',
}


def test_policies_that_cannot_be_meant_are_refused_with_the_value(class_: Run) -> None:
    for arguments, told in REFUSED.items():
        found = class_("policy", "-a", "sums", *arguments)
        assert found.code == 2, arguments
        assert told in " ".join(found.err.split())
    assert json.loads(class_("policy", "-a", "sums", "--json").out)["policy"] == asdict(Policy())
