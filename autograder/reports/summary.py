"""What do the results of a class say, in numbers?

Figures are over graded submissions only: an ungradable file says nothing about what was understood, and
a system error is no mark. Scores are in cents and computed exactly; means and quartiles are rounded to
the cent.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import partial
from itertools import accumulate
from typing import Any

from autograder.model import ClassResults, FunctionResult, GradeReport, Outcome, Status
from autograder.reports.alike import NOTHING, Alike
from autograder.reports.words import is_untouched, label, line, lost, outcome_word, sentence, state

BINS = 10


@dataclass(frozen=True)
class Bin:
    """One bar of the distribution: scores from `low` to just below `high`, in cents; the last includes it."""

    low: int
    high: int
    count: int


@dataclass(frozen=True)
class FunctionSummary:
    """How a class fared at one function: numbers of students, `full`, `part` and `none` of the points.

    mean  mean of the points earned, in cents
    """

    name: str
    max_score: int
    full: int
    part: int
    none: int
    mean: int

    @property
    def students(self) -> int:
        return self.full + self.part + self.none


@dataclass(frozen=True)
class Failure:
    """A check that students lost points at: its function, its label, by how many students.

    The label is "not written yet", in the language asked for, where nothing of the function is written.
    """

    function: str
    label: str
    students: int


@dataclass(frozen=True)
class Misunderstanding:
    """A diagnosis that several students share."""

    function: str
    text: str
    students: int


@dataclass(frozen=True)
class Summary:
    """A class in numbers; the figures are None when nothing is graded."""

    submissions: int
    graded: int
    ungradable: int
    system_errors: int
    max_score: int
    mean: int | None
    median: int | None
    lower_quartile: int | None
    upper_quartile: int | None
    bins: tuple[Bin, ...]
    functions: tuple[FunctionSummary, ...]
    failures: tuple[Failure, ...]
    diagnoses: tuple[Misunderstanding, ...]


MOST_TEXTS = 10_000
"""Different texts of diagnoses that are counted at once. Where a class has more, those that were met least are let go,
so that the figures of the commonest stay right to a student or two, in memory that does not grow with the class."""


class Tally:
    """Figures of a class, counted report by report; what is kept does not grow with the class.

    language  of the texts among them
    """

    def __init__(self, language: str | None = None) -> None:
        self._language = language
        self._by_status: Counter[Status] = Counter()
        self._max_score = 0
        self._scores: Counter[int] = Counter()
        self._functions: dict[str, _Counted] = {}
        self._orders: dict[tuple[str, ...], int] = {}
        self._failures: Counter[tuple[str, str]] = Counter()
        self._diagnoses: Counter[tuple[str, str]] = Counter()

    def add(self, report: GradeReport, place: int, alike: Alike = NOTHING) -> None:
        """Count one more; `place` is its place in the class, which decides on the order of functions.

        alike  what was made for others
        """
        self._by_status[report.status] += 1
        order = tuple(function.name for function in report.functions)
        self._orders[order] = min(place, self._orders.get(order, place))
        if report.status is not Status.GRADED:
            return
        self._scores[report.score or 0] += 1
        self._max_score = max(self._max_score, report.max_score)
        language = self._language
        figures = [
            alike.once(function, ("figures", language), partial(_figures, function, language))
            for function in report.functions
        ]
        for one in figures:
            self._functions.setdefault(one.name, _Counted()).add(one)
        # Sets: a label that two checks of a function share is one failure of one student.
        self._failures.update(set().union(*(one.failures for one in figures)))
        self._diagnoses.update(set().union(*(one.diagnoses for one in figures)))
        if len(self._diagnoses) > 2 * MOST_TEXTS:
            self._diagnoses = Counter(dict(self._diagnoses.most_common(MOST_TEXTS)))

    @property
    def all_functions(self) -> list[str]:
        """The names of all functions met, in the order of the reports and of the contract."""
        in_order = sorted(self._orders, key=self._orders.__getitem__)
        return list(dict.fromkeys(name for order in in_order for name in order))

    def summary(self) -> Summary:
        """The figures so far."""
        total = self._by_status.total()
        scores, graded = self._scores, self._scores.total()
        summed = sum(score * count for score, count in scores.items())
        sorted_scores = _Sorted(scores)
        return Summary(
            submissions=total,
            graded=graded,
            ungradable=self._by_status[Status.UNGRADABLE],
            system_errors=self._by_status[Status.SYSTEM_ERROR],
            max_score=self._max_score,
            mean=round(Fraction(summed, graded)) if graded else None,
            median=quantile(sorted_scores, Fraction(1, 2)),
            lower_quartile=quantile(sorted_scores, Fraction(1, 4)),
            upper_quartile=quantile(sorted_scores, Fraction(3, 4)),
            bins=distribution(scores, self._max_score),
            functions=tuple(
                self._functions[name].summary(name) for name in self.all_functions if name in self._functions
            ),
            failures=tuple(Failure(name, text, count) for (name, text), count in _ranked(self._failures)),
            diagnoses=tuple(
                Misunderstanding(name, text, count) for (name, text), count in _ranked(self._diagnoses)
            ),
        )


def summarise(results: ClassResults, language: str | None = None) -> Summary:
    """All figures of a class; `language` is that of the texts among them."""
    tally = Tally(language)
    for place, report in enumerate(results.reports):
        tally.add(report, place)
    return tally.summary()


class _Sorted(Sequence[int]):
    """Values that were counted, as the sorted list of them all."""

    def __init__(self, counts: Mapping[int, int]) -> None:
        self._values = sorted(value for value, count in counts.items() if count)
        self._ends = list(accumulate(counts[value] for value in self._values))

    def __len__(self) -> int:
        return self._ends[-1] if self._ends else 0

    def __getitem__(self, index: Any) -> Any:
        return self._values[bisect_right(self._ends, index)]


@dataclass(frozen=True)
class _Figures:
    """What one student's result of one function adds to the figures. failures, diagnoses: (function, text)."""

    name: str
    kind: str
    score: int
    max_score: int
    failures: frozenset[tuple[str, str]]
    diagnoses: frozenset[tuple[str, str]]


