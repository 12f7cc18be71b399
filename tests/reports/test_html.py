"""The pages: sums, structure, that nothing acts and nothing is fetched, that colour is not the only sign."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from itertools import pairwise

import pytest

from autograder.cleaning import UNSAFE
from autograder.model import ClassResults, GradeReport, Message, Status, message, points
from autograder.names import folder_name
from autograder.reports import html
from autograder.reports.summary import summarise

from .pages import Page
from .samples import (
    ALL_SKIPPED,
    EMPTY,
    HOSTILE_IDS,
    PARTLY,
    PERFECT,
    SHA,
    SYSTEM_ERROR,
    UNGRADABLE,
    class_like_any,
    class_of,
    forty_functions,
    hostile_class,
    hostile_report,
)

REPORTS = (PARTLY, PERFECT, EMPTY, UNGRADABLE, SYSTEM_ERROR, ALL_SKIPPED, forty_functions())
CLASSES = {
    "empty": class_of(),
    "single": class_of(PARTLY),
    "mixed": class_of(*REPORTS),
    "none graded": class_of(UNGRADABLE, SYSTEM_ERROR),
    "hostile": hostile_class(),
    "large": class_like_any(1000),
}
ALLOWED_TAGS = """
    html head meta title style body header main footer section article h1 h2 h3 p span strong bdi a div
    ul li dl dt dd pre code details summary table caption thead tbody tfoot tr th td svg desc rect line
    text
    """


def student(report: GradeReport, language: str = "en") -> str:
    return html.student_page(report, class_of(), language)


def names_of(results: ClassResults) -> dict[str, str]:
    return {report.student: f"{folder_name(report.student)}.html" for report in results.reports}


def class_(results: ClassResults, language: str = "en") -> str:
    return html.class_page(results, names_of(results), language)


def all_pages() -> list[str]:
    students = [student(report) for report in (*REPORTS, *hostile_class().reports)]
    return students + [class_(results) for results in CLASSES.values()]


def test_every_page_is_well_formed_self_contained_and_inert() -> None:
    for text in all_pages():
        page = Page(text)
        assert text.startswith("<!DOCTYPE html>\n<html lang=")
        assert not UNSAFE.search(text)
        text.encode("utf-8")
        ids = [attributes["id"] for _tag, attributes in page.tags if "id" in attributes]
        assert len(ids) == len(set(ids))
        for tag, attributes in page.tags:
            assert tag in ALLOWED_TAGS.split(), tag
            assert not [
                name for name in attributes if name.startswith("on") or name in {"src", "srcset", "srcdoc"}
            ]
            if "href" in attributes:
                assert re.fullmatch(r"#function-\d+|[a-z0-9][a-z0-9._-]*\.html", attributes["href"] or "")
            if "style" in attributes:
                assert re.fullmatch(r"width: \d+(\.\d+)?%", attributes["style"] or "")
            for reference in (attributes.get("aria-labelledby") or "").split():
                assert reference in ids
            if (attributes.get("href") or "").startswith("#"):
                assert (attributes["href"] or "")[1:] in ids
        assert "url(" not in page.style
        assert "@import" not in page.style
        assert "http" not in page.style


def test_the_policy_forbids_everything_but_our_own_style() -> None:
    for text in (student(PARTLY), class_(CLASSES["mixed"])):
        metas = [attributes for tag, attributes in Page(text).tags if tag == "meta"]
        (policy,) = [m["content"] or "" for m in metas if m.get("http-equiv") == "Content-Security-Policy"]
        assert policy.startswith("default-src 'none'; style-src 'unsafe-inline'; img-src data:")
        assert "script" not in policy
        # The policy stands before anything that it governs.
        assert text.index("Content-Security-Policy") < text.index("<style>")
        assert {"name": "viewport", "content": "width=device-width, initial-scale=1"} in metas


def test_headings_go_down_one_step_at_a_time_from_one_h1() -> None:
    for text in all_pages():
        headings = Page(text).headings
        assert headings[0] == 1
        assert headings.count(1) == 1
        assert all(after - before <= 1 for before, after in pairwise(headings))


def test_tables_have_captions_and_scoped_headers() -> None:
    for text in all_pages():
        page = Page(text)
        tags = [tag for tag, _attributes in page.tags]
        assert tags.count("caption") == tags.count("table")
        assert all(attributes.get("scope") in {"row", "col"} for tag, attributes in page.tags if tag == "th")


@pytest.mark.parametrize("language", ["en", "vi"])
def test_the_page_names_its_language(language: str) -> None:
    assert f'<html lang="{language}">' in student(PARTLY, language)
    assert f'<html lang="{language}">' in class_(CLASSES["mixed"], language)


def test_vietnamese_names_and_titles_stand_as_they_are() -> None:
    page = Page(student(PERFECT))
    assert "Trần Đức Anh" in page.text
    assert "Hình phẳng và hình khối" in page.text


@pytest.mark.parametrize("report", [r for r in REPORTS if r.functions], ids=lambda r: r.student)
def test_totals_of_a_student_add_up(report: GradeReport) -> None:
    table = Page(student(report)).tables["functions"]
    (total,) = table.foot
    earned, at_most = (Decimal(part) for part in total[1].split(" / "))
    assert (earned * 100, at_most * 100) == (report.score, report.max_score)
    cells = [row[1].split(" / ") for row in table.body]
    assert sum(Decimal(cell[0]) for cell in cells) == earned
    assert sum(Decimal(cell[1]) for cell in cells) == at_most
    assert [row[0] for row in table.body] == [function.name for function in report.functions]


def test_each_function_has_a_mark_and_a_word() -> None:
    outcomes = [" ".join(row[2].split()) for row in Page(student(PARTLY)).tables["functions"].body]
    assert outcomes == [
        "✓ passed",
        "◐ in part",
        "◐ in part, timed out",
        "◐ in part, crashed",
        "… not written yet",
        "✓ passed",
    ]


def test_a_failed_check_is_told_in_full() -> None:
    text = Page(student(PARTLY)).text
    for expected in (
        "56.67 of 100 points",
        "2 of 6 functions are complete. A good one to look at next: perimeter.",
        "A rectangle has four sides: both lengths count twice.",
        "✗ failed · 0 of 3.33 points read-only, strided and float32 arrays are numbers too",
        "perimeter(np.array([1.0, 2.0], dtype=np.float32), [2.0, 3.0])",
        "shape (2, 1) where (2,) is due",
        "entry [1, 0]: yours 6.0, expected 10.0; 2 of 4 entries differ",
        "Hint Convert the arguments first: np.asarray(width, dtype=float).",
        "counted after follow-through",
        "This is our fault, not yours",
        '"notes.txt" is not part of the assignment and was ignored.',
        "width = 2.0, height = 3.0",
        "2 by 3 is 6",
        "yours 3.0, not 3.14",
        "Input set 3",
        "Isolation B",
        "2026.1",
        SHA,
    ):
        assert expected in text, expected
    # What the grader's machine is like is for the class page.
    assert "not confined by the kernel" not in text


def test_what_is_not_written_is_told_once_for_a_function() -> None:
    text = Page(student(PARTLY)).text
    assert "property 2 of polygon" in text
    assert "polygon is not written yet." not in text
    assert text.count("What it will be checked for:") == 1


def test_passed_checks_are_folded_away() -> None:
    page = student(PARTLY)
    before, _, after = page.partition('id="function-2"')
    assert "twice the sum of both sides" not in before
    assert re.search(
        r"<details>\s*<summary>Passed checks: 1</summary>(?:(?!</details>).)*twice the sum", after, re.S
    )
    assert "<details open" not in page


def test_what_is_not_graded_says_why_and_what_it_costs() -> None:
    ungradable = Page(student(UNGRADABLE)).text
    assert "0 of 100 points ✗ ungradable shapes.py, line 12: '(' was never closed" in ungradable
    assert "This cost no attempt." in ungradable
    system_error = Page(student(SYSTEM_ERROR)).text
    assert "– of 100 points ? system error The grader ran out of disk space." in system_error
    assert "This is our fault, not yours." in system_error


def test_a_graded_submission_may_still_have_a_message() -> None:
    """An import that raises is graded with 0 and says so."""
    report = replace(EMPTY, message=message("The file cannot be imported: {text}", text="no module named x"))
    assert "The file cannot be imported: no module named x" in Page(student(report)).text


def test_every_way_of_standing_has_a_sentence() -> None:
    assert "Nothing is written yet. A good place to start: area." in Page(student(EMPTY)).text
    assert "Every function is complete." in Page(student(PERFECT)).text
    assert "No function is complete yet. A good place to start: area." in Page(student(ALL_SKIPPED)).text
    begun = replace(PERFECT, functions=(*PERFECT.functions[:4], *EMPTY.functions[4:]))
    assert (
        "4 of 6 functions are complete, the others are not written yet. Next: polygon."
        in Page(student(begun)).text
    )


def test_the_same_report_gives_the_same_page() -> None:
    assert student(PARTLY) == student(replace(PARTLY, seconds=99.0))


def test_injection_is_shown_as_text() -> None:
    """I01, I02, I03, I06 of the attack catalogue, in every text that a student can reach."""
    for text in (student(hostile_report("x")), class_(hostile_class())):
        page = Page(text)
        assert not [
            tag for tag, _a in page.tags if tag in {"script", "img", "iframe", "object", "base", "form"}
        ]
        assert "<script>alert(1)</script>" in page.text
        assert "{{7*7}}{% raw %}{0.__class__}%(x)s{text}[bold red]x[/]" in page.text
        assert r"\x1b[31m\x1b]0;title\x07" in page.text
        assert r"\u202e\u2066\u200b\x00\ud800\x85\x7f\r" in page.text


def test_whatever_a_template_forgets_to_clean_is_cleaned() -> None:
    shown = html._environment().from_string("{{ text }}").render(text="\x1b<b>\u202e\ud800")
    assert shown == r"\x1b&lt;b&gt;\u202e\ud800"


def test_a_template_in_a_field_is_not_filled_in() -> None:
    report = replace(PARTLY, notices=(Message("{a} {b}", {"a": "{b}", "b": "B"}),))
    assert "{b} B" in Page(student(report)).text


def test_output_is_bounded() -> None:
    report = replace(PARTLY, output="grader: 100/100\n" * 1_000_000)
    text = student(report)
    assert len(text) < 200_000
    assert "[…]" in text


def test_class_totals_and_figures() -> None:
    results = CLASSES["large"]
    page = Page(class_(results))
    graded = sorted(report.score or 0 for report in results.reports if report.status is Status.GRADED)
    bins = page.tables["scoresdetails"]
    assert sum(int(row[1]) for row in bins.body) == int(bins.foot[0][1]) == len(graded)
    # Ten bars of 10 points: counted here by comparison, not by the page's own arithmetic.
    for row, low in zip(bins.body, range(0, 10_000, 1000), strict=True):
        expected = [s for s in graded if low <= s < low + 1000 or (low == 9000 and s == 10_000)]
        assert int(row[1]) == len(expected)
    assert f"Submissions: 1000. Graded: {len(graded)}." in page.text
    assert (
        f"Median {points(round((graded[len(graded) // 2] + graded[(len(graded) - 1) // 2]) / 2))}"
        in page.text
    )
    assert f"Mean {points(round(sum(graded) / len(graded)))}" in page.text
    for row in page.tables["functions"].body:
        assert sum(int(cell) for cell in row[1:4]) == len(graded)
    rows = page.tables["students"].body
    assert [(row[0], row[1]) for row in rows] == [(r.student, points(r.score)) for r in results.reports]


def test_the_bars_are_as_high_as_the_counts_say() -> None:
    page = Page(class_(CLASSES["large"]))
    heights = [float(a["height"] or 0) for tag, a in page.tags if tag == "rect"]
    counts = [bin.count for bin in summarise(CLASSES["large"]).bins]
    assert len(heights) == 10
    for height, count in zip(heights, counts, strict=True):
        assert height == pytest.approx(max(heights) * count / max(counts), abs=0.01)


def test_what_was_not_graded_stands_first_and_apart() -> None:
    text = class_(CLASSES["mixed"])
    page = Page(text)
    assert page.tables["system-error"].body == [
        ["pham-quoc-bao", "The grader ran out of disk space. Nothing is lost; grade this submission again."]
    ]
    assert page.tables["ungradable"].body == [["le-van-cuong", "shapes.py, line 12: '(' was never closed"]]
    assert text.index('id="system-error"') < text.index('id="ungradable"') < text.index('id="scores"')


def test_commonest_failures_and_diagnoses_count_students() -> None:
    results = class_of(*(replace(PARTLY, student=f"s{index}") for index in range(3)), EMPTY)
    page = Page(class_(results))
    assert page.tables["failures"].body[0] == ["polygon: not written yet", "4"]
    assert ["perimeter: read-only, strided and float32 arrays are numbers too", "3"] in page.tables[
        "failures"
    ].body
    assert ["perimeter: not written yet", "1"] in page.tables["failures"].body
    assert [row[1] for row in page.tables["diagnoses"].body] == ["3"]
    assert "four sides" in page.tables["diagnoses"].body[0][0]


def test_links_lead_to_the_pages_and_missing_pages_get_none() -> None:
    results = class_of(PARTLY, PERFECT)
    text = html.class_page(results, {PARTLY.student: "nguyen-thi-hoa.html"}, "en")
    assert '<a href="nguyen-thi-hoa.html"><bdi>nguyen-thi-hoa</bdi></a>' in text
    assert text.count("<a ") == 1
    evil = html.class_page(results, {PARTLY.student: 'javascript:alert(1)"//x'}, "en")
    assert 'href="javascript%3Aalert%281%29%22%2F%2Fx"' in evil


def test_an_empty_class_says_so() -> None:
    text = Page(class_(CLASSES["empty"])).text
    assert "Submissions: 0." in text
    assert "Nothing is graded yet." in text


def test_hostile_ids_all_have_a_row() -> None:
    assert len(Page(class_(CLASSES["hostile"])).tables["students"].body) == len(HOSTILE_IDS)


def _luminance(colour: str) -> float:
    channels = [int(colour[index : index + 2], 16) / 255 for index in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_colours_have_the_contrast_that_wcag_aa_asks_for() -> None:
    """Source: WCAG 2.2, success criterion 1.4.3: 4.5 to 1 for text."""
    schemes = re.findall(r":root \{(.*?)\}", Page(student(PARTLY)).style, re.S)
    assert len(schemes) == 3  # light, dark, print
    for scheme in schemes:
        colours = dict(re.findall(r"--(\w+): (#[0-9a-f]{3,6})", scheme))
        colours = {n: c if len(c) == 7 else "#" + "".join(2 * x for x in c[1:]) for n, c in colours.items()}
        for ink in ("ink", "soft", "full", "part", "none", "ours", "accent"):
            for paper in ("paper", "card", "code") if ink in ("ink", "soft") else ("paper", "card"):
                one, other = sorted((_luminance(colours[ink]), _luminance(colours[paper])))
                assert (other + 0.05) / (one + 0.05) >= 4.5, (ink, paper)
