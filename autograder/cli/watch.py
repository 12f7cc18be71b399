"""`autograde watch`: one function at a time, checked again whenever the file is saved."""

from __future__ import annotations

import contextlib
import os
import queue
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import click

from autograder.cli.check import require_file
from autograder.cli.options import (
    Session,
    assignment_here,
    common_options,
    optional_assignment,
    pass_session,
)
from autograder.cli.work import short, work_file, work_folder
from autograder.language import _
from autograder.model import Message, message

if TYPE_CHECKING:
    from rich.console import Console

    from autograder.cli.keys import Keys
    from autograder.cli.screen import View
    from autograder.cli.watched import Watched
    from autograder.course import Assignment
    from autograder.grading.warm import Ended, Told, WarmChecks

QUIET_SECONDS = 0.02
"""An editor that saves writes, renames and touches; so long after the last of that the file is read, …"""

LONGEST_QUIET_SECONDS = 0.2
"""… and at the latest so long after the first, where something keeps writing."""

HALF_WRITTEN_SECONDS = 0.25
"""A file that is missing or much shorter than before may be on the way to being written: that is believed after so long."""

UNREADABLE_SECONDS = 0.12
"""The same for one that is no Python, which students write more often than editors."""

_IDLE_SECONDS = 0.25 if sys.platform == "win32" else None  # there Ctrl-C does not wake who waits


@click.command()
@optional_assignment
@click.option(
    "--poll", is_flag=True, help="Look at the file ten times a second instead of waiting for events."
)
@common_options
@pass_session
def watch(session: Session, assignment: str | None, poll: bool) -> int:
    """Check your file each time you save it, one function at a time.

    \b
    Keys: h hint, n next, p previous, l list, a all, r run again, ? help, q quit

    \b
    Examples:
      autograde watch hw1
      autograde watch --poll
    """
    from rich.console import Console

    here = Path.cwd()
    chosen = assignment_here(session.course(), assignment, here)
    folder = work_folder(chosen, here)
    require_file(chosen, folder)
    session.learn(chosen)
    console = Console()
    by_keys = console.is_terminal and not console.is_dumb_terminal and sys.stdin.isatty()
    _Watching(chosen, folder, session.language, poll, console, by_keys).run()
    return 0


class _Shown(Protocol):
    """Where it is shown."""

    def open(self, put: Callable[[str], None]) -> None:
        """Begin. put: takes each key that is pressed."""

    def show(self) -> None:
        """Show what is known now."""

    def suspend(self) -> None:
        """Give the terminal back until this process is continued."""

    def close(self) -> None:
        """Leave the terminal as it was."""


