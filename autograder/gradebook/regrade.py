"""What changes when the suite, the reference or the points do? Grade again what is affected, compare, publish in one step.

    find      a result is affected where the course, suite or engine that made it is not the one of now: what else its key
              depends on (see `grading.journal.key`) belongs to the submission, which never changes. How this machine
              confines submissions is no reason to grade again.
    propose   what is affected is graded into results in the state "proposed", beside the one that counts. They are
              written as they come: an interrupted regrade continues, and one with nothing to do grades nothing.
              A result that once counted under the same key is taken again instead of being made again.
    compare   the marks as they are, and as they would be: with the same attempts, deadlines, policy and adjustments.
    publish   one transaction: the old results become "superseded", and stay; the proposed ones become "current"; and one
              line of the audit trail for every mark that changes. Killed at any moment, all of it has happened, or nothing.
    keep      a result that `never_lower` keeps when it is published stays kept, see `keeping`.

A fault of ours while grading again is no proposal: the old result goes on to count.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, and_, delete, literal, or_, select, update

from autograder.gradebook import keeping, tables
from autograder.gradebook.keeping import Kept, Versions
from autograder.gradebook.marks import Attempt, Mark, Rules
from autograder.gradebook.values import unpacked
from autograder.model import CheckResult, GradeReport, Status

if TYPE_CHECKING:
    from autograder.course.manifest import Assignment, Course
    from autograder.gradebook.lease import Lease
    from autograder.gradebook.store import Store
    from autograder.grading.engine import Engine

Isolation = Mapping[str, str | int | float]

_CHUNK = 500


@dataclass(frozen=True)
class Need:
    """What is to be done.

    affected  ids of the submissions that are to be graded again, by student and in the order of handing in
    ready     how many are graded again already, and wait to be published
    current   how many are up to date
    kept      how many stay as another version made them, since `never_lower` kept them before
    unjudged  how many have no result at all: `grade` makes the first one
    old       versions → how many of the results that count were made by them, without those that are up to date
    """

    affected: tuple[int, ...]
    ready: int
    current: int
    unjudged: int
    old: Mapping[Versions, int]
    kept: int = 0

    @property
    def all(self) -> int:
        return len(self.affected) + self.ready + self.current + self.kept


def needed(
    store: Store,
    assignment: str,
    versions: Mapping[str, str],
    isolation: Isolation | None = None,
    *,
    reconsider: bool = False,
) -> Need:
    """What has to be graded again, without grading anything.

    versions    see `grading.expected.versions`
    reconsider  as if `never_lower` had not kept anything before
    """
    wanted = _wanted(versions)
    kept = frozenset[int]() if reconsider else keeping.kept(store, assignment, wanted)
    submissions, now, new = tables.submissions, tables.results.alias("now"), tables.results.alias("new")
    query = (
        select(
            submissions.c.id,
            now.c.course_version,
            now.c.suite_version,
            now.c.engine_version,
            new.c.course_version.label("new_course"),
            new.c.suite_version.label("new_suite"),
            new.c.engine_version.label("new_engine"),
            new.c.isolation.label("new_isolation"),
            new.c.score_cents.label("new_score"),
        )
        .select_from(submissions)
        .outerjoin(now, and_(now.c.submission == submissions.c.id, now.c.state == "current"))
        .outerjoin(new, and_(new.c.submission == submissions.c.id, new.c.state == "proposed"))
        .where(submissions.c.assignment == assignment)
        .order_by(submissions.c.student, submissions.c.id)
    )
    affected: list[int] = []
    old: Counter[Versions] = Counter()
    ready = current = unjudged = staying = 0
    with store.read() as connection:
        for row in connection.execute(query, execution_options={"yield_per": _CHUNK}):
            made = (row.course_version, row.suite_version, row.engine_version)
            if row.course_version is None:
                unjudged += 1
            elif made == wanted:
                current += 1
            elif row.id in kept:
                staying += 1
            else:
                old[made] += 1
                proposed = (row.new_course, row.new_suite, row.new_engine) == wanted
                if proposed and row.new_score is not None and not _weaker(row.new_isolation, isolation):
                    ready += 1
                else:
                    affected.append(row.id)
    return Need(tuple(affected), ready, current, unjudged, old, staying)


def of_other_suites(store: Store, assignment: str, versions: Mapping[str, str]) -> dict[str, int]:
    """Suite version → how many results that count were made by it, without the one of now and without those that are kept."""
    result, submissions = tables.results.c, tables.submissions
    query = (
        select(submissions.c.id, result.suite_version)
        .join(submissions, submissions.c.id == result.submission)
        .where(
            submissions.c.assignment == assignment,
            result.state == "current",
            result.suite_version != versions["suite"],
        )
    )
    kept = keeping.kept(store, assignment, _wanted(versions))
    with store.read() as connection:
        rows = connection.execute(query, execution_options={"yield_per": _CHUNK})
        return dict(sorted(Counter(row.suite_version for row in rows if row.id not in kept).items()))


def _wanted(versions: Mapping[str, str]) -> Versions:
    return versions["course"], versions["suite"], versions["engine"]


def _weaker(made: Mapping[str, Any] | None, now: Isolation | None) -> bool:
    """Whether a proposal was made where nothing held submissions back, and now something would."""
    return "weak" in (made or {}) and "weak" not in (now or {"weak": ""})


def regrade(
    store: Store,
    course: Course,
    assignment: Assignment,
    isolation: Isolation | None = None,
    *,
    jobs: int = 0,
    engine: Engine | None = None,
    reconsider: bool = False,
) -> Iterator[GradeReport]:
    """Grade again what is affected, into proposals; reports as they are finished. Whatever ends it, the next call goes on.

    engine      who grades instead of lanes of this process, see `grade_many`
    reconsider  see `needed`
    Raises      as `grade_many` and `Recorder` do
    """
    from autograder.gradebook.recorder import Recorder
    from autograder.grading.expected import versions
    from autograder.grading.many import grade_many

    now = versions(assignment)
    with closing(Recorder(store, course.id, assignment.id, now, isolation, state="proposed")) as recorder:
        drop_stale(store, assignment.id, now)
        before: tuple[int, ...] = ()
        # A second time for a student who handed in the same bytes twice, with others between: they have one key, and only
        # one of the two has got its proposal. The other one now finds that, so nothing is graded for it.
        while (
            ids := needed(store, assignment.id, now, isolation, reconsider=reconsider).affected
        ) and ids != before:
            broken = {id for id, _student, _said in failures(store, assignment.id)} if before else set()
            submissions = (recorder.expect(id, store.submission(id)) for id in ids if id not in broken)
            grading = grade_many(
                course,
                assignment,
                submissions,
                jobs=jobs,
                journal=recorder,
                isolation=isolation,
                engine=engine,
            )
            with closing(grading):
                yield from grading
            recorder.flush()
            before = ids


def failures(store: Store, assignment: str) -> list[tuple[int, str, GradeReport | None]]:
    """(submission, student, report) of all that could not be graded again by a fault of ours; the old result counts on."""
    return [
        (one.submission.id, one.submission.student, one.report())
        for one in store.results(assignment, state="proposed", reports=False)
        if one.score is None
    ]


def drop_stale(store: Store, assignment: str, versions: Mapping[str, str]) -> int:
    """Take away proposals of other versions, and those for what is up to date; how many.

    Nobody was ever given such a result: one that has counted once stays for ever, as "superseded".
    """
    course, suite, engine = _wanted(versions)
    result, now = tables.results.c, tables.results.alias("now")
    of_this = select(tables.submissions.c.id).where(tables.submissions.c.assignment == assignment)
    up_to_date = (
        select(literal(1))
        .where(
            now.c.submission == result.submission,
            now.c.state == "current",
            now.c.course_version == course,
            now.c.suite_version == suite,
            now.c.engine_version == engine,
        )
        .exists()
    )
    other = or_(
        result.course_version != course, result.suite_version != suite, result.engine_version != engine
    )
    with store.begin() as connection:
        gone = connection.execute(
            delete(tables.results).where(
                result.state == "proposed", result.submission.in_(of_this), or_(other, up_to_date)
            )
        )
    return gone.rowcount


# -- who gains, who loses -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class CheckChange:
    """One check whose points changed, in cents; None where the old or the new suite has no such check."""

    function: str
    label: str
    before: int | None
    after: int | None
    max_before: int | None
    max_after: int | None
    outcome_before: str = ""
    outcome_after: str = ""

    @property
    def change(self) -> int:
        return (self.after or 0) - (self.before or 0)


@dataclass(frozen=True)
class Change:
    """A student whose mark changes, or would change but for a rule.

    kept  why it stays all the same: "never lower", "adjusted", or ""
    """

    before: Mark
    after: Mark
    checks: tuple[CheckChange, ...] = ()
    kept: str = ""

    @property
    def student(self) -> str:
        return self.before.student.id

    @property
    def change(self) -> int:
        """Cents up or down; a mark where there was none counts whole."""
        return (self.after.score or 0) - (self.before.score or 0)


@dataclass
class Comparison:
    """Who gains and who loses, in the order of the ids.

    changes    marks that change
    kept       marks that `never_lower` or an adjustment keeps as they are although the raw score changes
    unchanged  students who were graded again, and whose mark stays
    untouched  students of whom nothing was graded again
    failed     students, once for each attempt that could not be graded again by a fault of ours: the old result counts on
    checks     (function, check) → [students who gain by it, who lose by it, cents in all]
    old        versions → proposals that replace a result made by them
    switched   (submission, old result, new result) of all that is to be published
    declined   results that `never_lower` keeps in place of proposed ones
    released   results that it kept before, and that are to be replaced all the same
    staying    students with a result that it kept before
    slipping   students by whom other slip days are spent here than before, so that marks of other assignments may change
    """

    versions: Versions
    changes: list[Change] = field(default_factory=list)
    kept: list[Change] = field(default_factory=list)
    unchanged: int = 0
    untouched: int = 0
    failed: list[str] = field(default_factory=list)
    checks: dict[tuple[str, str], list[int]] = field(default_factory=dict)
    old: Counter[Versions] = field(default_factory=Counter)
    switched: list[tuple[int, int, int]] = field(default_factory=list)
    declined: list[Kept] = field(default_factory=list)
    released: list[Kept] = field(default_factory=list)
    staying: list[str] = field(default_factory=list)
    slipping: list[str] = field(default_factory=list)

    @property
    def gainers(self) -> list[Change]:
        return [one for one in self.changes if one.change > 0 or one.before.score is None]

    @property
    def losers(self) -> list[Change]:
        return [one for one in self.changes if one.change < 0 and one.before.score is not None]


def compare(
    store: Store,
    assignment: Assignment | str,
    versions: Mapping[str, str],
    *,
    never_lower: bool = False,
    reconsider: bool = False,
    now: datetime | None = None,
) -> Comparison:
    """The marks as they are beside those with what is proposed under these versions; nothing is changed.

    never_lower  an attempt whose proposed score is lower keeps the old result
    reconsider   those that it kept before are compared like any others
    """
    found = Comparison(_wanted(versions))
    rules = Rules.of(store, assignment, now)
    before = keeping.kept(store, rules.assignment, found.versions)
    kept = frozenset[int]() if reconsider else before
    made_by = _made_by(store, rules.assignment)
    with store.read() as connection:
        for student, attempts in rules.students(store):
            fresh = []
            if any(one.submission in kept for one in attempts):
                found.staying.append(student.id)
            for one in attempts:
                if one.submission in kept:
                    continue
                if one.proposed and _is_of(made_by, one.proposed.result, found.versions):
                    if one.proposed.score is not None:
                        fresh.append(one)
                    else:
                        found.failed.append(student.id)
            if not fresh:
                found.untouched += 1
                continue
            _count(found, connection, rules, student, attempts, fresh, made_by, never_lower=never_lower)
            found.released += [
                _kept(student.id, one, made_by)
                for one in fresh
                if one.submission in before and not (never_lower and _is_lower(one))
            ]
    return found


def _made_by(store: Store, assignment: str) -> dict[int, Versions]:
    """Result → the versions that made it; of all that are not alone."""
    result, submissions = tables.results, tables.submissions
    query = (
        select(result.c.id, result.c.course_version, result.c.suite_version, result.c.engine_version)
        .join(submissions, submissions.c.id == result.c.submission)
        .where(submissions.c.assignment == assignment, result.c.state.in_(("current", "proposed")))
    )
    seen: dict[Versions, Versions] = {}
    made: dict[int, Versions] = {}
    with store.read() as connection:
        for id, *versions in connection.execute(query, execution_options={"yield_per": _CHUNK}):
            of = (versions[0], versions[1], versions[2])
            made[id] = seen.setdefault(of, of)
    return made


def _is_of(made_by: Mapping[int, Versions], result: int, versions: Versions) -> bool:
    return made_by.get(result) == versions


def _count(
    found: Comparison,
    connection: Connection,
    rules: Rules,
    student: Any,
    attempts: Sequence[Attempt],
    fresh: Sequence[Attempt],
    made_by: Mapping[int, Versions],
    *,
    never_lower: bool,
) -> None:
    taken = {one.submission: one for one in fresh if not (never_lower and _is_lower(one))}
    for one in fresh:
        if one.submission not in taken:
            found.declined.append(_kept(student.id, one, made_by))
    for one in taken.values():
        assert one.proposed is not None
        old = one.got.result if one.got else 0
        found.switched.append((one.submission, old, one.proposed.result))
        if one.got:
            found.old[made_by[one.got.result]] += 1

    def judged(which: Iterable[int]) -> Mark:
        chosen = set(which)
        return rules.mark(
            student, [_with_proposed(one) if one.submission in chosen else one for one in attempts]
        )

    before = rules.mark(student, attempts)
    after = judged(taken)
    if rules.shared and _spent(before) != _spent(after):
        found.slipping.append(student.id)
    all_taken = after if len(taken) == len(fresh) else judged(one.submission for one in fresh)
    if after.score != before.score:
        checks = tuple(check_changes(_report(connection, before), _report(connection, after)))
        found.changes.append(Change(before, after, checks))
        for check in checks:
            tally = found.checks.setdefault((check.function, check.label), [0, 0, 0])
            tally[0 if check.change > 0 else 1] += 1
            tally[2] += check.change
    elif all_taken.score != before.score:
        found.kept.append(Change(before, all_taken, kept="never lower"))
        found.unchanged += 1
    elif after.raw != before.raw:
        found.kept.append(Change(before, after, kept="adjusted"))
        found.unchanged += 1
    else:
        found.unchanged += 1


def _is_lower(one: Attempt) -> bool:
    old, new = one.got, one.proposed
    return old is not None and new is not None and (new.score or 0) < (old.score or 0)


def _spent(mark: Mark) -> tuple[int, datetime | None]:
    return mark.slip_days, mark.handed_in if mark.slip_days else None


def _kept(student: str, one: Attempt, made_by: Mapping[int, Versions]) -> Kept:
    old, new = one.got, one.proposed
    assert old is not None
    assert new is not None
    return Kept(
        one.submission,
        student,
        (old.result, new.result),
        (old.score, new.score),
        (made_by[old.result], made_by[new.result]),
    )


def _with_proposed(one: Attempt) -> Attempt:
    assert one.proposed is not None
    gradable = one.proposed.status != Status.UNGRADABLE and not one.problem
    return replace(one, got=one.proposed, gradable=gradable)


def _report(connection: Connection, mark: Mark) -> GradeReport | None:
    if mark.recorded_id is None:
        return None
    packed = connection.scalar(select(tables.results.c.report).where(tables.results.c.id == mark.recorded_id))
    try:
        return unpacked(bytes(packed or b""))
    except (ValueError, LookupError, TypeError, AttributeError):
        return None


def check_changes(before: GradeReport | None, after: GradeReport | None) -> Iterator[CheckChange]:
    """The checks whose points differ, in the new report's order, then those that it has no more."""
    old, new = _checks(before), _checks(after)
    for name in [*new, *(name for name in old if name not in new)]:
        one, other = old.get(name), new.get(name)
        if (one.score if one else 0) != (other.score if other else 0):
            yield CheckChange(
                name[0],
                (other or one).label,  # type: ignore[union-attr]
                one.score if one else None,
                other.score if other else None,
                one.max_score if one else None,
                other.max_score if other else None,
                one.outcome.value if one else "",
                other.outcome.value if other else "",
            )


