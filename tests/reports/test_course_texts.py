"""What the course says in reports: labels and hints in the reader's language, and the hint ladder, rung by rung."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from autograder import language
from autograder.model import Diagnosis, FunctionResult, GradeReport, Message, Outcome, message
from autograder.reports import html, text
from autograder.reports.summary import reason, summarise

from .pages import Page
from .samples import PARTLY, check, class_of
from .test_text import flat

LABEL = "a label <of> the course"
HINT = "a hint of the course"
WHERE, FORMULA, MORE = "Look at {place} <first>.", "y = {k} x", "Sleep on it."
VI = {
    LABEL: "một nhãn của khóa học",
    HINT: "một gợi ý của khóa học",
    WHERE: "Trước hết hãy xem {place}.",
    "a secret": "KHÓA",
}


@pytest.fixture(autouse=True)
def learned(monkeypatch: pytest.MonkeyPatch) -> None:
    """The course's translations, forgotten afterwards."""
    monkeypatch.setattr(language, "_learned", {})
    language.learn({"vi": VI})


def report(*hints: Message) -> GradeReport:
    """One function, failed, whose diagnosis has these hints."""
    failed = check(
        LABEL, 1000, Outcome.FAILED, message("It says {text}.", text=LABEL), call="f(1)", hint=HINT
    )
    diagnosis = Diagnosis("shape", None, message("It is wrong: {text}", text="a secret"), hints)
    function = FunctionResult("f", (failed,), diagnosis)
    untouched = check(LABEL, 500, Outcome.NOT_WRITTEN)
    return replace(PARTLY, functions=(function, FunctionResult("g", (untouched,))), public=())


RUNGS = (message(WHERE, place="the sum"), message(FORMULA, k=2), message(MORE))


def details(page: str) -> list[tuple[bool, str, str]]:
    """(open, question, answer) of each rung on a page."""
    found = re.findall(
        r'<details class="rung"([^>]*)>\s*<summary>(.*?)</summary>(.*?)</details>', page, re.DOTALL
    )
    return [
        (bool(more.strip()), question, re.sub("<[^>]*>", "", answer).strip())
        for more, question, answer in found
    ]


def test_a_page_shows_the_first_rung_and_holds_the_others_behind_closed_questions() -> None:
    # What was seen in this very function stands before the function's own two rungs.
    page = html.student_page(report(RUNGS[0], RUNGS[2], RUNGS[1]), class_of(), "en")
    Page(page)
    assert details(page) == [
        (False, "Where should I look?", "Look at the sum &lt;first&gt;."),
        (False, "Anything else?", MORE),
        (False, "Which formula?", "y = 2 x"),
    ]
    assert details(html.student_page(report(), class_of(), "en")) == []


def test_paper_shows_no_more_than_the_first_rung() -> None:
    style = Page(html.student_page(report(*RUNGS), class_of(), "en")).style
    opened = re.findall(r"([^{}]*)::details-content", style)
    assert opened
    assert all(":not(.rung)" in selector for selector in opened)


def test_the_terminal_tells_as_many_rungs_as_were_asked_for() -> None:
    shown = {hints: flat(text.student(report(*RUNGS[:2]), hints=hints)) for hints in range(4)}
    for hints, told in shown.items():
        assert ("Where should I look? Look at the sum <first>." in told) == (hints >= 1)
        assert ("Which formula? y = 2 x" in told) == (hints >= 2)
        assert ("There is no further hint for f." in told) == (hints >= 3)
    assert "There is no hint for f." in flat(text.student(report(), hints=1))


def test_labels_and_hints_speak_the_readers_language_and_students_words_are_no_keys() -> None:
    about = class_of(report(*RUNGS))
    vietnamese = [
        flat(text.student(report(*RUNGS), all_failures=True, hints=1, language="vi"), 200),
        html.student_page(report(*RUNGS), about, "vi"),
    ]
    for told in vietnamese:
        assert told.count("một nhãn của khóa học") == 2, (
            "a failed check's and that of one that is not written"
        )
        assert "một gợi ý của khóa học" in told
        assert "Trước hết hãy xem the sum." in told
        # Here it is what a student's function said.
        assert told.count("a label ") == 1
        assert "KHÓA" not in told
    english = flat(text.student(report(), all_failures=True, language="en"), 200)
    assert english.count(LABEL) == 3
    assert "một" not in english


def test_a_class_is_told_in_its_language() -> None:
    bare = replace(report(), functions=tuple(replace(f, diagnosis=None) for f in report().functions))
    assert reason(bare, "vi").startswith("một nhãn của khóa học")
    (failure, _open) = summarise(class_of(bare), "vi").failures
    assert failure.label == "một nhãn của khóa học"
    assert "một nhãn của khóa học" in html.class_page(class_of(bare), {}, "vi")
    assert LABEL in flat(text.class_table(class_of(bare), "en"), 300)