class _Watching:
    """The loop: keys, saves and results come in from their threads and are dealt with here, one by one."""

    def __init__(
        self,
        assignment: Assignment,
        folder: Path,
        language: str,
        poll: bool,
        console: Console,
        by_keys: bool,
    ) -> None:
        from autograder.cli.screen import View
        from autograder.cli.watched import Watched
        from autograder.course.texts import hints

        self._assignment = assignment
        self._folder = folder
        self._poll = poll
        self._console = console
        self._events: queue.SimpleQueue[tuple[str, Any]] = queue.SimpleQueue()
        self._watched = Watched([function.name for function in assignment.functions], hints(assignment))
        self._path = work_file(assignment, folder)
        self._view = View(self._watched, assignment, self._path, language)
        self._shown: _Shown = (
            _OnScreen(console, self._view, self._watched)
            if by_keys
            else _OnPaper(console, self._view, self._watched)
        )
        self._checks: WarmChecks | None = None
        self._seen: dict[str, bytes] | Message | None = None
        self._number = 0
        self._asked_at = 0.0
        # Points of time.monotonic(), infinity for never.
        self._saved_at = self._read_at = self._believe_at = float("inf")
        self._believing: Callable[[], None] | None = None

    def run(self) -> None:
        """Until the student has enough."""
        with contextlib.ExitStack() as behind, _signals(self._put):
            try:
                self._shown.open(lambda key: self._put("key", key))
                self._watched.status = _("Checking…")
                self._shown.show()
                # Only now: it takes a third of a second, in which the screen is there and keys are kept.
                from autograder.cli.saves import Saves
                from autograder.grading.warm import WarmChecks

                self._checks = WarmChecks(self._assignment, lambda what: self._put("told", what))
                behind.callback(self._checks.close)
                self._read(again=True)
                saves = Saves(self._folder.absolute(), lambda: self._put("saved"), poll=self._poll)
                behind.callback(saves.close)
                self._loop()
            except KeyboardInterrupt:
                pass  # the usual way to end it
            finally:
                # Whatever happened, and before anything that may take its time.
                self._shown.close()
        self._goodbye()

    def _put(self, kind: str, what: Any = None) -> None:
        self._events.put((kind, what))

    def _loop(self) -> None:
        while True:
            now = time.monotonic()
            due = min(self._read_at, self._believe_at)
            wait = None if due == float("inf") else max(due - now, 0.0)
            if _IDLE_SECONDS is not None:
                wait = _IDLE_SECONDS if wait is None else min(wait, _IDLE_SECONDS)
            with contextlib.suppress(queue.Empty):
                kind, what = self._events.get(timeout=wait)
                while True:
                    if self._handle(kind, what) == "quit":
                        return
                    # Whatever has come in meanwhile is shown at once.
                    kind, what = self._events.get_nowait()
            now = time.monotonic()
            if now >= self._believe_at and self._believing is not None:
                believing = self._believing
                self._forget_doubt()
                believing()
            if now >= self._read_at:
                self._read()
            self._shown.show()

    def _handle(self, kind: str, what: Any) -> str:
        match kind:
            case "quit":
                return "quit"
            case "key":
                wanted = self._watched.press(what)
                if wanted == "run":
                    self._read(again=True)
                return wanted
            case "saved":
                now = time.monotonic()
                self._saved_at = min(self._saved_at, now)
                self._read_at = min(now + QUIET_SECONDS, self._saved_at + LONGEST_QUIET_SECONDS)
            case "told":
                self._told(what)
            case "suspend":
                self._shown.suspend()
        return ""  # "resized": it is shown again in any case

    # -- a save ---------------------------------------------------------------------------------------------------

    def _read(self, *, again: bool = False) -> None:
        """Read the files and have them checked if they are others than before, or `again`."""
        began = min(self._saved_at, time.monotonic())
        self._saved_at = self._read_at = float("inf")
        before, self._seen = self._seen, self._look()
        seen = self._seen
        if seen == before and not again:
            return
        if isinstance(seen, Message):
            self._doubt(HALF_WRITTEN_SECONDS, lambda: self._cannot_be_read(seen))
        elif isinstance(before, dict) and not again and _looks_cut_off(before, seen):
            self._doubt(HALF_WRITTEN_SECONDS, lambda: self._ask(seen, began))
        else:
            self._ask(seen, began)

    def _look(self) -> dict[str, bytes] | Message:
        """The files as they are now, or why there are none."""
        from autograder.grading.submission import read

        # It may have been made anew as a notebook, or the other way round.
        self._path = self._view.path = work_file(self._assignment, self._folder)
        if not os.path.lexists(self._path):
            return message("{file} is not there. It is checked as soon as it is.", file=self._path.name)
        submission = read("you", self._folder, self._assignment)
        return dict(submission.files) if submission.problem is None else submission.problem

    def _ask(self, files: Mapping[str, bytes], began: float) -> None:
        assert self._checks is not None
        self._forget_doubt()
        self._asked_at = began
        self._watched.began()
        self._watched.status = _("Checking…")
        self._number = self._checks.ask(files, self._watched.order)

    def _cannot_be_read(self, why: Message) -> None:
        self._number = -1  # what is still being checked was another file
        self._watched.missing(why)
        self._watched.status = _("Waiting for {path}", path=short(self._path))

    def _doubt(self, seconds: float, then: Callable[[], None]) -> None:
        """Do it so much later, unless another save comes before."""
        self._believe_at = time.monotonic() + seconds
        self._believing = then

    def _forget_doubt(self) -> None:
        self._believe_at, self._believing = float("inf"), None

    # -- an answer --------------------------------------------------------------------------------------------------

    def _told(self, what: Told) -> None:
        from autograder.grading.warm import Broken, Ended

        if isinstance(what, Broken):
            raise what.error
        if what.run != self._number:
            return
        if isinstance(what, Ended):
            if what.problem is not None and what.problem.unreadable and self._watched.results:
                self._doubt(UNREADABLE_SECONDS, lambda: self._ended(what))
            else:
                self._ended(what)
            return
        answers = self._watched.answers
        self._watched.judged(what)
        if self._watched.answers > answers:
            self._watched.status = self._answered()

    def _ended(self, run: Ended) -> None:
        self._watched.ended(run)
        if run.problem is not None or run.fault or self._watched.complete:
            self._watched.status = self._answered()

    def _answered(self) -> str:
        return _(
            "{time} Answered after {milliseconds} ms. Watching {path}",
            time=f"{datetime.now():%H:%M:%S}",
            milliseconds=round(1000 * (time.monotonic() - self._asked_at)),
            path=short(self._path),
        )

    def _goodbye(self) -> None:
        if isinstance(self._shown, _OnScreen) and self._watched.results:
            from rich.text import Text

            self._console.print(Text(self._view.progress()))


