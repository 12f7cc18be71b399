"""`autograde check`: the checks that a student may see, on their own files."""

from __future__ import annotations

import contextlib
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
    work_folder,
)
from autograder.language import _

if TYPE_CHECKING:
    from collections.abc import Mapping

    from autograder.course import Assignment
    from autograder.model import FunctionResult, Message

_MOST_LINES = 40
"""Lines of output that are shown."""


@click.command()
@optional_assignment
@click.option("--only", metavar="FUNCTION", help="Check this function only.")
@click.option("--all", "all_failures", is_flag=True, help="Every failure in full, not only the first.")
@json_option
@common_options
@pass_session
def check(
    session: Session, assignment: str | None, only: str | None, all_failures: bool, as_json: bool
) -> int:
    """Run the checks that you may see on your files, here or in the folder beside you.

    \b
    Examples:
      autograde check hw1
      autograde check --only FUNCTION
    """
    from rich.console import Console

    from autograder.errors import AutogradeError, UsageError
    from autograder.grading.submission import read
    from autograder.language import say
    from autograder.reports.escapes import json_text

    here = Path.cwd()
    chosen = assignment_here(session.course(), assignment, here)
    if only is not None:
        chosen.function(only)
    folder = work_folder(chosen, here)
    if not (folder / chosen.files[0]).exists():
        raise UsageError(
            _(
                "{path} does not exist. Get the files with: autograde start {assignment}",
                path=str(folder / chosen.files[0]),
                assignment=chosen.id,
            )
        )
    submission = read("you", folder.resolve(), chosen)
    if submission.problem is not None:
        raise AutogradeError(say(submission.problem))
    run = run_public_checks(chosen, submission.files, only)
    if as_json:
        click.echo(json_text(_plain(chosen, run), indent=2))
    else:
        _show(Console(), chosen, folder, run, only, all_failures)
    return (
        0
        if run.error is None and all(not c.outcome.costs_points for f in run.functions for c in f.checks)
        else 1
    )


class PublicRun:
    """What the public checks came to.

    functions  those that have public checks, in the checks' order
    output     what the file printed, on import and in the checks
    error      why the file could not be loaded, else None
    """

    def __init__(self, functions: tuple[FunctionResult, ...], output: str, error: Message | None) -> None:
        self.functions = functions
        self.output = output
        self.error = error


def run_public_checks(
    assignment: Assignment, files: Mapping[str, bytes], only: str | None = None
) -> PublicRun:
    """Run the public checks in a worker. Raises AutogradeError where a file is no readable text."""
    from autograder.diagnosis.faults import explain_load, explain_syntax
    from autograder.errors import AutogradeError
    from autograder.grading.grade import public_results
    from autograder.grading.source import decode
    from autograder.language import say
    from autograder.model import Message
    from autograder.runner.session import collected
    from autograder.runner.suite import Suite
    from autograder.sandbox.bench import Bench
    from autograder.sandbox.launch import Spawner
    from autograder.sandbox.worker import Program

    texts: dict[str, str] = {}
    for name, data in files.items():
        text = decode(name, data)
        if isinstance(text, Message):
            raise AutogradeError(say(text))
        texts[name] = text
    main = assignment.files[0]
    # Spawned, not forked: one worker is all that is needed, and this way works on every system.
    launcher = Spawner(assignment)
    bench = Bench(launcher, assignment.limits, Program(texts, main, assignment.modules))
    found: list[PublicRun] = []

    def use(suite: Suite) -> None:
        loaded = bench.load()
        if loaded.error is not None:
            explain = explain_syntax if loaded.stage == "compile" else explain_load
            found.append(PublicRun((), bench.output, explain(loaded.error)))
            return
        chosen = (lambda name: True) if only is None else (lambda name: name == only)
        functions, output = public_results(suite, suite.checks, bench, chosen)
        found.append(PublicRun(functions, output, None))

    try:
        collected([assignment.public_checks], use)
    finally:
        bench.close()
        launcher.close()
    return found[0]


def _plain(assignment: Assignment, run: PublicRun) -> dict[str, object]:
    from autograder.language import say

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
                        "label": one.label,
                        "outcome": one.outcome.value,
                        "messages": [say(message) for message in one.messages],
                        "call": one.call,
                    }
                    for one in function.checks
                ],
            }
            for function in run.functions
        ],
        "output": run.output,
    }


