"""Whatever a lane sends: a report that answers what was expected, or it is refused; and what is believed can be shown.

An input is one byte (0: the lane's first words, else a report) and one message without its length.
"""

from __future__ import annotations

import contextlib
import json
import random
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from autograder.errors import CourseError
from autograder.grading import frames
from autograder.grading.expected import expected_of
from autograder.grading.record import plain, report_of
from autograder.grading.submission import Submission
from autograder.grading.verdict import Refused, verdict
from autograder.model import Diagnosis, GradeReport, Outcome, Status, message
from autograder.pictures import Graph, Grid, Grids, Line, Lines, Node, Note
from autograder.pictures.forms import picture_of
from autograder.reports import html, marks_csv, results_json
from autograder.reports.draw.drawn import drawn
from tests.grading.conftest import make_course
from tests.grading.reports import expected, graded, ready, sent, submission
from tests.reports.corpus import acting
from tests.reports.samples import class_of

from . import trees

LONGEST = 2**16
"""Some forty times an honest report of this small course."""

_WORDS = (
    *Outcome,
    *Status,
    "report",
    "an",
    b"an",
    "half",
    "quarter",
    "Box.doubled",
    "test_chain.py::test_half",
    ["It is {how}.", {"how": "wrong"}],
    ["{a}{b}", {"a": 1, "b": 0.5}],
    ["shape", None, ["Why: {why}.", {"why": "{why}"}]],
    {},
    [],
    ["ratio", None, ["It is {ratio}.", {"ratio": "2"}], [["Look at {place}.", {"place": "[0]"}]]],
    ["", "yours", [[[1.0, None]]]],
    ["y", "expected", "line", [0.0, 1.0], [1e300, None]],
    ["f", "+", ["x", "x"], [1.0, None], ["", None]],
    "grids",
    "lines",
    "graph",
    "log",
    1e300,
    2200,
    1100,
    10_000,
)


_folder = TemporaryDirectory(prefix="autograder-fuzz-course-")
COURSE = make_course(Path(_folder.name))
EXPECTED = expected(COURSE)
ABOUT: tuple[Submission, ...] = (
    submission(),
    submission("\udcff x", input_set=5, notices=(message("Ignored: {name}.", name="a.txt"),)),
    submission("bo", problem=message("There is no file.")),
)


def one(data: bytes) -> None:
    kind, body = data[0] if data else 0, data[1:]
    try:
        tree, length = frames.take(frames.HEADER.pack(len(body)) + body)
    except frames.Malformed:
        return
    assert length == frames.HEADER.size + len(body)
    with contextlib.suppress(Refused):
        if kind % (1 + len(ABOUT)) == 0:
            begun(tree)
        else:
            of = ABOUT[kind % (1 + len(ABOUT)) - 1]
            believed(verdict(tree, EXPECTED, of), of)


def begun(tree: Any) -> None:
    """Read what a lane says it has collected."""
    with contextlib.suppress(CourseError):
        found = expected_of(tree, EXPECTED.assignment)
        assert found.max_score == 10_000
        assert all(cents >= 0 for checks in found.worth.values() for cents in checks.values())


def believed(report: GradeReport, of: Submission) -> None:
    """What a report must be that nobody doubts any more."""
    assert report.student == of.student
    assert dict(report.files) == of.hashes
    assert report.max_score == 10_000
    assert report.isolation == ""
    if report.status is Status.GRADED:
        assert of.problem is None
        assert [function.name for function in report.functions] == list(EXPECTED.worth)
        for function, due in zip(report.functions, EXPECTED.worth.values(), strict=True):
            for check, (known, cents) in zip(function.checks, due.items(), strict=True):
                assert (check.name, check.max_score) == (known.name, cents)
                assert type(check.score) is int
                assert check.score == (0 if check.outcome.costs_points else cents)
    else:
        assert not report.score
    kept = json.loads(json.dumps(plain(report)))
    assert report_of(kept) == report
    shown = replace(report, student="an")
    results = class_of(shown)
    document = results_json.render(results)
    texts = [
        document,
        html.student_page(shown, results, "vi"),
        html.class_page(results, {"an": "an.html"}, "en"),
    ]
    for function in shown.functions:
        for picture in function.pictures:
            drawn(picture, "picture", "vi")  # a page leaves out one that cannot be drawn
    assert not any(acting(text.replace("\t", "")) for text in texts)
    (read,) = results_json.load(document).reports
    assert (read.score, read.status, read.output) == (report.score, report.status, report.output)
    assert [one.pictures for one in read.functions] == [one.pictures for one in report.functions]
    assert marks_csv.render(results).count("\r\n") == 2


def seeds() -> list[bytes]:
    found = [bytes([0]) + trees.write(ready(COURSE)["ready"])]
    for number, of in enumerate(ABOUT, 1):
        for outcomes in (
            {},
            {"half of it": Outcome.FAILED, "a quarter of it": Outcome.SKIPPED},
            {"twice the value": Outcome.SUITE_ERROR, "half of it": Outcome.CRASHED},
        ):
            found.append(bytes([number]) + trees.write(sent(graded(COURSE, of, outcomes))))
        found.append(
            bytes([number]) + trees.write(sent(explained(graded(COURSE, of, {"half of it": Outcome.FAILED}))))
        )
        bare = GradeReport(
            of.student, "chain", Status.UNGRADABLE, message=message("No."), max_score=10_000, files=of.hashes,
            notices=of.notices,
        )  # fmt: skip
        for status in (Status.UNGRADABLE, Status.SYSTEM_ERROR):
            found.append(bytes([number]) + trees.write(sent(replace(bare, status=status))))
    return found


def explained(report: GradeReport) -> GradeReport:
    """The same with a diagnosis, its hints, and a picture of each kind."""
    title, text = message("The loss, {n} times.", n=3), message("Yours ends at {end}.", end="0.5")
    forms = (
        Lines(title, text, "p", "loss", [
            Line("loss", [0, 0.5, 1], [1, None, 3], "expected", "both"),
            Line("loss", [0, 0.5, 1], [1, 2, 1e300], "yours"),
        ], "linear", "log", [Note(0.5, 1.0, "here")]),
        Grids(title, text, [Grid("input", [[1, 2], [3, 4]]), Grid("r", [0.5], "expected"), Grid("r", None, "yours")]),
        Graph(title, text, [Node("x", "x", (), 2.0, 1.0), Node("f", "+", ("x", "x"), 4.0, 1.0, 3.0, None)]),
    )  # fmt: skip
    found = Diagnosis("ratio", "half_of_half", message("It is {ratio} of it.", ratio="1/2"), (title, text))
    first, *others = report.functions
    first = replace(first, diagnosis=found, pictures=tuple(map(picture_of, forms)))
    return replace(report, functions=(first, *others))


def mutate(data: bytes, seed: int) -> bytes:
    return data[:1] + trees.mutated(data[1:], random.Random(seed), _WORDS)
