"""What a graded notebook's cells show, and what nbgrader and a reader make of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from nbformat import from_dict
from nbgrader.utils import determine_grade

from autograder.course.find import find_course
from autograder.course.manifest import Assignment
from autograder.language import learn
from autograder.model import (
    CheckResult,
    Diagnosis,
    FunctionResult,
    GradeReport,
    Outcome,
    Status,
    message,
)
from autograder.notebooks.build import nbgrader_metadata
from autograder.notebooks.cells import Role, cell_id, source_cells
from autograder.notebooks.outputs import marked

HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)>\x1b[31m&"


@pytest.fixture(scope="module")
def assignment() -> Assignment:
    course = find_course(Path(__file__).parents[1] / "second_course")
    return next(iter(course.assignment(id) for id in course.assignments))


def cells_of(assignment: Assignment) -> list[dict[str, Any]]:
    """The instructor's cells as JSON, with what nbgrader knows of them."""
    return [
        {
            "cell_type": "markdown" if cell.is_text else "code",
            "metadata": {"nbgrader": about} if (about := nbgrader_metadata(cell)) else {},
            "source": cell.source,
            **({} if cell.is_text else {"outputs": ["left over"], "execution_count": 7}),
        }
        for cell in source_cells(assignment, "en")
    ]


def check(label: str, outcome: Outcome, score: int, worth: int, **more: Any) -> CheckResult:
    return CheckResult(label=label, outcome=outcome, score=score, max_score=worth, **more)


def graded(assignment: Assignment, share: float, **more: Any) -> GradeReport:
    """A report in which each function earned about `share` of its points, in cents that are not round."""
    functions = []
    for function in assignment.functions:
        worth = int(function.points * 100)
        got = int(worth * share)
        functions.append(
            FunctionResult(
                function.name,
                (
                    check("is right", Outcome.PASSED, got, got),
                    check("is right elsewhere", Outcome.FAILED, 0, worth - got, **more),
                ),
            )
        )
    return GradeReport("ada", assignment.id, Status.GRADED, tuple(functions), max_score=10_000)


