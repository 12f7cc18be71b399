"""Which figures does a class report hold, and how are they counted in one pass?

What is kept while counting grows with the number of functions, checks and different diagnoses, never with the number
of students. Scores are integers in cents and all sums are exact; figures are rounded once, at the end.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from autograder.language import _
from autograder.model import CheckResult, FunctionResult, GradeReport, Outcome, Status
from autograder.reports.similar import Similar
from autograder.reports.summary import Bin, distribution
from autograder.reports.words import OURS, is_lost, is_untouched, label, lost, sentence, state

FEWEST = 10
"""Students below which a correlation is not given: of a handful it is a matter of luck."""

MOST_DIAGNOSES = 5_000
"""Different sentences kept apart while counting; what comes after them is counted by its kind alone."""

LATE_UP_TO = (3_600, 86_400, 3 * 86_400, 7 * 86_400)
"""Bounds of the groups of lateness, in seconds: an hour, one day, three days, a week; the last group is longer."""

MOST_ATTEMPTS_APART = 6
"""Numbers of attempts told apart; the last one stands for "or more"."""


@dataclass(frozen=True)
class Attempt:
    """One submission of a student.

    costs  whether it is an attempt: one that cannot be graded is none
    score  cents; None where it is not graded
    """

    costs: bool
    score: int | None


@dataclass(frozen=True)
class Handed:
    """What one student handed in, as far as a class report looks at it.

    student       the id
    mark          the final mark in cents; None where there is none (yet)
    report        the report that counts; None where there is none
    attempts      all submissions in their order
    late_seconds  how late the one that counts was: 0 in time, None where nobody knows
    has_deadline  whether there was a deadline for this student
    late_penalty  cents that lateness cost
    slip_days     how many slip days were spent on it
    adjusted      whether a person changed the mark
    excused       whether the student need not hand in
    suite_version what graded it; "" where unknown
    """

    student: str
    mark: int | None = None
    report: GradeReport | None = None
    attempts: tuple[Attempt, ...] = ()
    late_seconds: float | None = None
    has_deadline: bool = False
    late_penalty: int = 0
    slip_days: int = 0
    adjusted: bool = False
    excused: bool = False
    suite_version: str = ""


@dataclass(frozen=True)
class About:
    """What the report is about.

    max_score  cents
    now        when it was made, in ISO 8601, or ""
    """

    course: str
    assignment: str
    title: str
    max_score: int
    now: str = ""


@dataclass(frozen=True)
class Figures:
    """A distribution: how many, and where they lie, in cents. Figures are None of nothing."""

    count: int = 0
    mean: int | None = None
    median: int | None = None
    lower_quartile: int | None = None
    upper_quartile: int | None = None
    bins: tuple[Bin, ...] = ()


@dataclass(frozen=True)
class FunctionFigures:
    """How a class fared at one function: students with `full`, `part` and `none` of its points; the mean in cents.

    untouched  of `none`: those that wrote nothing of it
    """

    name: str
    max_score: int
    full: int
    part: int
    none: int
    untouched: int
    mean: int

    @property
    def students(self) -> int:
        return self.full + self.part + self.none


@dataclass(frozen=True)
class CheckFigures:
    """How a class fared at one check.

    number          from 1, in the report's order: what stands for it in a picture
    students        those it was run for; without those where the suite or the system was at fault
    passed          passed as submitted
    counted         failed as submitted, but counted, since only functions that it builds on are wrong
    lost            outcome → students that lost its points so
    discrimination  correlation of "earned its points" with the rest of the score, -1 … 1; None where undefined
    undefined       why it is None: "few", "all", "none", "alike"
    """

    number: int
    function: str
    name: str
    label: str
    max_score: int
    students: int
    passed: int
    counted: int
    lost: tuple[tuple[str, int], ...]
    discrimination: float | None
    undefined: str = ""

    @property
    def earned(self) -> int:
        return self.passed + self.counted

    @property
    def missed(self) -> int:
        return self.students - self.earned


@dataclass(frozen=True)
class MistakeFigures:
    """A diagnosis that `students` of a class share.

    kind     e.g. "mistake", "ratio", "shape"
    mistake  name of the known mistake, else ""
    text     the sentence, in the language of the report
    missed   students that lost points at the function, whatever the diagnosis
    """

    function: str
    kind: str
    mistake: str
    text: str
    students: int
    missed: int


@dataclass(frozen=True)
class AttemptFigures:
    """How often students handed in, and what it brought.

    counts      attempts → students; the last number stands for that many or more
    more        students with two graded attempts or more; of them
    better      had more points in the last than in the first,
    same        as many,
    worse       fewer;
    first, last mean score of their first and of their last graded attempt, in cents; None of nobody
    """

    counts: tuple[tuple[int, int], ...] = ()
    more: int = 0
    better: int = 0
    same: int = 0
    worse: int = 0
    first: int | None = None
    last: int | None = None


@dataclass(frozen=True)
class LatenessFigures:
    """When the submissions that count were handed in.

    groups       (upper bound in seconds, None for none; students), for those that were late
    unknown      students of whom nobody knows when they handed in: counted as in time
    no_deadline  students without a deadline
    penalised    students whose mark lateness lowered, by `penalty` cents together
    slipped      students who spent slip days here, `slip_days` together
    """

    in_time: int = 0
    groups: tuple[tuple[int | None, int], ...] = ()
    unknown: int = 0
    no_deadline: int = 0
    penalised: int = 0
    penalty: int = 0
    slipped: int = 0
    slip_days: int = 0

    @property
    def late(self) -> int:
        return sum(count for _bound, count in self.groups)


@dataclass(frozen=True)
class ClassReport:
    """A class in figures. Renderings are pure functions of it.

    least      counts of students from 1 to `least` - 1 are not told; 0 tells all
    students   everybody in the gradebook or with a submission
    missing    handed in nothing, and is not excused
    adjusted   marks that a person changed
    marks      the final marks, of those who have one
    scores     the scores of graded submissions, as in class.html
    suites     (suite version, reports that it made), the most frequent first
    similar    answers that are alike; None where nobody looked
    """

    about: About
    students: int
    missing: int
    excused: int
    graded: int
    ungradable: int
    system_errors: int
    adjusted: int
    marks: Figures
    scores: Figures
    functions: tuple[FunctionFigures, ...]
    checks: tuple[CheckFigures, ...]
    mistakes: tuple[MistakeFigures, ...]
    attempts: AttemptFigures
    lateness: LatenessFigures
    suites: tuple[tuple[str, int], ...] = ()
    similar: Similar | None = None
    least: int = 0


def class_report(handed: Iterable[Handed], about: About, language: str | None = None) -> ClassReport:
    """All figures but those of similar answers, in one pass; `language` is that of the texts among them."""
    counter = Counting(about, language)
    for one in handed:
        counter.add(one)
    return counter.report()


@dataclass
class _Function:
    max_score: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    score: int = 0
    missed: int = 0


@dataclass
class _Check:
    """Sums over students: of x (1 where the points were earned), of r (the rest of the score, cents), and of products."""

    label: str = ""
    max_score: int = 0
    outcomes: Counter[Outcome] = field(default_factory=Counter)
    counted: int = 0
    n: int = 0
    x: int = 0
    r: int = 0
    rr: int = 0
    xr: int = 0

    def add(self, check: CheckResult, score: int) -> None:
        self.label, self.max_score = check.label, max(self.max_score, check.max_score)
        if check.outcome in OURS:
            return
        earned = not is_lost(check)
        if earned and check.outcome is not Outcome.PASSED:
            self.counted += 1
        else:
            self.outcomes[check.outcome] += 1
        rest = score - check.score
        self.n += 1
        self.r += rest
        self.rr += rest * rest
        if earned:
            self.x += 1
            self.xr += rest


class Counting:
    """Counts one student after the other."""

    def __init__(self, about: About, language: str | None = None) -> None:
        self._about, self._language = about, language
        self._marks: Counter[int] = Counter()
        self._scores: Counter[int] = Counter()
        self._status: Counter[Status] = Counter()
        self._functions: dict[str, _Function] = {}
        self._checks: dict[tuple[str, str, str], _Check] = {}
        self._diagnoses: Counter[tuple[str, str, str, str]] = Counter()
        self._texts: dict[tuple[str, str], str] = {}
        self._suites: Counter[str] = Counter()
        self._students = self._missing = self._excused = self._adjusted = 0
        self._attempts: Counter[int] = Counter()
        self._steps: Counter[str] = Counter()
        self._first = self._last = 0
        self._late: Counter[int] = Counter()
        self._in_time = self._unknown = self._no_deadline = self._penalised = self._penalty = 0
        self._slipped = self._slip_days = 0

    def add(self, one: Handed) -> None:
        """Count a student."""
        self._students += 1
        self._excused += one.excused
        self._adjusted += one.adjusted
        if one.mark is not None and not one.excused:
            self._marks[one.mark] += 1
        if not one.attempts and one.report is None:
            self._missing += not one.excused
            return
        if one.report is not None:
            self._add_report(one.report)
            self._suites[one.suite_version] += 1
        self._add_attempts(one.attempts)
        self._add_lateness(one)

    def _add_report(self, report: GradeReport) -> None:
        self._status[report.status] += 1
        if report.status is not Status.GRADED:
            return
        score = report.score or 0
        self._scores[score] += 1
        for function in report.functions:
            self._add_function(function, score)

    def _add_function(self, function: FunctionResult, score: int) -> None:
        sums = self._functions.setdefault(function.name, _Function())
        sums.kinds[state(function, "en").kind] += 1
        sums.score += function.score
        sums.max_score = max(sums.max_score, function.max_score)
        missing = bool(lost(function))
        sums.missed += missing
        for check in function.checks:
            key = (function.name, check.name, check.label)
            self._checks.setdefault(key, _Check()).add(check, score)
        if missing and function.diagnosis is not None and not is_untouched(function):
            self._add_diagnosis(function)

    def _add_diagnosis(self, function: FunctionResult) -> None:
        diagnosis = function.diagnosis
        assert diagnosis is not None
        mistake = diagnosis.mistake or ""
        if mistake:
            # Its explanation may change with the suite; the name of the mistake is what it is known by.
            self._texts.setdefault((function.name, mistake), sentence(diagnosis.text, self._language))
            text = ""
        else:
            text = sentence(diagnosis.text, self._language)
        key = (function.name, diagnosis.kind, mistake, text)
        if key not in self._diagnoses and len(self._diagnoses) >= MOST_DIAGNOSES:
            key = (function.name, diagnosis.kind, mistake, "")
        self._diagnoses[key] += 1

    def _add_attempts(self, attempts: Sequence[Attempt]) -> None:
        costing = sum(attempt.costs for attempt in attempts)
        if costing:
            self._attempts[min(costing, MOST_ATTEMPTS_APART)] += 1
        scores = [attempt.score for attempt in attempts if attempt.costs and attempt.score is not None]
        if len(scores) > 1:
            first, last = scores[0], scores[-1]
            self._first += first
            self._last += last
            self._steps["better" if last > first else "worse" if last < first else "same"] += 1

    def _add_lateness(self, one: Handed) -> None:
        if not one.has_deadline:
            self._no_deadline += 1
        elif one.late_seconds is None:
            self._unknown += 1
        elif one.late_seconds <= 0:
            self._in_time += 1
        else:
            late = one.late_seconds
            group = next((i for i, bound in enumerate(LATE_UP_TO) if late <= bound), len(LATE_UP_TO))
            self._late[group] += 1
        if one.late_penalty > 0:
            self._penalised += 1
            self._penalty += one.late_penalty
        if one.slip_days > 0:
            self._slipped += 1
            self._slip_days += one.slip_days

    def report(self) -> ClassReport:
        """What was counted so far."""
        about, more = self._about, sum(self._steps.values())
        order = {name: place for place, name in enumerate(self._functions)}
        checks = sorted(self._checks.items(), key=lambda item: order[item[0][0]])
        return ClassReport(
            about=about,
            students=self._students,
            missing=self._missing,
            excused=self._excused,
            graded=self._status[Status.GRADED],
            ungradable=self._status[Status.UNGRADABLE],
            system_errors=self._status[Status.SYSTEM_ERROR],
            adjusted=self._adjusted,
            marks=figures(self._marks, about.max_score),
            scores=figures(self._scores, about.max_score),
            functions=tuple(_function(name, sums) for name, sums in self._functions.items()),
            checks=tuple(
                _check(number, key, sums, self._language) for number, (key, sums) in enumerate(checks, 1)
            ),
            mistakes=self._mistakes(),
            attempts=AttemptFigures(
                counts=tuple(
                    (number, self._attempts[number])
                    for number in range(1, max(self._attempts, default=0) + 1)
                ),
                more=more,
                better=self._steps["better"],
                same=self._steps["same"],
                worse=self._steps["worse"],
                first=round(Fraction(self._first, more)) if more else None,
                last=round(Fraction(self._last, more)) if more else None,
            ),
            lateness=LatenessFigures(
                in_time=self._in_time,
                groups=tuple((bound, self._late[place]) for place, bound in enumerate((*LATE_UP_TO, None))),
                unknown=self._unknown,
                no_deadline=self._no_deadline,
                penalised=self._penalised,
                penalty=self._penalty,
                slipped=self._slipped,
                slip_days=self._slip_days,
            ),
            suites=tuple(sorted(self._suites.items(), key=lambda item: (-item[1], item[0]))),
        )

    def _mistakes(self) -> tuple[MistakeFigures, ...]:
        found = [
            MistakeFigures(
                function,
                kind,
                mistake,
                self._texts[function, mistake] if mistake else text or _("other diagnoses", self._language),
                students,
                self._functions[function].missed,
            )
            for (function, kind, mistake, text), students in self._diagnoses.items()
        ]
        return tuple(sorted(found, key=lambda one: (-one.students, one.function, one.mistake, one.text)))


def figures(counts: Counter[int], max_score: int) -> Figures:
    """The figures of scores, given as score → how often."""
    total = sum(counts.values())
    if not total:
        return Figures()
    return Figures(
        count=total,
        mean=round(Fraction(sum(score * count for score, count in counts.items()), total)),
        median=quantile(counts, Fraction(1, 2)),
        lower_quartile=quantile(counts, Fraction(1, 4)),
        upper_quartile=quantile(counts, Fraction(3, 4)),
        bins=distribution(counts, max_score),
    )


def quantile(counts: Counter[int], share: Fraction) -> int | None:
    """`summary.quantile` of scores that are given as score → how often."""
    total = sum(counts.values())
    if not total:
        return None
    place = (total - 1) * share
    below = int(place)
    low = high = 0
    seen = 0
    found_low = False
    for score in sorted(counts):
        seen += counts[score]
        if not found_low and seen > below:
            low, found_low = score, True
        if seen > min(below + 1, total - 1):
            high = score
            break
    return round(low + (place - below) * (high - low))


def _function(name: str, sums: _Function) -> FunctionFigures:
    kinds = sums.kinds
    return FunctionFigures(
        name=name,
        max_score=sums.max_score,
        # A fault of ours keeps the points, so it counts as full.
        full=kinds["full"] + kinds["ours"],
        part=kinds["part"],
        none=kinds["none"] + kinds["open"],
        untouched=kinds["open"],
        mean=round(Fraction(sums.score, sum(kinds.values()))),
    )


def _check(number: int, key: tuple[str, str, str], sums: _Check, language: str | None) -> CheckFigures:
    function, name, _label = key
    value, undefined = discrimination(sums.n, sums.x, sums.r, sums.rr, sums.xr)
    return CheckFigures(
        number=number,
        function=function,
        name=name,
        label=label(sums.label, language),
        max_score=sums.max_score,
        students=sums.n,
        passed=sums.outcomes[Outcome.PASSED],
        counted=sums.counted,
        lost=tuple(
            (outcome.value, sums.outcomes[outcome])
            for outcome in Outcome
            if outcome is not Outcome.PASSED and sums.outcomes[outcome]
        ),
        discrimination=value,
        undefined=undefined,
    )


def discrimination(n: int, x: int, r: int, rr: int, xr: int) -> tuple[float | None, str]:
    """The corrected item-total correlation of one check: point-biserial, against the score without the check.

    n, x     students, and those of them that earned the check's points
    r, rr    sum of the rest of their scores, and of its squares
    xr       sum of the rest over those that earned the points
    Returns  (-1 … 1, ""), or (None, why it is undefined)
    Source   Crocker & Algina, Introduction to Classical and Modern Test Theory, chapter 14
    """
    if n < FEWEST:
        return None, "few"
    if x in (0, n):
        return None, "all" if x else "none"
    spread = n * rr - r * r
    if spread == 0:
        return None, "alike"
    # The sums are exact integers; x is 0 or 1, so that the sum of its squares is x.
    value = (n * xr - x * r) / math.sqrt(x * (n - x) * spread)
    return max(-1.0, min(1.0, value)), ""
