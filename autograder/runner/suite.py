"""A collected suite: which checks there are, whose points they share, and how one of them is run."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from autograder.checks import CheckFailure
from autograder.checks.mentions import comparing, listening
from autograder.checks.same import Comparison
from autograder.errors import CourseError, StudentFault, SuiteError, without_frames
from autograder.runner.plugin import BINDING, Binding
from autograder.sandbox.student import Student


@dataclass(frozen=True)
class Check:
    """One check, however many parameters it is run with.

    name      file and function, e.g. "test_steps.py::test_keeps_its_argument"; never shown to students
    label     its docstring: the line that students read
    function  the contract's name whose points it shares
    weight    its share within the function
    hint      one sentence shown with a failure, or ""
    """

    name: str
    label: str
    function: str
    weight: float
    hint: str
    items: tuple[pytest.Item, ...] = field(repr=False)


@dataclass(frozen=True)
class Ran:
    """How a check ended: passed where all three are None.

    failure  a check found the student's answer wrong
    fault    the student's code did something else than return plain data
    error    anything else: an error of the test itself, provoked or not
    heard    what the check mentioned though it costs nothing: (function, "list" or "array")
    compared what calls were compared with, in order
    """

    failure: CheckFailure | None = None
    fault: StudentFault | None = None
    error: BaseException | None = None
    heard: tuple[tuple[str, str], ...] = ()
    compared: tuple[Comparison, ...] = ()

    @property
    def passed(self) -> bool:
        return self.failure is None and self.fault is None and self.error is None


class Suite:
    """The checks of one collected session, in the order in which they stand."""

    def __init__(self, session: pytest.Session, items: Sequence[pytest.Item]) -> None:
        self._config = session.config
        self.checks = _checks(items)

    def under(self, folder: Path) -> list[Check]:
        """The checks whose files lie in `folder` (or are it)."""
        where = folder.resolve()
        return [check for check in self.checks if check.items[0].path.resolve().is_relative_to(where)]

    def run(self, check: Check, student: Student, reference: Student | None, seed: str) -> Ran:
        """Run one check. seed: what its inputs are drawn from, together with its name."""
        number = int.from_bytes(hashlib.sha256(seed.encode()).digest()[:8], "big")
        self._config.stash[BINDING] = Binding(student, reference, number)
        try:
            with listening() as heard, comparing() as compared:
                for item in check.items:
                    ran = _run(item)
                    if not ran.passed:
                        break
            return replace(ran, heard=tuple(heard), compared=tuple(compared))
        finally:
            self._config.stash[BINDING] = None


def _run(item: pytest.Item) -> Ran:
    """Set up, call and tear down one item through pytest's hooks, without a report: rendering a traceback takes
    longer than most checks, and nobody may see it anyway."""
    ran = Ran()
    try:
        # What pytest does between two runs of the same item: fixtures start anew.
        item._initrequest()  # type: ignore[attr-defined]
        item.ihook.pytest_runtest_setup(item=item)
        item.ihook.pytest_runtest_call(item=item)
    except CheckFailure as failure:
        ran = Ran(failure=without_frames(failure))
    except StudentFault as fault:
        ran = Ran(fault=without_frames(fault))
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        ran = Ran(error=without_frames(error))
    try:
        item.ihook.pytest_runtest_teardown(item=item, nextitem=None)
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        if ran.passed:
            ran = Ran(error=without_frames(error))
    return ran


def _checks(items: Sequence[pytest.Item]) -> tuple[Check, ...]:
    # By the whole path: a hidden and a public file may have the same name.
    groups: dict[tuple[Path, str], list[pytest.Item]] = {}
    for item in items:
        groups.setdefault((item.path, _bare(item)), []).append(item)
    return tuple(_check(f"{path.name}::{bare}", group) for (path, bare), group in groups.items())


def _bare(item: pytest.Item) -> str:
    """The test's name without its parameters, with its class where it has one."""
    return item.nodeid.partition("::")[2].partition("[")[0]


def _check(name: str, items: list[pytest.Item]) -> Check:
    first = items[0]
    label = " ".join((getattr(getattr(first, "obj", None), "__doc__", None) or "").split())
    if not label:
        raise CourseError(f"{name} has no docstring. Write the property it checks: students read that line.")
    mark = first.get_closest_marker("function")
    if mark is None or len(mark.args) != 1 or not isinstance(mark.args[0], str):
        raise CourseError(f'{name} does not say whose points it shares. Add @pytest.mark.function("name").')
    return Check(name, label, mark.args[0], _weight(name, first), _hint(name, first), tuple(items))


def _weight(name: str, item: pytest.Item) -> float:
    mark = item.get_closest_marker("weight")
    if mark is None:
        return 1.0
    value: Any = mark.args[0] if len(mark.args) == 1 else None
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 < value < 1e6:
        raise CourseError(
            f"{name}: its weight is {value!r}. Write a positive number: @pytest.mark.weight(2)."
        )
    return float(value)


def _hint(name: str, item: pytest.Item) -> str:
    mark = item.get_closest_marker("hint")
    if mark is None:
        return ""
    if len(mark.args) != 1 or not isinstance(mark.args[0], str):
        raise CourseError(f'{name}: its hint is not one text. Write @pytest.mark.hint("…").')
    return mark.args[0]


__all__ = ["Check", "Ran", "Suite", "SuiteError"]
