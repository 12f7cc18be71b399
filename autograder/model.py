"""The frozen values that every room speaks in: outcomes, messages, results, the graded report.

Nothing here computes marks or knows a file format. Scores are integers in cents (hundredths of a point), so that
sums are exact in every rendering.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Any

type_of_field = str | int | float
"""What a message's field may hold; sentences are made from it when rendering."""

_NO_FIELDS: Mapping[str, type_of_field] = MappingProxyType({})


@dataclass(frozen=True)
class Message:
    """One thing to say, not yet in any language.

    id      the English template with named fields; it is the key of the catalogues, as in gettext
    fields  what to fill in
    """

    id: str
    fields: Mapping[str, type_of_field] = field(default_factory=lambda: _NO_FIELDS)


def message(id: str, /, **fields: type_of_field) -> Message:
    """A `Message`, written as a call: ``message("shape {actual}", actual="(3,)")``."""
    return Message(id, MappingProxyType(fields))


class Outcome(StrEnum):
    """How a check ended. Ordered from best to worst in `SEVERITY`; the value is the name in results.json."""

    PASSED = "passed"
    SKIPPED = "skipped"
    FAILED = "failed"
    NOT_WRITTEN = "not_written"
    TIMED_OUT = "timed_out"
    OUT_OF_MEMORY = "out_of_memory"
    CRASHED = "crashed"
    SUITE_ERROR = "suite_error"
    SYSTEM_ERROR = "system_error"

    @property
    def costs_points(self) -> bool:
        """False where the points stay with the student: passed, and the two faults that are ours."""
        return self not in (Outcome.PASSED, Outcome.SUITE_ERROR, Outcome.SYSTEM_ERROR)


SEVERITY: tuple[Outcome, ...] = tuple(Outcome)


def worst(outcomes: Iterable[Outcome]) -> Outcome:
    """The worst of some outcomes; `passed` of none."""
    return max(outcomes, key=SEVERITY.index, default=Outcome.PASSED)


class Status(StrEnum):
    """What became of a submission as a whole."""

    GRADED = "graded"
    UNGRADABLE = "ungradable"
    SYSTEM_ERROR = "system_error"


@dataclass(frozen=True)
class CheckResult:
    """One hidden (or public) check of one function.

    label           the check's docstring: the line that a student reads
    score           cents earned; `max_score` or 0
    messages        why not, in the order to be read; empty when passed
    call            the smallest failing call as the student would type it, e.g. "relu([-1.0])", or ""
    hint            the author's hint, "" without
    follow_through  counted because it passes once the student's wrong upstream functions are replaced
    """

    label: str
    outcome: Outcome
    score: int
    max_score: int
    messages: tuple[Message, ...] = ()
    call: str = ""
    hint: str = ""
    follow_through: bool = False
    name: str = ""


@dataclass(frozen=True)
class Diagnosis:
    """What was misunderstood, where the engine can tell.

    kind     "not_written", "crashed", "shape", "mutation", "mistake", "ratio", … (see diagnosis/)
    mistake  name of the known mistake, or None
    text     what is wrong: the first rung of the hint ladder
    hints    the further rungs, in order: where to look, which formula
    """

    kind: str
    mistake: str | None
    text: Message
    hints: tuple[Message, ...] = ()


PICTURES = frozenset(("lines", "grids", "graph"))
"""The kinds of pictures that reports can draw."""


@dataclass(frozen=True)
class Picture:
    """What a report draws: samples of the student's own functions beside what is expected.

    kind   "lines", "grids" or "graph": how it is drawn
    title  what it shows
    text   the same in words, for those who cannot see it
    data   plain data (texts, finite numbers, None, lists, dicts); its form follows from the kind, see pictures/
    """

    kind: str
    title: Message
    text: Message
    data: Mapping[str, Any]


@dataclass(frozen=True)
class FunctionResult:
    """All checks of one function of the contract; its score is their sum, its outcome their worst."""

    name: str
    checks: tuple[CheckResult, ...]
    diagnosis: Diagnosis | None = None
    pictures: tuple[Picture, ...] = ()

    @property
    def score(self) -> int:
        return sum(check.score for check in self.checks)

    @property
    def max_score(self) -> int:
        return sum(check.max_score for check in self.checks)

    @property
    def outcome(self) -> Outcome:
        return worst(check.outcome for check in self.checks)


@dataclass(frozen=True)
class GradeReport:
    """Everything that is known about one graded submission. Renderings are pure functions of it.

    student        the student's id, opaque
    assignment     the assignment's id
    status         graded, ungradable (score 0, costs no attempt), system_error (score None)
    message        why not graded, else None
    functions      in the contract's order; empty unless graded
    input_set      which of the suite's sets of inputs was used, 0…7, or None when none was
    notices        things that cost nothing but should be said: an ignored file, "remembers earlier calls", …
    public         results of the public checks (no points)
    output         what the file printed on import and in the public checks, cleaned and cut
    files          name → SHA-256 of the bytes that were graded
    seconds        wall time of grading it
    isolation      the level of confinement that it ran under, e.g. "A"; "" where nobody looked
    """

    student: str
    assignment: str
    status: Status
    functions: tuple[FunctionResult, ...] = ()
    message: Message | None = None
    max_score: int = 0
    input_set: int | None = None
    notices: tuple[Message, ...] = ()
    public: tuple[FunctionResult, ...] = ()
    output: str = ""
    files: Mapping[str, str] = field(default_factory=dict)
    seconds: float = 0.0
    isolation: str = ""

    @property
    def score(self) -> int | None:
        """Cents earned; None when the system failed, so that no fault of ours becomes a zero."""
        if self.status is Status.SYSTEM_ERROR:
            return None
        return sum(function.score for function in self.functions)


@dataclass(frozen=True)
class ClassResults:
    """The graded reports of a class, in the order of the students' ids by code point.

    isolation  level and facts about the confinement that the submissions ran under
    texts      language → English text of the course → its translation; the engine's own texts are not in it
    """

    assignment: str
    title: str
    course_version: str
    suite_version: str
    isolation: Mapping[str, type_of_field]
    reports: tuple[GradeReport, ...]
    texts: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


def points(cents: int | None) -> str:
    """Cents as people read points: 10000 → "100", 1250 → "12.5", 333 → "3.33", None → "–"."""
    if cents is None:
        return "–"
    whole, rest = divmod(abs(cents), 100)
    text = f"{whole}.{rest:02d}".rstrip("0").rstrip(".") if rest else str(whole)
    return f"-{text}" if cents < 0 else text
