"""`autograde regrade`: grade again what a change of the suite affects, see who gains or loses, and publish it."""

from __future__ import annotations

import contextlib
import json
import signal
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from autograder.cleaning import clean_line
from autograder.cli.engines import Elsewhere, engine_options
from autograder.cli.kept import assignment_option, author_option, opened, reason_option
from autograder.cli.kept import author as author_of
from autograder.cli.kept import reason as reason_of
from autograder.cli.options import (
    Session,
    common_options,
    gradebook_option,
    json_option,
    pass_session,
    yes_option,
)
from autograder.cli.shown import echo, names
from autograder.cli.temporary import own_temporary_folder
from autograder.errors import UsageError
from autograder.language import _
from autograder.model import message, points

if TYPE_CHECKING:
    from autograder.course import Assignment
    from autograder.gradebook.regrade import Change, Comparison, Need
    from autograder.model import GradeReport
    from autograder.reports.changes import ChangedMark, Changes

MOST_ROWS = 30
PAGE, TABLE = "regrade.html", "regrade.csv"


@click.command()
@assignment_option
@click.option("--publish", is_flag=True, help="Make the new results count, after showing what changes.")
@click.option(
    "--never-lower",
    is_flag=True,
    help="A submission whose score would fall keeps its old result; once published, until the suite changes again.",
)
@click.option("--reconsider", is_flag=True, help="Offer again what an earlier --never-lower kept.")
@click.option(
    "--output",
    "-o",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help=f"Write who gains and who loses as {PAGE} and {TABLE}.",
)
@click.option("--all", "all_rows", is_flag=True, help=f"Show every change, not only the {MOST_ROWS} largest.")
@click.option(
    "--jobs", "-j", type=click.IntRange(0), default=0, help="Lanes side by side; default: one a processor."
)
@click.option(
    "--allow-weak-isolation",
    "allow_weak",
    is_flag=True,
    help="Grade even where the kernel cannot hold submissions back; every report says so.",
)
@reason_option
@author_option
@yes_option
@gradebook_option
@json_option
@engine_options
@common_options
@pass_session
def regrade(
    session: Session,
    assignment: str,
    publish: bool,
    never_lower: bool,
    reconsider: bool,
    output: Path | None,
    all_rows: bool,
    jobs: int,
    allow_weak: bool,
    reason: str,
    author: str | None,
    yes: bool,
    gradebook: str | None,
    as_json: bool,
    engine: Elsewhere | None,
) -> int:
    """Grade again what a change of suite, reference or points affects, and show who gains and who loses.

    Until it is published, the old results count. Interrupt it whenever you like: the same command continues. What has
    been published stays on record, and so does what it replaced.

    \b
    Examples:
      autograde regrade -a ASSIGNMENT
      autograde regrade -a ASSIGNMENT --output /tmp/diff
      autograde regrade -a ASSIGNMENT --publish --never-lower
    """
    from autograder.gradebook import regrade as again
    from autograder.grading.expected import versions

    course = session.course()
    chosen = course.assignment(assignment)
    session.learn(chosen)
    who, why = author_of(author), reason_of(reason)
    with opened(course, gradebook) as store:
        now = versions(chosen)
        need = again.needed(store, chosen.id, now, reconsider=reconsider)
        interrupted = False
        isolation = None
        if need.affected:
            from autograder.cli.grade import _isolation

            far = engine(course, chosen, allow_weak) if engine is not None else None
            with far or contextlib.nullcontext(), own_temporary_folder():
                isolation = _isolation(chosen, allow_weak, far)
                need = again.needed(store, chosen.id, now, isolation, reconsider=reconsider)
                grading = again.regrade(
                    store, course, chosen, isolation, jobs=jobs, engine=far, reconsider=reconsider
                )
                interrupted = _run(chosen, grading, len(need.affected))
        else:
            again.drop_stale(store, chosen.id, now)
        if not as_json:
            _say_need(need)
        if interrupted:
            echo(_("Interrupted. What was graded is kept; the same command continues."), err=True)
            return 130
        found = again.compare(store, chosen, now, never_lower=never_lower, reconsider=reconsider)
        changes = _changes(chosen, found, session.language)
        if not as_json:
            _show(changes, found, all_rows=all_rows)
        # Where nothing is replaced, what is to be kept needs nobody's consent.
        asked = publish and (found.switched or found.declined)
        if asked and (not found.switched or _agreed(changes, found, yes=yes)):
            found = again.publish(
                store,
                chosen,
                now,
                author=who,
                reason=why,
                never_lower=never_lower,
                reconsider=reconsider,
            )
            changes = _changes(chosen, found, session.language, published=True)
    if output is not None:
        _write(changes, output, session.language)
    if as_json:
        click.echo(json.dumps(_as_json(chosen.id, need, found, changes), indent=2))
    else:
        _say_end(chosen, found, changes, asked=publish, output=output)
    return 3 if found.failed else 0


