"""Who does the grading? What `many` needs of anyone else than its own lanes."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping
from typing import Protocol

from autograder.grading.submission import Submission
from autograder.model import GradeReport

Record = Mapping[str, str | int | float]
"""Under which isolation a report was made, as `Isolation.record` tells."""


class Asked(Protocol):
    """A submission to grade. identity: under which its report is kept."""

    @property
    def submission(self) -> Submission: ...

    @property
    def identity(self) -> str: ...


Made = tuple[str | None, GradeReport, Record | None]
"""The identity of what was asked, its report as `verdict` let it pass, and the record of the machine that made it; an
identity of None where the report was known before."""


class Engine(Protocol):
    """Grades elsewhere than on lanes of this process. Whoever made it closes it."""

    def run(
        self, tasks: Iterator[Asked | GradeReport], versions: Mapping[str, str]
    ) -> Generator[Made, None, None]:
        """Do all tasks, reading only so many ahead as are under way; a report among them is passed on.

        versions  of engine, course and suite that the reports have to be of
        Raises    CourseError where the suite cannot be collected, SystemFault where nobody is left who could grade or the
                  course changes meanwhile
        """
        ...


__all__ = ["Asked", "Engine", "Made", "Record"]
