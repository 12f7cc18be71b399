"""results.json: what it holds, that it comes back, and what becomes of broken files."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.cleaning import UNSAFE
from autograder.errors import SystemFault, UsageError
from autograder.model import CheckResult, FunctionResult, GradeReport, Message, Outcome, Status, message
from autograder.reports import html, results_json

from .corpus import joined
from .samples import (
    HOSTILE_IDS,
    PARTLY,
    SYSTEM_ERROR,
    UNGRADABLE,
    class_like_any,
    class_of,
    hostile_class,
)


def as_value(*reports: GradeReport) -> Any:
    return json.loads(results_json.render(class_of(*reports)))


def test_the_keys_that_the_interface_names() -> None:
    value = as_value(PARTLY)
    assert {"schema", "assignment", "course_version", "suite_version", "isolation", "reports"} <= value.keys()
    assert value["schema"] == "autograde/results/1"
    (report,) = value["reports"]
    keys = "student status message score max_score input_set file functions output seconds"
    assert set(keys.split()) <= report.keys()
    for function in report["functions"]:
        assert {"name", "score", "max_score", "outcome", "checks", "diagnosis"} <= function.keys()
        for check in function["checks"]:
            assert {"label", "outcome", "score", "max_score", "message", "follow_through"} <= check.keys()
    assert report["functions"][0]["diagnosis"] is None
    assert report["functions"][1]["diagnosis"].keys() >= {"kind", "mistake", "text"}


def test_scores_are_numbers_with_at_most_two_decimals() -> None:
    (report,) = as_value(PARTLY)["reports"]
    assert (report["score"], report["max_score"]) == (56.67, 100)
    assert [function["score"] for function in report["functions"]] == [20, 6.67, 10, 10, 0, 10]
    assert isinstance(report["max_score"], int)
    # As text, too: 6.67 and not 6.6700000000000001.
    assert '"score": 6.67, "max_score": 10,' in results_json.render(class_of(PARTLY))


def test_a_system_error_is_no_zero_and_ungradable_is() -> None:
    ungradable, system_error = as_value(UNGRADABLE, SYSTEM_ERROR)["reports"]
    assert system_error["score"] is None
    assert system_error["message"].startswith("The grader ran out of disk space.")
    assert ungradable["score"] == 0
    assert ungradable["message"] == "shapes.py, line 12: '(' was never closed"


def test_sums_agree_at_every_level() -> None:
    for report in json.loads(results_json.render(class_like_any(60)))["reports"]:
        if report["score"] is None:
            continue
        for key in ("score", "max_score"):
            for function in report["functions"]:
                assert cents(function[key]) == sum(cents(check[key]) for check in function["checks"])
            if report["functions"]:
                assert cents(report[key]) == sum(cents(function[key]) for function in report["functions"])


def cents(number: float) -> int:
    return round(number * 100)


def test_reports_are_sorted_by_code_point() -> None:
    students = ["é", "a", "B", "\udc80", "Ω", "10", "9"]
    reports = [replace(PARTLY, student=student) for student in students]
    rendered = results_json.render(replace(class_of(), reports=tuple(reports)))
    assert [report["student"] for report in json.loads(rendered)["reports"]] == [
        "10", "9", "B", "a", "é", "Ω", "\udc80",
    ]  # fmt: skip


def test_same_bytes_for_the_same_input_but_for_seconds() -> None:
    one, other = class_of(PARTLY), class_of(replace(PARTLY, seconds=9.5))
    shuffled = replace(PARTLY, files=dict(reversed([("b.py", "2"), ("a.py", "1")])))
    ordered = replace(PARTLY, files={"a.py": "1", "b.py": "2"})
    assert results_json.render(class_of(shuffled)) == results_json.render(class_of(ordered))
    assert results_json.render(one) != results_json.render(other)
    assert results_json.render(one).replace("0.231", "9.5") == results_json.render(other)


def test_it_comes_back_as_it_was() -> None:
    for results in (class_like_any(40), class_of(), hostile_class()):
        assert results_json.load(results_json.render(results)) == results


texts = st.text(st.characters(exclude_categories=()), max_size=20).map(joined)
numbers = st.one_of(st.integers(), st.floats(-1e9, 1e9))
messages = st.builds(Message, texts, st.dictionaries(texts, st.one_of(texts, numbers), max_size=2))
checks = st.builds(
    CheckResult,
    label=texts,
    outcome=st.sampled_from(Outcome),
    score=st.just(0),
    max_score=st.integers(0, 10_000),
    messages=st.lists(messages, max_size=2).map(tuple),
    call=texts,
    hint=texts,
    follow_through=st.booleans(),
    name=texts,
)


@settings(max_examples=100, deadline=None)
@given(texts, st.lists(checks, max_size=4), texts)
def test_whatever_it_holds_comes_back(student: str, some: list[CheckResult], output: str) -> None:
    functions = (FunctionResult("f", tuple(some)),)
    report = GradeReport(
        student, "shapes", Status.GRADED, functions, max_score=functions[0].max_score, output=output
    )
    text = results_json.render(class_of(report))
    assert not UNSAFE.search(text)
    text.encode("utf-8")
    assert results_json.load(text) == class_of(report)


def test_other_renderings_can_be_made_from_it() -> None:
    results = class_of(PARTLY)
    again = results_json.load(results_json.render(results))
    assert html.student_page(again.reports[0], again, "en") == html.student_page(PARTLY, results, "en")
    assert html.class_page(again, {}, "en") == html.class_page(results, {}, "en")


def test_numbers_that_json_does_not_have_become_text() -> None:
    notice = message("gave {a} and {b}", a=math.nan, b=-math.inf)
    text = results_json.render(class_of(replace(PARTLY, notices=(notice,))))
    assert "NaN" not in text
    assert "Infinity" not in text
    (again,) = results_json.load(text).reports
    assert dict(again.notices[0].fields) == {"a": "nan", "b": "-inf"}


def test_hostile_ids_are_escaped_and_come_back() -> None:
    text = results_json.render(hostile_class())
    assert not UNSAFE.search(text)
    assert "\\udc80\\udcff" in text
    assert {report["student"] for report in json.loads(text)["reports"]} == set(HOSTILE_IDS)


def test_two_reports_of_one_student_are_refused() -> None:
    with pytest.raises(SystemFault, match="nguyen-thi-hoa"):
        results_json.render(class_of(PARTLY, PARTLY))


def test_the_minimum_that_the_interface_requires_can_be_read() -> None:
    value = as_value(PARTLY, UNGRADABLE)
    del value["title"]
    for report in value["reports"]:
        for key in ("reason", "public", "notices", "files"):
            del report[key]
        for function in report["functions"]:
            if function["diagnosis"]:
                del function["diagnosis"]["message"]
            for check in function["checks"]:
                for key in ("messages", "call", "hint", "name"):
                    del check[key]
    ungradable, partly = results_json.load(json.dumps(value)).reports
    assert partly.score == 5667
    assert partly.functions[1].checks[1].messages[0].id.startswith("shape (2, 1) where (2,) is due\n")
    assert ungradable.message == Message("shapes.py, line 12: '(' was never closed")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "not a results.json"),
        ("{", "not a results.json"),
        ("[]", '"schema"'),
        ('{"a": NaN}', "NaN is not a number"),
        ("[" * 100_000, "not a results.json"),
        ('{"schema": "autograde/results/2"}', "autograde/results/2"),
        ('{"schema": "coverage/1"}', "coverage/1"),
        ('{"schema": "autograde/results/1"}', '"assignment" is missing'),
    ],
)
def test_foreign_files_are_refused(text: str, says: str) -> None:
    with pytest.raises(UsageError) as caught:
        results_json.load(text)
    assert says in str(caught.value)


def first(value: Any) -> Any:
    return value["reports"][0]


def set_at(*path: Any, to: Any) -> Callable[[Any], None]:
    def change(value: Any) -> None:
        for key in path[:-1]:
            value = value[key]
        value[path[-1]] = to

    return change


IN_REPORT = ("reports", 0)
IN_CHECK = ("reports", 0, "functions", 0, "checks", 0)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (set_at(*IN_REPORT, "score", to=57), "add up to 5667"),
        (set_at(*IN_REPORT, "score", to=None), "add up to 5667"),
        (set_at(*IN_REPORT, "max_score", to=90), "worth 10000"),
        (set_at(*IN_REPORT, "functions", 0, "score", to=19.99), "add up to 2000"),
        (set_at(*IN_REPORT, "functions", 1, "outcome", to="passed"), "worst check is failed"),
        (set_at(*IN_REPORT, "status", to="lost"), "lost"),
        (set_at(*IN_CHECK, "score", to=14.999), "no score"),
        (set_at(*IN_CHECK, "score", to=-1), "no score"),
        (set_at(*IN_CHECK, "score", to=True), "wrong type"),
        (set_at(*IN_CHECK, "score", to=1e400), "no"),
        (set_at(*IN_CHECK, "score", to=10**400), "no score"),
        (set_at(*IN_CHECK, "score", to=99), "more than all"),
        (set_at(*IN_CHECK, "outcome", to="PASSED"), "PASSED"),
        (set_at(*IN_CHECK, "label", to=None), "label"),
        (set_at(*IN_CHECK, "messages", to=[{"id": "x", "fields": {"a": []}}]), "neither text nor a number"),
        (set_at(*IN_REPORT, "functions", to={}), "functions"),
        (set_at(*IN_REPORT, "functions", 0, to=[]), "object is due"),
        (set_at(*IN_REPORT, "files", to={"a.py": 1}), "a.py"),
        (set_at("reports", to=[]), ""),
    ],
)
def test_damaged_files_are_refused_with_the_place(change: Callable[[Any], None], says: str) -> None:
    value = as_value(PARTLY)
    change(value)
    if not says:
        assert results_json.load(json.dumps(value)).reports == ()
        return
    with pytest.raises(UsageError) as caught:
        results_json.load(json.dumps(value))
    assert says in str(caught.value)


def test_reports_out_of_order_or_twice_are_refused() -> None:
    value = as_value(PARTLY, UNGRADABLE)
    value["reports"].reverse()
    with pytest.raises(UsageError, match="sorted by student"):
        results_json.load(json.dumps(value))
    value["reports"] = [first(value), first(value)]
    with pytest.raises(UsageError, match="sorted by student"):
        results_json.load(json.dumps(value))
