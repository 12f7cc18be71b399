"""Whatever a function returns, the report says in words what is wrong: never a traceback of ours, never a hang."""

from __future__ import annotations

import pytest

from autograder.course import Course
from autograder.language import say
from autograder.model import GradeReport, Status
from autograder.reports.html import student_page
from autograder.sandbox.launch import Launcher
from tests.diagnosis.conftest import diagnosis_of, graded
from tests.diagnosis.test_mistakes import with_half
from tests.grading.conftest import RIGHT
from tests.reports.samples import class_of

BODIES = {
    "nan": "return float('nan')",
    "infinity": "return float('inf')",
    "a complex number": "return x / 2 + 1j",
    "an object array": "import numpy as np; return np.array([x, 'a'], dtype=object)",
    "a ragged list": "return [[x / 2], [x, x]]",
    "text": "return str(x / 2)",
    "a generator": "return (x / 2 for _ in range(1))",
    "a million numbers": "return [x / 2] * 1_000_000",
    "far too many numbers": "return [x / 2] * 3_000_000",
    "a different answer each time": "import random; return random.random()",
    "a changed global": "global half; half = None; return x",
    "an endless list": "y = []; y.append(y); return y",
    "a class": "return int",
    "a dict": "return {'half': x / 2}",
    "a huge integer": "return 10 ** 5000",
    "a masked array": "import numpy as np; return np.ma.masked_array([x / 2], [True])",
    "nothing": "pass",
    "bytes": "return b'1'",
    "itself": "return half",
    "a deep recursion": "return half(x)",
    "a lot of output": "print('x' * 10_000_000); return x",
    "an exception with a huge text": "raise ValueError('y' * 10_000_000)",
    "an exception that is a joke": "raise type('A' * 5000, (Exception,), {'__str__': lambda self: 1 / 0})()",
}


@pytest.fixture(scope="module")
def reports(course: Course, zygote: Launcher) -> dict[str, GradeReport]:
    found = graded(course, zygote, *(with_half(body) for body in BODIES.values()))
    return dict(zip(BODIES, found, strict=True))


@pytest.mark.parametrize("what", BODIES)
def test_a_diagnosis_in_words(what: str, reports: dict[str, GradeReport]) -> None:
    report = reports[what]
    assert report.status is Status.GRADED
    (half,) = [function for function in report.functions if function.name == "half"]
    assert half.score == 0
    found = diagnosis_of(report)
    assert found is not None
    for language in ("en", "vi"):
        text = say(found.text, language)
        assert 10 < len(text) < 1500
        assert "Traceback" not in text
        assert "{" not in text or what == "a dict"
    assert report.seconds < 60


@pytest.mark.parametrize("what", BODIES)
def test_the_page_can_be_shown(what: str, reports: dict[str, GradeReport]) -> None:
    page = student_page(reports[what], class_of(reports[what]), "vi")
    assert len(page) < 300_000


def test_the_others_keep_their_points(
    reports: dict[str, GradeReport], course: Course, zygote: Launcher
) -> None:
    (right,) = graded(course, zygote, RIGHT)
    full = {function.name: function.score for function in right.functions}
    for what, report in reports.items():
        for function in report.functions:
            if function.name.startswith("Box"):
                assert function.score == full[function.name], what
