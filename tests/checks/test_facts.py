from __future__ import annotations

import warnings
from typing import Any

import msgpack
import numpy as np
import pytest

from autograder.checks import (
    CheckFailure,
    call_with,
    check_finite,
    check_no_warning,
    check_raises,
    check_unchanged,
)
from autograder.checks.facts import _changes
from autograder.errors import CallTimedOut, NotWritten, StudentError, SuiteError
from tests.checks.fake import FakeCall, FakeTarget, raises


def double(x: Any) -> Any:
    return 2.0 * np.asarray(x)


def double_in_place(x: Any) -> Any:
    x *= 2.0
    return x


REFERENCE = FakeTarget(f=double)
CASES: list[Any] = [(np.array([1.0, 2.0]),), (np.array([3.0]),)]


class TestUnchanged:
    @pytest.mark.parametrize("label", ["argument " + "9" * 90, "argument " + "\uff19" * 90, "argument x\ny"])
    def test_a_label_that_a_worker_made_up_fits_a_report(self, label: str) -> None:
        """A number that msgpack does not take would end the lane, and with it the grading of the class."""
        fields = [dict(one.fields) for one in _changes(FakeCall("f", mutated=(label,)))]
        assert len(str(fields)) < 200
        msgpack.packb(fields)

    def test_a_right_function_that_copies_passes(self) -> None:
        check_unchanged(FakeTarget(f=double), REFERENCE, "f", CASES)

    def test_a_changed_argument_fails_with_the_smallest_call(self) -> None:
        with pytest.raises(CheckFailure, match="changed its argument number 1; work on a copy") as caught:
            check_unchanged(FakeTarget(f=double_in_place), REFERENCE, "f", CASES)
        assert caught.value.call is not None
        assert caught.value.call.args[0].tolist() == [3.0]

    def test_a_named_argument_is_named(self) -> None:
        with pytest.raises(CheckFailure, match="changed its argument x"):
            check_unchanged(FakeTarget(f=double_in_place), REFERENCE, "f", [call_with(x=np.ones(2))])

    @pytest.mark.parametrize("function", [lambda x: None, lambda x: x, lambda x: 0.0])
    def test_doing_nothing_is_not_enough(self, function: Any) -> None:
        with pytest.raises(CheckFailure, match=r"None|is \d, but|single number"):
            check_unchanged(FakeTarget(f=function), REFERENCE, "f", CASES)

    def test_a_replay_is_judged_by_value_and_fact(self) -> None:
        with pytest.raises(CheckFailure) as caught:
            check_unchanged(FakeTarget(f=double_in_place), REFERENCE, "f", CASES)
        failure = caught.value
        failure.recheck(FakeCall("f", value=np.array([6.0])))
        with pytest.raises(CheckFailure, match="argument number 1"):
            failure.recheck(FakeCall("f", value=np.array([6.0]), mutated=("argument 1",)))
        with pytest.raises(CheckFailure, match="is 5, but 6"):
            failure.recheck(FakeCall("f", value=np.array([5.0])))
        with pytest.raises(CallTimedOut):
            failure.recheck(FakeCall("f", error=CallTimedOut(5.0)))

    def test_tolerances_are_those_of_check_same(self) -> None:
        rough = FakeTarget(f=lambda x: 2.02 * x)
        check_unchanged(rough, REFERENCE, "f", CASES, rtol=0.02)
        check_unchanged(rough, REFERENCE, "f", CASES, atol=lambda x: 0.1)
        with pytest.raises(CheckFailure):
            check_unchanged(rough, REFERENCE, "f", CASES)


def double_with(text: str, category: type[Warning] = RuntimeWarning) -> Any:
    def function(x: Any) -> Any:
        warnings.warn(text, category, stacklevel=1)
        return 2.0 * x

    return function


class TestNoWarning:
    def test_no_warning_and_underflow_pass(self) -> None:
        check_no_warning(FakeTarget(f=double), REFERENCE, "f", CASES)
        check_no_warning(FakeTarget(f=double_with("Underflow encountered in exp")), REFERENCE, "f", CASES)

    def test_a_warning_fails_with_its_text(self) -> None:
        student = FakeTarget(f=double_with("overflow encountered in exp"))
        with pytest.raises(CheckFailure, match="RuntimeWarning: overflow encountered in exp"):
            check_no_warning(student, REFERENCE, "f", CASES)
        check_no_warning(student, REFERENCE, "f", CASES, ignore=("overflow",))

    def test_underflow_counts_where_nothing_is_ignored(self) -> None:
        with pytest.raises(CheckFailure):
            check_no_warning(FakeTarget(f=double_with("underflow")), REFERENCE, "f", CASES, ignore=())

    def test_the_value_is_judged_first(self) -> None:
        with pytest.raises(CheckFailure, match="None"):
            check_no_warning(FakeTarget(f=lambda x: None), REFERENCE, "f", CASES)

    def test_long_and_hostile_text_is_cut_and_cleaned(self) -> None:
        student = FakeTarget(f=double_with("\x1b[31m" + "a" * 5000))
        with pytest.raises(CheckFailure) as caught:
            check_no_warning(student, REFERENCE, "f", CASES)
        assert len(str(caught.value)) < 300
        assert "\x1b" not in str(caught.value)

    def test_ignore_is_a_tuple(self) -> None:
        with pytest.raises(SuiteError):
            check_no_warning(FakeTarget(f=double), REFERENCE, "f", CASES, ignore="underflow")


