"""A notebook is graded by its functions: what fails beside them is noted, and costs nothing by itself."""

from __future__ import annotations

import gzip
import io
import json
import zipfile

import pytest

from autograder.course import Course
from autograder.grading.grade import Grader
from autograder.grading.submission import Submission
from autograder.language import say
from autograder.model import GradeReport, Outcome, Status
from autograder.runner.session import collected
from autograder.sandbox.launch import Launcher, Zygote

from .conftest import RIGHT

HALF, REST = RIGHT.split("def quarter")
REST = "def quarter" + REST


def notebook(*cells: str) -> bytes:
    made = [{"cell_type": "code", "metadata": {}, "outputs": [], "source": cell} for cell in cells]
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": made}).encode()


def grade_files(course: Course, launcher: Launcher, files: dict[str, bytes]) -> GradeReport:
    assignment = course.assignment("chain")
    found: list[GradeReport] = []
    collected(
        [assignment.hidden_dir, assignment.public_checks],
        lambda suite: found.append(
            Grader(course, assignment, suite, launcher).grade(Submission("an", files))
        ),
    )
    return found[0]


@pytest.fixture
def graded(course: Course, zygote: Launcher):  # type: ignore[no-untyped-def]
    """`graded(cells…)` is the report on a notebook of these cells."""
    return lambda *cells: grade_files(course, zygote, {"chain.ipynb": notebook(*cells)})


def notices(report: GradeReport) -> list[str]:
    return [say(notice, "en") for notice in report.notices]


def outcomes(report: GradeReport) -> dict[str, Outcome]:
    return {function.name: function.outcome for function in report.functions}


def test_cells_make_one_module(graded) -> None:  # type: ignore[no-untyped-def]
    report = graded("%matplotlib inline\nimport numpy as np", HALF, REST)
    assert report.score == report.max_score
    assert "%matplotlib inline" in notices(report)[0]
    assert set(report.files) == {"chain.ipynb"}


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        ("x = 1\nprint(1 / 0)", ["cell 2", "ZeroDivisionError", "chain.ipynb cell 2, line 2"]),
        ("def broken(:", ["Cell 2", "SyntaxError: invalid syntax (chain.ipynb cell 2, line 1)"]),
        ("import sys\nsys.exit(0)", ["cell 2", "SystemExit"]),
        ("import torch", ["cell 2", "'torch' is not available"]),
        ("half('a')", ["cell 2", "TypeError", "chain.ipynb cell 1, line"]),
        ("x = '\0'", ["ell 2", "null bytes"]),
    ],
)
def test_a_broken_cell_takes_nothing_with_it(graded, cell: str, words: list[str]) -> None:  # type: ignore[no-untyped-def]
    report = graded(HALF, cell, REST)
    assert report.score == report.max_score
    (text,) = notices(report)
    assert all(word in text for word in words), text


def test_a_cell_without_end_is_stopped(impatient: Course, zygote: Launcher) -> None:
    report = grade_files(impatient, zygote, {"chain.ipynb": notebook("while True: pass", RIGHT)})
    assert report.score == report.max_score
    assert notices(report) == [
        "A statement of cell 1 took too long and was stopped; everything after it was run."
    ]


def test_jupyter_itself_is_inert(graded) -> None:  # type: ignore[no-untyped-def]
    report = graded("get_ipython().system('touch x')\nfrom IPython import display\ndisplay.HTML('x')", RIGHT)
    assert report.score == report.max_score
    assert notices(report) == []
    report = graded("get_ipython().run_line_magic('time', '')\ndisplay(3)\n" + RIGHT)
    assert report.score == report.max_score


@pytest.mark.parametrize(
    "cells",
    [
        ["%pylab inline", RIGHT.replace("x / 2", "divide(x, 2)")],
        ["from numpy import *", "%%writefile chain.py\n" + RIGHT, "import chain\nfrom chain import *"],
        ["%%writefile tools.py\nTWO = 2", "from tools import TWO", RIGHT.replace("x / 2", "x / TWO")],
        ["%%writefile tools.py\nTWO = 2", "%run tools.py", RIGHT.replace("x / 2", "x / TWO")],
        [
            "import os\nos.kill(os.getpid(), 9)\nos._exit(1)\nexit()\nprint(In[1], Out, _, __)\nimport pandas as pd\n"
            "from google.colab import drive\ndrive.mount('/x')\nname = input()\nimport unittest\n"
            "unittest.main(argv=[''], exit=False)\n" + RIGHT
        ],
    ],
)
def test_what_works_in_jupyter_keeps_its_points(graded, cells: list[str]) -> None:  # type: ignore[no-untyped-def]
    report = graded(*cells)
    assert report.score == report.max_score


