"""How does a check say that the student's answer is not right?"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NoReturn

from autograder.checks.origin import Origin
from autograder.checks.target import Call
from autograder.errors import StudentFault
from autograder.language import say
from autograder.model import Message


class CheckFailure(Exception):
    """The answer is not right.

    messages    why, in the order to be read
    call        the call that failed, or None where the check knows of none
    again       the very same comparison for another value of that call: raises CheckFailure or returns None.
                None where the value alone does not decide
    again_call  the same for a whole record of that call, where facts beside the value decide
    origin      where its case was drawn from, or None: what `shrink_failure` starts from

    What is told about a hidden check comes from replaying that call in a fresh worker; `recheck` judges it.
    """

    def __init__(
        self,
        *messages: Message,
        call: Call | None = None,
        again: Callable[[Any], None] | None = None,
        again_call: Callable[[Call], None] | None = None,
    ) -> None:
        super().__init__(*messages)
        self.messages = messages
        self.call = call
        self.again = again
        self.again_call = again_call
        self.origin: Origin | None = None

    def __str__(self) -> str:
        return " ".join(say(message, "en") for message in self.messages)

    @property
    def can_recheck(self) -> bool:
        """Whether `recheck` can judge a replay of `call`."""
        return self.again is not None or self.again_call is not None

    def recheck(self, call: Call) -> None:
        """Judge another record of the same call.

        Raises  CheckFailure where it fails too, the call's own StudentFault where it has one, and this very
                failure where there is nothing to compare again
        """
        if self.again_call is not None:
            self.again_call(call)
        elif self.again is not None:
            self.again(call.result())
        else:
            raise self


def fail(message: str | Message, call: Call | None = None) -> NoReturn:
    """Fail the check, for a property that no other check states.

    message  one sentence for the student; it must hold no hidden value beyond the call that is shown
    call     the record of the call that showed it
    """
    raise CheckFailure(message if isinstance(message, Message) else Message(message), call=call)


def raise_fault(
    error: StudentFault,
    call: Call,
    again: Callable[[Any], None] | None = None,
    origin: Origin | None = None,
) -> NoReturn:
    """Raise what the student's code did instead of answering; it carries `call`, `again` and `origin`."""
    vars(error).update(call=call, again=again, origin=origin)
    raise error