def by_id(cells: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {cell["metadata"]["nbgrader"]["grade_id"]: cell for cell in cells if cell["metadata"]}


def node(cell: dict[str, Any]) -> Any:
    """A cell as nbgrader sees it."""
    return from_dict(cell)  # type: ignore[no-untyped-call]


class Tags(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.seen: set[str] = set()
        self.words = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.seen.add(tag)

    def handle_data(self, data: str) -> None:
        self.words += data


@pytest.mark.parametrize("share", [0.0, 1 / 3, 0.777, 1.0])
def test_nbgrader_reads_our_cents(assignment: Assignment, share: float) -> None:
    report, cells = graded(assignment, share), cells_of(assignment)
    marked(cells, report, assignment, "en")
    there = by_id(cells)
    for function in report.functions:
        cell = node(there[cell_id(Role.MARKS, function.name)])
        earned, worth = determine_grade(cell)
        assert round(earned * 100) == function.score
        assert round(worth * 100) == function.max_score
        assert [output.output_type for output in cell.outputs] == ["execute_result"]


def test_a_mark_is_never_more_than_the_cell_is_worth(assignment: Assignment) -> None:
    """Thirds of points, rounded up to a cent, are more than nbgrader's own number, and it refuses that."""
    report, cells = graded(assignment, 1.0), cells_of(assignment)
    for cell in cells:
        if "points" in cell["metadata"].get("nbgrader", {}):
            cell["metadata"]["nbgrader"]["points"] -= 0.004
    marked(cells, report, assignment, "en")
    cell = node(by_id(cells)[cell_id(Role.MARKS, report.functions[0].name)])
    assert determine_grade(cell)[0] == cell.metadata.nbgrader.points


def test_public_checks_cost_nothing_and_are_no_failure_to_nbgrader(assignment: Assignment) -> None:
    name = assignment.functions[0].name.partition(".")[0]
    public = FunctionResult(
        name, (check("one", Outcome.PASSED, 0, 0), check("two", Outcome.CRASHED, 0, 0, call="f(0)"))
    )
    report = GradeReport(
        "ada",
        assignment.id,
        Status.GRADED,
        graded(assignment, 0.5).functions,
        public=(public,),
        max_score=10_000,
    )
    cells = cells_of(assignment)
    marked(cells, report, assignment, "en")
    cell = node(by_id(cells)[cell_id(Role.CHECK, name)])
    assert determine_grade(cell) == (0, 0)
    [output] = cell.outputs
    assert output.output_type == "display_data"
    assert "two" in output.data["text/plain"]
    assert "f(0)" in output.data["text/html"]


def test_other_cells_are_left_alone(assignment: Assignment) -> None:
    cells = cells_of(assignment)
    before = json.loads(json.dumps(cells))
    marked(cells, graded(assignment, 0.5), assignment, "en")
    for cell, then in zip(cells, before, strict=True):
        assert cell["source"] == then["source"]
        if "outputs" in cell and "points" not in cell["metadata"].get("nbgrader", {}):
            assert cell == then


def test_what_a_student_wrote_is_only_text(assignment: Assignment) -> None:
    hostile = message("It said: {text}", text=HOSTILE)
    report = graded(assignment, 0.5, messages=(hostile,), call=f"f('{HOSTILE}')", hint="look")
    function = report.functions[0]
    told = FunctionResult(
        function.name,
        function.checks,
        Diagnosis("crashed", None, hostile, (message("Rung {text}", text=HOSTILE),)),
    )
    report = GradeReport(
        "ada",
        assignment.id,
        Status.GRADED,
        (told, *report.functions[1:]),
        max_score=10_000,
        notices=(hostile,),
    )
    cells = cells_of(assignment)
    marked(cells, report, assignment, "en")
    page = by_id(cells)[cell_id(Role.MARKS, function.name)]["outputs"][0]["data"]["text/html"]
    tags = Tags(page)
    # What nbconvert's sanitizer lets through.
    assert tags.seen <= {"div", "strong", "ul", "li", "pre", "code"}
    assert "<script>alert(1)</script>" in tags.words
    assert "\x1b" not in page
    assert "mathjax_ignore" in page


def test_the_sanitizer_changes_nothing(assignment: Assignment) -> None:
    from nbconvert.filters import strings

    sanitize: Callable[[str], str] = strings.clean_html
    cells = cells_of(assignment)
    marked(cells, graded(assignment, 0.5, call="f([1.0])", hint="look at x < 0 & y"), assignment, "en")
    for cell in by_id(cells).values():
        for output in cell.get("outputs", ()):
            if isinstance(output, dict):
                page = output["data"]["text/html"]
                # It may spell a quotation mark in its own way.
                assert Tags(sanitize(page)).words == Tags(page).words
                assert Tags(sanitize(page)).seen == Tags(page).seen


def test_an_ungradable_one_has_no_points_and_says_why_in_each_cell(assignment: Assignment) -> None:
    report = GradeReport(
        "ada",
        assignment.id,
        Status.UNGRADABLE,
        message=message("{file} is not a notebook: {why}", file="<b>x</b>.ipynb", why="it is empty"),
        max_score=10_000,
    )
    cells = cells_of(assignment)
    marked(cells, report, assignment, "en")
    for function in assignment.functions:
        cell = node(by_id(cells)[cell_id(Role.MARKS, function.name)])
        assert determine_grade(cell)[0] == 0
        assert (
            "&lt;b&gt;x&lt;/b&gt;.ipynb is not a notebook: it is empty" in cell.outputs[0].data["text/html"]
        )


def test_a_fault_of_ours_has_no_marks_at_all(assignment: Assignment) -> None:
    report = GradeReport("ada", assignment.id, Status.SYSTEM_ERROR, max_score=10_000)
    with pytest.raises(ValueError, match="fault"):
        marked(cells_of(assignment), report, assignment, "en")


def test_it_speaks_the_language_that_was_asked_for(assignment: Assignment) -> None:
    learn({"vi": {"is right": "đúng"}})
    try:
        cells = cells_of(assignment)
        marked(cells, graded(assignment, 0.5), assignment, "vi")
    finally:
        learn({})
    page = by_id(cells)[cell_id(Role.MARKS, assignment.functions[0].name)]["outputs"][0]["data"]["text/html"]
    assert "đúng" in page
    assert "passed" not in page
