"""`autograde`: the group of all commands, loaded one by one, and the only error boundary.

`autograde --help` imports click and little else: names and short texts stand in `COMMANDS`, and a command's
module is imported when it is run.
"""

from __future__ import annotations

import atexit
import gc
import importlib
import io
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import click

from autograder import __version__
from autograder.cleaning import clean
from autograder.cli import speech
from autograder.cli.options import Session
from autograder.errors import AutogradeError, SystemFault, UsageError
from autograder.language import _
from autograder.model import message
from autograder.names import meant

_LONGEST_ERROR = 64 * 1024


class Command(NamedTuple):
    """Where a command is, and the line that stands for it in `autograde --help`."""

    target: str
    short_help: str


COMMANDS: dict[str, dict[str, Command]] = {
    "For students": {
        "list": Command("autograder.cli.list_:list_", "Show the assignments and how far you are."),
        "start": Command("autograder.cli.start:start", "Get an assignment's files to work on."),
        "check": Command("autograder.cli.check:check", "Run the checks that you may see on your files."),
        "watch": Command(
            "autograder.cli.watch:watch", "Check your file at each save, one function at a time."
        ),
        "submit": Command("autograder.cli.submit:submit", "Hand in, and get a receipt."),
        "status": Command("autograder.cli.status:status", "Show what you handed in, and verify a receipt."),
    },
    "For instructors": {
        "grade": Command("autograder.cli.grade:grade", "Grade a folder of submissions, or one file."),
        "roster": Command("autograder.cli.roster:roster", "Read students and their ids into the gradebook."),
        "collect": Command(
            "autograder.cli.collect:collect", "Sort a learning platform's download into a folder to grade."
        ),
        "report": Command(
            "autograder.cli.report:report", "Show or write again the reports of a graded class."
        ),
        "class-report": Command(
            "autograder.cli.class_report:class_report",
            "Say what a class's work shows as a whole.",
        ),
        "marks": Command("autograder.cli.marks:marks", "Show the final marks, and how one comes about."),
        "deadline": Command("autograder.cli.deadline:deadline", "Set deadlines and extensions."),
        "policy": Command(
            "autograder.cli.policy:policy", "Say what lateness costs, and which attempt counts."
        ),
        "adjust": Command("autograder.cli.adjust:adjust", "Change a mark by hand, or excuse a student."),
        "regrade": Command(
            "autograder.cli.regrade:regrade",
            "Grade again after a change, and see who gains.",
        ),
        "audit": Command("autograder.cli.audit:audit", "Show who changed what, when and why."),
        "export": Command(
            "autograder.cli.export:export", "Write marks as files for Canvas, Moodle and others."
        ),
        "release": Command(
            "autograder.cli.release:release", "Make what students, nbgrader or Gradescope are given."
        ),
        "demo": Command("autograder.cli.demo:demo", "Grade a made-up class and show its reports."),
        "doctor": Command(
            "autograder.cli.doctor:doctor", "Say what this machine can do, and what it cannot."
        ),
    },
    "For operators": {
        "backup": Command("autograder.cli.backup:backup", "Write the whole gradebook to one file."),
        "restore": Command("autograder.cli.restore:restore", "Bring the gradebook back from a backup."),
        "forget": Command("autograder.cli.forget:forget", "Delete a student from the gradebook."),
        "student-data": Command(
            "autograder.cli.student_data:student_data", "Write all that the gradebook holds of a student."
        ),
    },
    "For authors": {
        "new": Command("autograder.cli.new:new", "Make the skeleton of an assignment."),
        "import-nbgrader": Command(
            "autograder.cli.import_nbgrader:import_nbgrader", "Make a course from nbgrader's notebooks."
        ),
        "stubs": Command("autograder.cli.stubs:stubs", "Generate the stubs from the references."),
        "pictures": Command(
            "autograder.cli.pictures:pictures", "Make the statements' pictures from the references."
        ),
        "try": Command("autograder.cli.try_:try_", "Run one hidden test on one file."),
        "verify": Command("autograder.cli.verify:verify", "Prove that the course is sound."),
        "leaks": Command("autograder.cli.leaks:leaks", "Look for secret lines in what is handed out."),
    },
}
_ALL = {name: command for section in COMMANDS.values() for name, command in section.items()}


