"""A launcher for each kind of worker, and a submission made of a few lines."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from autograder.course.manifest import Limits
from autograder.sandbox.bench import Bench
from autograder.sandbox.launch import Launcher, Spawner, Zygote
from autograder.sandbox.student import Student
from autograder.sandbox.worker import Program, StandIn

LIMITS = Limits(call_seconds=20, submission_seconds=60, memory_mib=512)
"""Ample: where nothing is asserted of time, a machine that stands still for a moment must make no difference."""


@pytest.fixture(scope="session")
def zygote() -> Iterator[Launcher]:
    launcher = Zygote()
    yield launcher
    launcher.close()


@pytest.fixture(scope="session")
def spawner() -> Iterator[Launcher]:
    launcher = Spawner()
    yield launcher
    launcher.close()


@pytest.fixture(params=["zygote", "spawner"])
def launcher(request: pytest.FixtureRequest) -> Launcher:
    """Each test that asks for this runs with forked and with spawned workers."""
    return request.getfixturevalue(request.param)


Submit = Callable[..., Student]


def _submitter(launcher: Launcher) -> Iterator[Submit]:
    benches: list[Bench] = []

    def submit(
        source: str, *, stand_ins: tuple[StandIn, ...] = (), limits: Limits = LIMITS, **files: str
    ) -> Student:
        program = Program(
            {"work.py": source, **{f"{name}.py": text for name, text in files.items()}}, "work.py"
        )
        bench = Bench(launcher, limits, program, stand_ins=stand_ins)
        benches.append(bench)
        outcome = bench.load()
        if outcome.error is not None:
            raise outcome.error
        student = Student(bench.worker)
        student.__dict__["bench"] = bench
        return student

    yield submit
    for bench in benches:
        bench.close()


@pytest.fixture
def submit(zygote: Launcher) -> Iterator[Submit]:
    """`submit(source)` loads a submission into a forked worker."""
    yield from _submitter(zygote)


@pytest.fixture
def submit_either(launcher: Launcher) -> Iterator[Submit]:
    """The same for both kinds of worker."""
    yield from _submitter(launcher)