def _looks_cut_off(before: Mapping[str, bytes], now: Mapping[str, bytes]) -> bool:
    """Whether a file was perhaps read between being emptied and being written."""
    return any(2 * len(now.get(name, b"")) < len(data) for name, data in before.items())


@contextlib.contextmanager
def _signals(put: Callable[[str], None]) -> Iterator[None]:
    """What the terminal and the system tell a process: its size, that it is to stop, that it is to end."""
    wanted = {"SIGWINCH": "resized", "SIGTSTP": "suspend", "SIGTERM": "quit", "SIGHUP": "quit"}
    kinds = {getattr(signal, name): kind for name, kind in wanted.items() if hasattr(signal, name)}
    before = {}
    if threading.current_thread() is threading.main_thread():
        for number in kinds:
            before[number] = signal.signal(number, lambda number, _frame: put(kinds[number]))
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


class _OnScreen:
    """A terminal: redrawn whole, on a screen of its own, so that what stood there before comes back."""

    def __init__(self, console: Console, view: View, watched: Watched) -> None:
        from autograder.cli.screen import Screen

        self.screen = Screen(view, watched)
        self._console = console
        self._keys: Keys | None = None
        self._live: Any = None

    def open(self, put: Callable[[str], None]) -> None:
        from rich.live import Live

        from autograder.cli.keys import read_keys

        self._put = put
        self._keys = read_keys(put)
        self._live = Live(
            self.screen,
            console=self._console,
            screen=True,
            auto_refresh=False,
            redirect_stdout=False,
            redirect_stderr=False,
        )
        self._live.start()

    def show(self) -> None:
        self._live.update(self.screen, refresh=True)

    def suspend(self) -> None:
        self.close()
        os.kill(os.getpid(), signal.SIGSTOP)
        self.open(self._put)

    def close(self) -> None:
        # Keys first: were it the other way round, an error here would leave the terminal without echo.
        keys, self._keys = self._keys, None
        live, self._live = self._live, None
        try:
            if keys is not None:
                keys.close()
        finally:
            if live is not None:
                live.stop()


class _OnPaper:
    """No terminal, or one that cannot be redrawn: each answer once, one after the other, no keys."""

    def __init__(self, console: Console, view: View, watched: Watched) -> None:
        self._console = console
        self._view = view
        self._watched = watched
        self._answers = 0
        self._broken = 0
        self._checking = False

    def open(self, put: Callable[[str], None]) -> None:
        pass

    def show(self) -> None:
        watched = self._watched
        if watched.answers != self._answers:
            self._answers = watched.answers
            self._broken = len(watched.broken)
            self._print([f"── {datetime.now():%H:%M:%S}", *self._view.body()])
        if self._checking and not watched.checking:
            if len(watched.broken) > self._broken:
                self._print(self._view.news())
            if watched.problem is None:
                self._print([self._view.progress()])
        self._checking = watched.checking

    def _print(self, lines: list[Any]) -> None:
        from rich.text import Text

        for line in lines:
            self._console.print(Text(line) if isinstance(line, str) else line)
        self._console.file.flush()

    def suspend(self) -> None:
        os.kill(os.getpid(), signal.SIGSTOP)

    def close(self) -> None:
        pass
