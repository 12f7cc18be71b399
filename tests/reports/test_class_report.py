"""The figures of a class report, against other ways to compute them, and what its renderings do with them."""

from __future__ import annotations

import csv
import io
import json
import random
import re
from collections import Counter
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.language import LANGUAGES
from autograder.model import Diagnosis, FunctionResult, GradeReport, Message, Outcome, Status
from autograder.reports.class_report import csv_files, edition, files, html, json_file
from autograder.reports.class_report.data import (
    About,
    Attempt,
    ClassReport,
    Handed,
    class_report,
    discrimination,
    quantile,
)
from autograder.reports.similar import Alike, SameSource, SameValues, Similar
from autograder.reports.summary import summarise

from .samples import PARTLY, PERFECT, SYSTEM_ERROR, UNGRADABLE, check, class_like_any, class_of

ABOUT = About("Shapes", "shapes", "Shapes", 10_000, "2026-11-22 10:00+07:00")


def handed(report: GradeReport, **more: object) -> Handed:
    """Handed in once, graded so, in time of a deadline."""
    score = report.score if report.status is Status.GRADED else None
    known = {
        "student": report.student,
        "mark": report.score,
        "report": report,
        "attempts": (Attempt(report.status is not Status.UNGRADABLE, score),),
        "late_seconds": 0.0,
        "has_deadline": True,
        "suite_version": "1+aaaa",
    }
    return Handed(**{**known, **more})  # type: ignore[arg-type]


def a_class(size: int = 100) -> ClassReport:
    return class_report((handed(one) for one in class_like_any(size).reports), ABOUT, "en")


@given(
    st.lists(st.integers(0, 10_000), min_size=1, max_size=60),
    st.sampled_from([Fraction(1, 4), Fraction(1, 2), Fraction(3, 4)]),
)
def test_quantiles_of_counted_scores_are_those_of_numpy(values: list[int], share: Fraction) -> None:
    found = quantile(Counter(values), share)
    assert found is not None
    assert abs(found - np.quantile(values, float(share))) <= 0.5


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 9_000)), min_size=10, max_size=80))
def test_discrimination_is_the_correlation_with_the_rest(students: list[tuple[bool, int]]) -> None:
    x = [int(earned) for earned, _rest in students]
    r = [rest for _earned, rest in students]
    value, why = discrimination(
        len(x), sum(x), sum(r), sum(n * n for n in r), sum(a * b for a, b in zip(x, r, strict=True))
    )
    if len(set(x)) == 1:
        assert (value, why) == (None, "all" if x[0] else "none")
    elif len(set(r)) == 1:
        assert (value, why) == (None, "alike")
    else:
        assert why == ""
        assert value == pytest.approx(np.corrcoef(x, r)[0, 1], abs=1e-9)


def test_discrimination_of_a_handful_is_not_given() -> None:
    # Nine students, of whom exactly those with more points elsewhere have this check's.
    assert discrimination(9, 4, 26, 100, 20) == (None, "few")


def test_a_check_is_compared_with_the_rest_and_not_with_itself() -> None:
    def report(n: int, earned: bool) -> GradeReport:
        mine = check("mine", 5_000, Outcome.PASSED if earned else Outcome.FAILED)
        # The rest is the same for those who have the check and those who do not.
        other = check("other", 5_000, Outcome.PASSED if n % 2 else Outcome.FAILED)
        functions = (FunctionResult("f", (mine,)), FunctionResult("g", (other,)))
        return GradeReport(f"s{n}{earned}", "shapes", Status.GRADED, functions, max_score=10_000)

    made = [handed(report(n, earned)) for n in range(10) for earned in (True, False)]
    mine, other = class_report(made, ABOUT).checks
    # Compared with the whole score, which holds the check's own points, both would be 0.71.
    assert mine.discrimination == pytest.approx(0)
    assert other.discrimination == pytest.approx(0)


def test_the_figures_that_the_class_s_page_has_too_are_the_same() -> None:
    results = class_like_any(100)
    report, summary = a_class(100), summarise(results, "en")
    scores = report.scores
    assert (scores.mean, scores.median, scores.lower_quartile, scores.upper_quartile, scores.bins) == (
        summary.mean,
        summary.median,
        summary.lower_quartile,
        summary.upper_quartile,
        summary.bins,
    )
    assert [(f.name, f.full, f.part, f.none, f.mean) for f in report.functions] == [
        (f.name, f.full, f.part, f.none, f.mean) for f in summary.functions
    ]
    by_text = {(one.function, one.text): one.students for one in report.mistakes}
    assert by_text == {(one.function, one.text): one.students for one in summary.diagnoses}


def test_every_check_counts_every_graded_student_once() -> None:
    report = a_class(80)
    for one in report.checks:
        assert one.passed + one.counted + sum(count for _outcome, count in one.lost) == one.students
    assert [one.number for one in report.checks] == list(range(1, len(report.checks) + 1))


