"""`autograde policy`: what lateness costs, and which attempt counts."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

import click

from autograder.cli.kept import author as author_of
from autograder.cli.kept import author_option, opened, reason_option
from autograder.cli.kept import reason as reason_of
from autograder.cli.options import Session, common_options, gradebook_option, json_option, pass_session
from autograder.cli.shown import echo
from autograder.errors import UsageError
from autograder.language import _
from autograder.model import message

_NONE = ("none", "all")


@click.command()
@click.option("--assignment", "-a", metavar="ASSIGNMENT", help="Which assignment; default: the whole course.")
@click.option(
    "--per-day",
    metavar="PERCENT",
    help="Points that each begun day late costs, in percent of the maximum, e.g. 10.",
)
@click.option(
    "--lowest", metavar="PERCENT", help="Lateness brings no mark below this, in percent of the maximum."
)
@click.option("--grace", metavar="SPAN", help="Up to so much after the deadline is in time, e.g. 15min.")
@click.option(
    "--cutoff", metavar="SPAN", help='What comes later after the deadline is not counted, e.g. 7d; "none".'
)
@click.option("--counts", type=click.Choice(["latest", "best"]), help="Which of several attempts counts.")
@click.option("--attempts", metavar="N", help='Only the first so many attempts may count; "all".')
@click.option(
    "--slip-days",
    metavar="N",
    help="So many days late cost a student nothing: on all assignments together, or with -a on this one; 0 for none.",
)
@click.option("--reset", is_flag=True, help="First forget what was set here before.")
@reason_option
@author_option
@gradebook_option
@json_option
@common_options
@pass_session
def policy(
    session: Session,
    assignment: str | None,
    per_day: str | None,
    lowest: str | None,
    grace: str | None,
    cutoff: str | None,
    counts: str | None,
    attempts: str | None,
    slip_days: str | None,
    reset: bool,
    reason: str,
    author: str | None,
    gradebook: str | None,
    as_json: bool,
) -> int:
    """Show the late policy, or change it: of an assignment, or of the course for all that say nothing else.

    \b
    Examples:
      autograde policy --per-day 10 --grace 15min --cutoff 7d
      autograde policy --per-day 20 --slip-days 5
      autograde policy -a ASSIGNMENT --counts best --attempts 3
      autograde policy -a ASSIGNMENT
    """
    from autograder.gradebook import policies
    from autograder.gradebook.policy import lines, percent_of, span_of

    course = session.course()
    id = policies.COURSE if assignment is None else course.assignment(assignment).id
    changes: dict[str, Any] = {}
    if per_day is not None:
        changes["per_day"] = percent_of(per_day)
    if lowest is not None:
        changes["lowest"] = percent_of(lowest)
    if grace is not None:
        changes["grace"] = span_of(grace)
    if cutoff is not None:
        changes["cutoff"] = None if cutoff in _NONE else span_of(cutoff)
    if counts is not None:
        changes["counts"] = counts
    if attempts is not None:
        changes["attempts"] = None if attempts in _NONE else _attempts(attempts)
    if slip_days is not None:
        changes["slip_days"] = _slip_days(slip_days)
    writes = bool(changes) or reset
    with opened(course, gradebook, read_only=not writes) as store:
        if writes:
            now = policies.set_policy(
                store, id, changes, author=author_of(author), reason=reason_of(reason), reset=reset
            )
        else:
            now = policies.policy(store, id)
        shared = policies.shares_slip_days(store, id)
    if as_json:
        content = {
            "schema": "autograde/policy/1",
            "assignment": id or None,
            "policy": asdict(now),
            "slip_days_shared": shared,
        }
        click.echo(json.dumps(content, indent=2))
        return 0
    for line in lines(now, shared=shared):
        echo(line)
    if not assignment:
        echo(_("This holds for every assignment that says nothing else."))
    return 0


def _attempts(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 1 <= int(text[:8]) <= 1_000_000:
        raise UsageError(
            message('"{text}" is no number of attempts: write 1 or more, or all.', text=text[:60])
        )
    return int(text[:8])


def _slip_days(text: str) -> int:
    from autograder.gradebook.policy import MOST_SLIP_DAYS

    if text in _NONE[:1]:
        return 0
    if not text.isascii() or not text.isdigit() or int(text[:8]) > MOST_SLIP_DAYS:
        raise UsageError(
            message(
                '"{text}" is no number of slip days: write a whole number from 0 to {most}.',
                text=text[:60],
                most=MOST_SLIP_DAYS,
            )
        )
    return int(text[:8])
