"""Public checks again and again: what is kept warm, what is never shared, and what stops."""

from __future__ import annotations

import queue
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from autograder.course import Course, load_course
from autograder.errors import CourseError, SystemFault
from autograder.grading import warm
from autograder.grading.warm import Broken, Ended, Judged, Told, WarmChecks, run_public_checks
from autograder.model import Outcome
from autograder.sandbox.launch import Spawner

SECONDS = 100.0
RIGHT = b"def add(x, y):\n    return x + y\n\ndef mean_of(x, y):\n    return 5.0\n"
NAMES = ("add", "mean_of")


class Warm:
    """Warm checks, and what they tell."""

    def __init__(self, course: Course) -> None:
        self.told: queue.SimpleQueue[Told] = queue.SimpleQueue()
        self.checks = WarmChecks(course.assignment("sums"), self.told.put)

    def ask(self, source: bytes, *names: str) -> int:
        return self.checks.ask({"sums.py": source}, names or NAMES)

    def next(self) -> Told:
        return self.told.get(timeout=SECONDS)

    def run(self, source: bytes, *names: str) -> tuple[dict[str, str], Ended]:
        """Outcome of each function, in the order in which they were told, and how the run ended."""
        number = self.ask(source, *names)
        outcomes: dict[str, str] = {}
        while not isinstance(told := self.next(), Ended):
            assert isinstance(told, Judged)
            assert told.run == number
            outcomes[told.name] = "" if told.result is None else told.result.outcome.value
        assert told.run == number
        return outcomes, told


@pytest.fixture
def started(tiny_course: Course) -> Iterator[Callable[[], Warm]]:
    every: list[Warm] = []

    def start() -> Warm:
        every.append(Warm(tiny_course))
        return every[-1]

    yield start
    for one in every:
        one.checks.close()


def test_each_run_meets_a_fresh_worker_and_the_order_that_was_asked_for(started: Callable[[], Warm]) -> None:
    one = started()
    outcomes, ended = one.run(RIGHT, "mean_of", "add")
    assert list(outcomes.items()) == [("mean_of", "passed"), ("add", "passed")]
    assert (ended.problem, ended.fault) == (None, "")
    # A worker that were used twice would remember that it was.
    remembering = (
        b"import math\nfirst = not hasattr(math, 'used')\nmath.used = True\n"
        b"def add(x, y):\n    return 3 if first else 0\n"
    )
    for _ in range(3):
        outcomes, _ended = one.run(remembering)
        assert outcomes == {"add": "passed", "mean_of": "not_written"}
    assert one.run(RIGHT, "nothing_of_this_name")[0] == {"nothing_of_this_name": ""}


def test_what_cannot_be_loaded_ends_the_run_with_the_reason(started: Callable[[], Warm]) -> None:
    one = started()
    for source, words, unreadable in (
        (b"def (:\n", "SyntaxError", True),
        (b"1/0\n", "ZeroDivisionError", False),
        (b"import os\nos._exit(0)\n", "status 0", False),
        (b"\xe9", "UTF-8", False),
    ):
        outcomes, ended = one.run(source)
        assert outcomes == {}
        assert ended.problem is not None
        assert ended.problem.error is not None
        assert words in str([*ended.problem.error.fields.values(), ended.problem.error.id])
        assert ended.problem.unreadable is unreadable
    assert one.run(RIGHT)[0] == dict.fromkeys(NAMES, "passed")


@pytest.mark.alone
@pytest.mark.parametrize("loop", [b"while True: pass\n", b"def add(x, y):\n    while True: pass\n"])
def test_a_newer_question_ends_the_older_one(tiny_course: Course, loop: bytes) -> None:
    manifest = tiny_course.assignments_dir / "sums" / "assignment.toml"
    text = manifest.read_text("utf-8")
    manifest.write_text(
        text.replace("submission_seconds = 20", "submission_seconds = 300\ncall_seconds = 200"), "utf-8"
    )
    assert load_course(tiny_course.root).assignment("sums").limits.submission_seconds == 300
    one = Warm(load_course(tiny_course.root))
    try:
        one.run(RIGHT)
        one.ask(loop)
        time.sleep(0.3)
        began = time.monotonic()
        outcomes, _ended = one.run(RIGHT)  # fails where a word of the older run comes
        assert outcomes == dict.fromkeys(NAMES, "passed")
        # The loop alone has 200 s or more.
        assert time.monotonic() - began < 60
        one.ask(loop)
        time.sleep(0.2)
    finally:
        began = time.monotonic()
        one.checks.close()
    assert time.monotonic() - began < 60


def test_a_worker_that_died_while_it_waited_is_replaced(started: Callable[[], Warm]) -> None:
    one = started()
    one.run(RIGHT)
    deadline = time.monotonic() + SECONDS
    while (ahead := one.checks._ready._ahead) is None:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    ahead.end(False)
    assert one.run(RIGHT)[0] == dict.fromkeys(NAMES, "passed")


def test_where_nothing_can_be_confined_plain_processes_do(
    started: Callable[[], Warm], monkeypatch: pytest.MonkeyPatch
) -> None:
    class Refusing(Spawner):
        def start(self, *_arguments: object, **_more: object) -> None:  # type: ignore[override]
            raise SystemFault("no namespaces here")

    monkeypatch.setattr(warm, "best_launcher", Refusing)
    assert started().run(RIGHT)[0] == dict.fromkeys(NAMES, "passed")


def test_checks_that_cannot_be_collected_are_said(started: Callable[[], Warm], tiny_course: Course) -> None:
    (tiny_course.assignments_dir / "sums" / "test_sums.py").write_text("import nothing_of_this_name\n")
    told = started().next()
    assert isinstance(told, Broken)
    assert isinstance(told.error, CourseError)
    assert "nothing_of_this_name" in str(told.error)


def test_once(tiny_course: Course) -> None:
    run = run_public_checks(tiny_course.assignment("sums"), {"sums.py": RIGHT}, ["add"])
    assert [(one.name, one.outcome) for one in run.functions] == [("add", Outcome.PASSED)]
    assert run.error is None


def test_the_folder_of_a_launcher_is_gone_afterwards(
    started: Callable[[], Warm], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "own"))
    (tmp_path / "own").mkdir()
    one = started()
    one.run(RIGHT)
    one.checks.close()
    assert list((tmp_path / "own").iterdir()) == []
