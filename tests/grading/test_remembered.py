"""Who was graded before leaves no trace: a lane that remembers conclusions reports what one that has met nobody reports.

`sandbox/transcript.py` keeps conclusions with the answers that led to them. Here each submission is graded twice with the
same inputs: by a grader that has met all the others, in a random order, and by one that has met none.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from autograder.course import Course, find_course
from autograder.course.bank import compose, mistakes, variants
from autograder.course.manifest import Assignment
from autograder.grading import grade as grading
from autograder.grading.grade import Grader
from autograder.grading.submission import Submission
from autograder.model import GradeReport
from autograder.reports import results_json
from autograder.runner.session import collected
from autograder.sandbox.launch import Launcher

from .conftest import HIDDEN, RIGHT, make_course

INPUTS = 1
"""One set of inputs for all: nothing is remembered from one set to another."""

NEIGHBOURS = {
    "right": RIGHT,
    "wrong": RIGHT.replace("x / 2", "x / 3 + 1").replace("self.value + self.value", "[self.value]"),
    "warns": RIGHT + "import warnings\ndef half(x):\n    warnings.warn('half')\n    return x / 2\n",
    "prints": RIGHT + "def half(x):\n    print('half of', x)\n    return x / 2\n",
    "prints elsewhere": RIGHT
    + "def half(x):\n    print('half of', end=' ', flush=True)\n    print(x)\n    return x\n",
    "mutates": RIGHT + "def empty(boxes):\n    boxes.clear()\n",
    "raises": RIGHT + "def half(x):\n    raise ValueError(f'not {x}')\n",
    "raises as well": RIGHT
    + "class ValueError(Exception): pass\ndef half(x):\n    raise ValueError(f'not {x}')\n",
    "lies about its class": RIGHT
    + "class Box:\n    def __init__(self, value):\n        self.value = -value\n",
    "keeps what it was given": RIGHT
    + "kept = []\ndef half(x):\n    kept.append(x)\n    return x / 2 if len(kept) < 5 else kept[0] / 2\n",
    "unwritten": "def half(x): raise NotImplementedError\n",
    "not there": RIGHT.replace("def quarter", "def quartre"),
}

ENDS = """
asked = 0
def half(x):
    global asked
    asked += 1
    if asked == {at}:
        {how}
    return x / 2
"""

KEEPS = '''
@pytest.mark.function("empty")
def test_empty(student):
    """gives a box with 0"""
    check_close(student.empty(3.0).value, 0.0)
'''

KEPT = """
class Box:
    def __init__(self, value):
        self.value = value + 1
    def doubled(self):
        return 2 * self.value
KEPT = Box({value})
def empty(x):
    return KEPT
"""

ENDING = {
    f"{what} at call {at}": RIGHT + ENDS.format(at=at, how=how)
    for what, how in {"ends": "import os; os._exit(3)", "hangs": "while True: pass"}.items()
    for at in (1, 3)
}


@pytest.fixture(autouse=True)
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is cut short on a crowded machine differs for that reason alone."""
    for name in ("SHRINK_FUNCTION", "SHRINK_SUBMISSION", "EXPLAIN_SECONDS"):
        monkeypatch.setattr(grading, name, 300.0)


def told(report: GradeReport) -> str:
    """All that a report says, but for how long it took."""
    return results_json.render_report(replace(report, student="an", seconds=0.0))


def with_graders(
    course: Course, assignment: Assignment, launcher: Launcher, use: Callable[[Callable[[], Grader]], None]
) -> None:
    """Let `use` make graders, which have met nobody when they are made."""
    collected(
        [assignment.hidden_dir, assignment.public_checks],
        lambda suite: use(lambda: Grader(course, assignment, suite, launcher)),
    )