def _show(
    console: object,
    assignment: Assignment,
    folder: Path,
    run: PublicRun,
    only: str | None,
    all_failures: bool,
) -> None:
    from rich.console import Console
    from rich.text import Text

    from autograder.cleaning import clean, few_lines, indented
    from autograder.model import Outcome
    from autograder.reports.words import line, sentence

    assert isinstance(console, Console)
    place = _place(folder / assignment.files[0])
    if run.error is not None:
        console.print(Text(f"✗ {sentence(run.error)}", style="red"))
        number = run.error.fields.get("line")
        console.print(Text(f"  {place}:{number}" if number else f"  {place}"))
        return
    shown = 0
    hidden_failures = 0
    stakes = {function.name: function.points for function in assignment.functions}
    for function in run.functions:
        worth = _("{name} ({points} points)", name=function.name, points=f"{float(stakes[function.name]):g}")
        if function.outcome is Outcome.PASSED:
            console.print(Text(f"✓ {worth}", style="green"))
        elif function.outcome is Outcome.NOT_WRITTEN:
            console.print(Text(f"· {worth}: {_('not written yet')}", style="dim"))
        else:
            console.print(Text(f"✗ {worth}", style="red"))
        for one in function.checks:
            if not one.outcome.costs_points or one.outcome is Outcome.NOT_WRITTEN:
                continue
            if shown and not all_failures:
                hidden_failures += 1
                continue
            shown += 1
            console.print(Text(f"    {line(one.label)}"))
            if one.call:
                console.print(Text(indented(clean(one.call), "      > "), style="cyan"))
            for message in one.messages:
                console.print(Text(indented(sentence(message), "      ")))
            where = _definition(folder / assignment.files[0], function.name)
            if where:
                console.print(Text(f"      {place}:{where}", style="dim"))
            if one.hint:
                console.print(Text(indented(f"{_('Hint:')} {clean(one.hint)}", "      ")))
    if run.output.strip():
        console.print(Text(_("Your file printed:"), style="dim"))
        # Indented, so that no line of it can pass for one of ours.
        console.print(Text(indented(few_lines(clean(run.output, 2000), _MOST_LINES).strip("\n"), "  ")))
    if hidden_failures:
        console.print(Text(_("{n} more failures: autograde check --all shows them.", n=hidden_failures)))
    _summary(console, assignment, folder, run, only)


def _summary(console: object, assignment: Assignment, folder: Path, run: PublicRun, only: str | None) -> None:
    from rich.console import Console
    from rich.text import Text

    from autograder.cli.list_ import written
    from autograder.model import Outcome

    assert isinstance(console, Console)
    asked = [f for f in assignment.functions if only in (None, f.name)]
    by_checks = {function.name: function.outcome is not Outcome.NOT_WRITTEN for function in run.functions}
    by_text: set[str] = set()
    with contextlib.suppress(SyntaxError, ValueError, OSError):
        by_text = written(assignment, (folder / assignment.files[0]).read_bytes())
    k = sum(by_checks.get(function.name, function.name in by_text) for function in asked)
    passed = [f for f in run.functions if f.outcome is Outcome.PASSED]
    at_stake = sum(f.points for f in asked)
    safe = sum(assignment.function(f.name).points for f in passed)
    console.print(
        Text(
            _(
                "{k} of {n} functions written; the checks that you may see pass for {safe} of the {stake} points at stake. "
                "Hidden checks decide the mark.",
                k=k,
                n=len(asked),
                safe=f"{float(safe):g}",
                stake=f"{float(at_stake):g}",
            ),
            style="bold",
        )
    )


def _place(path: Path) -> str:
    """The path as short as it is still right from here, for a terminal to click on."""
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)


def _definition(path: Path, name: str) -> int:
    """The line where the function begins, or 0. Text only: the file is not parsed on this side."""
    import re

    last = name.rpartition(".")[2]
    pattern = re.compile(rf"\s*(?:async\s+)?(?:def|class)\s+{re.escape(last)}\b|{re.escape(last)}\s*=")
    try:
        lines = path.read_text("utf-8", "replace").splitlines()
    except OSError:
        return 0
    return next((number for number, line in enumerate(lines, 1) if pattern.match(line)), 0)
