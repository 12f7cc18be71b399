"""What does a check need to know of `student` and `reference`? The sandbox supplies both."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from autograder.errors import StudentFault
from autograder.sandbox.arguments import Case


class Call(Protocol):
    """The record of one call that was made."""

    @property
    def name(self) -> str:
        """The function that was called."""

    @property
    def args(self) -> tuple[Any, ...]:
        """The positional arguments, as the suite gave them."""

    @property
    def kwargs(self) -> Mapping[str, Any]:
        """The arguments given by name."""

    @property
    def value(self) -> Any:
        """What came back; None where there is an error."""

    @property
    def error(self) -> StudentFault | None:
        """What the student's code did instead of returning plain data."""

    @property
    def mutated(self) -> tuple[str, ...]:
        """The arguments that the call changed: "argument 1" (counted from one) or, by name, "argument x"."""

    @property
    def warnings(self) -> Sequence[tuple[str, str]]:
        """Category name and text of each warning that was given."""

    def result(self) -> Any:
        """The value; raises the error where there is one."""


class Target(Protocol):
    """Whoever answers calls: the student's code, or the reference in its place."""

    def calls(self, name: str, cases: Sequence[Case], /) -> Sequence[Call]:
        """One record for each case, in order; student faults are recorded, never raised."""

    def call(self, name: str, /, *args: Any, **kwargs: Any) -> Call:
        """The record of one call."""
