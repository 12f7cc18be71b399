"""Which wrong answers are alike? Facts about what was handed in, no verdicts about people.

Three questions, each about functions that lost points and never about right ones, which are alike by nature:

- The same source: one normal form (see `normalise`) of a function and its helpers, of which at least `TRIVIAL` nodes of
  the syntax tree are neither the stub's nor a right solution's of the course.
- The same wrong values: for the same set of inputs, the same calls of the same failed checks told the same wrong values,
  and no known mistake explains them: whoever makes one gets its values.
- Nearly the same source: by copydetect's fingerprints, between different normal forms of one function that fail the same
  checks; in a group of more than `MOST_IN_GROUP` forms none are compared, and it is said.

The first two compare hashes, so that their time grows with the number of students and not with its square.
"""

from __future__ import annotations

import hashlib
import importlib.util
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from autograder.model import FunctionResult, GradeReport, Outcome, Status
from autograder.reports.normalise import Unit
from autograder.reports.words import is_untouched, lost

TRIVIAL = 30
"""Nodes of its own below which a source says nothing: three to six short statements, which some write alike by chance."""

MOST_IN_GROUP = 150
"""Different normal forms of a group that are compared with each other; the time grows with the square of it."""

MOST_TEXTS = 4_000
"""Normal forms kept for comparing, over all groups."""

ALIKE = 0.8
"""Share of either source that must be found in the other."""

MOST_PAIRS = 200
"""Pairs that are told, the most alike first."""

_FEWEST_VALUES = 2
"""Checks that must have told a wrong number: a single one may agree by chance."""


@dataclass(frozen=True)
class SameSource:
    """Students whose wrong functions have one normal form.

    functions   those of which it is so, for exactly these students
    checks      failed checks of each of `functions`, the same for all of them
    statements  statements of their own in all of them, neither the stub's nor a right solution's
    mistakes    known mistakes of the course that have this very normal form, "" where none
    texts       the normal forms, in the order of `functions`
    """

    functions: tuple[str, ...]
    students: tuple[str, ...]
    checks: tuple[int, ...]
    statements: int
    mistakes: tuple[str, ...]
    texts: tuple[str, ...]


@dataclass(frozen=True)
class SameValues:
    """Students whose wrong functions gave the same wrong values in the same calls of `checks` checks."""

    functions: tuple[str, ...]
    students: tuple[str, ...]
    checks: tuple[int, ...]
    input_set: int


@dataclass(frozen=True)
class Alike:
    """Two normal forms of one function that are nearly the same, each with those who handed it in.

    shares  of the one's source that is found in the other's, and the other way round
    """

    function: str
    one: tuple[str, ...]
    other: tuple[str, ...]
    shares: tuple[float, float]
    checks: int


@dataclass(frozen=True)
class Similar:
    """What is alike.

    looked        wrong functions whose source was read
    unread        students whose files could not be read as Python
    explained     groups with the same wrong values that a known mistake explains: not listed
    without       why sources were not compared: "" they were, "missing" no copydetect, "failed", "no_files"
    left_out      groups too large to compare
    more_pairs    pairs beyond those that are told
    """

    sources: tuple[SameSource, ...] = ()
    values: tuple[SameValues, ...] = ()
    pairs: tuple[Alike, ...] = ()
    looked: int = 0
    unread: int = 0
    explained: int = 0
    without: str = ""
    left_out: int = 0
    more_pairs: int = 0


Compare = Callable[[Sequence[str], Sequence[str]], "list[tuple[int, int, float, float]] | None"]
"""(texts, texts that are nobody's own) → (one, other, share, share) of each pair that is alike; None where it failed."""

_Failed = tuple[str, ...]


def available() -> bool:
    """Whether copydetect is installed, without importing it."""
    return importlib.util.find_spec("copydetect") is not None


def wrong_functions(report: GradeReport) -> dict[str, _Failed]:
    """name → its failed checks, of the functions of a report that are written and lost points."""
    if report.status is not Status.GRADED:
        return {}
    return {
        function.name: tuple(check.name or check.label for check in lost(function))
        for function in report.functions
        if lost(function) and not is_untouched(function)
    }


