"""What hostile submissions tried and must not get again. Each test says what it once got."""

from __future__ import annotations

import functools
import time

import numpy as np
import pytest

from autograder.checks.closeness import differences, shape_problem
from autograder.course.manifest import Limits
from autograder.sandbox import worker
from autograder.sandbox.bench import Bench
from autograder.sandbox.launch import Launcher
from autograder.sandbox.student import Student, local, stand_in
from autograder.sandbox.worker import LocalWorker, Program

LIMITS = Limits(call_seconds=2, submission_seconds=20, memory_mib=512)

REFERENCE = """
import functools
import time
def f(x):
    return x * 1.0
def slow(seconds):
    time.sleep(seconds)
    return 1.0
def down(n):
    return down(n - 1) if n else 0.0
"""


def reference_worker() -> LocalWorker:
    return LocalWorker(LIMITS)


def reference_in(worker: LocalWorker) -> Student:
    return local(worker, Program({"work.py": REFERENCE}, "work.py"))


# -- what the reference remembers from one submission to the next: once, a lane could be filled to its last byte ------


def test_answers_to_large_questions_do_not_fill_a_lane(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "_MOST_ANSWER_BYTES", 2**20)
    mine = reference_worker()
    reference = reference_in(mine)
    for first in range(20):
        assert reference.f(float(first)) == float(first)
        reference.call("f", [float(first)] + [0.5] * 20_000)
    kept = sum(len(question) for question in mine._answers)
    assert kept <= mine._answer_bytes <= 2**20


def test_one_submission_takes_the_memory_of_answers_from_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "_MOST_ANSWERS", 5)
    mine = reference_worker()
    reference = reference_in(mine)
    for x in range(9):
        reference.f(float(x))
    assert len(mine._answers) == 5
    mine.forget()
    assert not mine._answers
    assert reference.f(100.0) == 100.0
    assert len(mine._answers) == 1
    mine.forget()
    assert len(mine._answers) == 1


def test_an_error_of_the_reference_is_not_remembered() -> None:
    """It may come of the stack or the memory that a submission left it: the next one would fail the check."""
    mine = reference_worker()
    reference = reference_in(mine)
    assert reference.call("down", 100_000).error is not None
    assert reference.call("down", 3).value == 0.0
    assert len(mine._answers) == 1


# -- callbacks in callbacks: once, thirty deep, each with seconds of arithmetic of ours ---------------------------------

NESTED = """
def f(x):
    pass
def slow(x):
    pass
count = 0
class Deep:
    def __mul__(self, other):
        global count
        count += 1
        try:
            slow(4)
        except Exception:
            pass
        if count < 25:
            try:
                f(Deep())
            except Exception:
                pass
        return 1.0
def go():
    f(Deep())
    return count
"""


def test_nested_callbacks_end_with_the_first_alarm(zygote: Launcher, monkeypatch: pytest.MonkeyPatch) -> None:
    """The alarm rang once; what ran then was the reference, which took it for an exception like any other."""
    monkeypatch.setattr(worker, "FREE_CALLBACK_SECONDS", 0.1)
    reference = reference_in(reference_worker())
    bench = Bench(
        zygote,
        Limits(call_seconds=1, submission_seconds=600),
        Program({"work.py": NESTED}, "work.py"),
        stand_ins=[stand_in(reference, name) for name in ("f", "slow")],
    )
    began = time.monotonic()
    try:
        Student(bench.worker).call("go")
    finally:
        bench.close()
    # 25 times 4 s without it.
    assert time.monotonic() - began < 40


# -- comparing: once, twelve seconds of ours for each answer, charged to nobody ----------------------------------------


@pytest.mark.parametrize(
    "value",
    [
        [np.float32(1.0)] * 600_000,
        [[1.0]] * 490_000,
        [functools.reduce(lambda inner, _: [inner], range(60), [1.0])] * 16_000,
        [[[1.0]] * 480_000],
    ],
)
@pytest.mark.parametrize("desired", [1.0, np.ones(3), np.ones((1, 1, 1)), (1.0, np.ones(2))])
def test_a_million_little_lists_are_not_made_an_array(value: object, desired: object) -> None:
    began = time.process_time()
    assert differences(value, desired)
    assert shape_problem(value, np.shape(np.ones(3)))
    assert time.process_time() - began < 4


def test_a_long_list_of_the_right_shape_is_compared() -> None:
    assert not differences([[1.0]] * 20_000, np.ones((20_000, 1)))
    deep = functools.reduce(lambda inner, _: [inner], range(7), 1.0)
    assert not differences([deep] * 5_000, np.ones((5_000, 1, 1, 1, 1, 1, 1, 1)))
