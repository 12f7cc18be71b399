"""Which operations on objects go wrong? A program is a few lines with a student's class: what do the wrong ones share?

The suite's programs differ in what they use: a division, a number on the left, a node that is used twice. What all wrong
ones have and no right one has is where to look.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from autograder.checks.closeness import differences
from autograder.diagnosis.observed import Seen, answer_of
from autograder.errors import StudentError, SuiteError
from autograder.model import Message, message
from autograder.sandbox.student import Call, Student
from autograder.sandbox.worker import Reference

_LONG = 300
"""Instructions from which on a program is called long."""

_OPERATIONS = frozenset(("add", "sub", "mul", "truediv", "pow", "neg"))
_SENTENCES: dict[str, tuple[Message, Message]] = {
    "add": (
        message("It goes wrong exactly where there is an addition."),
        message("Wherever it goes wrong there is an addition."),
    ),
    "sub": (
        message("It goes wrong exactly where there is a subtraction."),
        message("Wherever it goes wrong there is a subtraction."),
    ),
    "mul": (
        message("It goes wrong exactly where there is a multiplication."),
        message("Wherever it goes wrong there is a multiplication."),
    ),
    "truediv": (
        message("It goes wrong exactly where there is a division."),
        message("Wherever it goes wrong there is a division."),
    ),
    "pow": (
        message("It goes wrong exactly where there is a power."),
        message("Wherever it goes wrong there is a power."),
    ),
    "neg": (
        message("It goes wrong exactly where there is a unary minus."),
        message("Wherever it goes wrong there is a unary minus."),
    ),
    "left": (
        message("It goes wrong exactly where a plain number stands on the left of the operator."),
        message("Wherever it goes wrong a plain number stands on the left of an operator."),
    ),
    "right": (
        message("It goes wrong exactly where a plain number stands on the right of the operator."),
        message("Wherever it goes wrong a plain number stands on the right of an operator."),
    ),
    "shared": (
        message("It goes wrong exactly where one value is used more than once."),
        message("Wherever it goes wrong one value is used more than once."),
    ),
    "long": (
        message("It goes wrong exactly where the chain is very long."),
        message("Wherever it goes wrong the chain is very long."),
    ),
    "again": (
        message("It goes wrong exactly where something is called more than once."),
        message("Wherever it goes wrong something is called more than once."),
    ),
}


@dataclass(frozen=True)
class Ran:
    """A program beside what it should give."""

    call: Call
    desired: Any
    wrong: bool


def programs(seen: Sequence[Seen], reference: Student) -> list[Ran]:
    """The programs that these checks ran, each with whether its results are right."""
    found = []
    for one in seen:
        for call in one.calls:
            if call.instructions and (ran := _judged(call, reference)) is not None:
                found.append(ran)
    return found


def explain(ran: Sequence[Ran]) -> Message | None:
    """What the programs that go wrong have in common, and the others have not; else which attribute is wrong."""
    wrong = [one for one in ran if one.wrong]
    right = [one for one in ran if not one.wrong]
    if not wrong:
        return None
    shared = set.intersection(*(set(_features(one.call)) for one in wrong))
    elsewhere = [set(_features(one.call)) for one in right]
    if len(right) >= 2:
        for exact in (True, False):
            for feature in sorted(shared, key=lambda name: (name not in _OPERATIONS, name)):
                without = sum(feature not in other for other in elsewhere)
                if without == len(elsewhere) or (
                    not exact and len(wrong) >= 2 and 3 * without >= 2 * len(elsewhere)
                ):
                    return _said(feature, without == len(elsewhere))
    return _wrong_attribute(wrong, right)


def _said(feature: str, exact: bool) -> Message:
    if feature in _SENTENCES:
        return _SENTENCES[feature][0 if exact else 1]
    if exact:
        return message("It goes wrong exactly where {method} is called.", method=feature)
    return message("Wherever it goes wrong {method} is called.", method=feature)


def _wrong_attribute(wrong: Sequence[Ran], right: Sequence[Ran]) -> Message | None:
    """ "`.value` is right everywhere, `.grad` is not." """
    good: set[str] = set()
    bad: set[str] = set()
    for one in wrong:
        values = one.call.value
        if one.call.error is not None or not isinstance(values, list) or not isinstance(one.desired, list):
            return None
        for index, value, due in zip(one.call.wanted, values, one.desired, strict=False):
            attribute = _attribute(one.call, index)
            (bad if _differ(value, due) else good).add(attribute)
    for one in right:
        good |= {_attribute(one.call, index) for index in one.call.wanted}
    always, never = bad - good - {""}, good - bad - {""}
    if always and never:
        return message(
            "{right} is right everywhere, and {wrong} is wrong everywhere.",
            right=", ".join(f".{name}" for name in sorted(never)),
            wrong=", ".join(f".{name}" for name in sorted(always)),
        )
    if never and bad - {""}:
        return message(
            "{right} is right everywhere; {wrong} is not.",
            right=", ".join(f".{name}" for name in sorted(never)),
            wrong=", ".join(f".{name}" for name in sorted(bad - {""})),
        )
    return None


def _judged(call: Call, reference: Student) -> Ran | None:
    if call.error is not None:
        # Which exception it is says less than what the program did.
        return Ran(call, None, True) if isinstance(call.error, StudentError) else None
    right = answer_of(reference, call)
    if right is None or right.error is not None:
        return None
    return Ran(call, right.value, _differ(call.value, right.value))


def _differ(value: Any, due: Any) -> bool:
    try:
        return bool(differences(value, due, 1e-6, 1e-9))
    except SuiteError:
        return value is not due


def _attribute(call: Call, index: int) -> str:
    operation, *operands = call.instructions[index]
    return str(operands[1]) if operation == "get" else ""


def _features(call: Call) -> Iterator[str]:
    """What a program has: its operations, the methods that it calls, how it uses its values."""
    used: dict[int, int] = {}
    called: dict[str, int] = {}
    if len(call.instructions) > _LONG:
        yield "long"
    for operation, *operands in call.instructions:
        if operation in _OPERATIONS:
            yield operation
            for operand in operands:
                if isinstance(operand, Reference):
                    used[operand.index] = used.get(operand.index, 0) + 1
            if len(operands) == 2:
                if not isinstance(operands[0], Reference):
                    yield "left"
                if not isinstance(operands[1], Reference):
                    yield "right"
        elif operation == "call" and isinstance(operands[0], Reference):
            kind, *of = call.instructions[operands[0].index]
            if kind == "get":
                name = str(of[1])
                called[name] = called.get(name, 0) + 1
                yield name
    if any(count > 1 for count in used.values()):
        yield "shared"
    if any(count > 1 for count in called.values()):
        yield "again"
