"""How are the cells of a notebook run? Each by itself, so that one which fails or takes long stops nothing but itself.

Stopping a slow cell is a courtesy to whoever left a long training run in; the limit that holds is kept from outside.
"""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

_MOST_FAILED = 20


class CellTooSlow(BaseException):
    """A cell was stopped. No Exception, so that code which expects those does not go on."""


def label(name: str, number: int) -> str:
    """What stands for a cell in tracebacks: "work.ipynb cell 3", counting cells of code from 1."""
    return f"{name}.ipynb cell {number}"


def run_each(
    cells: Sequence[str], run: Callable[[int, str], None], seconds: float
) -> list[tuple[int, BaseException]]:
    """Run all cells in order.

    run      takes number and source
    seconds  for all cells together; each may use half of what is left
    Returns  (number, what it raised) of the first cells that failed
    """
    failed: list[tuple[int, BaseException]] = []
    end = time.monotonic() + seconds
    for number, source in enumerate(cells, 1):
        try:
            with _stopped_after((end - time.monotonic()) / 2):
                run(number, source)
        except BaseException as error:  # also SystemExit: it ends a demonstration, not the notebook
            if len(failed) < _MOST_FAILED:
                failed.append((number, error))
    return failed


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
