"""Pictures of submissions: what differs is shown, and no answer of a student can break, stall or fool it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from autograder.course import Assignment, Course
from autograder.errors import CourseError
from autograder.grading import fields
from autograder.pictures import Grids, Lines, Sampler, draw, form_of, sampler
from autograder.pictures.draw import drawings, pictures_for, statement_pictures, texts_to_translate
from autograder.reports.draw import drawn
from autograder.sandbox.bench import Bench
from autograder.sandbox.launch import Spawner
from autograder.sandbox.student import Student
from autograder.sandbox.worker import Clock, Program

from ..conftest import write
from .conftest import PICTURES, pictures_file

Load = Callable[[str], Student]

RIGHT = "import numpy as np\ndef add(x, y): return np.asarray(x, float) + np.asarray(y, float)\n"
MEAN = "def mean_of(x, y): return float(np.mean(add(x, y)))\n"


def kinds(pictures: Any) -> list[str]:
    return [picture.kind for picture in pictures]


def test_what_is_wrong_is_shown_and_what_is_right_is_not(
    sums: Assignment, load: Load, reference: Student
) -> None:
    wrong = load(RIGHT.replace("+ np", "- np") + MEAN)
    found = pictures_for(sums, "add", wrong, reference)
    assert kinds(found) == ["lines", "grids"]
    curve, table = map(form_of, found)
    assert isinstance(curve, Lines)
    ((yours, expected),) = curve.pairs()
    assert yours.y == (-1, 0, 1, 2)
    assert expected.y == (1, 2, 3, 4)
    assert isinstance(table, Grids)
    assert len(table.wrong(table.grids[-1])) == 5  # x + x and x - x agree where x is 0

    assert pictures_for(sums, "add", load(RIGHT + MEAN), reference) == ()


def test_only_a_picture_that_shows_a_difference_is_kept(
    sums: Assignment, load: Load, reference: Student
) -> None:
    wrong_for_tables = (
        RIGHT + "right = add\ndef add(x, y): return right(x, y) * (1 if np.ndim(x) == 0 else 2)\n"
    )
    assert kinds(pictures_for(sums, "add", load(wrong_for_tables), reference)) == ["grids"]


def test_a_picture_that_two_functions_share_is_only_for_the_one_that_differs(
    drawn_course: Course, load: Load, reference: Student
) -> None:
    both = PICTURES.replace('@picture("mean_of", statement=False)', '@picture("mean_of", "add")')
    write(pictures_file(drawn_course), both)
    assignment = drawn_course.assignment("sums")
    wrong_mean = load(RIGHT + "def mean_of(x, y): return 0.0\n")
    assert kinds(pictures_for(assignment, "mean_of", wrong_mean, reference)) == ["graph"]
    assert pictures_for(assignment, "add", wrong_mean, reference) == ()


ANSWERS = [
    "None",
    "'<script>' * 1000",
    "float('nan')",
    "float('inf')",
    "10 ** 400",
    "1j",
    "True",
    "[]",
    "[[1.0], [2.0, 3.0]]",
    "{'a': 1}",
    "(yield)",
    "(i for i in range(3))",
    "np.array(['a', 'b'])",
    "np.array([None, 1], dtype=object)",
    "np.zeros((0, 3))",
    "np.zeros((50, 50))",
    "np.full((2, 3), np.nan)",
    "np.full((2, 3), 1e308)",
    "np.zeros((2, 3, 4, 5))",
    "np.zeros(10**6)",
    "np.float16(70000)",
    "x.nothing",
    "1 / 0",
    "[x] * 5000",
]


@pytest.mark.parametrize("answer", ANSWERS)
def test_any_answer_gives_a_picture_or_none(
    sums: Assignment, load: Load, reference: Student, answer: str, monkeypatch: pytest.MonkeyPatch, capfd: Any
) -> None:
    monkeypatch.setenv("AUTOGRADE_DEBUG", "1")
    source = f"import numpy as np\ndef add(x, y): return {answer}\ndef mean_of(x, y): return {answer}\n"
    student = load(source)
    for function in ("add", "mean_of"):
        for picture in pictures_for(sums, function, student, reference):
            fields.plain(picture.data, 4096, 1000, "a picture")
            drawn(picture, "p", "en")
    # Not our error either: nothing failed on the way.
    assert capfd.readouterr().err == ""


def test_a_function_that_is_missing_has_no_picture(sums: Assignment, load: Load, reference: Student) -> None:
    assert pictures_for(sums, "add", load("def something(): pass"), reference) == ()
    assert pictures_for(sums, "nothing_of_ours", load(RIGHT), reference) == ()


@pytest.fixture
def bench(sums: Assignment) -> Iterator[Callable[[str], Student]]:
    """A submission in a process of its own, with half a second a call."""
    launcher = Spawner(sums)
    opened: list[Bench] = []

    def loaded(source: str) -> Student:
        limits = replace(sums.limits, call_seconds=0.5)
        one = Bench(launcher, limits, Program({"sums.py": source}, "sums.py"), clock=Clock(10.0))
        opened.append(one)
        return Student(one.worker)

    yield loaded
    for one in opened:
        one.close()
    launcher.close()


@pytest.mark.parametrize(
    "body",
    [
        "while True: pass",
        "import os; os._exit(0)",
        "bytearray(10**12)",
        "return 1.0  # slowly",
    ],
)
def test_a_call_that_does_not_come_back_costs_little_and_breaks_nothing(
    sums: Assignment, bench: Load, reference: Student, body: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By counting what it is asked: nothing more after one that did not come back, or once the time is over."""
    late = 0.0
    clock = SimpleNamespace(monotonic=lambda: time.monotonic() + late)
    monkeypatch.setattr(draw, "time", clock)
    monkeypatch.setattr(sampler, "time", clock)
    student = bench(f"def add(x, y):\n    {body}\n")
    student._worker()  # starting it takes some of its time
    asked: list[int] = []
    calls = Student.calls

    def counted(self: Student, name: str, cases: Any, *more: Any) -> Any:
        nonlocal late
        if self is student:
            asked.append(len(cases))
            late += 1000 * body.endswith("slowly")
        return calls(self, name, cases, *more)

    monkeypatch.setattr(Student, "calls", counted)
    for picture in pictures_for(sums, "add", student, reference):
        drawn(picture, "p", "en")
    assert asked == [2]  # of five calls for two pictures


