"""results.json for Gradescope: its rules hold, the sum is exact, a fault of ours is no zero, text stays text."""

from __future__ import annotations

import json
from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest

from autograder.cleaning import UNSAFE
from autograder.language import translate
from autograder.model import GradeReport, Outcome, Status, message
from autograder.reports import gradescope_json

from .gradescope_rules import broken_rules
from .samples import (
    ALL_SKIPPED,
    EMPTY,
    HOSTILE_IDS,
    PARTLY,
    PERFECT,
    SYSTEM_ERROR,
    UNGRADABLE,
    check,
    forty_functions,
    full,
    hostile_report,
)


def tree(report: GradeReport, *arguments: Any, **options: Any) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(gradescope_json.render(report, *arguments, **options))
    return found


@pytest.mark.parametrize(
    "report", [PARTLY, PERFECT, UNGRADABLE, ALL_SKIPPED, EMPTY, forty_functions(), hostile_report("an")]
)
@pytest.mark.parametrize("language", ["en", "vi"])
def test_the_rules_hold(report: GradeReport, language: str) -> None:
    found = tree(report, language, about={"autograder": "1"})
    assert broken_rules(found) == []
    assert report.score is not None
    assert found["score"] == report.score / 100
    assert found["stdout_visibility"] == "hidden"
    assert found["extra_data"]["input_set"] == report.input_set
    assert found["extra_data"]["autograder"] == "1"
    # A hidden test would hide the student's total.
    assert {test["visibility"] for test in found["tests"]} <= {"visible"}


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"score": "100"}, "score is '100'"),
        ({"score": float("inf")}, "score is inf"),
        ({"score": True}, "score is True"),
        ({"visibility": "shown"}, "visibility is 'shown'"),
        ({"output_format": "markdown"}, "output_format is 'markdown'"),
        ({"points": 1}, "points is unknown"),
        ({"tests": [{"status": "ok"}]}, "tests[0].status is 'ok'"),
        ({"tests": [{"number": 1}]}, "tests[0].number is 1"),
        ({"tests": [{"score": 2.0, "max_score": 1.0}]}, "tests[0] has more than its most"),
    ],
)
def test_the_rules_notice_what_breaks_them(change: dict[str, Any], why: str) -> None:
    assert broken_rules(tree(PARTLY) | change) == [why]


def test_one_entry_a_function_in_the_contract_s_order() -> None:
    tests = tree(PARTLY)["tests"]
    assert [(test["number"], test["name"], test["score"], test["max_score"]) for test in tests] == [
        ("1", "area", 20.0, 20.0),
        ("2", "perimeter", 6.67, 10.0),
        ("3", "diagonal", 10.0, 20.0),
        ("4", "circle", 10.0, 20.0),
        ("5", "polygon", 0.0, 20.0),
        ("6", "sphere", 10.0, 10.0),
    ]
    assert [test["status"] for test in tests] == ["passed", *["failed"] * 4, "passed"]


def test_what_a_student_reads_about_a_function() -> None:
    perimeter = tree(PARTLY)["tests"][1]["output"]
    assert perimeter == (
        "◐ in part\n\n"
        "  Your perimeter adds each side once. A rectangle has four sides: both lengths count twice.\n\n"
        "✓ twice the sum of both sides\n\n"
        "✗ read-only, strided and float32 arrays are numbers too (failed, 0 of 3.33 points)\n"
        "      perimeter(np.array([1.0, 2.0], dtype=np.float32), [2.0, 3.0])\n"
        "    shape (2, 1) where (2,) is due\n"
        "    entry [1, 0]: yours 6.0, expected 10.0; 2 of 4 entries differ\n"
        "    Hint: Convert the arguments first: np.asarray(width, dtype=float)."
    )


def test_what_a_student_reads_about_all_of_it() -> None:
    told = tree(PARTLY)["output"]
    assert "2 of 6 functions are complete. A good one to look at next: perimeter." in told
    assert "Public checks passed: 2 of 3 (no points)." in told
    assert '• "notes.txt" is not part of the assignment and was ignored.' in told
    assert told.endswith("What your file printed:\n  hello from import\n  width = 2.0, height = 3.0")