class LazyGroup(click.Group):
    """A group whose commands are imported when they are asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_ALL)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _ALL:
            return None
        module, _, name = _ALL[cmd_name].target.partition(":")
        command: click.Command = getattr(importlib.import_module(module), name)
        return speech.in_language(command)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in _ALL and not args[0].startswith("-"):
            # An error of ours knows how to say several sentences; click shows how to use the group.
            told = UsageError(
                message('There is no command "{name}".', name=args[0]),
                meant(args[0], _ALL) or message("`autograde --help` lists them."),
            )
            raise click.UsageError(told.said(), ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        width = max(map(len, _ALL))
        for section, commands in COMMANDS.items():
            with formatter.section(_(section)):
                formatter.write_dl(
                    [(name.ljust(width), _(command.short_help)) for name, command in commands.items()]
                )

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        click.Group.format_help(speech.in_language(self), ctx, formatter)


@click.group(
    cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}
)
@click.option(
    "--course", type=click.Path(path_type=Path), metavar="DIR", help="The folder with assignments/."
)
@click.option("--lang", type=speech.Language(), help="The language to speak.")
@click.version_option(__version__, prog_name="autograde")
@click.pass_context
def cli(ctx: click.Context, course: Path | None, lang: str | None) -> None:
    """Write an assignment, check it, hand it in; grade a class.

    \b
    Examples:
      autograde list
      autograde start ASSIGNMENT
    """
    session = ctx.ensure_object(Session)
    session.explicit_course = course
    if lang is not None:
        session.speak(lang)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; returns 0 done, 1 something failed, 2 usage, 3 our fault, 130 interrupted."""
    for stream in (sys.stdout, sys.stderr):
        # An id may hold what the terminal's encoding cannot; that must never end a command.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    speech.teach_click()
    session = Session()
    if arguments is None:
        # This is the whole program: what is left at its end need not be searched for cycles.
        atexit.register(gc.freeze)
    # Before click reads anything, so that its help and its complaints are in that language, wherever `--lang` stands.
    session.speak(speech.requested(sys.argv[1:] if arguments is None else arguments))
    try:
        code: Any = cli.main(args=arguments, prog_name="autograde", standalone_mode=False, obj=session)
        return code if isinstance(code, int) and not isinstance(code, bool) else 0
    except click.ClickException as error:
        told = io.StringIO()
        error.show(told)
        click.echo(_inert(told.getvalue()), nl=False, err=True)
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo(_("Interrupted."), err=True)
        return 130
    except AutogradeError as error:
        click.echo(_("Error: {text}", text=_inert(error.said())), err=True)
        if isinstance(error, SystemFault):
            _show_traceback()
        return error.exit_code
    except BrokenPipeError:
        # Whoever read our output has seen enough, as `head` does. Nothing more may be written to it.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return 1
    except Exception as error:
        click.echo(
            _(
                "Error: autograde itself failed ({error}). "
                "This is our fault, not yours. Run it again with AUTOGRADE_DEBUG=1 and report what it prints.",
                error=_inert(f"{type(error).__name__}: {error}"),
            ),
            err=True,
        )
        _show_traceback()
        return SystemFault.exit_code


def _inert(text: str) -> str:
    # Errors name files, students and what they wrote. A file name may hold what moves a cursor.
    return clean(text, _LONGEST_ERROR)


def _show_traceback() -> None:
    if os.environ.get("AUTOGRADE_DEBUG") == "1":
        import traceback

        click.echo(_inert(traceback.format_exc()), err=True)


if __name__ == "__main__":
    sys.exit(main())
