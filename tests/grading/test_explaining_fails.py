"""Whatever goes wrong while a failure is explained, the mark is the same: only the explanation is lost."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from autograder.diagnosis.why import Why
from autograder.errors import AutogradeError, SystemFault
from autograder.grading import grade as stages
from autograder.grading.verdict import may_be_shown
from autograder.model import GradeReport, Outcome, Picture, Status, message
from autograder.sandbox.student import Call, Student
from tests.grading.conftest import RIGHT, Grade

WRONG = RIGHT.replace("return x / 2", "return x / 3").replace("self.value + self.value", "self.value")
"""half, doubled: wrong. quarter, eighth: right, given their own half."""

STAGES: dict[str, tuple[Any, str]] = {
    "looking for a known mistake or a pattern": (Why, "diagnosis"),
    "making the call smaller": (stages, "may_shrink"),
    "showing the call": (Call, "show"),
    "making the call once more": (Student, "repeat"),
    "asking whether it can be made once more": (stages, "replayable"),
    "telling a fault": (stages, "explain"),
    "drawing": (stages, "pictures_for"),
    "looking at what was drawn": (stages, "may_be_shown"),
    "the check alone": (stages._Run, "_passes_alone"),
    "comparing again": (stages._Run, "_compared_again"),
}

FAULTS: list[Exception] = [
    RuntimeError("a fault of ours"),
    SystemFault("no worker can be started"),
    MemoryError(),
    RecursionError(),
    AutogradeError("a fault of the course"),
]


def marks(report: GradeReport) -> dict[str, list[tuple[Outcome, int, bool]]]:
    return {
        function.name: [(check.outcome, check.score, check.follow_through) for check in function.checks]
        for function in report.functions
    }


@pytest.fixture(scope="module")
def due() -> dict[str, Any]:
    return {}


@pytest.mark.parametrize("stage", STAGES)
def test_the_mark_stays(
    grade: Grade, monkeypatch: pytest.MonkeyPatch, due: dict[str, Any], stage: str
) -> None:
    if not due:
        due.update(marks(grade(WRONG)))
        assert 0 < sum(score for one in due.values() for _outcome, score, _through in one) < 10_000
        assert any(through for one in due.values() for _outcome, _score, through in one)
    called = []
    faults = iter(FAULTS * 20)

    def broken(*args: Any, **kwargs: Any) -> Any:
        called.append(stage)
        raise next(faults)

    where, name = STAGES[stage]
    monkeypatch.setattr(where, name, broken)
    report = grade(WRONG)
    assert report.status is Status.GRADED
    assert marks(report) == due
    if stage not in ("telling a fault", "looking at what was drawn"):
        assert called, "this stage was never reached: the test proves nothing"
    for function in report.functions:
        for check in function.checks:
            assert not check.outcome.costs_points or check.messages, "it says nothing at all"


def test_whoever_debugs_sees_the_error(
    grade: Grade, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def broken(*args: Any, **kwargs: Any) -> Any:
        raise RuntimeError("a fault \x1b[31mof ours")

    monkeypatch.setattr(Why, "diagnosis", broken)
    grade(WRONG)
    assert "of ours" not in capfd.readouterr().err
    monkeypatch.setenv("AUTOGRADE_DEBUG", "1")
    monkeypatch.setattr("sys.__stderr__", None)
    grade(WRONG)  # nowhere to print: no matter


def test_following_through_has_time_of_its_own(grade: Grade, monkeypatch: pytest.MonkeyPatch) -> None:
    """It decides about points: explaining a slow submission may not use it up."""
    due = marks(grade(WRONG))
    confirm: Callable[..., None] = stages._Run._confirm

    def used_up(run: Any, judged: Any) -> None:
        confirm(run, judged)
        run._later.used = 1e9

    monkeypatch.setattr(stages._Run, "_confirm", used_up)
    assert marks(grade(WRONG)) == due


def test_where_the_time_for_explaining_is_over_nothing_false_is_said(
    grade: Grade, grade_impatiently: Grade, monkeypatch: pytest.MonkeyPatch
) -> None:
    confirm: Callable[..., None] = stages._Run._confirm

    def late(run: Any, judged: Any) -> None:
        run._later.used = 1e9
        confirm(run, judged)

    monkeypatch.setattr(stages._Run, "_confirm", late)
    report = grade(WRONG)
    texts = {one.id for function in report.functions for check in function.checks for one in check.messages}
    assert texts == {"The answer is not right."}
    hanging = RIGHT.replace("return x / 2", "while True: pass")
    (half,) = (function for function in grade_impatiently(hanging).functions if function.name == "half")
    assert "gave no answer" in half.checks[0].messages[0].id


@pytest.mark.parametrize(
    "data",
    [
        {"grids": [["x", "", [[[float("nan")]]]]]},
        {"grids": [["x" * 2000, "", [[[1.0]]]]]},
        {"grids": [["x", "", [[[1e308]]]]]},
        {"grids": [["x", "", [[[1.0] * 30] * 30] * 8] * 9]},
        {"lines": []},
    ],
)
def test_a_picture_that_would_be_refused_is_not_sent(data: dict[str, Any]) -> None:
    right = {"grids": [["x", "", [[[1.0]]]]]}
    assert may_be_shown(Picture("grids", message("A table."), message("A table of 1."), right))
    assert not may_be_shown(Picture("grids", message("A table."), message("A table of 1."), data))
    assert not may_be_shown(Picture("grids", message("{n}", n=float("nan")), message("A table of 1."), right))
