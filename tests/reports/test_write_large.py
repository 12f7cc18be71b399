"""Reports that come one by one, in any order: the same files, for a class of any size, whoever writes them."""

from __future__ import annotations

import os
import random
import signal
from dataclasses import replace
from pathlib import Path

import pytest

from autograder.errors import SystemFault, UsageError
from autograder.model import ClassResults, GradeReport
from autograder.reports import html, marks_csv, results_json, write
from autograder.reports.beside import Writing
from autograder.reports.summary import summarise
from autograder.reports.write import ClassWriter

from .pages import Page
from .samples import EMPTY, PARTLY, PERFECT, SYSTEM_ERROR, UNGRADABLE, class_like_any, hostile_class


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def ids(results: ClassResults) -> list[str]:
    return sorted(report.student for report in results.reports)


@pytest.mark.parametrize("results", [class_like_any(40), hostile_class()], ids=["class", "hostile"])
def test_the_order_of_the_reports_is_seen_nowhere(tmp_path: Path, results: ClassResults) -> None:
    write.write_all(results, tmp_path / "whole", "en")
    shuffled = list(results.reports)
    random.Random(7).shuffle(shuffled)
    about = replace(results, reports=())
    with Writing(ids(results), about, tmp_path / "beside", "en", texts=results.texts) as writing:
        for report in shuffled:
            writing.add(report)
        writing.finish()
    assert files(tmp_path / "beside") == files(tmp_path / "whole")
    assert (tmp_path / "whole" / "results.json").read_text("utf-8") == results_json.render(results)
    ordered = replace(results, reports=tuple(sorted(results.reports, key=lambda report: report.student)))
    assert (tmp_path / "whole" / "marks.csv").read_bytes().decode("utf-8") == marks_csv.render(ordered)


def test_only_those_who_have_a_report_are_written(tmp_path: Path) -> None:
    results = class_like_any(6)
    with ClassWriter(ids(results), results, tmp_path, "en") as writer:
        for report in results.reports[::2]:
            writer.add(report)
        writer.finish()
    loaded = results_json.load((tmp_path / "results.json").read_text("utf-8"))
    assert {report.student for report in loaded.reports} == {
        report.student for report in results.reports[::2]
    }


def test_a_second_report_of_one_student_is_a_fault(tmp_path: Path) -> None:
    with ClassWriter([PARTLY.student], class_like_any(1), tmp_path, "en") as writer:
        writer.add(PARTLY)
        with pytest.raises(SystemFault, match="Two reports of one student"):
            writer.add(PARTLY)


def many(count: int) -> list[GradeReport]:
    kinds = (PERFECT, PARTLY, EMPTY, UNGRADABLE, SYSTEM_ERROR)
    return [replace(kinds[number % 5], student=f"s{number:05}") for number in range(count)]


def test_a_large_class_has_further_pages_that_link_to_each_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(html, "MOST_STUDENTS", 10)
    reports = many(25)
    results = replace(class_like_any(1), reports=tuple(reports))
    write.write_all(results, tmp_path, "en")
    pages = [Page((tmp_path / html.class_file(number)).read_text("utf-8")) for number in (1, 2, 3)]
    listed = [[row[0] for row in page.tables["students"].body] for page in pages]
    assert [len(names) for names in listed] == [10, 10, 5]
    assert [name for names in listed for name in names] == [report.student for report in reports]
    links = {str(attributes["href"]).partition("#")[0] for tag, attributes in pages[0].tags if tag == "a"}
    assert {"class.2.html", "class.3.html"} <= links
    assert all((tmp_path / link).exists() for link in links)
    # All of a kind are counted, as many as fit are named.
    assert len(pages[0].tables["ungradable"].body) == 5
    assert "Submissions: 25." in pages[0].text

    write.write_all(replace(results, reports=tuple(reports[:12])), tmp_path, "en")
    assert sorted(path.name for path in tmp_path.glob("class*")) == ["class.2.html", "class.html"]


def test_problems_beyond_a_page_are_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(html, "MOST_STUDENTS", 3)
    reports = tuple(replace(UNGRADABLE, student=f"s{number}") for number in range(8))
    write.write_all(replace(class_like_any(1), reports=reports), tmp_path, "en")
    page = Page((tmp_path / "class.html").read_text("utf-8"))
    assert len(page.tables["ungradable"].body) == 3
    assert "Further students: 5." in page.text


