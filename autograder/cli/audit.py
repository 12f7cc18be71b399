"""`autograde audit`: who changed what, when and why."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from autograder.cleaning import clean_line
from autograder.cli.kept import opened
from autograder.cli.options import Session, common_options, gradebook_option, json_option, pass_session
from autograder.cli.shown import echo
from autograder.language import _
from autograder.model import points

if TYPE_CHECKING:
    from autograder.gradebook.values import Audit

_LONGEST = 200


@click.command()
@click.option("--assignment", "-a", metavar="ASSIGNMENT", help="Only what is about this assignment.")
@click.option("--student", metavar="NAME", help="Only what is about this student.")
@gradebook_option
@json_option
@common_options
@pass_session
def audit(
    session: Session, assignment: str | None, student: str | None, gradebook: str | None, as_json: bool
) -> int:
    """Show the audit trail, the oldest line first. It is only ever added to.

    \b
    Examples:
      autograde audit -a ASSIGNMENT
      autograde audit --student NAME --json
    """
    course = session.course()
    with opened(course, gradebook, read_only=True) as store:
        lines = 0
        # Not looked up in the course: the trail of an assignment outlives it.
        for one in store.audits(assignment=assignment, student=student):
            lines += 1
            if as_json:
                click.echo(json.dumps(_as_json(one)))
            else:
                echo(_line(one))
    if not lines and not as_json:
        echo(_("Nothing was changed by hand, as far as this trail goes."))
    return 0


def _as_json(one: Audit) -> dict[str, Any]:
    return {
        "id": one.id,
        "at": one.at.isoformat(),
        "author": one.author,
        "action": one.action,
        "assignment": one.assignment,
        "student": one.student,
        "before": one.before,
        "after": one.after,
        "reason": one.reason,
    }


def _line(one: Audit) -> str:
    about = " ".join(clean_line(text) for text in (one.assignment, one.student) if text)
    before, after = _flat(one.before), _flat(one.after)
    if isinstance(before, dict) and isinstance(after, dict):
        same = {name for name in before.keys() & after.keys() if before[name] == after[name]}
        before, after = ({name: side[name] for name in side if name not in same} for side in (before, after))
    change = " → ".join(_short(value) for value in (before, after) if value is not None)
    if one.before is not None and one.after is None:
        change += " →"
    reason = f"({clean_line(one.reason)})" if one.reason else ""
    at = one.at.astimezone()
    parts = [f"{at:%Y-%m-%d %H:%M:%S %z}", clean_line(one.author), one.action, about, change, reason]
    return "  ".join(part for part in parts if part)


def _flat(value: Any) -> Any:
    """With what lies in a dict of a dict, as a student's ids do, side by side with the rest."""
    if not isinstance(value, dict):
        return value
    flat: dict[str, Any] = {}
    for name, held in value.items():
        flat.update(held if isinstance(held, dict) else {str(name): held})
    return flat


def _short(value: Any) -> str:
    if isinstance(value, dict):
        text = ", ".join(_told(name, value[name]) for name in sorted(value)) or "–"
    else:
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True)
    return clean_line(text, _LONGEST)


def _told(name: str, value: Any) -> str:
    """Points, percentages and spans as they were typed; --json has them as they are kept."""
    from autograder.gradebook.policy import percent, span

    number = type(value) is int
    if number and name in ("per_day", "lowest") and value >= 0:
        return f"{name} {percent(value)}"
    if number and name in ("grace", "cutoff") and value >= 0:
        return f"{name} {span(value)}"
    if number and name in ("cents", "raw", "score"):
        return f"{'points' if name == 'cents' else name} {points(value)}"
    return (
        f"{name} {value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True)}"
    )