def assert_untraced(
    course: Course,
    assignment: Assignment,
    launcher: Launcher,
    sources: Mapping[str, str],
    orders: Iterable[int],
    first: Mapping[str, str] | None = None,
) -> None:
    """Each report is the same from a grader that has met nobody and from those that have met the others.

    orders  seeds of the orders to try
    first   graded before all of them, to be remembered
    """
    different: list[str] = []

    def use(grader: Callable[[], Grader]) -> None:
        def grade(by: Grader, source: str) -> str:
            return told(by.grade(Submission("an", {assignment.files[0]: source.encode()}, input_set=INPUTS)))

        alone = {name: grade(grader(), source) for name, source in sources.items()}
        for seed in orders:
            warm = grader()
            for source in (first or {}).values():
                grade(warm, source)
            order = [*sources, *sources]
            random.Random(seed).shuffle(order)
            for place, name in enumerate(order):
                if (found := grade(warm, sources[name])) != alone[name]:
                    different.append(f"{name}, {place + 1} in order {seed}:\n{alone[name]}\n{found}")

    with_graders(course, assignment, launcher, use)
    assert not different, "\n".join(different[:5])


@pytest.mark.slow
def test_the_others_leave_no_trace(course: Course, zygote: Launcher) -> None:
    assert_untraced(course, course.assignment("chain"), zygote, NEIGHBOURS, orders=[1])


def _marks(name: str) -> list[pytest.MarkDecorator]:
    # What hangs takes seconds each time.
    return [pytest.mark.slow] * ("hangs" in name)


@pytest.mark.parametrize("name", [pytest.param(name, marks=_marks(name)) for name in ENDING])
def test_nobody_gets_another_try_since_others_were_graded_before(
    impatient: Course, zygote: Launcher, name: str
) -> None:
    """What ends its worker has ended it, whether or not its questions were known from others."""
    one = {name: ENDING[name]}
    assert_untraced(impatient, impatient.assignment("chain"), zygote, one, orders=[1], first={"right": RIGHT})


@pytest.mark.slow
@pytest.mark.parametrize("name", ["losses", "momentum", "backpropagation"])
def test_the_others_leave_no_trace_in_a_real_course(name: str, zygote: Launcher) -> None:
    course = find_course(Path(__file__).parents[2])
    assignment = course.assignment(name)
    reference = assignment.reference_source()
    entries = [*mistakes(assignment), *variants(assignment)]
    some = random.Random(7).sample(entries, 20)
    sources = {entry.name: compose(reference, entry.source) for entry in some}
    assert_untraced(course, assignment, zygote, sources, orders=[1])


def test_an_object_of_ours_that_comes_back_tells_nothing(tmp_path: Path, zygote: Launcher) -> None:
    """An answer names it by its number, whatever it holds: two files that made different ones while they were loaded answer
    the same."""
    hidden = HIDDEN.partition('@pytest.mark.function("empty")')[0] + KEEPS
    course = make_course(tmp_path, hidden)
    reference = course.assignment("chain").reference_path
    text = reference.read_text("utf-8")
    reference.write_text(
        text[: text.index("def empty(")] + 'def empty(x):\n    """A box with 0."""\n    return Box(0.0)\n'
    )
    kept = {value: RIGHT.partition("class Box")[0] + KEPT.format(value=value) for value in ("0.0", "5.0")}
    scores: dict[str, list[int]] = {}

    def use(grader: Callable[[], Grader]) -> None:
        for order in (["0.0", "5.0"], ["5.0", "0.0"]):
            by = grader()
            for value in order:
                report = by.grade(Submission("an", {"chain.py": kept[value].encode()}, input_set=INPUTS))
                scores.setdefault(value, []).append(report.functions[-1].score)

    with_graders(course, course.assignment("chain"), zygote, use)
    assert scores == {"0.0": [500, 500], "5.0": [0, 0]}


def test_many_small_values_are_weighed(course: Course, zygote: Launcher) -> None:
    """A byte on the wire may be a list here."""
    weights: list[int] = []

    def use(grader: Callable[[], Grader]) -> None:
        by = grader()
        for number in range(3):
            source = f"def half(x):\n    return [[] for _ in range(20_000)] + [{number}]\n"
            by.grade(Submission("an", {"chain.py": source.encode()}, input_set=INPUTS))
            weights.append(by._transcripts._bytes)

    with_graders(course, course.assignment("chain"), zygote, use)
    # 20,000 lists of 64 bytes are more than is kept of anybody.
    assert weights[0] == weights[1] == weights[2]
