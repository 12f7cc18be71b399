"""Whatever a student writes, each sink takes it for text: judged by what the rendered bytes may consist of."""

from __future__ import annotations

import csv
import io
import json
import re
import time
import tracemalloc
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.console import Console, RenderableType

from autograder.cleaning import OUTPUT_LIMIT, clean, clean_line
from autograder.gradebook.address import url
from autograder.gradebook.recorder import Recorder
from autograder.gradebook.store import Store
from autograder.grading.journal import key
from autograder.grading.record import plain, report_of
from autograder.grading.submission import Submission
from autograder.reports import html, marks_csv, results_json, text
from autograder.reports.escapes import json_text, xml_attribute, xml_text
from autograder.reports.write import page_name

from .corpus import CORPUS, acting, attacked, attacked_in_every_way, joined
from .pages import Page
from .samples import class_of

BENIGN = "b"
# Surrogates included: ids come from os.fsdecode.
any_text = st.one_of(
    st.text(st.characters(exclude_categories=()), max_size=60),
    st.lists(st.sampled_from([text for text in CORPUS.values() if len(text) < 200]), max_size=3).map("".join),
)
each_trick = pytest.mark.parametrize("trick", CORPUS.values(), ids=CORPUS.keys())
few = settings(max_examples=40, deadline=None)


def pages(trick: str, student: str = "an") -> list[Page]:
    """The pages of three students and of their class, read strictly."""
    first, *others = attacked_in_every_way(trick)
    reports = (replace(first, student=student), *others)
    # Not sorted by id, so that the rows stand in one order whatever the id is.
    results = replace(class_of(), reports=reports)
    names = {report.student: page_name(report.student) for report in reports}
    texts = [html.student_page(report, results, "en") for report in reports]
    texts.append(html.class_page(results, names, "en"))
    for page in texts:
        assert not acting(page.replace("\t", ""))
    return [Page(page) for page in texts]


def skeleton(page: Page) -> list[tuple[str, tuple[tuple[str, str | None], ...]]]:
    """Every element and attribute, in order; of an address only that it is a page beside this one, or on it."""
    found = []
    for tag, attributes in page.tags:
        shape = dict(attributes)
        if "href" in shape:
            assert re.fullmatch(r"#function-\d+|[a-z0-9][a-z0-9._-]*\.html", shape["href"] or "")
            shape["href"] = "…"
        found.append((tag, tuple(shape.items())))
    return found


@cache
def harmless() -> list[object]:
    return [skeleton(page) for page in pages(BENIGN)]


def same_elements(trick: str, student: str = "an") -> None:
    # What is blank is left out with the element that is about it; nothing else may make a difference.
    expected = harmless() if trick.strip() else [skeleton(page) for page in pages(trick)]
    assert [skeleton(page) for page in pages(trick, student)] == expected


@each_trick
def test_a_page_has_the_elements_of_a_harmless_one(trick: str) -> None:
    """I01, I06"""
    same_elements(trick)


@each_trick
def test_a_page_has_the_elements_of_a_harmless_one_for_any_id(trick: str) -> None:
    same_elements(BENIGN, trick)


@few
@given(any_text, any_text)
def test_a_page_has_the_elements_of_a_harmless_one_for_any_text(trick: str, student: str) -> None:
    if student not in ("binh", "chi") and trick.strip():
        same_elements(trick, student)


def printed(renderable: RenderableType, colour: bool = False) -> str:
    file = io.StringIO()
    system: Any = "standard" if colour else None
    Console(file=file, width=100, force_terminal=colour, color_system=system, legacy_windows=False).print(
        renderable
    )
    return file.getvalue()


def inert_in_a_terminal(trick: str, student: str = "an") -> None:
    reports = [
        replace(report, student=f"{student}{report.student}") for report in attacked_in_every_way(trick)
    ]
    renderables: list[RenderableType] = [text.student(report, all_failures=True) for report in reports]
    renderables.append(text.class_table(class_of(*reports)))
    for renderable in renderables:
        told = printed(renderable)
        assert not acting(told)
        assert re.sub(r"\x1b\[[\d;]*m", "", printed(renderable, colour=True)) == told
        assert not re.search(r"^(grader|✓ every)", told, re.M), "a line of a student stands where ours do"


@each_trick
def test_a_terminal_gets_printable_text(trick: str) -> None:
    """I02, I03"""
    inert_in_a_terminal(trick)
    inert_in_a_terminal(BENIGN, trick)


@few
@given(any_text, any_text)
def test_a_terminal_gets_printable_text_for_any_text(trick: str, student: str) -> None:
    inert_in_a_terminal(trick, student)


def test_a_million_lines_do_not_scroll_the_score_away() -> None:
    """I03"""
    for lines in ("\n", "grader: 100/100\n"):
        told = printed(text.student(attacked(lines * 1_000_000), all_failures=True))
        assert told.count("\n") < 2_500
        assert printed(text.student(replace(attacked("x"), output=lines * 1_000_000))).count("\n") < 200


def cells(table: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(table, newline=""), strict=True))


def inert_in_a_table(trick: str) -> None:
    others = [report for report in attacked_in_every_way(trick)[1:] if report.student != trick]
    results = class_of(attacked(trick, student=trick), *others)
    table = marks_csv.render(results)
    assert not acting(table.replace("\r\n", ""))
    header, *rows = cells(table)
    assert header == ["student", "status", "score", "max", "area"]
    assert len(rows) == len(results.reports) == table.count("\r\n") - 1 == len(table.splitlines()) - 1
    for row, report in zip(rows, results.reports, strict=True):
        assert (
            row[1:]
            == {
                "graded": ["graded", "60", "100", "60"],
                "ungradable": ["ungradable", "0", "100", ""],
                "system_error": ["system_error", "", "100", ""],
            }[report.status.value]
        )
        assert row[0] in (clean_line(report.student), f"'{clean_line(report.student)}")
        assert not re.match(r"\s*[=+\-@＝＋－＠]", row[0])


