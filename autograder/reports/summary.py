"""What do the results of a class say, in numbers?

Figures are over graded submissions only: an ungradable file says nothing about what was understood, and
a system error is no mark. Scores are in cents and computed exactly; means and quartiles are rounded to
the cent.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from autograder.model import ClassResults, GradeReport, Outcome, Status
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


def summarise(results: ClassResults, language: str | None = None) -> Summary:
    """All figures of a class; `language` is that of the texts among them."""
    by_status = Counter(report.status for report in results.reports)
    graded = [report for report in results.reports if report.status is Status.GRADED]
    scores = sorted(report.score or 0 for report in graded)
    max_score = max((report.max_score for report in graded), default=0)
    return Summary(
        submissions=len(results.reports),
        graded=len(graded),
        ungradable=by_status[Status.UNGRADABLE],
        system_errors=by_status[Status.SYSTEM_ERROR],
        max_score=max_score,
        mean=round(Fraction(sum(scores), len(scores))) if scores else None,
        median=quantile(scores, Fraction(1, 2)),
        lower_quartile=quantile(scores, Fraction(1, 4)),
        upper_quartile=quantile(scores, Fraction(3, 4)),
        bins=distribution(scores, max_score),
        functions=_functions(graded),
        failures=_failures(graded, language),
        diagnoses=_diagnoses(graded, language),
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


def distribution(scores: Sequence[int], max_score: int) -> tuple[Bin, ...]:
    """How many `scores` lie in each tenth of `max_score`; () when there is nothing to draw."""
    if not scores or max_score <= 0:
        return ()
    counts = Counter(min(max(score, 0) * BINS // max_score, BINS - 1) for score in scores)
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


def _functions(graded: Sequence[GradeReport]) -> tuple[FunctionSummary, ...]:
    rows: dict[str, list[tuple[str, int, int]]] = {}
    for report in graded:
        for function in report.functions:
            rows.setdefault(function.name, []).append(
                (state(function, "en").kind, function.score, function.max_score)
            )
    summaries = []
    for name, row in rows.items():
        kinds = Counter(kind for kind, _score, _max in row)
        summaries.append(
            FunctionSummary(
                name=name,
                max_score=max(max_score for _kind, _score, max_score in row),
                # A fault of ours keeps the points, so it counts as full.
                full=kinds["full"] + kinds["ours"],
                part=kinds["part"],
                none=kinds["none"] + kinds["open"],
                mean=round(Fraction(sum(score for _kind, score, _max in row), len(row))),
            )
        )
    return tuple(summaries)


def _failures(graded: Sequence[GradeReport], language: str | None) -> tuple[Failure, ...]:
    students: Counter[tuple[str, str]] = Counter()
    for report in graded:
        # Through a set: a label that two checks of a function share is one failure of one student.
        students.update(
            {
                # What is not even begun fails every check; that is one thing to know, not many.
                (function.name, outcome_word(function.outcome, language))
                if is_untouched(function)
                else (function.name, label(check.label, language))
                for function in report.functions
                for check in lost(function)
            }
        )
    return tuple(Failure(name, text, count) for (name, text), count in _ranked(students))


def _diagnoses(graded: Sequence[GradeReport], language: str | None) -> tuple[Misunderstanding, ...]:
    students: Counter[tuple[str, str]] = Counter()
    for report in graded:
        students.update(
            {
                (function.name, sentence(function.diagnosis.text, language))
                for function in report.functions
                if function.diagnosis is not None and lost(function) and not is_untouched(function)
            }
        )
    return tuple(Misunderstanding(name, text, count) for (name, text), count in _ranked(students))


def _ranked(counts: Counter[tuple[str, str]]) -> list[tuple[tuple[str, str], int]]:
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))
