"""`autograde check`: the checks that a student may see, on their own files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from autograder.cli.options import (
    Session,
    assignment_here,
    common_options,
    json_option,
    optional_assignment,
    pass_session,
)
from autograder.cli.work import file_names, place_of, sources_of, work_file, work_folder, written
from autograder.language import _
from autograder.model import FunctionResult, Outcome

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from rich.console import Console

    from autograder.course import Assignment
    from autograder.course.texts import Hints
    from autograder.grading.warm import PublicRun


@click.command()
@optional_assignment
@click.option(
    "--only", metavar="FUNCTION", multiple=True, help="Check this function only; may be given several times."
)
@click.option("--all", "all_failures", is_flag=True, help="Every failure in full, not only the first.")
@click.option(
    "--hint",
    "-H",
    "asked",
    count=True,
    help="Where to look, for the first function that fails; a second time, the formula too.",
)
@click.option(
    "--cell",
    type=click.Choice(("check", "hint")),
    hidden=True,
    help="For the commands in Jupyter: read a notebook from standard input, answer in HTML and text.",
)
@json_option
@common_options
@pass_session
def check(
    session: Session,
    assignment: str | None,
    only: tuple[str, ...],
    all_failures: bool,
    asked: int,
    cell: str | None,
    as_json: bool,
) -> int:
    """Run the checks that you may see on your files, here or in the folder beside you.

    \b
    Examples:
      autograde check hw1
      autograde check --only FUNCTION
      autograde check --hint --hint
    """
    from rich.console import Console

    from autograder.course.texts import hints
    from autograder.errors import AutogradeError
    from autograder.grading.submission import read
    from autograder.reports.escapes import json_text
    from autograder.sandbox.launch import Spawner

    here = Path.cwd()
    chosen = assignment_here(session.course(), assignment, here)
    for name in only:
        chosen.function(name)
    session.learn(chosen)
    ladders = hints(chosen)
    if cell is not None:
        return _for_cell(chosen, here, only, ladders, cell)
    folder = work_folder(chosen, here)
    require_file(chosen, folder)
    submission = read("you", folder.resolve(), chosen)
    if submission.problem is not None:
        raise AutogradeError(submission.problem)
    launcher = Spawner(chosen)
    # It gets ready while pytest is being imported here.
    launcher.start_ahead(chosen.limits)
    try:
        from autograder.grading.warm import run_public_checks

        run = run_public_checks(chosen, submission.files, only, launcher=launcher)
    finally:
        launcher.close()
    if as_json:
        click.echo(json_text(_plain(chosen, run, ladders), indent=2))
    else:
        _Telling(Console(), chosen, work_file(chosen, folder), ladders, asked).tell(run, only, all_failures)
    return 0 if passes(run) else 1


def passes(run: PublicRun) -> bool:
    """Whether the file could be loaded and every check passes."""
    return run.error is None and all(not c.outcome.costs_points for f in run.functions for c in f.checks)


def _for_cell(
    assignment: Assignment, here: Path, only: Collection[str], ladders: Mapping[str, Hints], wanted: str
) -> int:
    """Answer a command in Jupyter: the notebook as it stands there comes in, what the cell shows goes out."""
    import sys

    from autograder.cli.told import rungs, steps_of
    from autograder.grading.warm import run_public_checks
    from autograder.notebooks import shown
    from autograder.reports.escapes import json_text
    from autograder.sandbox.ingest import ingest_here
    from autograder.sandbox.inside.ingest.names import notebook_of

    notebook = notebook_of(assignment.files[0])
    files = {notebook: sys.stdin.buffer.read()}
    # What `submit` would send along, and nothing else that lies here.
    files |= {name: (here / name).read_bytes() for name in assignment.files[1:] if (here / name).is_file()}
    run = run_public_checks(assignment, files, only, pictures=wanted == "check")
    if wanted == "check":
        cells = ingest_here(files, assignment.files[0]).sources.get(assignment.files[0], ())
        done = written(assignment, (cells,) if isinstance(cells, str) else cells)
        answer = shown.checked(shown.Asked(assignment, done, only), run)
    else:
        failing = next((one for one in run.functions if one.outcome.costs_points), None)
        steps = [] if failing is None else steps_of(rungs(failing, ladders), failing.name)
        answer = shown.hinted(run, failing, steps)
    click.echo(json_text({**answer, "passes": passes(run)}))
    return 0


def require_file(assignment: Assignment, folder: Path) -> None:
    """Raises UsageError where the file to be checked is not there."""
    from autograder.errors import UsageError
    from autograder.model import message

    path = folder / assignment.files[0]
    if not any((folder / name).exists() for name in file_names(assignment)):
        raise UsageError(
            message(
                "{path} does not exist. Get the files with: autograde start {assignment}",
                path=str(path),
                assignment=assignment.id,
            )
        )


def _plain(assignment: Assignment, run: PublicRun, ladders: Mapping[str, Hints]) -> dict[str, object]:
    from autograder.cli.told import rungs
    from autograder.language import say, translate

    return {
        "assignment": assignment.id,
        "error": None if run.error is None else say(run.error),
        "functions": [
            {
                "name": function.name,
                "outcome": function.outcome.value,
                "points": float(assignment.function(function.name).points),
                "checks": [
                    {
                        "label": translate(one.label),
                        "outcome": one.outcome.value,
                        "messages": [say(message) for message in one.messages],
                        "call": one.call,
                        "hint": translate(one.hint),
                    }
                    for one in function.checks
                ],
                "hints": list(rungs(function, ladders)),
            }
            for function in run.functions
        ],
        "output": run.output,
    }


class _Telling:
    """Prints what the checks came to. asked: how many rungs of the hint ladder are wanted."""

    def __init__(
        self,
        console: Console,
        assignment: Assignment,
        path: Path,
        ladders: Mapping[str, Hints],
        asked: int,
    ) -> None:
        self._console = console
        self._assignment = assignment
        self._path = path
        self._ladders = ladders
        self._asked = asked

    def tell(self, run: PublicRun, only: Collection[str], all_failures: bool) -> None:
        """Everything, in the checks' order."""
        from rich.text import Text

        from autograder.cli import told

        if run.error is not None:
            self._print(*told.not_loaded(run.error, self._path))
            if self._asked:
                self._print(Text(_("Hints are about what a function answers. Mend this first.")))
            return
        shown = hidden = 0
        for function in run.functions:
            self._print(told.head(function, self._worth(function.name)))
            full = 0
            for one in function.checks:
                if not one.outcome.costs_points or one.outcome is Outcome.NOT_WRITTEN:
                    continue
                if shown and not all_failures:
                    hidden += 1
                    continue
                if not full:
                    self._print(*told.diagnosed(function))
                shown += 1
                full += 1
                self._print(*told.failure(one, place_of(self._path, function.name)))
            if full and self._asked:
                self._ladder(function)
        if self._asked and not shown:
            self._hint_where_nothing_failed(run)
        self._print(*told.noticed(run.notices))
        self._print(*told.printed(run.output))
        if hidden:
            self._print(Text(_("{n} more failures: autograde check --all shows them.", n=hidden)))
        if shown and not self._asked and any(told.rungs(one, self._ladders) for one in run.functions):
            self._print(Text(_("For a hint: autograde check --hint"), style="dim"))
        self._summary(run, only)

    def _print(self, *lines: object) -> None:
        for line in lines:
            self._console.print(line)

    def _worth(self, name: str) -> str:
        points = float(self._assignment.function(name).points)
        return _("{name} ({points} points)", name=name, points=f"{points:g}")

    def _ladder(self, function: FunctionResult) -> None:
        from autograder.cli import told

        self._print(*told.ladder(told.rungs(function, self._ladders), self._asked, function.name))

    def _hint_where_nothing_failed(self, run: PublicRun) -> None:
        """For the first one that is not written; where all pass, there is nothing to hint at."""
        from rich.text import Text

        for function in run.functions:
            if function.outcome.costs_points:
                self._print(Text(_("For {function}, which comes next:", function=function.name)))
                self._ladder(function)
                return
        self._print(Text(_("Every check that you may see passes: there is nothing to hint at.")))

    def _summary(self, run: PublicRun, only: Collection[str]) -> None:
        from rich.text import Text

        assignment = self._assignment
        asked = [f for f in assignment.functions if not only or f.name in only]
        by_checks = {function.name: function.outcome is not Outcome.NOT_WRITTEN for function in run.functions}
        by_text = written(assignment, sources_of(self._path))
        k = sum(by_checks.get(function.name, function.name in by_text) for function in asked)
        passed = [f for f in run.functions if f.outcome is Outcome.PASSED]
        at_stake = sum(f.points for f in asked)
        safe = sum(assignment.function(f.name).points for f in passed)
        self._print(
            Text(
                _(
                    "{k} of {n} functions written; the checks that you may see pass for {safe} of the {stake} points at "
                    "stake. Hidden checks decide the mark.",
                    k=k,
                    n=len(asked),
                    safe=f"{float(safe):g}",
                    stake=f"{float(at_stake):g}",
                ),
                style="bold",
            )
        )
