"""What is each student's mark? The raw score of the attempt that counts, less lateness, then what a person adjusted.

    attempts     in the order of handing in, by number, not by clock; an ungradable one is no attempt and counts only
                 where there is nothing else
    may count    the first so many of the policy, without those that came after the cut-off
    counts       of these the latest, or the one that gives most after the penalty
    lateness     see `policy`; an attempt whose time nobody told is in time
    slip days    spent on the attempt that counts, in whole days: as many as it is late by, beyond the grace, or as are left,
                 whatever it got. Where a course has one budget for several assignments, it is spent in the order in which
                 those attempts were handed in. Where an attempt is not graded yet, its days are put by for it
    extension    never lowers a mark: where the student would have more without it, that is the mark
    adjustments  in the order in which they were made: "set" replaces what is there, "add" is added to it, kept within
                 0 … maximum; who is excused has no mark, whatever was handed in

A clock that was set back: of two attempts the later number stays the later one, each is judged by the time that was
recorded with it, and the mark says that the times contradict each other. A fault of ours is no mark, and never a zero.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import groupby, pairwise
from operator import attrgetter
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import and_, or_, select

from autograder.gradebook import tables
from autograder.gradebook.adjustments import Adjustment, adjustments, known_student
from autograder.gradebook.deadlines import Deadlines, deadlines, here
from autograder.gradebook.policies import policy, shares_slip_days
from autograder.gradebook.policy import BEST, Policy, days, late_by, percent, span
from autograder.gradebook.values import Student
from autograder.language import later
from autograder.model import Message, Status, message, points, type_of_field

if TYPE_CHECKING:
    from autograder.course.manifest import Assignment
    from autograder.gradebook.store import Store

MISSING, TOO_LATE, NOT_GRADED = "missing", "too_late", "not_graded"
"""What a mark's status may be besides those of a report: nothing was handed in; only after the cut-off; no result yet."""

FULL = 10_000
"""Cents of an assignment: the points of a manifest sum to 100."""


class Got(NamedTuple):
    """What one attempt got: the result's id, status and cents; score None: a fault of ours."""

    result: int
    status: str
    score: int | None
    max_score: int


@dataclass(frozen=True)
class Attempt:
    """One submission with what it got.

    submission  its id in the gradebook, which grows with every submission
    handed_in   UTC, or None where nobody told
    gradable    False where nothing in it can be graded, so that it is no attempt
    got         the result that counts, or None
    proposed    what a regrade proposes, or None
    problem     whether it could not even be read
    """

    submission: int
    handed_in: datetime | None
    gradable: bool
    got: Got | None
    proposed: Got | None = None
    problem: bool = False


@dataclass(frozen=True)
class Mark:
    """One student's final mark. Points in cents.

    score         the final mark, None without one
    raw           what the attempt that counts got
    late_penalty  what lateness took from it
    adjusted      what adjustments changed, up or down
    attempt       the number of the attempt that counts, 0 for an ungradable one, None without one
    attempts      how many attempts there are
    handed_in     when that attempt was handed in, UTC; None where nobody told
    late_seconds  by how much it is late beyond its own deadline; 0 in time, within the grace too
    status        "graded", "ungradable", "system_error", "missing", "too_late" or "not_graded"
    excused       whether a person excused the student
    slip_days     how many are spent on it
    recorded_id   the result that counts
    why           how the mark comes about, in order
    clock         whether the times of the attempts contradict their order
    unjudged      attempts that have no result yet, or only a fault of ours
    """

    student: Student
    assignment: str
    score: int | None
    max_score: int
    raw: int | None = None
    late_penalty: int = 0
    adjusted: int = 0
    attempt: int | None = None
    attempts: int = 0
    handed_in: datetime | None = None
    late_seconds: int = 0
    status: str = MISSING
    excused: bool = False
    slip_days: int = 0
    recorded_id: int | None = None
    why: tuple[Message, ...] = ()
    clock: bool = False
    unjudged: int = 0


def marks(store: Store, assignment: Assignment | str, now: datetime | None = None) -> Iterator[Mark]:
    """The marks of all students of the gradebook, in the order of their ids by code point, one at a time.

    assignment  an `Assignment` brings the manifest's deadline; of a text only the gradebook's deadlines are known
    now         aware; default: now
    Raises      UsageError for a policy that this program does not know
    """
    for mark, _attempts in with_attempts(store, assignment, now):
        yield mark


