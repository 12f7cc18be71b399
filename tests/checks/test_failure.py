from __future__ import annotations

import pytest

from autograder.checks import CheckFailure, fail
from autograder.checks.failure import raise_fault
from autograder.errors import CallTimedOut, StudentError
from autograder.model import message
from tests.checks.fake import FakeCall


def test_fail_takes_a_sentence_or_a_message_and_the_call() -> None:
    call = FakeCall("f", (1.0,))
    with pytest.raises(CheckFailure) as caught:
        fail("the loss does not fall", call)
    assert caught.value.messages == (message("the loss does not fall"),)
    assert caught.value.call is call
    with pytest.raises(CheckFailure, match="3 steps are missing"):
        fail(message("{count} steps are missing", count=3))


def test_student_text_is_never_a_template() -> None:
    failure = CheckFailure(message("The text is {text}.", text="{count} {0.__class__}"))
    assert str(failure) == "The text is {count} {0.__class__}."


def test_recheck_judges_the_value_of_another_record() -> None:
    def again(value: object) -> None:
        if value != 2:
            raise CheckFailure(message("no"))

    failure = CheckFailure(message("no"), again=again)
    assert failure.can_recheck
    failure.recheck(FakeCall("f", value=2))
    with pytest.raises(CheckFailure):
        failure.recheck(FakeCall("f", value=3))
    with pytest.raises(StudentError):
        failure.recheck(FakeCall("f", error=StudentError("ValueError")))


def test_recheck_prefers_the_whole_record() -> None:
    def again_call(call: object) -> None:
        assert isinstance(call, FakeCall)
        if call.mutated:
            raise CheckFailure(message("changed"))

    failure = CheckFailure(message("changed"), again_call=again_call)
    failure.recheck(FakeCall("f", value=1))
    with pytest.raises(CheckFailure):
        failure.recheck(FakeCall("f", value=1, mutated=("argument 1",)))


def test_recheck_without_a_comparison_is_the_same_failure() -> None:
    failure = CheckFailure(message("no"))
    assert not failure.can_recheck
    with pytest.raises(CheckFailure) as caught:
        failure.recheck(FakeCall("f", value=1))
    assert caught.value is failure


def test_a_fault_carries_its_call() -> None:
    call = FakeCall("f")
    with pytest.raises(CallTimedOut) as caught:
        raise_fault(CallTimedOut(5.0), call)
    assert vars(caught.value)["call"] is call
