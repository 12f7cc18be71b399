"""How is work on this side stopped that a submission made endless by what it gave a callback?

An alarm interrupts Python code and arithmetic on large ints. A single NumPy operation it cannot interrupt: there the
outside deadline of the lane remains.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class Overrun(BaseException):
    """The time is up. Not an Exception, so that no code on the way takes it for an error of its own."""


@contextmanager
def stopped_after(seconds: float) -> Iterator[None]:
    """Raise `Overrun` in the block once it has taken so long. Without effect where there are no alarms: on Windows, and
    outside the main thread."""
    if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(_number: int, _frame: FrameType | None) -> None:
        raise Overrun

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
