"""Whose wrong answers are looked at, and with what are they compared? The course's own sources, and those handed in."""

from __future__ import annotations

import contextlib
from collections import OrderedDict
from collections.abc import Callable, Mapping
from types import TracebackType

from autograder.course.bank import compose, sound_mistakes, variants
from autograder.course.manifest import Assignment
from autograder.errors import CourseError
from autograder.model import GradeReport
from autograder.reports.apart import Apart
from autograder.reports.normalise import Unit
from autograder.reports.similar import Answers, Similar, available, wrong_functions

_REMEMBERED = 1_000
"""Submissions whose units are kept for those who handed in the same bytes."""

_Units = dict[str, Unit] | None


class WrongAnswers:
    """Collects the wrong answers of a class; a context manager, since it reads them in a process of its own.

    What counts as nobody's own is the stub and, where this copy of the course has solutions, the reference and the right
    variants.
    """

    def __init__(self, assignment: Assignment) -> None:
        names = [function.name for function in assignment.functions]
        own = [assignment.stub_path.read_text("utf-8")]
        self._mistakes: list[tuple[str, tuple[str, ...], str]] = []
        if assignment.secret_dir is not None:
            with contextlib.suppress(CourseError, OSError, SyntaxError):
                reference = assignment.reference_source()
                own.append(reference)
                own += [compose(reference, entry.source) for entry in variants(assignment)]
                self._mistakes = [
                    (entry.name, entry.costs, compose(reference, entry.source))
                    for entry in sound_mistakes(assignment)
                ]
        self._main, self._own = assignment.files[0], own
        self._apart = Apart(self._main, names, own)
        self._seen: OrderedDict[tuple[str, tuple[str, ...]], _Units] = OrderedDict()
        self._answers: Answers | None = None

    def __enter__(self) -> WrongAnswers:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._apart.__exit__(kind, error, trace)

    def add(self, report: GradeReport, digest: str, files: Callable[[], Mapping[str, bytes]]) -> None:
        """Look at a student's report, and at the sources where something is wrong.

        digest  the same for the same files
        files   name → bytes; not asked for where nothing is wrong
        """
        answers = self._answers = self._answers or Answers(self._bank())
        answers.add_values(report)
        wrong = wrong_functions(report)
        if not wrong:
            return
        key = (digest, tuple(wrong))
        if key in self._seen:
            self._seen.move_to_end(key)
        else:
            self._seen[key] = self._apart.units(files(), list(wrong))
            if len(self._seen) > _REMEMBERED:
                self._seen.popitem(last=False)
        units = self._seen[key]
        if units is None:
            answers.unread += 1
        else:
            answers.add_source(report.student, wrong, units)

    def similar(self) -> Similar:
        """What is alike among all that was added."""
        answers = self._answers or Answers({})
        if not available():
            return answers.similar(None, without="missing")
        nobodys: dict[str, list[str]] = {}
        if answers.looked:
            for source in self._own:
                for name, unit in self._apart.units_of(source).items():
                    if unit.text not in nobodys.setdefault(name, []):
                        nobodys[name].append(unit.text)
        return answers.similar(self._apart.compare, nobodys)

    def _bank(self) -> dict[tuple[str, str], str]:
        found: dict[tuple[str, str], str] = {}
        for mistake, costs, source in self._mistakes:
            for name, unit in (self._apart.units({self._main: source.encode()}, costs) or {}).items():
                found.setdefault((name, unit.digest), mistake)
        return found
