"""`autograde doctor`: what this machine can do, found out by doing it."""

from __future__ import annotations

import json
import platform
import time
from typing import TYPE_CHECKING

import click

from autograder.cli.options import Session, common_options, pass_session
from autograder.language import _

if TYPE_CHECKING:
    from autograder.sandbox.launch import Launcher


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON for a program to read.")
@click.option(
    "--canaries", is_flag=True, help="Show each attempt to get out of a worker, and what stopped it."
)
@common_options
@pass_session
def doctor(session: Session, as_json: bool, canaries: bool) -> int:
    """Try what grading needs on this machine, and say what holds, what does not, and what to do.

    \b
    Examples:
      autograde doctor
      autograde doctor --canaries
    """
    rows = _rows(session, canaries)
    if as_json:
        keys = ("ok", "what", "found", "remedy")
        click.echo(json.dumps([dict(zip(keys, row, strict=True)) for row in rows], indent=2))
    else:
        for ok, what, found, remedy in rows:
            click.echo(f"{'✓' if ok else '✗'} {what}: {found}")
            if remedy:
                click.echo(f"    {remedy}")
    return 0 if all(row[0] for row in rows) else 1


def _rows(session: Session, canaries: bool) -> list[tuple[bool, str, str, str]]:
    import numpy as np

    from autograder import __version__
    from autograder.course.manifest import Limits
    from autograder.errors import AutogradeError
    from autograder.sandbox.launch import Spawner, best_launcher

    rows = [
        (
            True,
            _("versions"),
            f"autograde {__version__}, Python {platform.python_version()}, NumPy {np.__version__}",
            "",
        ),
        _course_row(session),
    ]
    launcher = None
    try:
        launcher = best_launcher()
        kind = (
            _("spawned, one process a run")
            if isinstance(launcher, Spawner)
            else _("forked from a warm process")
        )
        rows.append((True, _("workers"), kind, ""))
        rows += _worker_rows(launcher, Limits(call_seconds=1, submission_seconds=10, memory_mib=512))
        rows += _isolation_rows(launcher, canaries)
    except (AutogradeError, OSError) as error:
        rows.append(
            (False, _("workers"), _said(error), _("Without workers nothing can be checked or graded."))
        )
    finally:
        if launcher is not None:
            launcher.close()
    return rows


def _said(error: Exception) -> str:
    from autograder.errors import AutogradeError

    return error.said() if isinstance(error, AutogradeError) else str(error)


def _isolation_rows(launcher: Launcher, canaries: bool) -> list[tuple[bool, str, str, str]]:
    from autograder.language import say
    from autograder.sandbox.isolation import examine
    from autograder.sandbox.level import LETTERS

    found = examine(launcher)
    level = found.level
    about = _(LETTERS[level.letter])
    if level.missing:
        about += "; " + _("missing: {missing}", missing=", ".join(level.missing))
    reasons = found.facts.get("refused", {})
    about += "".join(f" ({layer}: {reason})" for layer, reason in reasons.items())
    remedies = " ".join(say(remedy) for remedy in level.remedies)
    record = found.record()
    rows = [
        (
            level.grades_others,
            _("isolation"),
            _("level {level}: {about}", level=level.letter, about=about),
            remedies,
        ),
        (
            True,
            _("kernel"),
            _(
                "{kernel}, {architecture}, Landlock {abi}, rules {policy}",
                kernel=record["kernel"],
                architecture=record["architecture"],
                abi=record["landlock_abi"],
                policy=record["policy"] or "-",
            ),
            "",
        ),
    ]
    if canaries:
        rows += [
            (
                finding.blocked,
                _("canary {name}", name=finding.name.replace("_", " ")),
                finding.how if finding.blocked else _("NOT STOPPED: {how}", how=finding.how),
                "" if finding.blocked else say(finding.remedy),
            )
            for finding in found.findings
        ]
    else:
        stopped = sum(finding.blocked for finding in found.findings)
        rows.append(
            (
                stopped == len(found.findings),
                _("canaries"),
                _(
                    "{stopped} of {n} attempts to get out were stopped",
                    stopped=stopped,
                    n=len(found.findings),
                ),
                "" if stopped == len(found.findings) else _("See which: autograde doctor --canaries."),
            )
        )
    return rows


def _course_row(session: Session) -> tuple[bool, str, str, str]:
    from autograder.errors import AutogradeError

    try:
        course = session.course()
        with_solutions = _("with solutions") if course.has_solutions else _("without solutions: for students")
        return (
            True,
            _("course"),
            _(
                "{id}, {n} assignments, {with_solutions}",
                id=course.id,
                n=len(course.assignments),
                with_solutions=with_solutions,
            ),
            "",
        )
    except AutogradeError as error:
        return (False, _("course"), error.said(), "")


def _worker_rows(launcher: object, limits: object) -> list[tuple[bool, str, str, str]]:
    from autograder.course.manifest import Limits
    from autograder.errors import CallTimedOut, OutOfMemory
    from autograder.sandbox.bench import Bench
    from autograder.sandbox.student import Student
    from autograder.sandbox.worker import Program

    assert isinstance(limits, Limits)
    source = (
        "import os, numpy as np\n"
        "def double(x):\n    return 2 * np.asarray(x)\n"
        "def environment():\n    return len(os.environ)\n"
        "def descriptors():\n    return len([d for d in range(256) if _open(d)])\n"
        "def _open(d):\n    try:\n        os.get_inheritable(d)\n        return True\n"
        "    except OSError:\n        return False\n"
        "def hang():\n    while True:\n        pass\n"
        "def eat():\n    return np.ones(1 << 32)\n"
    )
    bench = Bench(launcher, limits, Program({"probe.py": source}, "probe.py"))  # type: ignore[arg-type]
    try:
        began = time.monotonic()
        loaded = bench.load()
        if loaded.error is not None:
            return [(False, _("a worker"), str(loaded.error), "")]
        warm = time.monotonic() - began
        began = time.monotonic()
        bench.load()
        ready = (time.monotonic() - began) * 1000
        student = Student(bench.worker)
        began = time.monotonic()
        for _number in range(100):
            student.double([1.0])
        micros = (time.monotonic() - began) * 10_000
        rows = [
            (True, _("the first worker"), _("ready after {ms} ms", ms=round(warm * 1000)), ""),
            (True, _("a further worker"), _("ready after {ms} ms", ms=round(ready)), ""),
            (True, _("a call"), _("{us} µs", us=round(micros)), ""),
            (student.environment() == 0, _("environment of a worker"), _("empty"), ""),
            (
                student.descriptors() == 5,
                _("open descriptors of a worker"),
                str(student.descriptors()),
                _("5 were expected."),
            ),
            (
                isinstance(student.call("hang").error, CallTimedOut),
                _("an endless loop"),
                _("stopped after {s} s", s=limits.call_seconds),
                "",
            ),
            (
                isinstance(student.call("eat").error, OutOfMemory),
                _("32 GiB of memory"),
                _("refused"),
                _("Memory cannot be limited on this system."),
            ),
        ]
        return [(ok, what, shown, "" if ok else remedy) for ok, what, shown, remedy in rows]
    finally:
        bench.close()