def _run(assignment: Assignment, grading: Iterator[GradeReport], total: int) -> bool:
    """Grade, with a progress bar; whether it was interrupted. What was graded until then has been written."""
    from autograder.cli.grade import _signals_restored, _terminate, _with_progress

    with _signals_restored():
        signal.signal(signal.SIGTERM, _terminate)
        try:
            with contextlib.closing(grading):  # type: ignore[type-var]
                for _report in _with_progress(assignment, grading, total):
                    pass
        except KeyboardInterrupt:
            return True
    return False


def _agreed(changes: Changes, found: Comparison, *, yes: bool) -> bool:
    if yes:
        return True
    try:
        return click.confirm(
            _(
                "Publish? Gain: {gain}, lose: {lose}, results replaced: {n}.",
                gain=len(changes.gain),
                lose=len(changes.lose),
                n=len(found.switched),
            ),
            default=False,
            err=True,
        )
    except click.Abort:
        if sys.stdin.isatty():
            raise
        raise UsageError(
            message("Nothing was published: nobody is there to ask. Say --yes to publish from a script.")
        ) from None


# -- what is shown --------------------------------------------------------------------------------------------------


def _changes(assignment: Assignment, found: Comparison, language: str, *, published: bool = False) -> Changes:
    from autograder.reports.changes import ChangedCheck, ChangedMark, Changes, CheckTotal

    def mark(one: Change) -> ChangedMark:
        return ChangedMark(
            one.student,
            one.before.score,
            one.after.score if not one.kept else one.before.score,
            one.before.raw,
            one.after.raw,
            tuple(ChangedCheck(each.function, each.label, each.before, each.after) for each in one.checks),
            one.kept,
        )

    return Changes(
        assignment=assignment.id,
        title=assignment.title_in(language),
        reasons=_reasons(found),
        marks=[mark(one) for one in found.changes],
        kept=[mark(one) for one in found.kept],
        checks=[CheckTotal(*name, *tally) for name, tally in found.checks.items()],
        unchanged=found.unchanged,
        untouched=found.untouched,
        failed=found.failed,
        staying=found.staying,
        published=published,
    )


def _reasons(found: Comparison) -> list[str]:
    """What has changed since the results that count were made."""
    told = []
    for made, count in sorted(found.old.items()):
        what = [
            f"{name} {clean_line(old)} → {clean_line(new)}"
            for name, old, new in zip(
                (_("course"), _("suite"), _("engine")), made, found.versions, strict=True
            )
            if old != new
        ]
        told.append(_("Results of another version: {n} ({what}).", n=count, what=", ".join(what)))
    return told


def _say_need(need: Need) -> None:
    if need.affected:
        echo(
            _(
                "Graded again, since another version had made them: {n} of {all} results. Up to date: {current}.",
                n=len(need.affected),
                all=need.all,
                current=need.current,
            )
        )
    elif need.all:
        echo(_("Nothing had to be graded. Results that are up to date: {n}.", n=need.current))
    else:
        echo(_("There is no result yet: run `autograde grade`."))
    if need.ready:
        echo(_("Graded again before, and waiting to be published: {n}.", n=need.ready))
    if need.unjudged:
        echo(_("Submissions without a result yet: {n}. Run `autograde grade`.", n=need.unjudged))


def _show(changes: Changes, found: Comparison, *, all_rows: bool) -> None:
    for reason in changes.reasons:
        echo(reason)
    _table(_("Lose"), changes.lose, all_rows=all_rows)
    _table(_("Gain"), changes.gain, all_rows=all_rows)
    _kept(changes)
    if changes.staying:
        echo(
            _(
                "Students who keep an earlier, better result, as --never-lower decided ({n}): {students}. --reconsider offers "
                "them again.",
                n=len(changes.staying),
                students=_some(changes.staying),
            )
        )
    _by_check(changes)
    if found.switched:
        echo(
            _(
                "Students who lose: {lose}, {lost} points in all. Who gain: {gain}, {gained} points. Who keep their mark: "
                "{unchanged}. Not affected: {untouched}.",
                lose=len(changes.lose),
                lost=points(changes.lost),
                gain=len(changes.gain),
                gained=points(changes.gained),
                unchanged=changes.unchanged,
                untouched=changes.untouched,
            )
        )
    if found.slipping:
        echo(
            _(
                "Slip days are shared with other assignments, and other attempts count here now, so marks there may change too "
                "({n}): {students}.",
                n=len(found.slipping),
                students=_some(found.slipping),
            )
        )
    if changes.failed:
        echo(
            _(
                "Not graded again, by a fault of ours, so that the old result counts on: {students}. Run the same command "
                "again.",
                students=names(changes.failed[:MOST_ROWS]),
            ),
            err=True,
        )


