"""Which better results did `regrade --never-lower` keep, and until when? Decisions that are remembered, in the audit trail.

    decision   for the bytes that a student handed in: the result of these versions stays, that of those is not taken
    holds      until one of the two is made by other versions, or a person takes it back (`regrade --reconsider`)

So what was kept once is neither offered again, nor lowered by a later `regrade --publish` or `grade`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from autograder.gradebook import tables

if TYPE_CHECKING:
    from autograder.gradebook.store import Store

KEPT, RELEASED = "result kept", "result kept no longer"
"""What the audit trail calls the decision, and its end."""

Versions = tuple[str, str, str]
"""course, suite, engine."""

_CHUNK = 500


@dataclass(frozen=True)
class Kept:
    """One submission whose result stays, or stayed, although a proposed one is lower. result, score: (old, new)."""

    submission: int
    student: str
    results: tuple[int, int]
    scores: tuple[int | None, int | None]
    made_by: tuple[Versions, Versions]


def decisions(store: Store, assignment: str, versions: Versions) -> dict[tuple[str, str], Versions]:
    """(student, digest of what was handed in) → which versions made the result that stays in place of one by `versions`."""
    line = tables.audit.c
    query = (
        select(line.action, line.student, line.before, line.after)
        .where(line.assignment == assignment, line.action.in_((KEPT, RELEASED)))
        .order_by(line.id)
    )
    found: dict[tuple[str, str], Versions] = {}
    with store.read() as connection:
        for row in connection.execute(query, execution_options={"yield_per": _CHUNK}):
            # Of a student who was forgotten the trail keeps no values.
            if not isinstance(row.before, dict) or not isinstance(row.after, dict):
                continue
            if tuple(row.after.get("made_by", ())) != versions:
                continue
            what = (row.student, str(row.after.get("files", "")))
            if row.action == RELEASED:
                found.pop(what, None)
            elif len(old := tuple(row.before.get("made_by", ()))) == len(versions):
                found[what] = (str(old[0]), str(old[1]), str(old[2]))
    return found


def kept(store: Store, assignment: str, versions: Versions) -> frozenset[int]:
    """The submissions whose result, as it counts now, stays in place of one by `versions`."""
    decided = decisions(store, assignment, versions)
    if not decided:
        return frozenset()
    submissions, result = tables.submissions.c, tables.results.c
    query = (
        select(
            submissions.id,
            submissions.student,
            submissions.digest,
            result.course_version,
            result.suite_version,
            result.engine_version,
        )
        .select_from(tables.submissions.join(tables.results, result.submission == submissions.id))
        .where(submissions.assignment == assignment, result.state == "current")
    )
    with store.read() as connection:
        rows = connection.execute(query, execution_options={"yield_per": _CHUNK})
        return frozenset(
            id for id, student, digest, *made in rows if decided.get((student, digest)) == tuple(made)
        )


def lines(
    store: Store,
    action: str,
    assignment: str,
    found: Iterable[Kept],
    *,
    author: str,
    reason: str,
) -> list[Mapping[str, Any]]:
    """The lines of the audit trail that say so, see `Store.audit_all`. To be asked within the transaction that writes them."""
    some = list(found)
    digests: dict[int, str] = {}
    submission = tables.submissions.c
    with store.read() as connection:
        for first in range(0, len(some), _CHUNK):
            ids = [one.submission for one in some[first : first + _CHUNK]]
            query = select(submission.id, submission.digest).where(submission.id.in_(ids))
            digests.update((row.id, row.digest) for row in connection.execute(query))
    return [
        {
            "action": action,
            "author": author,
            "assignment": assignment,
            "student": one.student,
            "before": _told(one, 0, digests),
            "after": _told(one, 1, digests),
            "reason": reason,
        }
        for one in some
    ]


def _told(one: Kept, place: int, digests: Mapping[int, str]) -> dict[str, Any]:
    return {
        "score": one.scores[place],
        "result": one.results[place],
        "made_by": list(one.made_by[place]),
        "files": digests[one.submission],
    }