def mark(store: Store, assignment: Assignment | str, student: str, now: datetime | None = None) -> Mark:
    """One student's mark. Raises UsageError for a student whom the gradebook does not know."""
    known_student(store, student)
    return next(found for found, _attempts in with_attempts(store, assignment, now, student=student))


def with_attempts(
    store: Store,
    assignment: Assignment | str,
    now: datetime | None = None,
    *,
    student: str | None = None,
) -> Iterator[tuple[Mark, tuple[Attempt, ...]]]:
    """The marks, each with the attempts that it was made of."""
    rules = Rules.of(store, assignment, now, student=student)
    for who, attempts in rules.students(store, student):
        yield rules.mark(who, attempts), attempts


@dataclass(frozen=True)
class Rules:
    """Everything that turns attempts into marks: read once for an assignment.

    shared  whether its slip days are for other assignments too
    others  student → the other assignments that the same slip days are for, with what was handed in there: only of students
            who handed in late there, and are not excused
    """

    assignment: str
    policy: Policy
    deadlines: Deadlines
    adjustments: dict[str, tuple[Adjustment, ...]]
    now: datetime
    shared: bool = False
    others: Mapping[str, tuple[tuple[Rules, tuple[Attempt, ...]], ...]] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        store: Store,
        assignment: Assignment | str,
        now: datetime | None = None,
        *,
        student: str | None = None,
    ) -> Rules:
        """Those of an assignment as they stand in the gradebook now. student: the only one whose mark will be asked for."""
        rules = cls._alone(store, assignment, now or datetime.now(UTC))
        if not rules.policy.slip_days or not shares_slip_days(store, rules.assignment):
            return rules
        return replace(rules, shared=True, others=_others(store, assignment, rules, student))

    @classmethod
    def _alone(cls, store: Store, assignment: Assignment | str, now: datetime) -> Rules:
        id = assignment if isinstance(assignment, str) else assignment.id
        announced = None if isinstance(assignment, str) else assignment.deadline
        return cls(id, policy(store, id), deadlines(store, id, announced), adjustments(store, id), now)

    def students(
        self, store: Store, only: str | None = None
    ) -> Iterator[tuple[Student, tuple[Attempt, ...]]]:
        """All students, or `only` one, each with the attempts."""
        everybody = store.students()
        known = sorted(everybody) if only is None else [id for id in (only,) if id in everybody]
        handed_in = attempts(store, self.assignment, only)
        merged = heapq.merge(((id, ()) for id in known), handed_in, key=_first)
        for id, found in groupby(merged, key=_first):
            yield everybody.get(id) or Student(id), next((some for _id, some in found if some), ())

    def mark(self, student: Student, attempts: Sequence[Attempt]) -> Mark:
        """The mark of a student with these attempts."""
        return self._adjusted(self._by_rule(student, attempts, self._slip_days_left(student, attempts)))

    def _slip_days_left(self, student: Student, attempts: Sequence[Attempt]) -> int:
        """How many of the student's slip days are not spent on what counts of other assignments and was handed in before.

        What counts may depend on the days that are left, where the best attempt does: so again and again the one that was
        handed in first takes its share. Asked about any of the assignments, it is the same order.
        """
        left = self.policy.slip_days
        others = list(self.others.get(student.id, ()))
        while left and others:
            mine = self._by_rule(student, attempts, left)
            if not mine.slip_days:
                break
            there = [(rules._by_rule(student, tried, left), rules, tried) for rules, tried in others]
            spending = [one for one in there if one[0].slip_days]
            first = min((_turn(one[0]) for one in spending), default=None)
            if first is None or _turn(mine) <= first:
                break
            left -= next(one[0].slip_days for one in spending if _turn(one[0]) == first)
            others = [(rules, tried) for mark, rules, tried in spending if _turn(mark) != first]
        return left

    def _by_rule(self, student: Student, attempts: Sequence[Attempt], slip_days: int) -> Mark:
        """The mark before a person adjusts it. slip_days: how many the student has left."""
        due, everybody = self.deadlines.due(student.id), self.deadlines.everybody
        mark = self._with_due(student, attempts, due, slip_days)
        if due != everybody:
            without = self._with_due(student, attempts, everybody, slip_days)
            if without.raw is not None and (_worth(without) > _worth(mark)):
                mark = replace(
                    without, why=(*without.why, message("Counted without the extension, which gives more."))
                )
        return mark

    # -- without adjustments ------------------------------------------------------------------------------------

    def _with_due(
        self, student: Student, attempts: Sequence[Attempt], due: datetime | None, slip_days: int
    ) -> Mark:
        gradable = [one for one in attempts if one.gradable]
        pool = gradable or list(attempts)
        mark = Mark(
            student,
            self.assignment,
            None,
            max((one.got.max_score for one in pool if one.got), default=FULL),
            attempts=len(gradable),
            clock=_contradict(attempts),
            unjudged=sum(one.got is None or one.got.score is None for one in pool),
        )
        if not attempts:
            over = due is None or self.now <= due
            told = message("Nothing was handed in.")
            more = () if over else (message("The deadline was {due}.", due=_time(due)),)
            return replace(mark, why=(told, *more))
        counted = [one for one in pool[: self.policy.attempts] if not self._cut_off(one, due)]
        if not counted:
            return replace(mark, status=TOO_LATE, why=(self._too_late(len(pool), due),))
        chosen, why = self._chosen(counted, due, slip_days)
        number = gradable.index(chosen) + 1 if chosen.gradable else 0
        mark = replace(mark, attempt=number, handed_in=chosen.handed_in, why=self._which(mark, number, why))
        if chosen.got is None or chosen.got.score is None:
            broken = chosen.got is not None
            told = (
                message("Grading it failed by our fault; it is no mark, and no zero.")
                if broken
                else message("It has no result yet: run `autograde grade`.")
            )
            status = Status.SYSTEM_ERROR.value if broken else NOT_GRADED
            put_by = self.policy.slips(late_by(chosen.handed_in, due), slip_days) if chosen.gradable else 0
            return replace(mark, status=status, slip_days=put_by, why=(*mark.why, told))
        return self._less_lateness(mark, chosen, chosen.got, due, slip_days)

    def _chosen(self, counted: list[Attempt], due: datetime | None, slip_days: int) -> tuple[Attempt, str]:
        if self.policy.counts != BEST:
            return counted[-1], later("the latest one counts")
        best, most = counted[0], -1
        for one in counted:
            value = self._value(one, due, slip_days)
            if value is not None and value > most:
                best, most = one, value
        return best if most >= 0 else counted[-1], later("the best one counts")

    def _value(self, one: Attempt, due: datetime | None, slip_days: int) -> int | None:
        """Cents of an attempt after the penalty."""
        if one.got is None or one.got.score is None:
            return None
        late = late_by(one.handed_in, due)
        spent = self.policy.slips(late, slip_days)
        return one.got.score - self.policy.penalty(one.got.score, one.got.max_score, late, spent)

    def _cut_off(self, one: Attempt, due: datetime | None) -> bool:
        return self.policy.is_cut_off(late_by(one.handed_in, due))

    def _too_late(self, n: int, due: datetime | None) -> Message:
        return message(
            "Not counted: all that was handed in ({n}) came more than {span} after the deadline {due}.",
            n=n,
            span=span(self.policy.cutoff or 0),
            due=_time(due),
        )

    def _which(self, mark: Mark, number: int, why: str) -> tuple[Message, ...]:
        if number == 0:
            told = message("What was handed in cannot be graded.")
        elif mark.attempts == 1:
            told = message("Attempt 1, the only one.")
        else:
            told = message("Attempt {k} of {n}: {why}.", k=number, n=mark.attempts, why=why)
        most = self.policy.attempts
        if most is not None and mark.attempts > most:
            more = message("Only the first {n} attempts may count.", n=most)
            return told, more
        return (told,)

    def _less_lateness(
        self, mark: Mark, chosen: Attempt, got: Got, due: datetime | None, slip_days: int
    ) -> Mark:
        assert got.score is not None
        late = late_by(chosen.handed_in, due)
        spent = self.policy.slips(late, slip_days) if chosen.gradable else 0
        penalty = self.policy.penalty(got.score, got.max_score, late, spent)
        why = [*mark.why, message("Raw: {raw} of {max}.", raw=points(got.score), max=points(got.max_score))]
        why += self._when(mark, due, late)
        if self.policy.slip_days and self.policy.slips(late, self.policy.slip_days) and chosen.gradable:
            why.append(self._slipped(late, spent, slip_days))
        if penalty and spent:
            why.append(
                message(
                    "{days} begun days remain, at {percent} of the maximum: {penalty} points less.",
                    days=days(late) - spent,
                    percent=percent(self.policy.per_day),
                    penalty=points(penalty),
                )
            )
        elif penalty:
            why.append(
                message(
                    "Late by {span}, which is {days} begun days at {percent} of the maximum: {penalty} points less.",
                    span=span(late),
                    days=days(late),
                    percent=percent(self.policy.per_day),
                    penalty=points(penalty),
                )
            )
        return replace(
            mark,
            score=got.score - penalty,
            max_score=got.max_score,
            raw=got.score,
            late_penalty=penalty,
            late_seconds=late if self.policy.is_late(late) else 0,
            slip_days=spent,
            status=got.status,
            recorded_id=got.result,
            why=tuple(why),
        )

    def _slipped(self, late: int, spent: int, left: int) -> Message:
        if not left:
            return message(
                "No slip day is left: all of {all} are spent on what was handed in before.",
                all=self.policy.slip_days,
            )
        return message(
            "Late by {span}, which is {days} begun days: slip days are spent on {spent} of them, of {all} in all, of which "
            "{left} were left.",
            span=span(late),
            days=days(late),
            spent=spent,
            all=self.policy.slip_days,
            left=left,
        )

    def _when(self, mark: Mark, due: datetime | None, late: int) -> Iterator[Message]:
        own = self.deadlines.extensions.get(mark.student.id)
        if mark.handed_in is None:
            yield message("When it was handed in is not known: it counts as in time.")
        elif due is None:
            yield message("Handed in {time}. There is no deadline.", time=_time(mark.handed_in))
        else:
            yield message(
                "Handed in {time}; the deadline of this student is {due}."
                if own == due
                else "Handed in {time}; the deadline is {due}.",
                time=_time(mark.handed_in),
                due=_time(due),
            )
            if not late:
                yield message("In time.")
            elif not self.policy.is_late(late):
                yield message("{span} after the deadline, within the grace: in time.", span=span(late))
            elif not self.policy.per_day:
                yield message("Late by {span}, which costs nothing here.", span=span(late))
        if mark.handed_in is not None and mark.handed_in > self.now:
            yield message("That time has not come yet: a clock was wrong.")
        if mark.clock:
            yield message(
                "A later attempt bears an earlier time: a clock was set back. The order of handing in counts."
            )

    # -- adjustments --------------------------------------------------------------------------------------------

    def _adjusted(self, mark: Mark) -> Mark:
        score, why, excused = mark.score, list(mark.why), False
        for one in self.adjustments.get(mark.student.id, ()):
            said: dict[str, type_of_field] = {"author": one.author, "reason": one.reason, "id": one.id}
            if one.kind == "excuse":
                excused = True
                why.append(message("Excused by {author} ({reason}) [{id}].", **said))
            elif one.kind == "set":
                score = min(max(one.cents, 0), mark.max_score)
                why.append(
                    message("Set to {points} by {author} ({reason}) [{id}].", points=points(score), **said)
                )
            elif score is None:
                why.append(
                    message(
                        "{points} by {author} ({reason}) [{id}]: there is no mark that it could be added to.",
                        points=_signed(one.cents),
                        **said,
                    )
                )
            else:
                score = min(max(score + one.cents, 0), mark.max_score)
                why.append(
                    message("{points} by {author} ({reason}) [{id}].", points=_signed(one.cents), **said)
                )
        adjusted = (score or 0) - (mark.score or 0)
        slip_days = mark.slip_days
        if excused:
            score, adjusted, slip_days = None, 0, 0
        final = (
            message("Mark: {score} of {max}.", score=points(score), max=points(mark.max_score))
            if score is not None
            else message("No mark.")
        )
        return replace(
            mark, score=score, adjusted=adjusted, slip_days=slip_days, excused=excused, why=(*why, final)
        )


