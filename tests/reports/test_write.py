"""Files on disk: one page a student, whole files, no collisions."""

from __future__ import annotations

import csv
import os
from pathlib import Path

import pytest

from autograder.errors import SystemFault, UsageError
from autograder.model import points
from autograder.reports import results_json, write

from .pages import Page
from .samples import PARTLY, PERFECT, class_like_any, class_of, hostile_class


def test_every_rendering_says_the_same(tmp_path: Path) -> None:
    results = class_like_any(30)
    pages = write.write_all(results, tmp_path / "new" / "out", "en")
    loaded = results_json.load((tmp_path / "new/out/results.json").read_text(encoding="utf-8"))
    with (tmp_path / "new/out/marks.csv").open(encoding="utf-8", newline="") as file:
        marks = {row["student"]: row["score"] for row in csv.DictReader(file)}
    table = Page((tmp_path / "new/out/class.html").read_text(encoding="utf-8")).tables["students"].body
    in_class = {row[0]: row[1] for row in table}
    for report in loaded.reports:
        score = points(report.score)
        assert in_class[report.student] == score
        assert marks[report.student] == ("" if report.score is None else score)
        assert f"{score} of 100 points" in Page(pages[report.student].read_text(encoding="utf-8")).text


def test_hostile_ids_get_files_of_their_own_inside_the_folder(tmp_path: Path) -> None:
    results = hostile_class()
    out = tmp_path / "out"
    pages = write.write_all(results, out, "en")
    assert sorted(tmp_path.iterdir()) == [out]
    names = {path.name.casefold() for path in out.iterdir()}
    assert len(names) == len(results.reports) + 3
    assert {"results.json", "marks.csv", "class.html"} <= names
    for report in results.reports:
        assert pages[report.student].parent == out
        assert pages[report.student].name == f"{write.page_name(report.student)}"


def test_links_and_results_name_the_pages(tmp_path: Path) -> None:
    import json

    write.write_all(hostile_class(), tmp_path, "en")
    page = Page((tmp_path / "class.html").read_text(encoding="utf-8"))
    links = {attributes["href"] for tag, attributes in page.tags if tag == "a"}
    files = {
        r["file"] for r in json.loads((tmp_path / "results.json").read_text(encoding="utf-8"))["reports"]
    }
    assert links == files == {path.name for path in tmp_path.glob("*.html")} - {"class.html"}


def test_a_student_has_the_roster_s_language(tmp_path: Path) -> None:
    pages = write.write_all(class_of(PARTLY, PERFECT), tmp_path, "en", {PERFECT.student: "vi"})
    assert '<html lang="vi">' in pages[PERFECT.student].read_text(encoding="utf-8")
    assert '<html lang="en">' in pages[PARTLY.student].read_text(encoding="utf-8")


def test_a_failed_write_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "marks.csv"
    write.write_text(path, "old\r\n")

    def broken(source: str, target: str) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", broken)
    with pytest.raises(UsageError, match="No space left on device"):
        write.write_text(path, "new\r\n")
    assert [(p.name, p.read_bytes()) for p in tmp_path.iterdir()] == [("marks.csv", b"old\r\n")]


def test_a_link_in_the_folder_is_replaced_not_followed(tmp_path: Path) -> None:
    outside = tmp_path / "outside.txt"
    outside.write_text("mine", encoding="utf-8")
    out = tmp_path / "out"
    out.mkdir()
    (out / "class.html").symlink_to(outside)
    write.write_all(class_of(PARTLY), out, "en")
    assert outside.read_text(encoding="utf-8") == "mine"
    assert not (out / "class.html").is_symlink()


def test_a_folder_that_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("", encoding="utf-8")
    with pytest.raises(UsageError, match="Name another folder"):
        write.write_all(class_of(PARTLY), tmp_path / "out", "en")


def test_two_students_never_share_a_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("same", "CLASS"):
        monkeypatch.setattr(write, "folder_name", lambda student, name=name: name)
        with pytest.raises(SystemFault, match=f'both be "{name}.html"'):
            write.write_all(class_of(PARTLY, PERFECT) if name == "same" else class_of(PARTLY), tmp_path, "en")
    assert list(tmp_path.iterdir()) == []
