"""A terminal for a command to run in: keys go in, and what is on the screen can be asked."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import termios
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

SECONDS = 100.0
"""How long to wait for what must come; on a busy machine even the start takes its time."""

_SEQUENCE = re.compile(r"\x1b(?:\[[0-9;?]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[^\[\]])")


class Terminal:
    """A command in a pseudo terminal of its own."""

    def __init__(
        self,
        command: Sequence[str],
        environment: Mapping[str, str],
        cwd: Path,
        columns: int = 90,
        rows: int = 24,
    ) -> None:
        self.end, theirs = pty.openpty()
        self.resize(columns, rows)
        self.before = termios.tcgetattr(theirs)

        def own_terminal() -> None:
            fcntl.ioctl(0, termios.TIOCSCTTY, 0)

        self.process = subprocess.Popen(
            command,
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            cwd=cwd,
            # The size is the terminal's, not one that the environment claims.
            env={
                **{k: v for k, v in environment.items() if k not in ("COLUMNS", "LINES")},
                "TERM": "xterm-256color",
            },
            start_new_session=True,
            preexec_fn=own_terminal,
        )
        self._theirs = theirs
        self.sent = ""

    def resize(self, columns: int, rows: int) -> None:
        fcntl.ioctl(self.end, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def settings(self) -> list[object]:
        """How the terminal is set up now, as of termios."""
        return termios.tcgetattr(self._theirs)

    def press(self, keys: str) -> None:
        os.write(self.end, keys.encode())

    def read(self, seconds: float) -> None:
        """Take what is sent within so many seconds."""
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            ready, _, _ = select.select([self.end], [], [], left)
            if not ready:
                return
            try:
                data = os.read(self.end, 65536)
            except OSError:  # Linux: nobody has the other end open any more
                return
            if not data:
                return
            self.sent += data.decode("utf-8", "replace")
            until = min(until, time.monotonic() + 0.02)

    @property
    def screen(self) -> str:
        """What the last whole redrawing put on the screen."""
        return _SEQUENCE.sub("", self.sent.rpartition("\x1b[H")[2]).replace("\r", "")

    def wait(self, *words: str, without: str = "", until: Callable[[str], bool] = lambda screen: True) -> str:
        """The screen once it shows these words. Fails where that takes too long."""
        deadline = time.monotonic() + SECONDS
        while True:
            screen = self.screen
            wanted = all(word in screen for word in words) and until(screen)
            if wanted and (not without or without not in screen):
                return screen
            assert time.monotonic() < deadline, f"{words} did not come:\n{screen}"
            assert self.process.poll() is None, (
                f"it ended with {self.process.returncode}:\n{self.sent[-2000:]}"
            )
            self.read(0.1)

    def ended(self) -> int:
        """The exit status, once it ends."""
        deadline = time.monotonic() + SECONDS
        while self.process.poll() is None:
            assert time.monotonic() < deadline, f"it does not end:\n{self.screen}"
            self.read(0.05)
        self.read(0.05)
        return self.process.returncode

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()
        os.close(self.end)
        os.close(self._theirs)
