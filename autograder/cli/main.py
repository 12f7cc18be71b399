"""`autograde`: the group of all commands, loaded one by one, and the only error boundary.

`autograde --help` imports click and little else: names and short texts stand in `COMMANDS`, and a command's
module is imported when it is run.
"""

from __future__ import annotations

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
from autograder.cli.options import Session
from autograder.errors import AutogradeError, SystemFault
from autograder.language import LANGUAGES
from autograder.names import did_you_mean

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
        "submit": Command("autograder.cli.submit:submit", "Hand in, and get a receipt."),
        "status": Command("autograder.cli.status:status", "Show what you handed in, and verify a receipt."),
    },
    "For instructors": {
        "grade": Command("autograder.cli.grade:grade", "Grade a folder of submissions, or one file."),
        "report": Command(
            "autograder.cli.report:report", "Show or write again the reports of a graded class."
        ),
        "demo": Command("autograder.cli.demo:demo", "Grade a made-up class and show its reports."),
        "doctor": Command(
            "autograder.cli.doctor:doctor", "Say what this machine can do, and what it cannot."
        ),
    },
    "For authors": {
        "new": Command("autograder.cli.new:new", "Make the skeleton of an assignment."),
        "stubs": Command("autograder.cli.stubs:stubs", "Generate the stubs from the references."),
        "try": Command("autograder.cli.try_:try_", "Run one hidden test on one file."),
        "verify": Command("autograder.cli.verify:verify", "Prove that the course is sound."),
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
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in _ALL and not args[0].startswith("-"):
            suggestion = did_you_mean(args[0], _ALL) or " `autograde --help` lists them."
            raise click.UsageError(f'There is no command "{args[0]}".{suggestion}', ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        width = max(map(len, _ALL))
        for section, commands in COMMANDS.items():
            with formatter.section(section):
                formatter.write_dl(
                    [(name.ljust(width), command.short_help) for name, command in commands.items()]
                )


@click.group(
    cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}
)
@click.option(
    "--course", type=click.Path(path_type=Path), metavar="DIR", help="The folder with assignments/."
)
@click.option("--lang", type=click.Choice(LANGUAGES), help="The language to speak.")
@click.version_option(__version__, prog_name="autograde")
@click.pass_context
def cli(ctx: click.Context, course: Path | None, lang: str | None) -> None:
    """Write an assignment, check it, hand it in; grade a class.

    \b
    Examples:
      autograde list
      autograde start ASSIGNMENT
    """
    ctx.obj = Session(explicit_course=course)
    ctx.obj.speak(lang)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; returns 0 done, 1 something failed, 2 usage, 3 our fault, 130 interrupted."""
    for stream in (sys.stdout, sys.stderr):
        # An id may hold what the terminal's encoding cannot; that must never end a command.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    try:
        code: Any = cli.main(args=arguments, prog_name="autograde", standalone_mode=False)
        return code if isinstance(code, int) and not isinstance(code, bool) else 0
    except click.ClickException as error:
        told = io.StringIO()
        error.show(told)
        click.echo(_inert(told.getvalue()), nl=False, err=True)
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo("Interrupted.", err=True)
        return 130
    except AutogradeError as error:
        click.echo(f"Error: {_inert(str(error))}", err=True)
        if isinstance(error, SystemFault):
            _show_traceback()
        return error.exit_code
    except BrokenPipeError:
        # Whoever read our output has seen enough, as `head` does. Nothing more may be written to it.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return 1
    except Exception as error:
        click.echo(
            f"Error: autograde itself failed ({_inert(f'{type(error).__name__}: {error}')}). "
            "This is our fault, not yours. Run it again with AUTOGRADE_DEBUG=1 and report what it prints.",
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
