from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from autograder.checks import CheckFailure, call_with, check_same, same
from autograder.errors import CallTimedOut, NotWritten, StudentError, SuiteError
from tests.checks.fake import FakeTarget, raises


def double(x: Any, factor: float = 2.0) -> Any:
    return factor * np.asarray(x, dtype=float)


REFERENCE = FakeTarget(f=double)
CASES: list[Any] = [(np.arange(1.0, n + 1),) for n in (3, 1, 2)]


def check(function: Any, cases: Any = CASES, **options: Any) -> None:
    check_same(FakeTarget(f=function), REFERENCE, "f", cases, **options)


@pytest.mark.parametrize(
    "function",
    [
        double,
        lambda x: [2 * value for value in x],
        lambda x: np.array([2.0 * value for value in x], np.float32),
        lambda x: tuple(np.array(2 * value) for value in x),
    ],
)
def test_right_answers_pass_however_written(function: Any) -> None:
    check(function)


@pytest.mark.parametrize(
    "answer",
    [
        None,
        0.0,
        2.0,
        np.nan,
        np.inf,
        [],
        np.empty((0, 1)),
        np.array(2.0),
        True,
        np.ones((1, 1), bool),
        "2",
        {},
    ],
)
def test_degenerate_answers_fail(answer: Any) -> None:
    with pytest.raises(CheckFailure):
        check(lambda x: answer)


def test_the_echoed_input_fails_and_zeros_fail() -> None:
    for function in (lambda x: x, np.zeros_like, lambda x: np.full(x.shape, np.nan)):
        with pytest.raises(CheckFailure):
            check(function)


def test_all_cases_go_in_one_trip() -> None:
    student = FakeTarget(f=double)
    check_same(student, REFERENCE, "f", iter(CASES))
    assert student.trips == [("f", 3)]


def test_the_smallest_failing_call_is_the_one_shown() -> None:
    with pytest.raises(CheckFailure) as caught:
        check(lambda x: 3 * x)
    assert caught.value.call is not None
    assert caught.value.call.args[0].tolist() == [1.0]
    assert str(caught.value) == "Entry [0] is 3, but 2 is expected. 1 of 1 entries differ."
    with pytest.raises(CheckFailure) as caught:
        check(lambda x: 3 * x if x.size > 1 else 2 * x)
    assert caught.value.call is not None
    assert caught.value.call.args[0].tolist() == [1.0, 2.0]


def test_the_failure_judges_another_answer_to_that_call() -> None:
    with pytest.raises(CheckFailure) as caught:
        check(lambda x: 3 * x)
    again = caught.value.again
    assert again is not None
    again(np.array([2.0]))
    with pytest.raises(CheckFailure, match="is 7") as second:
        again([7.0])
    assert second.value.call is caught.value.call


def test_keywords_reach_both_sides() -> None:
    check(double, [call_with([1.0], factor=3.0)])
    with pytest.raises(CheckFailure, match="is 2, but 3"):
        check(lambda x, factor: double(x), [call_with([1.0], factor=3.0)])


def test_an_error_in_the_smallest_failing_call_is_raised_with_its_call() -> None:
    def crashes_on_one(x: Any) -> Any:
        if x.size == 1:
            raise ValueError("no")
        return 3 * x

    with pytest.raises(StudentError, match="ValueError: no") as caught:
        check(crashes_on_one)
    marks = vars(caught.value)
    assert marks["call"].args[0].tolist() == [1.0]
    marks["again"](np.array([2.0]))
    with pytest.raises(CheckFailure):
        marks["again"](np.array([3.0]))


def test_a_smaller_wrong_answer_goes_before_an_error() -> None:
    def crashes_on_two(x: Any) -> Any:
        if x.size == 2:
            raise ValueError("no")
        return 3 * x

    with pytest.raises(CheckFailure):
        check(crashes_on_two)


def test_a_missing_function_is_not_written() -> None:
    with pytest.raises(NotWritten):
        check_same(FakeTarget(), REFERENCE, "f", CASES)
    with pytest.raises(NotWritten):
        check(raises(NotImplementedError()))


def test_a_time_out_is_blamed_on_the_call_that_ran() -> None:
    # the sandbox gives the calls that were not made any more the same fault
    def hangs_from_three_on(x: Any) -> Any:
        raise CallTimedOut(5.0)

    with pytest.raises(CallTimedOut) as caught:
        check(hangs_from_three_on)
    assert vars(caught.value)["call"].args[0].size == 3


@pytest.mark.parametrize(
    "form", [np.float32([0.1, 0.2]), [np.float32(0.1), np.float32(0.2)], np.float16([0.1, 0.2])]
)
def test_single_precision_arguments_are_judged_at_a_thousandth(form: Any) -> None:
    check(lambda x: double(x) * (1 + 9e-4), [(form,)])
    with pytest.raises(CheckFailure):
        check(lambda x: double(x) * (1 + 1.1e-3), [(form,)])


def test_casting_the_answer_buys_nothing() -> None:
    with pytest.raises(CheckFailure):
        check(lambda x: (double(x) * (1 + 1e-5)).astype(np.float32))


def test_tolerances_may_depend_on_the_arguments() -> None:
    cases = [(np.array([1.0, 100.0]),)]
    check(lambda x: double(x) + 0.01 * x, cases, atol=lambda x: 0.011 * x)
    with pytest.raises(CheckFailure):
        check(lambda x: double(x) + 0.01 * x, cases, atol=lambda x: 0.009 * x)
    check(lambda x: 1.01 * double(x), cases, rtol=lambda x: 0.02)
    check(lambda x: 1.01 * double(x), cases, rtol=0.02)


def test_the_suites_own_faults() -> None:
    with pytest.raises(SuiteError, match=r"the reference fails on f\(\[1.0\]\): ValueError: no"):
        check_same(FakeTarget(f=double), FakeTarget(f=raises(ValueError("no"))), "f", [([1.0],)])
    with pytest.raises(SuiteError, match="None"):
        check_same(FakeTarget(f=double), FakeTarget(f=lambda x: None), "f", CASES)
    with pytest.raises(SuiteError, match="no cases"):
        check(double, [])
    with pytest.raises(SuiteError, match="tuple of arguments"):
        check(double, [[1.0]])
    with pytest.raises(SuiteError, match="rtol"):
        check(lambda x: None, rtol=-1.0)


def test_a_right_answer_is_compared_once_and_a_fault_of_the_suite_found_all_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    compared: list[Any] = []
    judge = same.differences
    monkeypatch.setattr(same, "differences", lambda *args: compared.append(args) or judge(*args))
    check(double)
    assert len(compared) == len(CASES)
    for function in (double, lambda x: None, lambda x: 3 * x, raises(ValueError("no"))):
        for options in ({"rtol": -1.0}, {"atol": np.zeros(9)}):
            with pytest.raises(SuiteError):
                check(function, **options)
