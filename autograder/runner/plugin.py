"""The pytest plugin: the marks and fixtures of hidden suites and public checks.

Loaded by our own sessions, and by plain `pytest` through its entry point, so that a student can run the public checks
beside their file. There `student` is the file in the test's own folder, in a process of its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    import numpy as np

    from autograder.checks.drawn import Drawn
    from autograder.sandbox.student import Student

MARKS = {
    "function": "function(name): the function of the assignment whose points this check shares",
    "weight": "weight(w): the check's share within its function, 1 by default",
    "hint": "hint(text): one sentence that is shown when the check fails",
}


@dataclass
class Binding:
    """Whom the checks of a session are run against at the moment. seed: what `rng` starts from."""

    student: Student
    reference: Student | None
    seed: int


BINDING = pytest.StashKey[Binding | None]()
_KEPT = pytest.StashKey[Any]()


def pytest_configure(config: pytest.Config) -> None:
    """Make the marks known."""
    for line in MARKS.values():
        config.addinivalue_line("markers", line)


@pytest.fixture
def student(request: pytest.FixtureRequest) -> Iterator[Student]:
    """The submission under test: `student.f(x)` calls its function f in a process of its own."""
    binding = request.config.stash.get(BINDING, None)
    if binding is not None:
        yield binding.student
        return
    from autograder.runner.beside import student_beside

    with student_beside(request.path) as beside:
        yield beside


@pytest.fixture
def reference(request: pytest.FixtureRequest) -> Student:
    """The reference, behind the same interface."""
    binding = request.config.stash.get(BINDING, None)
    if binding is None or binding.reference is None:
        pytest.fail("There is no reference here: public checks hold literals only.", pytrace=False)
    return binding.reference


@pytest.fixture
def rng(request: pytest.FixtureRequest) -> np.random.Generator:
    """A generator seeded by suite version, input set and check: the same bytes meet the same inputs."""
    import hashlib

    import numpy as np

    name = _inputs_of(request)
    return np.random.default_rng(int.from_bytes(hashlib.sha256(name.encode()).digest()[:16], "big"))


@pytest.fixture
def drawn(request: pytest.FixtureRequest) -> Drawn:
    """`drawn(strategy, n)`: n cases from a Hypothesis strategy, the same ones for the same input set.

    They are drawn once for all submissions that the session grades.
    """
    from autograder.checks.drawn import Drawn, Kept

    if (kept := request.config.stash.get(_KEPT, None)) is None:
        kept = request.config.stash[_KEPT] = Kept()
    return Drawn(kept, _inputs_of(request))


def _inputs_of(request: pytest.FixtureRequest) -> str:
    """What the inputs of a check are drawn from."""
    binding = request.config.stash.get(BINDING, None)
    seed: Any = 0 if binding is None else binding.seed
    return f"{seed}:{request.node.path.name}::{request.node.name}"