def _checks(report: GradeReport | None) -> dict[tuple[str, str], CheckResult]:
    if report is None:
        return {}
    return {
        (function.name, check.name or check.label): check
        for function in report.functions
        for check in function.checks
    }


# -- publishing -----------------------------------------------------------------------------------------------------


def publish(
    store: Store,
    assignment: Assignment | str,
    versions: Mapping[str, str],
    *,
    author: str,
    reason: str = "",
    never_lower: bool = False,
    reconsider: bool = False,
    now: datetime | None = None,
) -> Comparison:
    """Make what is proposed count, in one transaction; what was changed. Doing it again changes nothing.

    never_lower  an attempt whose proposed score is lower keeps the old result, now and the next time: see `keeping`
    reconsider   those that it kept before may be lowered, if it does not keep them again
    """
    from autograder.gradebook.lease import Lease

    id = assignment if isinstance(assignment, str) else assignment.id
    lease = Lease(store, id)
    with _released(lease), store.begin() as connection:
        lease.check(connection)
        drop_stale(store, id, versions)
        found = compare(store, assignment, versions, never_lower=never_lower, reconsider=reconsider, now=now)
        if not found.switched and not found.declined:
            return found
        _switch(connection, [old for _submission, old, _new in found.switched if old], "superseded")
        _switch(connection, [new for _submission, _old, new in found.switched], "current")
        store.audit(
            "regrade",
            author=author,
            assignment=id,
            before={"made_by": [[*made, count] for made, count in sorted(found.old.items())]},
            after={
                "made_by": list(found.versions),
                "results": len(found.switched),
                "gain": len(found.gainers),
                "lose": len(found.losers),
                "unchanged": found.unchanged,
                "never_lower": never_lower,
                "kept": len(found.declined),
            },
            reason=reason,
        )
        why = reason or _why(found)
        store.audit_all(keeping.lines(store, keeping.KEPT, id, found.declined, author=author, reason=why))
        store.audit_all(keeping.lines(store, keeping.RELEASED, id, found.released, author=author, reason=why))
        store.audit_all(
            [
                {
                    "action": "mark regraded",
                    "author": author,
                    "assignment": id,
                    "student": one.student,
                    "before": _told(one.before),
                    "after": _told(one.after),
                    "reason": why,
                }
                for one in found.changes
            ]
        )
    return found


@contextmanager
def _released(lease: Lease) -> Iterator[None]:
    try:
        yield
    finally:
        lease.release()


def _switch(connection: Connection, ids: Sequence[int], state: str) -> None:
    result = tables.results.c
    for first in range(0, len(ids), _CHUNK):
        connection.execute(
            update(tables.results).where(result.id.in_(ids[first : first + _CHUNK])).values(state=state)
        )


def _told(mark: Mark) -> dict[str, Any]:
    return {"score": mark.score, "raw": mark.raw, "attempt": mark.attempt, "result": mark.recorded_id}


def _why(found: Comparison) -> str:
    """What changed, in one line for the trail: suite 1+0f3a… → 1+9b21…"""
    names = ("course", "suite", "engine")
    parts = []
    for place, name in enumerate(names):
        before = sorted({made[place] for made in found.old} - {found.versions[place]})
        if before:
            parts.append(f"{name} {', '.join(before)} → {found.versions[place]}")
    return "; ".join(parts)