def _table(title: str, rows: list[ChangedMark], *, all_rows: bool) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from autograder.reports.changes import signed

    if not rows:
        return
    table = Table(
        title=Text(f"{title}: {len(rows)}"),
        title_justify="left",
        box=box.SIMPLE_HEAD,
        pad_edge=False,
        padding=(0, 1),
    )
    table.add_column(_("student"), overflow="fold")
    for heading in (_("before"), _("after"), _("change")):
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column(_("checks"))
    shown = rows if all_rows else rows[:MOST_ROWS]
    for one in shown:
        told = [clean_line(ground) for ground in one.grounds[:3]]
        more = len(one.grounds) - len(told)
        checks = "; ".join(told) + (_(" and {n} more", n=more) if more > 0 else "")
        table.add_row(
            Text(clean_line(one.student)),
            points(one.before),
            points(one.after),
            signed(one.change),
            Text(checks),
        )
    Console().print(table)
    if len(rows) > len(shown):
        echo(_("And {n} more: --all shows them, --output DIR writes them.", n=len(rows) - len(shown)))


def _kept(changes: Changes) -> None:
    lower = [one for one in changes.kept if one.kept == "never lower"]
    adjusted = [one for one in changes.kept if one.kept != "never lower"]
    if lower:
        echo(
            _(
                "Never lower, so these keep their old mark ({n}): {students}.",
                n=len(lower),
                students=_raw(lower),
            )
        )
    if adjusted:
        echo(
            _(
                "Adjusted by hand, so the mark of these stays although the score changes ({n}): {students}.",
                n=len(adjusted),
                students=_raw(adjusted),
            )
        )


def _raw(found: list[ChangedMark]) -> str:
    some = [
        f"{clean_line(one.student)} ({points(one.raw_before)} → {points(one.raw_after)})"
        for one in found[:MOST_ROWS]
    ]
    return ", ".join([*some, *(["…"] if len(found) > MOST_ROWS else [])])


def _some(students: Sequence[str]) -> str:
    return names([*students[:MOST_ROWS], *(["…"] if len(students) > MOST_ROWS else [])])


def _by_check(changes: Changes) -> None:
    from autograder.reports.changes import signed
    from autograder.reports.words import label

    for one in changes.checks:
        echo(
            _(
                "  {function}, {label}: {gain} gain, {lose} lose, {points} points in all",
                function=one.function,
                label=label(one.label),
                gain=one.gain,
                lose=one.lose,
                points=signed(one.cents),
            )
        )


def _say_end(
    assignment: Assignment, found: Comparison, changes: Changes, *, asked: bool, output: Path | None
) -> None:
    if output is not None:
        echo(_("Written: {path}", path=str(output / PAGE)))
    if changes.published and found.declined:
        echo(
            _(
                "Kept from now on, whatever is graded or published, until the suite changes again: {n} results.",
                n=len(found.declined),
            )
        )
    if changes.published and found.switched:
        echo(
            _(
                "Published: {n} results count now; those they replace stay on record. `autograde audit -a {assignment}` "
                "shows the trail.",
                n=len(found.switched),
                assignment=assignment.id,
            )
        )
    elif not found.switched:
        if not changes.published:
            echo(_("There is nothing to publish."))
    elif asked:
        echo(_("Nothing was published."))
    else:
        echo(
            _(
                "Not published: the old marks count. To publish: autograde regrade -a {assignment} --publish",
                assignment=assignment.id,
            )
        )


def _write(changes: Changes, directory: Path, language: str) -> None:
    from autograder.reports import changes as rendering
    from autograder.reports.write import write_text

    write_text(directory / PAGE, rendering.page(changes, language))
    write_text(directory / TABLE, rendering.csv(changes))


def _as_json(assignment: str, need: Need, found: Comparison, changes: Changes) -> dict[str, Any]:
    def value(cents: int | None) -> float | int | None:
        return None if cents is None else cents // 100 if cents % 100 == 0 else cents / 100

    def mark(one: ChangedMark) -> dict[str, Any]:
        return {
            "student": one.student,
            "before": value(one.before),
            "after": value(one.after),
            "raw_before": value(one.raw_before),
            "raw_after": value(one.raw_after),
            "kept": one.kept or None,
            "checks": [
                {
                    "function": check.function,
                    "label": check.label,
                    "before": value(check.before),
                    "after": value(check.after),
                }
                for check in one.checks
            ],
        }

    names_ = ("course", "suite", "engine")
    return {
        "schema": "autograde/regrade/1",
        "assignment": assignment,
        "versions": dict(zip(names_, found.versions, strict=True)),
        "replaces": [
            {**dict(zip(names_, made, strict=True)), "results": n} for made, n in sorted(found.old.items())
        ],
        "graded": len(need.affected),
        "ready": need.ready,
        "up_to_date": need.current,
        "without_result": need.unjudged,
        "published": changes.published,
        "results": len(found.switched),
        "gain": [mark(one) for one in changes.gain],
        "lose": [mark(one) for one in changes.lose],
        "kept": [mark(one) for one in changes.kept],
        "kept_before": list(changes.staying),
        "unchanged": changes.unchanged,
        "untouched": changes.untouched,
        "failed": list(changes.failed),
        "checks": [
            {
                "function": one.function,
                "label": one.label,
                "gain": one.gain,
                "lose": one.lose,
                "points": value(one.cents),
            }
            for one in changes.checks
        ],
    }
