"""Are functions' results that many reports share told once, and still told right in each of them?"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from autograder.cleaning import _WITHOUT_MARKS, MOST_MARKS, clean
from autograder.grading.record import plain, plain_function, report_of
from autograder.model import Diagnosis, FunctionResult, GradeReport, Message, Outcome, Picture, message
from autograder.pictures import Line, Lines
from autograder.pictures.forms import picture_of
from autograder.reports import html, results_json
from autograder.reports.alike import NOTHING, Alike, packed
from autograder.reports.summary import Tally
from autograder.reports.write import ClassWriter, page_name

from .samples import PARTLY, check, class_of, full, untouched


def curve(title: str, value: float) -> Picture:
    return picture_of(Lines(title, "a curve", "x", "y", [Line("f", [0.0, 1.0, 2.0], [0.0, value, 1.0])]))


def wrong(name: str, told: Message, *pictures: Picture) -> FunctionResult:
    failed = check("does it", 2000, Outcome.FAILED, told)
    return FunctionResult(name, (failed, check("twice", 1000)), Diagnosis("mistake", None, told), pictures)


SHARED = curve("shared", 0.5)
TOLD = message("It gives {value}.", value=1)


def reports() -> Iterator[GradeReport]:
    """Reports that share functions' results: in other places, beside other pictures, and such that nearly are the same."""
    right, area = full("right", 1000, 500), wrong("area", TOLD, SHARED)
    fields: tuple[str | int | float, ...] = (1, 1.0, True, "1", 0.0, -0.0)
    classes: list[tuple[FunctionResult, ...]] = [
        (right, area),
        (area, right),
        (wrong("before", TOLD, SHARED), area),
        (area, wrong("after", TOLD, SHARED)),
        (right, area, untouched("later", 1000)),
        *((right, wrong("area", message("It gives {value}.", value=value), SHARED)) for value in fields),
    ]
    for index, functions in enumerate([*classes, *classes]):
        most = sum(function.max_score for function in functions)
        yield replace(
            PARTLY,
            student=f"s{index:02d}",
            functions=functions,
            public=(right,),
            max_score=most,
            message=None,
        )


@pytest.mark.parametrize("language", ["en", "vi"])
@pytest.mark.parametrize("room", [2**20, 6000, 700])
def test_a_report_is_the_same_whoever_came_before(language: str, room: int) -> None:
    alike, about = Alike(room), class_of()
    for report in reports():
        # As other processes send it: nothing of it is an object that was met.
        again = alike.report(report_of(plain(report)))
        assert html.student_page(again, about, language, alike) == html.student_page(report, about, language)
        assert results_json.render_report(again, alike) == results_json.render_report(report)


def test_figures_are_the_same_whoever_came_before() -> None:
    alike, one, other = Alike(), Tally("en"), Tally("en")
    for place, report in enumerate(reports()):
        one.add(report, place)
        other.add(alike.report(report), place, alike)
    assert one.summary() == other.summary()


def test_what_is_shared_is_made_once_and_what_differs_is_not() -> None:
    alike, made = Alike(), []
    for report in reports():
        for function in alike.report(report_of(plain(report))).functions:
            alike.once(function, "x", lambda one=function: made.append(one))  # type: ignore[misc]
    # Of 11 × 2 reports: right, area, before, after, later, and five of area whose value is no 1 of type int.
    assert len(made) == 10


def test_a_packed_result_is_met_again_without_being_unpacked() -> None:
    alike, function = Alike(), wrong("area", TOLD, SHARED)
    data = packed(plain_function(function))
    assert alike.function(data) == function
    assert alike.function(bytes(data)) is alike.function(data)
    assert alike.report(replace(PARTLY, functions=(function,))).functions[0] is alike.function(data)


def test_what_is_kept_does_not_grow_with_the_class() -> None:
    alike = Alike(20_000)
    for value in range(2000):
        function = wrong(f"f{value}", TOLD)
        again = alike.report(replace(PARTLY, functions=(function,))).functions[0]
        assert alike.once(again, "x", lambda number=value: number) == value  # type: ignore[misc]
    assert sum(map(len, alike._met)) <= 20_000
    assert len(alike._made) == len(alike._met) < 200


def test_one_that_is_met_often_stays_while_others_come_and_go() -> None:
    alike, right, made = Alike(20_000), full("right", 1000), []
    for value in range(500):
        functions = (right, wrong(f"f{value}", TOLD))
        again = alike.report(report_of(plain(replace(PARTLY, functions=functions)))).functions[0]
        alike.once(again, "x", lambda: made.append(1))
    assert made == [1]


def test_a_huge_one_and_one_that_is_no_plain_data_are_told_and_not_kept() -> None:
    alike = Alike(4000)
    huge = wrong("huge", message("It gives {value}.", value="9" * 5000))
    odd = wrong("odd", message("It gives {value}.", value=Outcome.FAILED))
    for function in (huge, odd):
        report = replace(PARTLY, functions=(function,), public=())
        assert alike.report(report) == report
        page = html.student_page(alike.report(report), class_of(), "en", alike)
        assert page == html.student_page(report, class_of(), "en")
    assert not alike._met
    assert NOTHING.report(PARTLY) == PARTLY
    assert not NOTHING._met


def test_translations_that_are_used_are_found_whoever_uses_them(tmp_path: Path) -> None:
    texts = {"vi": {"does it": "làm được", "twice": "hai lần", "nobody says it": "không ai nói"}}
    students = [f"s{index:02d}" for index in range(22)]
    for directory in (tmp_path / "one", tmp_path / "two"):
        with ClassWriter(students, class_of(), directory, "en", texts=texts) as writer:
            for report in reports():
                writer.add(report)
            writer.finish()
        told = json.loads((directory / "results.json").read_text("utf-8"))
        assert told["texts"] == {"vi": {"does it": "làm được", "twice": "hai lần"}}


def test_each_student_has_a_page_in_a_language_of_their_own(tmp_path: Path) -> None:
    both = [replace(PARTLY, student="an"), replace(PARTLY, student="binh")]
    with ClassWriter(["an", "binh"], class_of(), tmp_path, "en", {"binh": "vi"}) as writer:
        for report in both:
            writer.add(report)
    for report, language in zip(both, ("en", "vi"), strict=True):
        page = (tmp_path / page_name(report.student)).read_text("utf-8")
        assert page == html.student_page(report, class_of(), language)


def test_blocks_without_marks_have_none() -> None:
    block = re.compile(f"[{_WITHOUT_MARKS}]")
    marks = (chr(code) for code in range(0x110000) if unicodedata.category(chr(code))[0] == "M")
    assert [mark for mark in marks if block.fullmatch(mark)] == []


def test_marks_are_capped_wherever_they_stand() -> None:
    for mark in "\u0301\u0e47\u20d0\u0489\ufe20\U0001d165":
        for before in ("", "a", "ế", "漢", "Việt nam "):
            shown = clean(before + mark * 60 + "x")
            assert max(map(len, _runs(shown, mark)), default=0) <= MOST_MARKS
            assert clean(shown) == shown


def _runs(text: str, mark: str) -> list[str]:
    return re.findall(f"{mark}+", text)
