"""`autograde pictures`, the row of `verify`, and the place of pictures on a student's page."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from autograder.cli.pictures import row
from autograder.course import Assignment, Course
from autograder.model import Message, Outcome, Picture
from autograder.pictures.forms import picture_of
from autograder.reports import html

from ..cli.conftest import Run, desk, run  # noqa: F401
from ..conftest import write
from ..reports.pages import Page
from ..reports.samples import PARTLY, class_of
from .conftest import PICTURES, pictures_file
from .test_forms import FORMS, GRAPH, LINES


@pytest.mark.usefixtures("desk")
def test_it_makes_the_files_in_every_language(run: Run, drawn_course: Course, sums: Assignment) -> None:  # noqa: F811
    folder = sums.public_dir / "pictures"
    told = run("pictures", "--check")
    assert told.code == 1
    assert not folder.exists()
    assert run("pictures", "sums").code == 0
    assert sorted(path.name for path in folder.iterdir()) == [
        "curve.json",
        "curve.svg",
        "curve.vi.svg",
        "table.json",
        "table.svg",
        "table.vi.svg",
    ]
    assert run("pictures", "--check").code == 0
    (folder / "curve.svg").write_text("drawn by hand", "utf-8")
    told = run("pictures", "--check")
    assert told.code == 1
    assert "sums/pictures/curve.svg: differs" in told.out


def test_translations_are_used(drawn_course: Course, sums: Assignment) -> None:
    write(sums.public_dir / "texts.vi.toml", '"Adding one" = "Cộng thêm một"\n')
    from autograder.cli.pictures import generated

    made = generated(sums, drawn_course.languages)
    assert "Cộng thêm một".encode() in made["curve.vi.svg"]
    assert b"Adding one" in made["curve.svg"]


def test_verify_says_which_file_is_not_the_generated_one(drawn_course: Course, sums: Assignment) -> None:
    found = row(sums, drawn_course.languages)
    assert not found.true
    assert "curve.svg" in found.got
    from autograder.cli.pictures import generated

    folder = sums.public_dir / "pictures"
    folder.mkdir()
    for name, content in generated(sums, drawn_course.languages).items():
        (folder / name).write_bytes(content)
    assert row(sums, drawn_course.languages).true
    (folder / "left_over.svg").write_text("<svg/>", "utf-8")
    assert "left_over.svg" in row(sums, drawn_course.languages).got
    write(pictures_file(drawn_course), PICTURES + "\n\n    1 / 0\n")
    assert "does not run: ZeroDivisionError" in row(sums, drawn_course.languages).got


def test_verify_is_content_where_there_is_nothing_to_draw(tiny_course: Course) -> None:
    assert row(tiny_course.assignment("sums"), tiny_course.languages).true


@pytest.mark.usefixtures("desk")
def test_start_gives_the_pictures_with_the_statement(run: Run, desk: Path, sums: Assignment) -> None:  # noqa: F811
    assert run("pictures").code == 0
    assert run("start", "sums").code == 0
    assert (desk / "sums" / "pictures" / "curve.svg").is_file()


def with_pictures(*pictures: tuple[Picture, ...]) -> str:
    functions = list(PARTLY.functions)
    lost = [
        index
        for index, one in enumerate(functions)
        if one.outcome.costs_points and one.outcome is not Outcome.NOT_WRITTEN
    ]
    for index, own in zip(lost, pictures, strict=False):
        functions[index] = replace(functions[index], pictures=own)
    assert len(lost) >= len(pictures)
    return html.student_page(replace(PARTLY, functions=tuple(functions)), class_of(), "en")


def test_a_page_shows_them_inline_with_unique_ids() -> None:
    text = with_pictures(tuple(picture_of(form) for form in FORMS))
    page = Page(text)
    drawings = [attributes for tag, attributes in page.tags if tag == "svg"]
    assert len(drawings) == 3
    ids = [attributes["id"] for _tag, attributes in page.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    for attributes in drawings:
        assert attributes["role"] == "img"
        assert all(one in ids for one in (attributes["aria-labelledby"] or "").split())
    assert not [tag for tag, _a in page.tags if tag in {"script", "img", "image", "use", "style:"}]
    assert ".drawing" in page.style
    assert "More pictures: 1" in page.text


def test_a_picture_of_two_functions_is_drawn_once() -> None:
    one = picture_of(LINES)
    text = with_pictures((one,), (replace(one),))
    assert text.count("<svg") == 1
    assert re.search(r"The picture is the one of \w+ above\.", text)


def test_a_page_without_pictures_has_no_style_for_them() -> None:
    assert ".drawing" not in with_pictures()


@pytest.mark.parametrize("data", [{}, {"lines": 3}, None, {"nodes": [[1]]}])
def test_data_that_are_no_picture_leave_the_page_as_it_is(data: object) -> None:
    bad = Picture("graph", Message("<b>title</b>"), Message("text"), data)  # type: ignore[arg-type]
    text = with_pictures((bad, picture_of(GRAPH)))
    assert text.count("<svg") == 1
    assert "<b>" not in text
