"""A function that is right but for those that it builds on is told so, once, in every report."""

from __future__ import annotations

import pytest
from rich.console import Console

from autograder.course import Course
from autograder.language import say
from autograder.model import GradeReport
from autograder.reports.html import student_page
from autograder.reports.text import student
from autograder.sandbox.launch import Launcher
from tests.diagnosis.conftest import diagnosis_of, graded
from tests.diagnosis.test_mistakes import with_half
from tests.reports.samples import class_of


@pytest.fixture(scope="module")
def report(course: Course, zygote: Launcher) -> GradeReport:
    (found,) = graded(course, zygote, with_half("return x + x"))
    return found


def test_it_is_told_which_function_to_mend(report: GradeReport) -> None:
    found = diagnosis_of(report, "quarter")
    assert found is not None
    assert found.kind == "follow_through"
    assert found.mistake is None
    assert say(found.text, "en") == "It is right, given your own half: mend half first."
    assert not found.hints


def test_what_has_a_mistake_of_its_own_is_not_called_right(course: Course, zygote: Launcher) -> None:
    source = with_half("return x + x").replace("return half(half(x))", "return half(half(x)) + 1")
    (found,) = graded(course, zygote, source)
    told = diagnosis_of(found, "quarter")
    assert told is not None
    assert told.kind != "follow_through"


@pytest.mark.parametrize("language", ["en", "vi"])
def test_it_is_said_once_and_not_of_each_check(report: GradeReport, language: str) -> None:
    found = diagnosis_of(report, "quarter")
    assert found is not None
    told = sum(function.diagnosis == found for function in report.functions)
    console = Console(width=400, record=True, file=None)
    with console.capture() as captured:
        console.print(student(report, all_failures=True, language=language))
    page = student_page(report, class_of(report), language)
    for text in (captured.get(), page):
        assert text.count(say(found.text, language)) == told
        assert "follow-through" not in text