def _others(
    store: Store, assignment: Assignment | str, rules: Rules, student: str | None
) -> dict[str, tuple[tuple[Rules, tuple[Attempt, ...]], ...]]:
    """See `Rules.others`."""
    found: dict[str, tuple[tuple[Rules, tuple[Attempt, ...]], ...]] = {}
    siblings = _siblings(assignment)
    for id in _assignments(store, student):
        if id == rules.assignment or not shares_slip_days(store, id):
            continue
        there = Rules._alone(store, siblings(id), rules.now)
        for who, some in attempts(store, id, student):
            excused = any(one.kind == "excuse" for one in there.adjustments.get(who, ()))
            # By everybody's deadline, which is the earlier one: what is in time by it is so by an extension too.
            if not excused and any(
                there.policy.is_late(late_by(one.handed_in, there.deadlines.everybody)) for one in some
            ):
                found[who] = (*found.get(who, ()), (there, some))
    return found


def _siblings(assignment: Assignment | str) -> Callable[[str], Assignment | str]:
    """Id → the assignment, for the deadline of its manifest; the id alone where nothing is known of a course."""
    from autograder.course.manifest import load_course

    # Loaded here rather than handed in: whoever forgot it would get other marks.
    course = None if isinstance(assignment, str) else load_course(assignment.public_dir.parent.parent)
    return lambda id: course.assignment(id) if course is not None and id in course.assignments else id