def test_a_function_that_is_only_text_is_named(course: Course, zygote: Launcher) -> None:
    made = json.loads(notebook(REST))
    made["cells"].append({"cell_type": "markdown", "source": HALF})
    report = grade_files(course, zygote, {"chain.ipynb": json.dumps(made).encode()})
    assert outcomes(report)["half"] is Outcome.NOT_WRITTEN
    assert "half stands only in a text cell of chain.ipynb, cell 2 from the top" in notices(report)[0]


@pytest.mark.slow
def test_outputs_of_100_mb_cost_nothing(course: Course, zygote: Launcher) -> None:
    made = json.loads(notebook(RIGHT))
    made["cells"][0]["outputs"] = [{"data": {"image/png": "A" * (100 * 2**20)}}]
    report = grade_files(course, zygote, {"chain.ipynb": json.dumps(made).encode()})
    assert report.score == report.max_score


def test_what_a_cell_that_is_no_python_defines_is_not_written(graded) -> None:  # type: ignore[no-untyped-def]
    report = graded(HALF, "print 1\n" + REST)
    assert outcomes(report)["half"] is Outcome.PASSED
    assert outcomes(report)["quarter"] is Outcome.NOT_WRITTEN


@pytest.mark.parametrize("demo", ["print(1 / 0)", "import torch", "raise SystemExit"])
def test_a_statement_takes_nothing_else_of_its_cell_with_it(graded, demo: str) -> None:  # type: ignore[no-untyped-def]
    """It may well have worked where the student's notebook ran."""
    report = graded(HALF, f"{demo}\n{REST}")
    assert report.score == report.max_score
    assert len(notices(report)) == 1


def test_the_last_definition_counts(graded) -> None:  # type: ignore[no-untyped-def]
    report = graded("def half(x):\n    return 0", RIGHT)
    assert report.score == report.max_score
    assert notices(report) == [
        "half is defined in cell 1 of chain.ipynb and again in cell 2: the last one counts."
    ]
    assert outcomes(graded(RIGHT, "def half(x):\n    return 0"))["half"] is Outcome.FAILED


def test_places_are_cells_and_lines(graded) -> None:  # type: ignore[no-untyped-def]
    report = graded("# nothing\n", "def half(x):\n    return x.size / 0", REST)
    texts = [say(m, "en") for f in report.functions for c in f.checks for m in c.messages]
    assert any("(chain.ipynb cell 2, line 2)" in text for text in texts), texts


def test_follow_through_reaches_every_cell(graded) -> None:  # type: ignore[no-untyped-def]
    report = graded(
        "def half(x):\n    return x / 3", "alias = half", REST.replace("half(half(x))", "alias(alias(x))")
    )
    found = {function.name: function for function in report.functions}
    assert found["half"].score == 0
    assert found["quarter"].score == found["quarter"].max_score
    assert all(check.follow_through for check in found["quarter"].checks)


def test_an_empty_notebook_says_so(graded) -> None:  # type: ignore[no-untyped-def]
    report = graded("", "%%bash\nls")
    assert report.status is Status.GRADED
    assert report.score == 0
    assert "chain.ipynb is empty." in notices(report)


def test_an_archive_is_graded_by_the_file_in_it(course: Course, zygote: Launcher) -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as made:
        made.writestr("an/chain.py", RIGHT.replace("return x / 2", "from helper import by\n    return by(x)"))
        made.writestr("an/helper.py", "def by(x):\n    return x / 2\n")
        made.writestr("an/numpy.py", "raise SystemExit")
    report = grade_files(course, zygote, {"hand in.zip": target.getvalue()})
    assert report.score == report.max_score
    assert "numpy.py" in notices(report)[0]


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("a.zip", b"PK nonsense", "cannot be unpacked"),
        ("chain.ipynb", b"{}", "not a notebook"),
        ("chain.py", b"\xff", "0xff is not UTF-8"),
        ("chain.ipynb", b'{"cells": [' + b"[]," * (10 * 2**20) + b"1]}", "not a notebook"),
        ("a.tar.gz", gzip.compress(b"x" * 2**20) + b"x", "cannot be unpacked"),
    ],
)
def test_what_cannot_be_read_is_ungradable(
    course: Course, zygote: Launcher, name: str, data: bytes, words: str
) -> None:
    report = grade_files(course, zygote, {name: data})
    assert report.status is Status.UNGRADABLE
    assert report.score == 0
    assert report.message is not None
    assert words in say(report.message, "en")


def test_without_a_worker_it_is_our_fault(course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    launcher = Zygote()
    launcher.start(course.assignment("chain").limits).end(False)
    monkeypatch.setattr(launcher, "_start", lambda *_: (_ for _ in ()).throw(OSError("no more processes")))
    try:
        assert grade_files(course, launcher, {"chain.py": RIGHT.encode()}).status is Status.SYSTEM_ERROR
    finally:
        monkeypatch.undo()
        launcher.close()
