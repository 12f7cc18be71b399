"""Which key was pressed? Single keys from the terminal, without Enter, and the terminal as it was afterwards.

POSIX and Windows have nothing in common here, so there is a class for each behind `Keys`; both read in a thread of
their own, so that no key is lost while something else is being done.
"""

from __future__ import annotations

import contextlib
import os
import sys
import threading
import time
from collections.abc import Callable
from typing import Protocol

NAMES = {
    "\x1b[A": "up",
    "\x1b[B": "down",
    "\x1b[C": "right",
    "\x1b[D": "left",
    "\x1bOA": "up",
    "\x1bOB": "down",
    "\x1bOC": "right",
    "\x1bOD": "left",
    "\x1b[5~": "page up",
    "\x1b[6~": "page down",
    "\r": "enter",
    "\n": "enter",
    " ": "page down",
    "\x03": "quit",
    "\x04": "quit",
}
"""What is no letter, as terminals send it, and what it is called here."""

_WINDOWS = {"H": "up", "P": "down", "M": "right", "K": "left", "I": "page up", "Q": "page down"}
_WINDOWS_SECONDS = 0.02


class Keys(Protocol):
    """Reads keys until it is closed."""

    def close(self) -> None:
        """Read no more; the terminal is as it was before."""


def read_keys(tell: Callable[[str], None]) -> Keys:
    """Call `tell` with each key, in another thread: a letter, a name of `NAMES`, or "quit" where the terminal is gone.

    Raises OSError where standard input is no terminal
    """
    if sys.platform == "win32":
        return _WindowsKeys(tell)
    return _PosixKeys(tell)


def split(text: str) -> list[str]:
    """What a terminal sent at once, key by key; sequences that are not known are left out."""
    found: list[str] = []
    at = 0
    while at < len(text):
        length = _length(text, at)
        one = text[at : at + length]
        at += length
        if one in NAMES:
            found.append(NAMES[one])
        elif length == 1 and one.isprintable():
            found.append(one.lower())
    return found


def _length(text: str, at: int) -> int:
    """How many characters the key at `at` was sent as."""
    if text[at] != "\x1b" or at + 1 == len(text):
        return 1
    if text[at + 1] == "O":
        return 3
    if text[at + 1] != "[":
        return 2  # a letter with Alt
    # CSI: parameters, then one final character.
    end = at + 2
    while end < len(text) and not "@" <= text[end] <= "~":
        end += 1
    return end + 1 - at


if sys.platform != "win32":
    import select
    import termios
    import tty

    class _PosixKeys:
        def __init__(self, tell: Callable[[str], None]) -> None:
            self._tell = tell
            self._terminal = sys.stdin.fileno()
            try:
                self._before = termios.tcgetattr(self._terminal)
            except termios.error as error:
                raise OSError(str(error)) from None
            self._wake, self._end = os.pipe()
            # Not raw: Ctrl-C and Ctrl-Z stay what they are.
            tty.setcbreak(self._terminal, termios.TCSADRAIN)
            self._thread = threading.Thread(target=self._read, name="keys", daemon=True)
            self._thread.start()

        def _read(self) -> None:
            while True:
                ready, _, _ = select.select([self._terminal, self._wake], [], [])
                if self._wake in ready:
                    return
                try:
                    data = os.read(self._terminal, 1024)
                except OSError:
                    data = b""
                if not data:
                    self._tell("quit")
                    return
                for key in split(data.decode("utf-8", "replace")):
                    self._tell(key)

        def close(self) -> None:
            try:
                # First of all, and whatever comes after: a terminal left behind without echo is hard to mend.
                with contextlib.suppress(termios.error):
                    termios.tcsetattr(self._terminal, termios.TCSADRAIN, self._before)
            finally:
                os.close(self._end)
                self._thread.join()
                os.close(self._wake)

else:
    import msvcrt

    class _WindowsKeys:
        def __init__(self, tell: Callable[[str], None]) -> None:
            if not sys.stdin.isatty():
                raise OSError("standard input is no terminal")
            self._tell = tell
            self._closed = False
            self._thread = threading.Thread(target=self._read, name="keys", daemon=True)
            self._thread.start()

        def _read(self) -> None:
            while not self._closed:
                if not msvcrt.kbhit():
                    time.sleep(_WINDOWS_SECONDS)
                    continue
                key = msvcrt.getwch()
                if key in ("\x00", "\xe0"):
                    name = _WINDOWS.get(msvcrt.getwch())
                    found = [name] if name else []
                else:
                    found = split(key)
                for one in found:
                    self._tell(one)

        def close(self) -> None:
            self._closed = True
            self._thread.join()


__all__ = ["NAMES", "Keys", "read_keys", "split"]