def test_a_fault_of_ours_says_nothing_about_a_check() -> None:
    circle = {one.label: one for one in class_report([handed(PARTLY)], ABOUT).checks}
    assert circle["pi to the last digit"].students == 0
    assert circle["the radius may be 0"].lost == (("crashed", 1),)
    assert circle["the square root of the sum of squares"].counted == 1


def test_marks_are_of_those_who_have_one() -> None:
    report = class_report(
        [
            handed(PERFECT),
            handed(PARTLY, mark=4_000, adjusted=True),
            handed(UNGRADABLE),
            handed(SYSTEM_ERROR),
            Handed("absent"),
            Handed("ill", excused=True),
        ],
        ABOUT,
    )
    # 100, 40 and the 0 of what cannot be graded; who has none is no zero.
    assert (report.marks.count, report.marks.mean) == (3, round(Fraction(14_000, 3)))
    assert (report.scores.count, report.scores.mean) == (2, round(Fraction(10_000 + 5_667, 2)))
    assert (report.students, report.missing, report.excused, report.adjusted) == (6, 1, 1, 1)
    assert (report.graded, report.ungradable, report.system_errors) == (2, 1, 1)


def test_attempts() -> None:
    def tried(*scores: int | None, costs: bool = True) -> Handed:
        return handed(PERFECT, attempts=tuple(Attempt(costs, score) for score in scores))

    report = class_report(
        [
            tried(1_000),
            tried(1_000, 3_000),
            tried(2_000, 500, 2_000),
            tried(5_000, None, 4_000),  # one that is not graded yet is no step
            tried(*[0] * 9),
            tried(None, costs=False),
        ],
        ABOUT,
    ).attempts
    assert report.counts == ((1, 1), (2, 1), (3, 2), (4, 0), (5, 0), (6, 1))
    assert (report.more, report.better, report.same, report.worse) == (4, 1, 2, 1)
    assert (report.first, report.last) == (2_000, 2_250)  # (1000+2000+5000+0)/4, (3000+2000+4000+0)/4


def test_lateness() -> None:
    seconds: list[float | None] = [0, 1, 3_600, 3_601, 86_400, 3 * 86_400, 8 * 86_400, None]
    made = [handed(PERFECT, late_seconds=late) for late in seconds]
    made.append(handed(PERFECT, has_deadline=False, late_seconds=None))
    made.append(handed(PERFECT, late_seconds=9_000.0, late_penalty=1_000))
    late = class_report(made, ABOUT).lateness
    assert late.groups == ((3_600, 2), (86_400, 3), (3 * 86_400, 1), (7 * 86_400, 0), (None, 1))
    assert (late.in_time, late.late, late.unknown, late.no_deadline) == (1, 7, 1, 1)
    assert (late.penalised, late.penalty) == (1, 1_000)


