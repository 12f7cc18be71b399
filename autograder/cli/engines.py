"""Where are submissions graded? `--engine` and `--scheduler` of the commands that grade."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

from autograder.errors import UsageError
from autograder.model import Message, message

if TYPE_CHECKING:
    from autograder.course import Assignment, Course
    from autograder.grading.dask_engine import DaskEngine

F = TypeVar("F", bound=Callable[..., Any])
Elsewhere = Callable[["Course", "Assignment", bool], "DaskEngine"]
"""(course, assignment, whether weak isolation is allowed) → an engine, to be closed."""


def engine_options(command: F) -> F:
    """`--engine` and `--scheduler`; the command gets them as `engine`: an `Elsewhere`, or None for lanes of its own.

    Right above `common_options`; the command has `jobs` too, which is for lanes of its own only.
    """

    @click.option(
        "--engine",
        type=click.Choice(["local", "dask"]),
        default="local",
        show_default=True,
        help="Grade on lanes of this machine, or on the workers of a Dask cluster.",
    )
    @click.option(
        "--scheduler",
        metavar="ADDRESS|FILE",
        help="The Dask scheduler, e.g. tcp://host:8786, or its scheduler file; default: DASK_SCHEDULER_ADDRESS.",
    )
    @functools.wraps(command)
    def with_engine(*args: Any, engine: str, scheduler: str | None, **more: Any) -> Any:
        return command(*args, engine=_chosen(engine, scheduler, more["jobs"]), **more)

    return with_engine  # type: ignore[return-value]


def _chosen(engine: str, scheduler: str | None, jobs: int) -> Elsewhere | None:
    if engine == "local":
        if scheduler is not None:
            raise UsageError(message("--scheduler is for --engine dask."))
        return None
    if jobs:
        raise UsageError(
            message(
                "--jobs is for lanes of this machine; a Dask worker grades as many at a time as it has threads."
            )
        )
    return functools.partial(_dask, scheduler or "")


def _dask(scheduler: str, course: Course, assignment: Assignment, allow_weak: bool) -> DaskEngine:
    from autograder.grading.dask_engine import DaskEngine
    from autograder.language import say

    def tell(*parts: Message) -> None:
        click.echo(" ".join(map(say, parts)), err=True)

    return DaskEngine(scheduler, course, assignment, allow_weak=allow_weak, tell=tell)