def _assignments(store: Store, student: str | None) -> list[str]:
    submission = tables.submissions.c
    query = select(submission.assignment).distinct().order_by(submission.assignment)
    if student is not None:
        query = query.where(submission.student == student)
    with store.read() as connection:
        return list(connection.scalars(query))


def attempts(
    store: Store, assignment: str, student: str | None = None
) -> Iterator[tuple[str, tuple[Attempt, ...]]]:
    """Students with what they handed in, in the order of ids by code point; streamed, without files and reports."""
    submissions, results = tables.submissions, tables.results
    query = (
        select(
            submissions.c.id,
            submissions.c.student,
            submissions.c.handed_in,
            submissions.c.problem,
            results.c.id.label("result"),
            results.c.state,
            results.c.status,
            results.c.score_cents,
            results.c.max_cents,
        )
        .select_from(submissions)
        .outerjoin(
            results,
            and_(
                results.c.submission == submissions.c.id,
                or_(results.c.state == "current", results.c.state == "proposed"),
            ),
        )
        .where(submissions.c.assignment == assignment)
        .order_by(submissions.c.student, submissions.c.id)
    )
    if student is not None:
        query = query.where(submissions.c.student == student)
    with store.read() as connection:
        rows = connection.execute(query, execution_options={"yield_per": 500})
        for id, of_student in groupby(rows, key=attrgetter("student")):
            yield id, tuple(_attempt(list(some)) for _id, some in groupby(of_student, key=attrgetter("id")))