def test_what_is_kept_does_not_grow_with_the_class(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("autograder.reports.class_report.data.MOST_DIAGNOSES", 5)

    def wrong(n: int) -> Handed:
        function = FunctionResult(
            "f", (check("it", 10_000, Outcome.FAILED),), Diagnosis("crashed", None, Message(f"text {n}"))
        )
        return handed(replace(PARTLY, student=f"s{n}", functions=(function,)))

    report = class_report(map(wrong, range(200)), ABOUT, "en")
    assert len(report.mistakes) == 6
    assert sum(one.students for one in report.mistakes) == 200
    assert report.mistakes[0].text == "other diagnoses"


# -- renderings ---------------------------------------------------------------------------------------------------

EVIL = "<script>alert(1)</script>\"'=cmd|x\u202e"


def evil() -> ClassReport:
    """Every text that could come from a student or a course is hostile."""
    function = FunctionResult(
        EVIL,
        (check(EVIL, 10_000, Outcome.FAILED, name=EVIL),),
        Diagnosis("crashed", None, Message("{text}", {"text": EVIL})),
    )
    made = class_report(
        [handed(replace(PARTLY, student=f"{EVIL}{n}", functions=(function,))) for n in range(20)],
        replace(ABOUT, title=EVIL, course=EVIL),
        "en",
    )
    similar = Similar(
        sources=(SameSource((EVIL,), (EVIL, "b"), (1,), 3, (EVIL,), (EVIL,)),),
        values=(SameValues((EVIL,), (EVIL, "b"), (1,), 3),),
        pairs=(Alike(EVIL, (EVIL,), ("b",), (0.9, 0.9), 2),),
    )
    return replace(made, similar=similar)


@pytest.mark.parametrize("language", LANGUAGES)
def test_pages_are_escaped_and_stand_alone(language: str) -> None:
    for report in (evil(), a_class(60), class_report([], ABOUT), class_report([handed(UNGRADABLE)], ABOUT)):
        page = html.page(report, language, lambda id: f"{id} {EVIL}")
        assert "<script" not in page
        assert "\u202e" not in page
        assert not re.search(r"(?:src|href|url)\s*[=(]", page)
        assert "default-src 'none'" in page
        for drawing in re.findall(r"<svg.*?</svg>", page, re.DOTALL):
            root = ElementTree.fromstring(drawing)
            named = root.get("aria-labelledby", "").split()
            told = {one.get("id"): one.text for one in root if one.tag in ("title", "desc")}
            assert set(told) == set(named)
            assert all(told.values())
            for one in root.iter():
                for key in ("x", "cx", "x1", "x2"):
                    assert 0 <= float(one.get(key, 0)) <= 340, drawing


@pytest.mark.parametrize("beyond", [0, 3])
def test_groups_beyond_those_shown_are_counted_and_only_then_told(beyond: int) -> None:
    one = evil().similar
    assert one is not None
    many = html.MOST_ROWS + beyond
    similar = replace(one, sources=one.sources * many, values=one.values * many, pairs=one.pairs * many)
    page = html.page(replace(a_class(60), similar=similar), "en")
    told = re.findall(r"Further (groups|pairs)[^:]*: ([^<]*)<", page)
    assert told == ([("groups", "3"), ("groups", "3"), ("pairs", "3")] if beyond else [])


def test_the_plots_are_there_when_there_is_something_to_draw() -> None:
    made = [handed(one, late_seconds=5_000.0 * n) for n, one in enumerate(class_like_any(60).reports)]
    made = [replace(one, attempts=one.attempts * (1 + n % 3)) for n, one in enumerate(made)]
    page = html.page(class_report(made, ABOUT, "en"), "en")
    assert set(re.findall(r'id="plot-(\w+)-title"', page)) == {"marks", "checks", "attempts", "lateness"}


def test_json_is_strict_and_the_same_for_the_same_class() -> None:
    report = replace(a_class(60), similar=evil().similar)
    text = json_file.render(report)
    assert text == json_file.render(replace(a_class(60), similar=evil().similar))

    def refuse(name: str) -> None:
        raise AssertionError(name)

    told = json.loads(text, parse_constant=refuse)
    assert told["schema"] == "autograde/class-report/1"
    assert told["edition"] == "full"
    assert sum(bin["students"] for bin in told["marks"]["bins"]) == told["marks"]["count"]
    for one in told["checks"]:
        assert one["passed"] + one["counted"] + one["missed"] == one["students"]
        assert (one["discrimination"] is None) == (one["undefined"] is not None)
    assert told["similar"]["same_source"][0]["students"] == [EVIL, "b"]


def test_no_cell_is_a_formula() -> None:
    for report in (evil(), a_class(40)):
        for text in csv_files.render(report).values():
            rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
            assert {len(row) for row in rows} == {len(rows[0])}
            for row in rows:
                for cell in row:
                    number = re.fullmatch(r"-?\d+(?:\.\d+)?", cell)
                    assert number or not cell.lstrip().startswith(("=", "+", "-", "@")), cell


def test_counts_agree_between_the_files() -> None:
    report = a_class(70)
    files = {
        name: list(csv.DictReader(io.StringIO(text, newline="")))
        for name, text in csv_files.render(report).items()
    }
    told = json_file.plain(report)
    assert [row["label"] for row in files["checks.csv"]] == [one["label"] for one in told["checks"]]
    assert [int(row["missed"]) for row in files["checks.csv"]] == [one["missed"] for one in told["checks"]]
    assert sum(int(row["marks"]) for row in files["marks-distribution.csv"]) == report.marks.count
    assert [int(row["students"]) for row in files["mistakes.csv"]] == [
        one["students"] for one in told["mistakes"]
    ]


def test_a_class_of_one_order_has_one_report() -> None:
    made = [handed(one) for one in class_like_any(50).reports]
    mixed = random.Random(3).sample(made, len(made))
    by_label = {(one.function, one.name, one.label): one for one in class_report(mixed, ABOUT, "en").checks}
    for one in class_report(made, ABOUT, "en").checks:
        other = by_label[one.function, one.name, one.label]
        assert replace(other, number=one.number) == one


def test_a_report_of_nothing() -> None:
    report = class_report([], ABOUT)
    assert (report.students, report.marks.mean, report.checks) == (0, None, ())
    assert "Nothing is graded yet." in html.page(report, "en")
    json.loads(json_file.render(report))
    assert class_of(PERFECT).reports[0].score == 10_000


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_pages_lead_to_each_other_and_nowhere_else(tmp_path: Path, language: str) -> None:
    report = a_class(60)
    alone = files.write(report, tmp_path / "alone", language).read_text("utf-8")
    links = re.findall(r'href="([^"]*)"', alone)
    assert sorted(links) == sorted(
        path.name for path in (tmp_path / "alone").iterdir() if path.name != files.PAGE
    )
    # Beside what `autograde grade` wrote it leads there, and so to the report of each student.
    beside = tmp_path / "beside"
    beside.mkdir()
    (beside / "class.html").write_text("")
    assert 'href="class.html"' in files.write(report, beside, language).read_text("utf-8")
    shared = edition.shared(report, b"k" * 32, language)
    assert 'href="class.html"' not in files.write(shared, beside, language).read_text("utf-8")
