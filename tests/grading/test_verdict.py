"""A report is a verdict only if it answers what is expected, check by check; each way to miss that is refused."""

from __future__ import annotations

import copy
import math
from collections.abc import Callable
from typing import Any

import pytest

from autograder.course import Course
from autograder.errors import CourseError
from autograder.grading.expected import expected_of
from autograder.grading.fields import Refused
from autograder.grading.verdict import suite_errors, verdict
from autograder.model import GradeReport, Outcome, Status, message

from .reports import expected, graded, ready, sent, submission

Tree = dict[str, Any]


def checks_of(report: Tree, function: str) -> list[Tree]:
    return next(one for one in report["functions"] if one["name"] == function)["checks"]


def changed(course: Course, change: Callable[[Tree], object], **more: Any) -> GradeReport:
    """The verdict on an honest report after `change`."""
    of = submission(**more)
    tree = copy.deepcopy(sent(graded(course, of)))
    change(tree["report"])
    return verdict(tree, expected(course), of)


def test_an_honest_report_is_believed_as_it_is(course: Course) -> None:
    of = submission("\udcff x", notices=(message("Ignored: {name}.", name="a.txt"),))
    for outcomes in ({}, {"half of it": Outcome.FAILED, "a quarter of it": Outcome.SKIPPED}):
        report = graded(course, of, outcomes)
        assert verdict(sent(report), expected(course), of) == report


def test_a_report_that_grades_nothing_is_believed_with_its_reason(course: Course) -> None:
    of = submission()
    for status in (Status.UNGRADABLE, Status.SYSTEM_ERROR):
        bare = GradeReport("an", "chain", status, message=message("No."), max_score=10_000, files=of.hashes)
        assert verdict(sent(bare), expected(course), of) == bare
        for more in ({"message": None}, {"functions": graded(course, of).functions}):
            with pytest.raises(Refused):
                verdict(sent(GradeReport(**{**vars(bare), **more})), expected(course), of)


def sets(check: str, **values: Any) -> Callable[[Tree], object]:
    """A change of the first check of half (worth 2200 cents), or of another function."""
    return lambda report: checks_of(report, check)[0].update(values)


MISSING = {
    "one check of two": lambda r: checks_of(r, "half").pop(),
    "the only check of a function": lambda r: checks_of(r, "quarter").pop(),
    "a function": lambda r: r["functions"].pop(2),
    "all functions": lambda r: r["functions"].clear(),
    "the public checks' only one": lambda r: r["public"][0]["checks"].clear(),
}
TWICE = {
    "a check": lambda r: checks_of(r, "half").append(checks_of(r, "half")[0]),
    "a check instead of another": lambda r: checks_of(r, "half").__setitem__(1, checks_of(r, "half")[0]),
    "a function": lambda r: r["functions"].append(r["functions"][0]),
    "everything": lambda r: r["functions"].extend(list(r["functions"])),
    "a public check": lambda r: r["public"].append(r["public"][0]),
}
UNKNOWN = {
    "a check": sets("half", name="test_chain.py::test_other"),
    "one more check": lambda r: checks_of(r, "half").append(
        {**checks_of(r, "half")[0], "name": "test_x.py::test_x", "score": 0, "max_score": 0}
    ),
    "a function": lambda r: r["functions"][0].update(name="third"),
    "a label": sets("half", label="easier"),
    "a hint": sets("half", hint="The answer is 2."),
    "another order": lambda r: checks_of(r, "half").reverse(),
    "functions in another order": lambda r: r["functions"].reverse(),
    "a public function": lambda r: r["public"][0].update(name="third"),
}
POINTS = {
    "more than it is worth": sets("half", score=2201),
    "fewer than it earned": sets("half", score=2199),
    "points for a failure": sets("half", outcome="failed"),
    "points for what is skipped": sets("quarter", outcome="skipped"),
    "worth nothing, and failed": sets("half", outcome="failed", score=0, max_score=0),
    "worth more": sets("half", score=2300, max_score=2300),
    "negative": sets("half", outcome="failed", score=-1),
    "half a cent": sets("half", score=2200.0),
    "nan": sets("half", score=math.nan),
    "true": sets("half", score=True),
    "text": sets("half", score="2200"),
    "a maximum of its own": lambda r: r.update(max_score=9000),
    "a public check": lambda r: r["public"][0]["checks"][0].update(score=1, max_score=1),
}
OUTCOMES = {
    "skipped where nothing is needed": sets("half", outcome="skipped", score=0),
    "skipped though what it needs is right": sets("quarter", outcome="skipped", score=0),
    "followed through, though nothing was wrong": sets("quarter", follow_through=True),
    "failed by the system, which costs nothing": sets("half", outcome="system_error"),
    "no outcome": sets("half", outcome="xpassed"),
    "no text": sets("half", outcome=0),
    "a public check at fault": lambda r: r["public"][0]["checks"][0].update(outcome="suite_error"),
}
OTHERS = {
    "another assignment": lambda r: r.update(assignment="other"),
    "other files": lambda r: r.update(files={"chain.py": "0" * 64}),
    "no files": lambda r: r.update(files={}),
    "no set of inputs": lambda r: r.update(input_set=None),
    "no such set of inputs": lambda r: r.update(input_set=8),
    "no status": lambda r: r.update(status="full marks"),
    "another student": lambda r: r.update(student=b"bo"),
    "a student as text": lambda r: r.update(student="an"),
    "an isolation of its own": lambda r: r.update(isolation="A"),
    "a field too many": lambda r: r.update(score=10_000),
    "a field too few": lambda r: r.pop("output"),
    "endless time": lambda r: r.update(seconds=math.inf),
    "time that is none": lambda r: r.update(seconds=math.nan),
    "a long output": lambda r: r.update(output="x" * 70_000),
    "a notice without end": lambda r: r.update(notices=[["a", {}]] * 1001),
    "a notice of nothing": lambda r: r.update(notices=[None]),
    "a message that is a text": sets("half", messages=["wrong"]),
    "a hundred messages": sets("half", messages=[["a", {}]] * 100),
    "a long message": sets("half", messages=[["a" * 70_000, {}]]),
    "a field of nan": sets("half", messages=[["a {x}", {"x": math.nan}]]),
    "a field without end": sets("half", messages=[["a {x}", {"x": math.inf}]]),
    "a field of fields": sets("half", messages=[["a {x}", {"x": {"y": 1}}]]),
    "a table for a text": sets("half", call={}),
    "a diagnosis of two parts": lambda r: r["functions"][0].update(diagnosis=["shape", None]),
    "a list for a check": lambda r: checks_of(r, "half").__setitem__(0, []),
}


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(change, id=f"{kind}: {name}")
        for kind, table in {
            "missing": MISSING,
            "twice": TWICE,
            "unknown": UNKNOWN,
            "points": POINTS,
            "outcome": OUTCOMES,
            "other": OTHERS,
        }.items()
        for name, change in table.items()
    ],
)
def test_whatever_is_not_as_expected_is_refused(course: Course, change: Callable[[Tree], object]) -> None:
    with pytest.raises(Refused):
        changed(course, change)


