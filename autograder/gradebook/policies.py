"""Which late policy holds for an assignment? What the gradebook keeps: the course's own, and what an assignment changes of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, insert, select

from autograder.errors import UsageError
from autograder.gradebook import tables
from autograder.gradebook.policy import NAMES, Policy, contradictions, policy_of
from autograder.model import Message, message

if TYPE_CHECKING:
    from autograder.gradebook.store import Store

COURSE = ""
"""Where the policy of the whole course is kept, among those of its assignments."""


def layers(store: Store, assignment: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """(what the course says, what the assignment says): each only what was set there."""
    table = tables.policies.c
    query = select(table.assignment, table.policy).where(table.assignment.in_((COURSE, assignment)))
    with store.read() as connection:
        found = {row.assignment: dict(row.policy) for row in connection.execute(query)}
    return found.get(COURSE, {}), found.get(assignment, {}) if assignment != COURSE else {}


def policy(store: Store, assignment: str) -> Policy:
    """The policy that holds. Raises UsageError where it is one that this program does not know."""
    return policy_of(*layers(store, assignment))


def shares_slip_days(store: Store, assignment: str) -> bool:
    """Whether an assignment has no slip days of its own, so that the course's are spent on it too."""
    return "slip_days" not in layers(store, assignment)[1]


def _all_layers(store: Store) -> dict[str, dict[str, Any]]:
    table = tables.policies.c
    with store.read() as connection:
        return {
            row.assignment: dict(row.policy)
            for row in connection.execute(select(table.assignment, table.policy).order_by(table.assignment))
        }


def set_policy(
    store: Store,
    assignment: str,
    changes: Mapping[str, Any],
    *,
    author: str,
    reason: str = "",
    reset: bool = False,
) -> Policy:
    """Change what an assignment, or with `COURSE` the course, says of lateness; the policy that holds now.

    changes  name → value, of `Policy`; the others stay
    reset    forget what was said there before
    Raises   UsageError for a policy that cannot be, or contradicts itself, with nothing changed
    """
    for name in changes:
        if name not in NAMES:
            raise ValueError(name)
    with store.begin() as connection:
        course, own = layers(store, assignment)
        before = course if assignment == COURSE else own
        after = {**({} if reset else before), **changes}
        now = policy_of(after) if assignment == COURSE else policy_of(course, after)
        _refuse(contradictions(now))
        if assignment == COURSE:
            _refuse(_contradicted(_all_layers(store), before, after))
        if after != before:
            connection.execute(delete(tables.policies).where(tables.policies.c.assignment == assignment))
            if after:
                connection.execute(insert(tables.policies), [{"assignment": assignment, "policy": after}])
            store.audit(
                "policy", author=author, assignment=assignment, before=before, after=after, reason=reason
            )
    return now


def _refuse(problems: tuple[Message, ...]) -> None:
    if problems:
        raise UsageError(*problems, message("Nothing was changed."))


def _contradicted(
    layers: Mapping[str, Mapping[str, Any]], before: Mapping[str, Any], after: Mapping[str, Any]
) -> tuple[Message, ...]:
    """What a change of the course's policy would make contradict itself on an assignment that has something of its own."""
    for assignment, own in layers.items():
        if assignment == COURSE or contradictions(policy_of(before, own)):
            continue
        found = contradictions(policy_of(after, own))
        if found:
            told = message("Together with what is set for {assignment}:", assignment=assignment)
            return told, *found
    return ()
