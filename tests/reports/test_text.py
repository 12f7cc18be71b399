"""The terminal: everything is said in words, nothing acts, it fits."""

from __future__ import annotations

import io
import re
from dataclasses import replace

import pytest
from rich.cells import cell_len
from rich.console import Console, RenderableType

from autograder.cleaning import UNSAFE
from autograder.model import GradeReport, points
from autograder.reports import text

from .samples import (
    ALL_SKIPPED,
    EMPTY,
    HOSTILE_IDS,
    PARTLY,
    PERFECT,
    SYSTEM_ERROR,
    UNGRADABLE,
    class_like_any,
    class_of,
    forty_functions,
    hostile_class,
    hostile_report,
)


def shown(renderable: RenderableType, width: int = 100, colour: bool = False) -> str:
    file = io.StringIO()
    console = Console(
        file=file,
        width=width,
        force_terminal=colour,
        color_system="standard" if colour else None,
        legacy_windows=False,
    )
    console.print(renderable)
    return file.getvalue()


def flat(renderable: RenderableType, width: int = 100) -> str:
    return " ".join(shown(renderable, width).split())


def test_the_first_failure_in_full_and_the_number_of_the_others() -> None:
    told = flat(text.student(PARTLY))
    assert told.startswith("shapes 56.67 of 100 points")
    assert "✗ read-only, strided and float32 arrays are numbers too (failed, 0 of 3.33 points)" in told
    assert "perimeter(np.array([1.0, 2.0], dtype=np.float32), [2.0, 3.0])" in told
    assert "shape (2, 1) where (2,) is due" in told
    assert "Hint: Convert the arguments first" in told
    assert "ZeroDivisionError" not in told
    # perimeter 1, diagonal 1, circle 1, polygon 3; one of them is told.
    assert "More failed checks: 5." in told


def test_all_failures() -> None:
    told = flat(text.student(PARTLY, all_failures=True))
    for expected in ("ZeroDivisionError", "no answer within 5 s", "property 3 of polygon"):
        assert expected in told
    assert "More failed checks" not in told


def test_functions_with_points_marks_and_words() -> None:
    told = flat(text.student(PARTLY))
    for row in (
        "area 20 / 20 ✓ passed",
        "perimeter 6.67 / 10 ◐ in part",
        "diagonal 10 / 20 ◐ in part, timed out",
        "polygon 0 / 20 … not written yet",
        "Total 56.67 / 100",
    ):
        assert row in told


@pytest.mark.parametrize(
    "report", [PARTLY, PERFECT, EMPTY, ALL_SKIPPED, forty_functions()], ids=lambda r: r.student
)
def test_totals_add_up(report: GradeReport) -> None:
    told = shown(text.student(report), 120)
    rows = re.findall(r"([\d.]+) / ([\d.]+)", told)
    *functions, total = [tuple(round(float(part) * 100) for part in row) for row in rows]
    assert total == (report.score, report.max_score)
    assert [sum(column) for column in zip(*functions, strict=True)] == list(total)


def test_what_is_not_graded() -> None:
    assert "✗ ungradable 0 of 100 points" in flat(text.student(UNGRADABLE))
    assert "'(' was never closed" in flat(text.student(UNGRADABLE))
    assert "? system error – of 100 points" in flat(text.student(SYSTEM_ERROR))


def test_public_checks_alone_are_shown_like_hidden_ones() -> None:
    report = replace(PARTLY, functions=(), max_score=0)
    told = flat(text.student(report))
    assert "area ✓ passed" in told
    assert "✗ radius 1 is pi (failed) yours 3.0, not 3.14" in told
    assert "points" not in told


@pytest.mark.parametrize("width", [40, 60, 80, 200])
def test_it_fits_the_terminal(width: int) -> None:
    results = class_of(
        PARTLY, PERFECT, UNGRADABLE, SYSTEM_ERROR, hostile_report("x" * 255), forty_functions()
    )
    renderables = [text.class_table(results), text.class_table(class_of())]
    renderables += [text.student(report, all_failures=True) for report in results.reports]
    for renderable in renderables:
        assert all(cell_len(line) <= width for line in shown(renderable, width).splitlines())


def test_the_class() -> None:
    results = class_like_any(30)
    told = shown(text.class_table(results), 120)
    for report in results.reports:
        assert re.search(rf"{report.student} +{re.escape(points(report.score))} +[✗? ]*\w", told)
    assert "? system error" in told
    assert "✗ ungradable" in told
    assert "Functions in this order: area, perimeter, diagonal, circle, polygon, sphere." in flat(
        text.class_table(results)
    )


def test_marks_of_a_class_differ_without_colour() -> None:
    told = flat(text.class_table(class_of(PARTLY)))
    assert "56.67 graded ✓◐◐◐… ✓ not written yet (polygon)" in told
    assert "✓ passed ◐ in part … not written yet" in told


def test_an_empty_class() -> None:
    assert "No submissions." in shown(text.class_table(class_of()))


def test_colours_are_the_only_control_sequences() -> None:
    """I02, I03: no sequence but our own colours, and no character that hides or turns text."""
    results = hostile_class()
    reports = [text.student(report, all_failures=True) for report in results.reports[:3]]
    for renderable in (text.class_table(results), *reports):
        told = re.sub(r"\x1b\[[\d;]*m", "", shown(renderable, 100, colour=True))
        assert not UNSAFE.search(told)


def test_markup_in_data_is_text() -> None:
    told = flat(text.class_table(class_of(hostile_report("[red]an[/red]"))), 160)
    assert "[red]an[/red]" in told
    assert "[bold red]x[/]" in "".join(
        shown(text.student(hostile_report("x"), all_failures=True), 200).split("\n")
    )


def test_no_line_of_a_student_stands_where_ours_stand() -> None:
    report = replace(hostile_report("x"), message=hostile_report("x").notices[0])
    for told in shown(text.student(report, all_failures=True), 200).splitlines():
        assert not told.startswith("grader: 100/100")


def test_each_hostile_id_has_one_row() -> None:
    told = shown(text.class_table(hostile_class()), 400)
    assert len(re.findall(r"60 +graded", told)) == len(HOSTILE_IDS)