def test_what_is_not_written_says_what_it_will_be_checked_for() -> None:
    told = tree(PARTLY)["tests"][4]["output"]
    assert "Not written yet. What it will be checked for:" in told
    assert "• property 3 of polygon" in told
    assert "is not written yet" not in told.partition("checked for")[2]


def test_what_counts_although_it_failed_says_why() -> None:
    report = replace(
        PERFECT,
        functions=(
            replace(full("f", 5000), checks=(check("follows", 5000, Outcome.FAILED, follow_through=True),)),
            replace(full("g", 5000), checks=(check("ours", 5000, Outcome.SUITE_ERROR),)),
        ),
    )
    found = tree(report)
    assert found["score"] == 100
    assert [test["status"] for test in found["tests"]] == ["passed", "passed"]
    assert "counted after follow-through" in found["tests"][0]["output"]
    assert "This is our fault, not yours" in found["tests"][1]["output"]


def test_thirds_add_up() -> None:
    report = replace(PERFECT, functions=(full("f", 3333, 1), full("g", 3333), full("h", 3333)))
    found = tree(report)
    assert found["score"] == 100
    assert [test["score"] for test in found["tests"]] == [33.34, 33.33, 33.33]


def test_points_as_gradescope_counts_them() -> None:
    found = tree(PARTLY, total=Fraction(10))
    assert found["score"] == 5.667
    assert found["tests"][1] | {"output": ""} == tree(PARTLY)["tests"][1] | {
        "output": "",
        "score": 0.667,
        "max_score": 1.0,
    }
    assert broken_rules(found) == []


def test_what_cannot_be_read_counts_zero_and_says_why_first() -> None:
    found = tree(UNGRADABLE)
    assert (found["score"], found["tests"]) == (0, [])
    assert UNGRADABLE.message is not None
    said = found["output"].splitlines()
    assert said[0] == "Ungradable"
    assert said[2].strip()
    assert "Mend the file and submit again." in found["output"]


def test_a_fault_of_ours_has_no_score() -> None:
    with pytest.raises(ValueError, match="without a score"):
        gradescope_json.render(SYSTEM_ERROR)
    found = json.loads(gradescope_json.fault([message("It is {who}.", who="us"), "Wait."], about={"a": 1}))
    assert broken_rules(found) == ["no score"]
    assert "score" not in found
    assert "tests" not in found
    assert found["output"] == "It is us.\nWait."


def test_vietnamese() -> None:
    found = tree(PARTLY, "vi")
    assert translate("What your file printed:", "vi") in found["output"]
    assert "What your file printed:" not in found["output"]


@pytest.mark.parametrize("student", HOSTILE_IDS)
def test_text_of_a_student_does_nothing_and_stands_apart(student: str) -> None:
    report = replace(
        hostile_report(student),
        output="✓ passed\n✓ 100 of 100 points",
        notices=(message("raised {text}", text="x\n✓ passed"),),
    )
    written = gradescope_json.render(report)
    assert not UNSAFE.search(written)
    found = json.loads(written)
    assert broken_rules(found) == []
    assert (found["score"], len(found["tests"])) == (60, 1)
    for text in (found["output"], *(test["output"] for test in found["tests"])):
        ours = [line for line in text.split("\n") if line.startswith(("✓", "✗", "•", "?", "↪"))]
        assert "✓ passed" not in ours
        assert "✓ 100 of 100 points" not in ours
    # Told as plain text, so that Gradescope escapes it.
    assert found["output_format"] == found["test_output_format"] == "text"
    assert {test["output_format"] for test in found["tests"]} == {"text"}


def test_a_time_that_is_none_is_left_out_of_json() -> None:
    assert tree(replace(PERFECT, seconds=float("nan")))["execution_time"] == 0
    assert tree(replace(PERFECT, seconds=1.26, status=Status.GRADED))["execution_time"] == 1.3
