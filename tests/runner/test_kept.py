"""The result of a check is kept until the submission is judged; what the check had in its hands is not.

A hundred checks that each keep the arrays of a submission fill the memory of a lane, and that is no fault of the suite.
"""

from __future__ import annotations

import gc
import weakref
from pathlib import Path
from textwrap import dedent

from autograder.course.manifest import Limits
from autograder.errors import WorkerEnded, without_frames
from autograder.runner.session import collected
from autograder.runner.suite import Ran, Suite
from autograder.sandbox.launch import Zygote
from autograder.sandbox.student import Student, local
from autograder.sandbox.worker import MAX_RECEIVED, Clock, LocalWorker, Program, RemoteWorker

SUITE = '''
    import weakref
    import pytest
    from autograder.checks import fail

    held = []

    class Large:
        pass

    def hold():
        large = Large()
        held.append(weakref.ref(large))
        return large

    @pytest.mark.function("f")
    def test_fails(student):
        """fails"""
        large = hold()
        fail("No.")

    @pytest.mark.function("f")
    def test_faults(student):
        """faults"""
        large = hold()
        student.f()

    @pytest.mark.function("f")
    def test_errs(student):
        """errs"""
        large = hold()
        try:
            1 / 0
        except ZeroDivisionError as error:
            raise KeyError("here") from error

    @pytest.mark.function("f")
    def test_errs_once_more(student):
        """errs, and hides why"""
        large = hold()
        try:
            within(large)
        except ZeroDivisionError:
            raise KeyError("here") from None

    def within(large):
        1 / 0

    @pytest.mark.function("f")
    def test_passes(student):
        """passes: until the next one is run, pytest itself keeps the last traceback"""
'''


def test_a_result_that_is_kept_keeps_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "test_it.py").write_text(dedent(SUITE), encoding="utf-8")
    program = Program({"work.py": "def f():\n    raise ValueError\n"}, "work.py")
    student = Student(lambda: local(LocalWorker(Limits()), program)._worker())
    kept: list[Ran] = []

    def use(suite: Suite) -> None:
        held: list[weakref.ref[object]] = suite.checks[0].items[0].module.held  # type: ignore[attr-defined]
        kept.extend(suite.run(check, student, None, "seed") for check in suite.checks)
        gc.collect()
        assert len(held) == 4
        assert [one() for one in held] == [None] * 4

    collected([tmp_path], use)
    assert [type(one.failure or one.fault or one.error).__name__ for one in kept] == [
        "CheckFailure",
        "StudentError",
        "KeyError",
        "KeyError",
        "NoneType",
    ]


def test_errors_behind_an_error_lose_their_frames_too() -> None:
    try:
        try:
            raise KeyError
        except KeyError:
            raise ValueError from TypeError()
    except ValueError as error:
        kept = without_frames(error)
    assert isinstance(kept.__context__, KeyError)
    assert (kept.__traceback__, kept.__context__.__traceback__) == (None, None)


def test_a_worker_that_sent_too_much_leaves_none_of_it() -> None:
    launcher = Zygote()
    try:
        worker = RemoteWorker(launcher, Limits(), Clock(60.0, received=MAX_RECEIVED - 2**20))
        source = "import numpy as np\ndef f():\n    return np.zeros(2**18)\n"
        assert worker.load(Program({"work.py": source}, "work.py")).error is None
        (outcome,) = worker.map("f", [((), {})])
    finally:
        launcher.close()
    assert isinstance(outcome.error, WorkerEnded)
    assert outcome.error.__traceback__ is None