def test_a_submission_in_a_process_of_its_own_is_shown(
    sums: Assignment, bench: Load, reference: Student
) -> None:
    wrong = bench(RIGHT.replace("+ np", "* np"))
    assert kinds(pictures_for(sums, "add", wrong, reference)) == ["lines", "grids"]


@pytest.mark.parametrize(
    "broken",
    ["1 / 0", "def f(:", "from autograder.pictures import nothing"],
)
def test_an_error_in_pictures_py_is_ours_and_costs_nothing(
    drawn_course: Course,
    load: Load,
    reference: Student,
    broken: str,
    monkeypatch: pytest.MonkeyPatch,
    capfd: Any,
) -> None:
    write(pictures_file(drawn_course), broken)
    assignment = drawn_course.assignment("sums")
    assert pictures_for(assignment, "add", load(RIGHT), reference) == ()
    assert capfd.readouterr().err == ""
    monkeypatch.setenv("AUTOGRADE_DEBUG", "1")
    assert pictures_for(assignment, "add", load(RIGHT), reference) == ()
    assert "pictures.py failed" in capfd.readouterr().err
    with pytest.raises(CourseError):
        list(statement_pictures(assignment))


def test_one_broken_picture_leaves_the_others(drawn_course: Course, load: Load, reference: Student) -> None:
    write(pictures_file(drawn_course), PICTURES.replace('title="Adding one"', "title=1 / 0"))
    assignment = drawn_course.assignment("sums")
    wrong = load(RIGHT.replace("+ np", "- np"))
    assert kinds(pictures_for(assignment, "add", wrong, reference)) == ["grids"]
    with pytest.raises(CourseError, match="curve failed with the reference: ZeroDivisionError"):
        list(statement_pictures(assignment))


def test_a_function_that_there_is_not_is_refused_with_a_suggestion(drawn_course: Course) -> None:
    write(pictures_file(drawn_course), PICTURES.replace('@picture("mean_of"', '@picture("mean_off"'))
    with pytest.raises(CourseError, match=r'explains "mean_off".*mean_of'):
        drawings(drawn_course.assignment("sums"))


def test_the_statement_has_those_that_are_for_it(sums: Assignment) -> None:
    assert [name for name, _picture in statement_pictures(sums)] == ["curve", "table"]
    # The reference alone: nothing is yours there.
    for _name, picture in statement_pictures(sums):
        assert "yours" not in str(picture.data)
    assert {"Adding one", "a guide", "mean", "Of two numbers."} <= set(texts_to_translate(sums))


def test_no_compiled_file_is_left_in_the_course(drawn_course: Course, sums: Assignment) -> None:
    assert drawings(sums)
    assert not list((drawn_course.root / "assignments").rglob("*.pyc"))


def test_a_course_without_pictures_has_none(tiny_course: Course) -> None:
    assignment = tiny_course.assignment("sums")
    assert drawings(assignment) == ()
    assert list(statement_pictures(assignment)) == []


def test_the_same_question_is_asked_once_and_the_reference_only_for_the_first_submission(
    drawn_course: Course, sums: Assignment, load: Load, reference: Student
) -> None:
    twice = PICTURES.replace('@picture("add")\n    def table', '@picture("add")\n    def again')
    twice = twice.replace("x = np.arange(6.0).reshape(2, 3)", "x = np.arange(6.0).reshape(2, 3) + 1")
    write(pictures_file(drawn_course), PICTURES + twice.replace("def curve", "def curve_again"))
    assignment = drawn_course.assignment("sums")
    asked: dict[str, int] = {"yours": 0, "expected": 0}

    def counting(student: Student, who: str) -> Student:
        def count(call: object) -> None:
            asked[who] += 1

        student._record = count
        return student

    wrong = RIGHT.replace("+ np", "- np")
    due = counting(reference, "expected")
    found = pictures_for(assignment, "add", counting(load(wrong), "yours"), due)
    # Two equal curves of four points and two different tables.
    assert kinds(found) == ["lines", "grids", "lines", "grids"]
    assert asked == {"yours": 4 + 2, "expected": 4 + 2}
    # Another submission is asked anew, the reference is not.
    pictures_for(assignment, "add", counting(load(wrong), "yours"), due)
    assert asked == {"yours": 12, "expected": 6}


def test_functions_given_as_arguments_are_not_mistaken_for_one_another(load: Load) -> None:
    one = Sampler(load("def apply(f): return f(2.0)\n"), is_reference=False)
    assert [one.value("apply", lambda x, k=k: k * x) for k in range(20)] == [2.0 * k for k in range(20)]


def test_an_answer_that_is_given_out_again_cannot_be_changed(load: Load) -> None:
    one = Sampler(load("import numpy as np\ndef zeros(): return np.zeros(3)\n"), is_reference=True)
    first = one.array("zeros")
    assert first is not None
    with pytest.raises(ValueError, match="read-only"):
        first += 1
