"""How are the cells of a notebook run? Statement by statement, so that one which fails or takes long stops only itself.

Stopping a slow statement is a courtesy to whoever left a long training run in; the limit that holds is kept from outside.
"""

from __future__ import annotations

import itertools
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any, NoReturn

_MOST_FAILED = 20
_MOST_FAILED_IN_CELL = 3

Step = Callable[[], None]


class CellTooSlow(BaseException):
    """A statement was stopped. No Exception, so that code which expects those does not go on."""


def label(name: str, number: int) -> str:
    """What stands for a cell in tracebacks: "work.ipynb cell 3", counting cells of code from 1."""
    return f"{name}.ipynb cell {number}"


def run_each(
    cells: Sequence[str], steps_of: Callable[[int, str], Sequence[Step]], seconds: float
) -> list[tuple[int, BaseException]]:
    """Run all cells in order.

    steps_of  takes number and source, gives what is to be done for each of its statements
    seconds   for all cells together; each may use half of what is left, and what comes after a statement that took all of
              that, half of the rest again
    Returns   (number, what it raised) of the first statements that failed
    """
    failed: list[tuple[int, BaseException]] = []
    end = time.monotonic() + seconds
    with _process_stays():
        for number, source in enumerate(cells, 1):
            failed_here = 0
            now = time.monotonic()
            stop = now + (end - now) / 2
            steps: list[Step] = []
            # Reading the cell is its first step, since that may fail and take long too.
            first: Step = partial(_read, steps, steps_of, number, source)
            for step in itertools.chain([first], steps):
                try:
                    with _stopped_after(stop - time.monotonic()):
                        step()
                except BaseException as error:  # also SystemExit: it ends a demonstration, not the notebook
                    failed_here += 1
                    if len(failed) < _MOST_FAILED and failed_here <= _MOST_FAILED_IN_CELL:
                        failed.append((number, error))
                    now = time.monotonic()
                    if stop <= now:
                        stop = now + (end - now) / 2
    return failed


def _read(
    steps: list[Step], steps_of: Callable[[int, str], Sequence[Step]], number: int, source: str
) -> None:
    steps.extend(steps_of(number, source))


def finish(coroutine: Any) -> None:
    """Drive a cell's `await` to its end by hand: there is no event loop where a notebook is graded.

    Raises  RuntimeError where it waits for something that only a loop could bring
    """
    try:
        while coroutine.send(None) is None:
            pass
    except StopIteration:
        return
    coroutine.close()
    raise RuntimeError("this waits for an event loop, and where a notebook is graded there is none")


@contextmanager
def _process_stays() -> Iterator[None]:
    """Let what would end the process end a statement: "restart the runtime" is a cell in many a notebook."""

    def leave(status: int = 0) -> NoReturn:
        raise SystemExit(status)

    def kill(pid: int, number: int) -> None:
        if pid in (0, os.getpid()):
            raise SystemExit(128 + number)
        really_kill(pid, number)

    really_kill, really_leave, really_abort = os.kill, os._exit, os.abort
    os.kill, os._exit, os.abort = kill, leave, leave
    try:
        yield
    finally:
        os.kill, os._exit, os.abort = really_kill, really_leave, really_abort


@contextmanager
def _stopped_after(seconds: float) -> Iterator[None]:
    if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(_signal: int, _frame: object) -> None:
        raise CellTooSlow

    before = signal.signal(signal.SIGALRM, stop)
    try:
        signal.setitimer(signal.ITIMER_REAL, max(seconds, 0.01))
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
