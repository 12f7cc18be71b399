"""The fixture `drawn`: one draw for all submissions of a session, other cases for another input set."""

from __future__ import annotations

import gc
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from textwrap import dedent
from typing import Any

import numpy as np
import pytest

from autograder.checks import CheckFailure
from autograder.checks.drawn import fingerprint
from autograder.checks.shrink import shrink_failure
from autograder.course.manifest import Limits
from autograder.runner.session import collected
from autograder.runner.suite import Suite
from autograder.sandbox.student import Call, Student
from autograder.sandbox.worker import LocalWorker, Program

SUITE = """
    import pytest
    from autograder.checks import check_same
    from autograder.checks.strategies import alike, arguments, arrays, reals, shapes, sizes

    DRAWS = []
    PAIRS = alike(shapes(), reals(), reals()).map(lambda case: DRAWS.append(1) or case)
    pytestmark = pytest.mark.function("f")

    def test_one(student, reference, drawn, rng):
        '''the mean'''
        check_same(student, reference, "f", [([1.0], [2.0]), *drawn(PAIRS, 8), *drawn(PAIRS, 8)])

    @pytest.mark.parametrize("n", [1, 2])
    def test_two(student, reference, drawn, n):
        '''the mean of many'''
        check_same(student, reference, "f", drawn(alike(sizes(n, 9), reals(), reals()), 8))

    def test_count(student):
        '''how many were drawn'''
        student.f([float(len(DRAWS))], [0.0])
"""

RIGHT = "import numpy as np\ndef f(y, p):\n    return np.mean((np.asarray(y) - np.asarray(p)) ** 2)\n"
WRONG = RIGHT.replace("mean", "sum")


@pytest.fixture
def use_suite(tmp_path: Path) -> Callable[[Callable[[Suite], None]], None]:
    (tmp_path / "test_it.py").write_text(dedent(SUITE), encoding="utf-8")
    return lambda use: collected([tmp_path], use)


def target(source: str, record: Callable[[Call], None] = lambda call: None) -> Student:
    worker = LocalWorker(Limits())
    worker.load(Program({"work.py": source}, "work.py"))
    return Student(lambda: worker, record)


def marks(calls: list[Call]) -> list[Any]:
    return [fingerprint(call.args) for call in calls]


def test_cases_follow_the_input_set_and_the_check(use_suite: Any) -> None:
    def seen(seed: str) -> list[list[Any]]:
        found: list[list[Any]] = []

        def use(suite: Suite) -> None:
            for check in suite.checks[:2]:
                calls: list[Call] = []
                assert suite.run(check, target(RIGHT, calls.append), target(RIGHT), seed).passed
                found.append(marks(calls))

        use_suite(use)
        return found

    first, again, other = seen("v1:0"), seen("v1:0"), seen("v1:1")
    assert first == again
    one, two = first
    assert (len(one), len(two)) == (17, 16)
    # two draws of one strategy in a check, and the same strategy with other parameters, are different
    assert one[1:9] != one[9:]
    assert two[:8] != two[8:]
    assert other[0][2:9] != one[2:9]


def test_cases_are_drawn_once_for_all_submissions(use_suite: Any) -> None:
    drawn: list[float] = []

    def use(suite: Suite) -> None:
        one, _two, count = suite.checks
        for seed in ("v1:0", "v1:0", "v1:1", "v1:0", "v1:1"):
            for source in (RIGHT, WRONG):
                suite.run(one, target(source), target(RIGHT), seed)
            calls: list[Call] = []
            suite.run(count, target(RIGHT, calls.append), None, seed)
            drawn.append(calls[0].args[0][0])

    use_suite(use)
    first, same, other, *later = drawn
    assert first == same >= 16
    assert other > first
    assert later == [other, other]


def test_a_failure_in_a_session_leads_to_the_smallest_call(use_suite: Any) -> None:
    def use(suite: Suite) -> None:
        wrong, right = target(WRONG), target(RIGHT)
        failure = suite.run(suite.checks[0], wrong, right, "v1:0").failure
        assert failure is not None
        found = shrink_failure(failure, target(WRONG), right, 20)
        assert isinstance(found, CheckFailure)
        assert isinstance(found.call, Call)
        y, p = found.call.args
        assert sorted([*y.ravel(), *p.ravel()]) == [0.0, 0.0, 0.0, 1.0]
        # The literal case of one element passes; what is shown can be made again and is wrong again.
        with pytest.raises(CheckFailure, match=r"The result is 1, but 0\.5 is expected"):
            found.recheck(target(WRONG).repeat(found.call))

    use_suite(use)


def test_a_long_lived_session_does_not_grow(use_suite: Any) -> None:
    def use(suite: Suite) -> None:
        right = target(RIGHT)

        def grade(number: int) -> None:
            for check in suite.checks[:2]:
                assert suite.run(check, right, right, f"v1:{number % 8}").passed

        for number in range(16):
            grade(number)
        gc.collect()
        tracemalloc.start()
        try:
            for number in range(8):
                grade(number)
            gc.collect()
            before = tracemalloc.get_traced_memory()[0]
            for number in range(40):
                grade(number)
            gc.collect()
            assert tracemalloc.get_traced_memory()[0] - before < 50_000
        finally:
            tracemalloc.stop()

    use_suite(use)


def test_cases_are_plain_arrays(use_suite: Any) -> None:
    def use(suite: Suite) -> None:
        calls: list[Call] = []
        suite.run(suite.checks[1], target(RIGHT, calls.append), target(RIGHT), "v1:3")
        assert all(type(call.args) is tuple for call in calls)
        assert all(type(value) is np.ndarray for call in calls for value in call.args)

    use_suite(use)
