"""What was observed of one call, and what was found in many?"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from autograder.model import Message

Ask = Callable[[str, tuple[Any, ...], dict[str, Any]], Any]
"""The reference's answer of a function for positional and named arguments; raises for what is no legal input."""


@dataclass(frozen=True, eq=False)
class Observation:
    """One call: what the student's function answered and what is right.

    args     the positional arguments
    kwargs   the arguments given by name
    actual   plain data: base ndarrays, numbers, lists, tuples, dicts, text, …; None where it raised
    desired  the reference's answer
    wrong    judged wrong; a call that raised is wrong
    raised   name of the exception's type where it raised, else ""
    changed  the arguments that the call changed: "argument 1" (counted from one) or, by name, "argument x"
    """

    args: tuple[Any, ...]
    kwargs: Mapping[str, Any]
    actual: Any
    desired: Any
    wrong: bool
    raised: str = ""
    changed: tuple[str, ...] = ()


@dataclass(frozen=True)
class Found:
    """A pattern in what was observed.

    kind  "ratio", "order", "when", …: which family it is of
    text  what was seen, ending in a question where one leads on
    hint  more about it, or None
    """

    kind: str
    text: Message
    hint: Message | None = None


@dataclass(frozen=True)
class Match:
    """A pattern that fits all wrong answers.

    full  whether it fits the right ones too, so that it explains all that was seen
    """

    found: Found
    full: bool = True