class TestFinite:
    @pytest.mark.parametrize("function", [double, lambda x: list(x), lambda x: np.zeros(len(x), int)])
    def test_finite_numbers_of_the_shape_pass(self, function: Any) -> None:
        check_finite(FakeTarget(f=function), "f", CASES, like=0)

    @pytest.mark.parametrize(
        "answer",
        [
            None,
            0.0,
            [],
            np.empty((0, 1)),
            np.ones((2, 1)),
            np.array([1.0, np.nan]),
            [np.inf, 1.0],
            [True, True],
            "ab",
        ],
    )
    def test_anything_else_fails(self, answer: Any) -> None:
        with pytest.raises(CheckFailure):
            check_finite(FakeTarget(f=lambda x: answer), "f", CASES[:1], like=0)

    def test_says_which_entry(self) -> None:
        with pytest.raises(CheckFailure, match=r"1 of 2 entries .* entry \[1\] is nan") as caught:
            check_finite(FakeTarget(f=lambda x: [1.0, np.nan]), "f", CASES[:1], like=0)
        assert caught.value.again is not None
        caught.value.again([1.0, 2.0])

    def test_the_shape_may_be_given_or_computed(self) -> None:
        student = FakeTarget(f=lambda x, n=1: np.ones(n))
        check_finite(student, "f", [([1.0],), (2.0,)], shape=(1,))
        check_finite(student, "f", [call_with([1.0], n=4)], shape=lambda x, n: (n,))
        check_finite(student, "f", [call_with([1.0], n=4), call_with([1.0], n=2)], shape=lambda x, n: (n,))
        check_finite(FakeTarget(f=lambda x: 1.0), "f", [([1.0],)], shape=())
        check_finite(FakeTarget(f=lambda x: [x]), "f", [call_with(x=1.0)], shape=(1,))
        check_finite(FakeTarget(f=lambda x: x), "f", [call_with(x=[[1.0]])], like="x")
        with pytest.raises(CheckFailure, match=r"single number; an array of shape \(1,\)"):
            check_finite(FakeTarget(f=lambda x: 1.0), "f", [([1.0],)], like=0)

    def test_an_error_is_raised(self) -> None:
        with pytest.raises(StudentError, match="ZeroDivisionError"):
            check_finite(FakeTarget(f=lambda x: 1 / 0), "f", CASES, like=0)

    @pytest.mark.parametrize("options", [{}, {"like": 0, "shape": ()}, {"like": 3}, {"like": "z"}])
    def test_misuse_is_the_suites_fault(self, options: Any) -> None:
        with pytest.raises(SuiteError):
            check_finite(FakeTarget(f=double), "f", CASES, **options)


class Strange(ValueError):
    pass


def positive(error: Exception) -> Any:
    def function(x: float) -> float:
        if x < 0:
            raise error
        return x

    return function


class TestRaises:
    def check(self, function: Any, illegal: Any = ((-1.0,), (-2.0,))) -> None:
        check_raises(FakeTarget(f=function), "f", ValueError, legal=(1.0,), illegal=illegal)

    @pytest.mark.parametrize("error", [ValueError("no"), Strange()])
    def test_the_error_or_one_of_its_kind_passes(self, error: Exception) -> None:
        self.check(positive(error))

    def test_always_raising_earns_nothing(self) -> None:
        with pytest.raises(StudentError, match="ValueError") as caught:
            self.check(raises(ValueError("no")))
        assert vars(caught.value)["call"].args == (1.0,)

    def test_the_legal_call_must_give_something(self) -> None:
        def nothing(x: float) -> None:
            if x < 0:
                raise ValueError

        with pytest.raises(CheckFailure, match="legal") as caught:
            self.check(nothing)
        assert caught.value.again is not None
        caught.value.again(1.0)

    def test_returning_instead_fails(self) -> None:
        with pytest.raises(CheckFailure, match="should raise ValueError, but it returned") as caught:
            self.check(lambda x: x)
        failure = caught.value
        assert failure.call is not None
        assert failure.call.args == (-1.0,)
        failure.recheck(FakeCall("f", error=StudentError("ValueError", ("ValueError", "Exception"))))
        with pytest.raises(CheckFailure, match="returned"):
            failure.recheck(FakeCall("f", value=1.0))

    def test_another_error_fails(self) -> None:
        with pytest.raises(CheckFailure, match="should raise ValueError, but it raised TypeError: a text"):
            self.check(positive(TypeError("a text")))

    def test_one_of_several_is_enough_to_fail(self) -> None:
        def forgets_two(x: float) -> float:
            if x == -1.0:
                raise ValueError
            return x

        with pytest.raises(CheckFailure):
            self.check(forgets_two)

    def test_not_written_and_other_faults_are_raised(self) -> None:
        with pytest.raises(NotWritten):
            self.check(raises(NotImplementedError()))
        with pytest.raises(NotWritten):
            self.check(positive(NotImplementedError()))
        with pytest.raises(CallTimedOut):
            self.check(positive(CallTimedOut(5.0)))

    def test_nothing_illegal_is_the_suites_fault(self) -> None:
        with pytest.raises(SuiteError):
            self.check(lambda x: x, [])