def _attempt(rows: list[Any]) -> Attempt:
    first = rows[0]
    got = {
        row.state: Got(row.result, row.status, row.score_cents, row.max_cents)
        for row in rows
        if row.result is not None
    }
    current = got.get("current")
    problem = first.problem is not None
    gradable = not problem and (current is None or current.status != Status.UNGRADABLE)
    return Attempt(first.id, first.handed_in, gradable, current, got.get("proposed"), problem)


def _first(pair: tuple[str, object]) -> str:
    return pair[0]


def _turn(mark: Mark) -> tuple[datetime, str]:
    """When a mark's slip days are spent. Of two at the same moment the order of the assignments' ids decides."""
    return mark.handed_in or datetime.min.replace(tzinfo=UTC), mark.assignment


def _worth(mark: Mark) -> int:
    return -1 if mark.score is None else mark.score


def _contradict(attempts: Sequence[Attempt]) -> bool:
    times = [one.handed_in for one in attempts if one.handed_in is not None]
    return any(second < first for first, second in pairwise(times))


def _time(at: datetime | None) -> str:
    if at is None:
        return "–"
    there = here(at)
    return f"{there:%Y-%m-%d %H:%M:%S} " + (there.isoformat()[-6:] if there.utcoffset() else "UTC")


def _signed(cents: int) -> str:
    return points(cents) if cents < 0 else f"+{points(cents)}"
