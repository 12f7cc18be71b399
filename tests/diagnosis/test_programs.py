"""What do the programs with objects that go wrong have in common?"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from autograder.course.manifest import Limits
from autograder.diagnosis.observed import Seen
from autograder.diagnosis.programs import explain, programs
from autograder.language import say
from autograder.model import Outcome
from autograder.sandbox.student import Batch, Call, Deferred, Student, local
from autograder.sandbox.worker import LocalWorker, Program

RIGHT = """
class Value:
    def __init__(self, value):
        self.value = value
        self.slope = 1.0
    def __add__(self, other):
        return Value(self.value + getattr(other, "value", other))
    __radd__ = __add__
    def __sub__(self, other):
        return Value(self.value - getattr(other, "value", other))
    def __mul__(self, other):
        return Value(self.value * getattr(other, "value", other))
    __rmul__ = __mul__
    def __truediv__(self, other):
        return Value(self.value / getattr(other, "value", other))
    def __neg__(self):
        return Value(-self.value)
    def root(self):
        return Value(self.value ** 0.5)
"""

Write = Callable[[Batch], Deferred]

PROGRAMS: dict[str, Write] = {
    "add": lambda b: b.Value(3.0) + b.Value(4.0),
    "subtract": lambda b: b.Value(3.0) - b.Value(4.5),
    "multiply": lambda b: b.Value(3.0) * b.Value(4.0),
    "divide": lambda b: b.Value(3.0) / b.Value(4.0),
    "divide and add": lambda b: b.Value(3.0) / b.Value(4.0) + b.Value(1.0),
    "negate": lambda b: -b.Value(3.0),
    "number on the left": lambda b: 2.0 + b.Value(3.0),
    "number on the right": lambda b: b.Value(3.0) * 5.0,
    "root": lambda b: b.Value(9.0).root(),
    "root of a sum": lambda b: (b.Value(9.0) + b.Value(7.0)).root(),
}


def twice(batch: Batch) -> Deferred:
    x = batch.Value(3.0)
    return x + x


def student(source: str, record: list[Call]) -> Student:
    worker = LocalWorker(Limits())
    local(worker, Program({"v.py": source}, "v.py", ()))
    return Student(lambda: worker, record.append)


def said(source: str, only: Iterator[str] | None = None) -> str | None:
    calls: list[Call] = []
    wrong = student(source, calls)
    for name, write in {**PROGRAMS, "twice": twice}.items():
        if only is not None and name not in only:
            continue
        batch = wrong.batch()
        result = write(batch)
        try:
            batch.run(result.value, result.slope)
        except Exception:
            continue
    seen = Seen(None, Outcome.FAILED, tuple(calls), ())  # type: ignore[arg-type]
    found = explain(programs([seen], student(RIGHT, [])))
    return None if found is None else say(found, "en")


WRONG = {
    "the division": (
        "self.value / getattr",
        "getattr(other, 'value', other) / self.value + 0 * getattr",
        "a division",
    ),
    "the minus": ("Value(-self.value)", "Value(self.value)", "a unary minus"),
    "a method": ("self.value ** 0.5", "self.value ** 0.25", "root is called"),
    "the left": ("__radd__ = __add__\n", "__radd__ = lambda self, other: Value(other)\n", "on the left"),
}


@pytest.mark.parametrize("what", WRONG)
def test_the_operation_that_goes_wrong_is_named(what: str) -> None:
    old, new, expected = WRONG[what]
    assert old in RIGHT
    text = said(RIGHT.replace(old, new, 1))
    assert text is not None
    assert text.startswith("It goes wrong exactly where")
    assert expected in text


def test_an_operation_that_raises_is_named_too() -> None:
    text = said(RIGHT.replace("Value(-self.value)", "1 / 0"))
    assert text is not None
    assert "a unary minus" in text


def test_an_attribute_that_is_wrong_everywhere() -> None:
    text = said(RIGHT.replace("self.slope = 1.0", "self.slope = 0.0"))
    assert text == ".value is right everywhere, and .slope is wrong everywhere."


def test_nothing_is_said_of_what_is_right() -> None:
    assert said(RIGHT) is None


def test_nothing_is_claimed_of_errors_without_a_system() -> None:
    # Wrong for large values only: each operation is right somewhere and wrong somewhere.
    text = said(RIGHT.replace("self.value = value", "self.value = value if value < 5 else 0.0"))
    assert text is None or not text.startswith("It goes wrong exactly where there is a")