@dataclass
class _Counted:
    """What is counted of one function."""

    kinds: Counter[str] = field(default_factory=Counter)
    score: int = 0
    max_score: int = 0

    def add(self, one: _Figures) -> None:
        self.kinds[one.kind] += 1
        self.score += one.score
        self.max_score = max(self.max_score, one.max_score)

    def summary(self, name: str) -> FunctionSummary:
        kinds = self.kinds
        return FunctionSummary(
            name=name,
            max_score=self.max_score,
            # A fault of ours keeps the points, so it counts as full.
            full=kinds["full"] + kinds["ours"],
            part=kinds["part"],
            none=kinds["none"] + kinds["open"],
            mean=round(Fraction(self.score, kinds.total())),
        )


def quantile(values: Sequence[int], share: Fraction) -> int | None:
    """The value below which `share` of the sorted `values` lie, interpolated; None of none.

    Source  Hyndman & Fan (1996), definition 7, the default of NumPy and of spreadsheets
    """
    if not values:
        return None
    place = (len(values) - 1) * share
    below = int(place)
    above = min(below + 1, len(values) - 1)
    return round(values[below] + (place - below) * (values[above] - values[below]))


def distribution(scores: Iterable[int] | Mapping[int, int], max_score: int) -> tuple[Bin, ...]:
    """How many `scores` lie in each tenth of `max_score`; () when there is nothing to draw. scores: also as counts."""
    counted = Counter(scores)
    if not counted or max_score <= 0:
        return ()
    counts: Counter[int] = Counter()
    for score, count in counted.items():
        counts[min(max(score, 0) * BINS // max_score, BINS - 1)] += count
    # Where max_score does not divide by ten, an edge is the first cent that belongs to the bin.
    edges = [-(-max_score * index // BINS) for index in range(BINS + 1)]
    return tuple(Bin(edges[index], edges[index + 1], counts[index]) for index in range(BINS))


def reason(report: GradeReport, language: str | None = None) -> str:
    """Why most of a submission's lost points were lost, in a few words; "" when none were."""
    if report.status is not Status.GRADED:
        return line(sentence(report.message, language))
    weights: Counter[str] = Counter()
    functions: dict[str, list[str]] = {}
    for function in report.functions:
        for check in lost(function):
            if check.outcome is not Outcome.FAILED:
                text = outcome_word(check.outcome, language)
            elif function.diagnosis is not None:
                text = line(sentence(function.diagnosis.text, language))
            else:
                text = label(check.label, language)
            weights[text] += check.max_score - check.score
            names = functions.setdefault(text, [])
            if function.name not in names:
                names.append(function.name)
    if not weights:
        return line(sentence(report.message, language))
    text = weights.most_common(1)[0][0]
    told = ", ".join(line(name) for name in functions[text][:3])
    # The text first: in a narrow table it is the end that is cut off.
    return f"{text} ({told}{', …' if len(functions[text]) > 3 else ''})"


def _figures(function: FunctionResult, language: str | None) -> _Figures:
    missing, untouched = lost(function), is_untouched(function)
    labels = [label(check.label, language) for check in missing]
    if untouched:
        # What is not even begun fails every check; that is one thing to know, not many.
        labels = [outcome_word(function.outcome, language)]
    found = function.diagnosis
    texts = [sentence(found.text, language)] if found is not None and missing and not untouched else []
    return _Figures(
        function.name,
        state(function, "en").kind,
        function.score,
        function.max_score,
        failures=frozenset((function.name, text) for text in labels),
        diagnoses=frozenset((function.name, text) for text in texts),
    )


def _ranked(counts: Counter[tuple[str, str]]) -> list[tuple[tuple[str, str], int]]:
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))
