"""`autograde try`: run one hidden test on one file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from autograder.cleaning import clean, clean_line, indented
from autograder.cli.options import Session, common_options, pass_session
from autograder.cli.shown import echo
from autograder.language import _
from autograder.model import message

if TYPE_CHECKING:
    from autograder.course import Course


@click.command(name="try")
@click.argument("test")
@click.option(
    "--against",
    required=True,
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="A submission, a mistake or a variant.",
)
@click.option(
    "--assignment", "-a", metavar="ASSIGNMENT", help="Which assignment; default: the one FILE lies in."
)
@click.option("--input-set", type=click.IntRange(0, 7), default=0, show_default=True)
@common_options
@pass_session
def try_(session: Session, test: str, against: Path, assignment: str | None, input_set: int) -> int:
    """Run the hidden checks whose name contains TEST on FILE, and show all that they found. For authors only.

    \b
    Examples:
      autograde try test_takes_lists --against solutions/hw1/mistakes/sum_not_mean.py
      autograde try test_steps.py --against ~/hw1.py --assignment hw1
    """
    from autograder.course import find_course
    from autograder.course.bank import compose
    from autograder.course.version import suite_version
    from autograder.diagnosis.faults import explain, explain_load, explain_syntax
    from autograder.errors import UsageError
    from autograder.grading.source import decode
    from autograder.language import say
    from autograder.model import Message
    from autograder.runner.session import collected
    from autograder.runner.suite import Check, Ran, Suite
    from autograder.sandbox.bench import Bench
    from autograder.sandbox.inside.data import show as show_data
    from autograder.sandbox.launch import best_launcher
    from autograder.sandbox.student import Call, Student, local
    from autograder.sandbox.worker import LocalWorker, Program

    course = session.course()
    if (
        assignment is None
        and session.explicit_course is None
        and _assignment_of(against, course.assignments) is None
    ):
        # The file may lie in another course than the current folder.
        course = find_course(start=against.resolve().parent)
    chosen = course.assignment(
        assignment or _assignment_of(against, course.assignments) or _which(against, course)
    )
    if not against.is_file():
        raise UsageError(message("{path} is not a file.", path=str(against)))
    source = decode(against.name, against.read_bytes())
    if isinstance(source, Message):
        raise UsageError(source)
    reference = chosen.reference_source()
    if against.resolve().parent in (chosen.mistakes_dir.resolve(), chosen.variants_dir.resolve()):
        source = compose(reference, source)
    failed: list[Check] = []
    seen: list[Check] = []

    def run(suite: Suite) -> None:
        checks = [check for check in suite.checks if test in check.name or test == check.function]
        if not checks:
            raise UsageError(
                message(
                    'No hidden check is called "{name}". There are: {names}.',
                    name=test,
                    names=", ".join(check.name for check in suite.checks),
                )
            )
        launcher = best_launcher(chosen)
        # The reference runs here, where nothing is mounted.
        show_data(None if chosen.data_dir is None else str(chosen.data_dir))
        main = chosen.files[0]
        bench = Bench(launcher, chosen.limits, Program({main: source}, main, chosen.modules))
        calls: list[Call] = []
        oracle = local(LocalWorker(chosen.limits), Program({main: reference}, main, chosen.modules))
        try:
            loaded = bench.load()
            if loaded.error is not None:
                why = explain_syntax if loaded.stage == "compile" else explain_load
                raise UsageError(why(loaded.error))
            student = Student(bench.worker, calls.append)
            for check in checks:
                calls.clear()
                seen.append(check)
                seed = f"{suite_version(chosen)}:{input_set}"
                ran = suite.run(check, student, oracle, seed)
                show(check, ran, calls)
                if not ran.passed:
                    failed.append(check)
        finally:
            bench.close()
            launcher.close()

    def show(check: Check, ran: Ran, calls: list[Call]) -> None:
        click.echo(f"{'✓' if ran.passed else '✗'} {check.name} ({check.function}): {check.label}")
        if ran.passed:
            click.echo("    " + _("Calls: {n}", n=len(calls)))
            return
        if ran.failure is not None:
            for one in ran.failure.messages:
                echo(indented(say(one), "    "))
        elif ran.fault is not None:
            echo(indented(say(explain(ran.fault)), "    "))
        else:
            error = clean_line(f"{type(ran.error).__name__}: {ran.error}")
            echo("    " + _("The test itself raised {error}", error=error))
        call = getattr(ran.failure or ran.fault, "call", None) or (calls[-1] if calls else None)
        if isinstance(call, Call):
            echo(indented(clean(call.show()), "    > "))

    collected([chosen.hidden_dir], run)
    click.echo(_("{k} of {n} passed", k=len(seen) - len(failed), n=len(seen)))
    return 1 if failed else 0


def _assignment_of(path: Path, known: tuple[str, ...]) -> str | None:
    for part in (path.stem, *reversed(path.resolve().parts)):
        if part in known:
            return part
    return None


def _which(path: Path, course: Course) -> NoReturn:
    from autograder.errors import UsageError

    raise UsageError(
        message(
            "Which assignment is {path} of? Say --assignment, one of {names} (the course is {root}).",
            path=str(path),
            names=", ".join(course.assignments),
            root=str(course.root),
        )
    )