@each_trick
def test_a_table_has_one_row_for_each_student_and_no_formula(trick: str) -> None:
    """I04, I05"""
    inert_in_a_table(trick)


@few
@given(any_text)
def test_a_table_has_one_row_for_each_student_and_no_formula_for_any_id(trick: str) -> None:
    inert_in_a_table(trick)


def strictly(document: str) -> Any:
    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        assert len({key for key, _value in pairs}) == len(pairs), "a key twice"
        return dict(pairs)

    def never(constant: str) -> None:
        raise AssertionError(f"{constant} is no JSON")

    return json.loads(document, object_pairs_hook=once, parse_constant=never)


def inert_in_json(trick: str) -> None:
    trick = joined(trick[:100_000])  # kept to the character, so that its length has a price
    graded, *others = attacked_in_every_way(trick)
    odd = replace(graded.notices[0], fields={"name": float("nan"), "text": float("-inf")})
    report = replace(graded, student=trick, notices=(*graded.notices, odd))
    results = class_of(report, *(other for other in others if other.student != trick))
    document = results_json.render(results)
    assert not acting(document)
    document.encode("utf-8")
    assert len(strictly(document)["reports"]) == len(results.reports)
    read = next(one for one in results_json.load(document).reports if one.student == trick)
    assert (read.output, read.functions, dict(read.files)) == (
        trick,
        report.functions,
        {f"{trick}.py": strictly_sha()},
    )


def strictly_sha() -> str:
    return next(iter(attacked("").files.values()))


@each_trick
def test_json_is_strict_and_holds_the_text_to_the_character(trick: str) -> None:
    inert_in_json(trick)


@few
@given(any_text)
def test_json_is_strict_for_any_text(trick: str) -> None:
    inert_in_json(trick)


def test_json_joins_the_halves_of_a_character() -> None:
    """Found by the fuzzing: an id of two halves came back as another id. Each half alone is kept."""
    assert joined("a\ud83d\ude00b\ude00\ud83d") == "a\U0001f600b\ude00\ud83d"
    for kept in ("\ude00\ud83d", "\udcff\udc80", "\ud83d", "\U0001f600\udcff"):
        assert strictly(json_text(kept)) == kept
    assert strictly(json_text("\ud83d\ude00")) == "\U0001f600"


def test_json_refuses_what_it_does_not_have() -> None:
    with pytest.raises(ValueError, match="JSON"):
        json_text({"score": float("nan")})


@each_trick
def test_a_report_comes_out_of_the_gradebook_as_it_went_in(trick: str, tmp_path: Path) -> None:
    report = attacked(trick[:100_000], student=trick[:255])
    versions = {"course": "1", "suite": "1", "engine": "1"}
    submission = Submission(report.student, {"shapes.py": trick.encode("utf-8", "surrogatepass")})
    with Store.open(url(tmp_path / "gradebook.db")) as store:
        with closing(Recorder(store, "course", "shapes", versions)) as recorder:
            recorder.hand_in(submission)
            recorder.add(key(submission, versions), report)
        (kept,) = store.results("shapes")
        assert kept.submission.student == report.student
        assert kept.report() == report_of(plain(report))


def inert_in_xml(trick: str) -> None:
    document = f'<suite name="{xml_attribute(trick)}"><out>{xml_text(trick)}</out><end/></suite>'
    assert not acting(document.replace("\t", ""))
    root = ElementTree.fromstring(document)
    assert [element.tag for element in root.iter()] == ["suite", "out", "end"]
    assert root.attrib == {"name": clean_line(trick)}
    assert (root[0].text or "", root[0].attrib) == (clean(trick), {})


@each_trick
def test_xml_holds_the_cleaned_text_and_nothing_else(trick: str) -> None:
    inert_in_xml(trick)


@few
@given(any_text)
def test_xml_holds_the_cleaned_text_for_any_text(trick: str) -> None:
    inert_in_xml(trick)


def from_bytes(text: str) -> str:
    return clean(text.encode("utf-8", "surrogatepass"))


@pytest.mark.parametrize(
    "sink",
    [
        lambda text: clean(text),
        lambda text: clean_line(text),
        from_bytes,
        marks_csv.text_cell,
        xml_text,
        lambda text: clean(text, 64 * 1024),
    ],
)
@pytest.mark.parametrize("unit", ["\x00", "\u0f73", "\u0301\u0316", "ộ", "\udcff", "\n", "&"])
def test_the_longest_text_costs_no_more_than_what_is_shown_of_it(
    sink: Callable[[str], str], unit: str
) -> None:
    """By the memory that it takes, which is not enough for a copy of the text."""
    huge = unit * (16 * 2**20 // len(unit))
    began = time.process_time()
    shown = sink(huge)
    assert time.process_time() - began < 10
    assert len(shown) <= 6 * 64 * 1024
    tracemalloc.start()
    try:
        sink(huge)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    # Bytes are made of it here, and text of all of these.
    assert peak < (8 if sink is not from_bytes else 64) * 2**20


def test_each_check_and_each_submission_tell_a_bounded_text() -> None:
    report = attacked("w" * 10**6)
    assert len(html.student_page(report, class_of(), "en")) < 200_000
    assert len(printed(text.student(report, all_failures=True))) < 100_000 + 12 * OUTPUT_LIMIT
