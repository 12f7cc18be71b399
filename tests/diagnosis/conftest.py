"""A course with a bank of mistakes, and one zygote for all tests here."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from textwrap import dedent

import pytest

from autograder.course import Course
from autograder.grading.grade import Grader
from autograder.grading.submission import Submission
from autograder.model import Diagnosis, GradeReport
from autograder.runner.session import collected
from autograder.sandbox.launch import Launcher, Zygote
from tests.grading.conftest import MANIFEST, make_course

MISTAKES = {
    "twice": '''
        """Twice x instead of half of it."""
        COSTS = ["half"]
        EXPLANATION = {"en": "You multiply where you should divide.", "vi": "Bạn nhân thay vì chia."}
        HINTS = [{"en": "Look at the operator.", "vi": "Hãy nhìn phép toán."}]
        def half(x):
            return x * 2
    ''',
    "floor": '''
        """Whole numbers only."""
        COSTS = ["half", "quarter"]
        EXPLANATION = {"en": "// cuts the fraction off.", "vi": "// cắt bỏ phần lẻ."}
        def half(x):
            return x // 2
        def quarter(x):
            return x // 4 + 1
    ''',
    "floor_only": '''
        """Whole numbers only, in half alone."""
        COSTS = ["half"]
        EXPLANATION = {"en": "Your half is rounded down.", "vi": "half bị làm tròn xuống."}
        def half(x):
            return x // 2
    ''',
    "endless": '''
        """Never ends for negative numbers."""
        COSTS = ["half"]
        EXPLANATION = {"en": "Your loop never ends below zero.", "vi": "Vòng lặp không dừng với số âm."}
        def half(x):
            while x < 0:
                pass
            return x / 2
    ''',
    "counts": '''
        """Right on the first call only."""
        COSTS = ["half"]
        EXPLANATION = {"en": "You keep a counter between calls.", "vi": "Bạn giữ một biến đếm giữa các lần gọi."}
        CALLS = []
        def half(x):
            CALLS.append(x)
            return x / 2 if len(CALLS) == 1 else x / 3
    ''',
}

Diagnosed = Callable[..., Diagnosis | None]


@pytest.fixture(scope="session")
def zygote() -> Iterator[Launcher]:
    launcher = Zygote()
    yield launcher
    launcher.close()


@pytest.fixture(scope="session")
def course(tmp_path_factory: pytest.TempPathFactory) -> Course:
    root = tmp_path_factory.mktemp("course")
    for name, text in MISTAKES.items():
        path = root / "solutions" / "chain" / "mistakes" / f"{name}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dedent(text), encoding="utf-8")
    # What hangs, hangs a few times: in the submission, and in the mistake that does so too.
    return make_course(root, manifest=MANIFEST.replace("call_seconds = 10", "call_seconds = 1"))


def graded(
    course: Course, zygote: Launcher, *sources: str, left_out: tuple[str, ...] = ()
) -> list[GradeReport]:
    """The reports on some submissions, graded one after the other by one grader."""
    assignment = course.assignment("chain")
    found: list[GradeReport] = []

    def use(suite: object) -> None:
        grader = Grader(course, assignment, suite, zygote)  # type: ignore[arg-type]
        grader._why.mistakes.left_out = left_out
        found.extend(grader.grade(Submission("an", {"chain.py": source.encode()})) for source in sources)

    collected([assignment.hidden_dir, assignment.public_checks], use)
    return found


def diagnosis_of(report: GradeReport, name: str = "half") -> Diagnosis | None:
    (found,) = [function.diagnosis for function in report.functions if function.name == name]
    return found


@pytest.fixture
def diagnosed(course: Course, zygote: Launcher) -> Diagnosed:
    """`diagnosed(source)` is what the report says of `half`."""

    def ask(source: str, name: str = "half", **more: tuple[str, ...]) -> Diagnosis | None:
        (report,) = graded(course, zygote, dedent(source), **more)
        return diagnosis_of(report, name)

    return ask