class Answers:
    """Collects wrong answers, one student after the other.

    bank  (function, digest of its normal form) → name of the known mistake that it is
    """

    def __init__(self, bank: Mapping[tuple[str, str], str]) -> None:
        self._bank = bank
        self._sources: dict[tuple[str, str, _Failed], list[str]] = {}
        self._units: dict[tuple[str, str, _Failed], Unit] = {}
        self._kept = 0
        self._values: dict[tuple[str, int, bytes], list[str]] = {}
        self._checks: dict[tuple[str, int, bytes], int] = {}
        self._explained: dict[tuple[str, int, bytes], bool] = {}
        self._interned: dict[_Failed, _Failed] = {}
        self.looked = self.unread = 0

    def add_values(self, report: GradeReport) -> None:
        """Look at the wrong values that a report tells."""
        if report.status is not Status.GRADED or report.input_set is None:
            return
        for function in report.functions:
            told = _told_values(function)
            if told is None:
                continue
            digest, checks = told
            key = (function.name, report.input_set, digest)
            self._values.setdefault(key, []).append(report.student)
            self._checks[key] = checks
            if function.diagnosis is not None and function.diagnosis.mistake:
                self._explained[key] = True

    def add_source(self, student: str, wrong: Mapping[str, _Failed], units: Mapping[str, Unit]) -> None:
        """Look at the sources of a student's wrong functions."""
        for function, failed in wrong.items():
            unit = units.get(function)
            if unit is None:
                continue
            self.looked += 1
            if unit.own < TRIVIAL:
                continue
            key = (function, unit.digest, self._interned.setdefault(failed, failed))
            self._sources.setdefault(key, []).append(student)
            if key not in self._units:
                text = unit.text if self._kept < MOST_TEXTS else ""
                self._kept += 1
                self._units[key] = Unit(unit.digest, unit.own, unit.statements, text)

    def similar(
        self,
        compare: Compare | None,
        nobodys: Mapping[str, Sequence[str]] | None = None,
        without: str = "",
    ) -> Similar:
        """What is alike among what was added.

        compare  finds texts that are nearly the same; None where sources are not to be compared
        nobodys  function → normal forms of it that are the course's own
        without  why `compare` is None
        """
        pairs: list[Alike] = []
        left_out = 0
        groups: dict[tuple[str, _Failed], list[tuple[str, str, _Failed]]] = {}
        for key, unit in self._units.items():
            if unit.text:
                groups.setdefault((key[0], key[2]), []).append(key)
        for (function, failed), keys in groups.items():
            if compare is None or len(keys) < 2:
                continue
            if len(keys) > MOST_IN_GROUP:
                left_out += 1
                continue
            found = compare([self._units[key].text for key in keys], (nobodys or {}).get(function, ()))
            if found is None:
                without = "failed"
                continue
            pairs += [
                Alike(
                    function,
                    tuple(self._sources[keys[one]]),
                    tuple(self._sources[keys[other]]),
                    (share, back),
                    len(failed),
                )
                for one, other, share, back in found
            ]
        pairs.sort(key=lambda pair: (-min(pair.shares), pair.function, pair.one, pair.other))
        values, explained = self._same_values()
        return Similar(
            sources=self._same_sources(),
            values=values,
            pairs=tuple(pairs[:MOST_PAIRS]),
            looked=self.looked,
            unread=self.unread,
            explained=explained,
            without=without,
            left_out=left_out,
            more_pairs=len(pairs[MOST_PAIRS:]),
        )

    def _same_sources(self) -> tuple[SameSource, ...]:
        by_students: dict[tuple[str, ...], list[tuple[str, str, _Failed]]] = {}
        for key, students in self._sources.items():
            if len(students) > 1:
                by_students.setdefault(tuple(students), []).append(key)
        found = [
            SameSource(
                functions=tuple(key[0] for key in keys),
                students=students,
                checks=tuple(len(key[2]) for key in keys),
                statements=sum(self._units[key].statements for key in keys),
                mistakes=tuple(self._bank.get((key[0], key[1]), "") for key in keys),
                texts=tuple(self._units[key].text for key in keys),
            )
            for students, keys in by_students.items()
        ]
        # What no known mistake explains first; then what is alike in more functions, then in more statements.
        return tuple(
            sorted(
                found,
                key=lambda one: (all(one.mistakes), -len(one.functions), -one.statements, one.students),
            )
        )

    def _same_values(self) -> tuple[tuple[SameValues, ...], int]:
        by_students: dict[tuple[tuple[str, ...], int], list[tuple[str, int, bytes]]] = {}
        explained = 0
        for key, students in self._values.items():
            if len(students) < 2:
                continue
            if self._explained.get(key):
                explained += 1
                continue
            by_students.setdefault((tuple(students), key[1]), []).append(key)
        found = [
            SameValues(
                tuple(key[0] for key in keys), students, tuple(self._checks[key] for key in keys), input_set
            )
            for (students, input_set), keys in by_students.items()
        ]
        return tuple(
            sorted(found, key=lambda one: (-len(one.functions), -sum(one.checks), one.students))
        ), explained


def _told_values(function: FunctionResult) -> tuple[bytes, int] | None:
    """A digest of the calls and wrong values that the failed checks of a function tell, and the number of these checks."""
    told = [
        (
            check.name or check.label,
            check.call,
            tuple((message.id, tuple(sorted(message.fields.items()))) for message in check.messages),
        )
        for check in lost(function)
        if check.outcome is Outcome.FAILED
        and check.call
        and any(_is_number(message.fields.get("actual")) for message in check.messages)
    ]
    if len(told) < _FEWEST_VALUES:
        return None
    return hashlib.sha256(repr(told).encode("utf-8", "surrogatepass")).digest()[:16], len(told)


def _is_number(value: object) -> bool:
    """Whether a value that a message tells is a finite number other than 0, which is what forgetting gives."""
    try:
        number = float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return False
    return math.isfinite(number) and number != 0