@pytest.mark.parametrize("id", ["class.2", "class.2.html", "class.17"])
def test_no_student_s_page_is_a_page_of_the_class(id: str) -> None:
    assert write.page_name(id).removesuffix(".html") != id
    assert not write.page_name(id).startswith("class.")


def test_without_pages_there_are_no_links(tmp_path: Path) -> None:
    results = class_like_any(5)
    with ClassWriter(ids(results), results, tmp_path, "en", pages=False) as writer:
        for report in results.reports:
            writer.add(report)
        writer.finish()
    assert sorted(files(tmp_path)) == ["class.html", "marks.csv", "results.json"]
    page = Page((tmp_path / "class.html").read_text("utf-8"))
    assert not [attributes for tag, attributes in page.tags if tag == "a"]


def test_many_different_diagnoses_are_let_go_but_for_the_commonest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("autograder.reports.summary.MOST_TEXTS", 10)
    (function,) = [one for one in PARTLY.functions if one.diagnosis is not None][:1]
    assert function.diagnosis is not None

    def told(number: int) -> GradeReport:
        text = "the same" if number % 2 else f"value {number}"
        diagnosis = replace(function.diagnosis, text=replace(function.diagnosis.text, id=text))  # type: ignore[union-attr, type-var]
        return replace(PARTLY, student=f"s{number}", functions=(replace(function, diagnosis=diagnosis),))

    summary = summarise(replace(class_like_any(1), reports=tuple(map(told, range(200)))))
    assert (summary.diagnoses[0].text, summary.diagnoses[0].students) == ("the same", 100)
    assert len(summary.diagnoses) <= 21


# -- reading it again --------------------------------------------------------------------------------------------


def test_results_are_read_line_by_line(tmp_path: Path) -> None:
    results = class_like_any(12)
    path = tmp_path / "results.json"
    path.write_text(results_json.render(results), encoding="utf-8")
    about, reports = results_json.stream(path)
    assert about == replace(results_json.load(path.read_text("utf-8")), reports=())
    assert next(reports).student == min(ids(results))
    reports.close()  # type: ignore[attr-defined]
    assert tuple(results_json.stream(path)[1]) == results_json.load(path.read_text("utf-8")).reports


def test_what_somebody_set_otherwise_is_read_too(tmp_path: Path) -> None:
    import json

    results = class_like_any(3)
    path = tmp_path / "results.json"
    path.write_text(json.dumps(json.loads(results_json.render(results)), indent=2), encoding="utf-8")
    about, reports = results_json.stream(path)
    assert replace(about, reports=tuple(reports)) == results_json.load(results_json.render(results))


@pytest.mark.parametrize("cut", [0.3, 0.7, 0.99])
def test_a_file_that_breaks_off_is_no_results(tmp_path: Path, cut: float) -> None:
    text = results_json.render(class_like_any(5))
    path = tmp_path / "results.json"
    path.write_text(text[: int(len(text) * cut)], encoding="utf-8")
    with pytest.raises(UsageError, match=r"not a results\.json"):
        list(results_json.stream(path)[1])


# -- the process beside ------------------------------------------------------------------------------------------


def writing(tmp_path: Path, results: ClassResults) -> Writing:
    return Writing(ids(results), replace(results, reports=()), tmp_path, "en", texts={})


def all_of(results: ClassResults, beside: Writing) -> None:
    for report in results.reports:
        beside.add(report)
    beside.finish()


def test_what_the_other_end_cannot_write_is_told_here(tmp_path: Path) -> None:
    results = class_like_any(4)
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "marks.csv").mkdir()
    with writing(tmp_path / "out", results) as beside, pytest.raises(UsageError, match="Cannot write"):
        all_of(results, beside)


def test_a_killed_writer_is_our_fault_and_leaves_nothing_half_written(tmp_path: Path) -> None:
    results = class_like_any(4)
    with writing(tmp_path, results) as beside:
        os.kill(beside._process.pid, signal.SIGKILL)
        with pytest.raises(SystemFault, match="run the same command again"):
            all_of(results, beside)
    assert not (tmp_path / "results.json").exists()


def test_left_alone_the_writer_ends_without_a_word(tmp_path: Path) -> None:
    results = class_like_any(4)
    with writing(tmp_path, results) as beside:
        beside.add(results.reports[0])
    assert beside._process.returncode is not None
    assert not (tmp_path / "results.json").exists()
    assert not [path for path in tmp_path.iterdir() if path.name.startswith((".", "tmp"))]