def test_what_is_missing_is_named_as_students_know_it(course: Course) -> None:
    with pytest.raises(Refused, match='half: "also of negative numbers" is missing'):
        changed(course, lambda r: checks_of(r, "half").pop())
    with pytest.raises(Refused, match='half: "half of it" is there 2 times'):
        changed(course, lambda r: checks_of(r, "half").append(checks_of(r, "half")[0]))


def test_what_was_given_has_to_come_back(course: Course) -> None:
    with pytest.raises(Refused, match="inputs"):
        changed(course, lambda r: r.update(input_set=4), input_set=3)
    with pytest.raises(Refused, match="noticed"):
        changed(course, lambda r: r.update(notices=[]), notices=(message("Ignored."),))
    with pytest.raises(Refused, match="cannot be graded"):
        changed(course, lambda r: None, problem=message("There is no file."))


def test_what_follows_through_needs_a_prerequisite_that_lost_points(course: Course) -> None:
    of = submission()
    tree = sent(graded(course, of, {"half of it": Outcome.FAILED}))
    checks_of(tree["report"], "eighth")[0]["follow_through"] = True
    report = verdict(tree, expected(course), of)
    assert report.functions[2].checks[0].follow_through
    # A failed check cannot have followed through.
    checks_of(tree["report"], "half")[0]["follow_through"] = True
    with pytest.raises(Refused):
        verdict(tree, expected(course), of)


def test_public_checks_may_be_absent_as_a_whole(course: Course) -> None:
    assert changed(course, lambda r: r.update(public=[])).public == ()


def test_checks_that_blame_the_suite_are_found(course: Course) -> None:
    report = graded(course, submission(), {"twice the value": Outcome.SUITE_ERROR})
    assert suite_errors(report) == {"test_chain.py::test_doubled"}


@pytest.mark.parametrize("tree", [None, [], {}, {"report": None}, {"report": {}}, {"reports": {}}, "report"])
def test_what_is_no_report_is_refused(course: Course, tree: Any) -> None:
    with pytest.raises(Refused):
        verdict(tree, expected(course), submission())


class TestAnnounced:
    def test_comes_back_as_it_was(self, course: Course) -> None:
        found = expected_of(ready(course)["ready"], course.assignment("chain"))
        assert found == expected(course)
        assert [sum(checks.values()) for checks in found.worth.values()] == [3300, 3000, 1700, 1000, 500, 500]

    @pytest.mark.parametrize(
        "change",
        [
            lambda t: t.pop("public"),
            lambda t: t.update(more=1),
            lambda t: t["versions"].pop("suite"),
            lambda t: t["hidden"][0].pop(),
            lambda t: t["hidden"][0].__setitem__(3, math.nan),
            lambda t: t["hidden"][0].__setitem__(3, -1.0),
            lambda t: t["hidden"][0].__setitem__(3, 0),
            lambda t: t["hidden"][0].__setitem__(0, None),
            lambda t: t.update(hidden={}),
            lambda t: t.update(hidden=[t["hidden"][0]] * 5000),
        ],
    )
    def test_anything_else_is_refused(self, course: Course, change: Callable[[Tree], object]) -> None:
        tree = ready(course)["ready"]
        change(tree)
        with pytest.raises(Refused):
            expected_of(tree, course.assignment("chain"))

    @pytest.mark.parametrize(
        ("change", "says"),
        [
            (lambda t: t["hidden"].pop(2), "quarter has no hidden check"),
            (lambda t: t["hidden"].append(t["hidden"][0]), "2 hidden checks called"),
            (lambda t: t["hidden"][0].__setitem__(2, "third"), "does not list"),
        ],
    )
    def test_a_collection_that_does_not_fit_the_contract_is_the_courses_fault(
        self, course: Course, change: Callable[[Tree], object], says: str
    ) -> None:
        tree = ready(course)["ready"]
        change(tree)
        with pytest.raises(CourseError, match=says):
            expected_of(tree, course.assignment("chain"))
