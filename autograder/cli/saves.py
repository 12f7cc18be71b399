"""When was a file saved? Told at once by the system's file events, and in any case by looking now and then.

Events are quick, but not everywhere there: a network drive, a folder shared with a virtual machine, a full table of the
kernel. So the folder is looked at too: once a second beside events, ten times a second without.
"""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Callable
from pathlib import Path

from autograder.sandbox.inside.ingest.names import is_source

BESIDE_EVENTS_SECONDS = 1.0
POLL_SECONDS = 0.1
_STEP_MILLISECONDS = 10
_GROUP_MILLISECONDS = 50
_MOST_ENTRIES = 10_000

Seen = frozenset[tuple[str, int, int, int]] | None


class Saves:
    """Calls `tell`, in another thread, whenever a source in `folder` may have changed, also while there is no folder.

    poll  look only, trust no events
    """

    def __init__(self, folder: Path, tell: Callable[[], None], *, poll: bool = False) -> None:
        self._folder = folder
        self._tell = tell
        self._closed = threading.Event()
        self.by_events = False
        targets = [self._look] if poll else [self._look, self._listen]
        self._threads = [threading.Thread(target=target, name="saves", daemon=True) for target in targets]
        for thread in self._threads:
            thread.start()

    def close(self) -> None:
        """Watch no more."""
        self._closed.set()
        for thread in self._threads:
            thread.join()

    def _look(self) -> None:
        before = look(self._folder)
        # It may have been saved before anybody looked.
        self._tell()
        while not self._closed.wait(BESIDE_EVENTS_SECONDS if self.by_events else POLL_SECONDS):
            now = look(self._folder)
            if now != before:
                before = now
                self._tell()

    def _listen(self) -> None:
        try:
            from watchfiles import watch
        except ImportError:  # there is no build of it for this machine
            return
        while not self._closed.is_set():
            # A folder that is gone comes back as another one, which has to be listened to anew.
            with contextlib.suppress(Exception):
                self._until_gone(watch)
            self.by_events = False
            self._closed.wait(BESIDE_EVENTS_SECONDS)

    def _until_gone(self, watch: Callable[..., object]) -> None:
        listened_to = os.stat(self._folder).st_ino
        changes = watch(
            self._folder,
            watch_filter=None,
            debounce=_GROUP_MILLISECONDS,
            step=_STEP_MILLISECONDS,
            rust_timeout=1000,
            yield_on_timeout=True,
            stop_event=self._closed,
            raise_interrupt=False,
            recursive=False,
        )
        for some in changes:  # type: ignore[attr-defined]
            # Only now: listening begins with the first step, and a save before that is for `_look` to see.
            self.by_events = True
            if some:
                self._tell()
            if os.stat(self._folder).st_ino != listened_to:
                return


def look(folder: Path) -> Seen:
    """What can be seen of a folder's sources without opening them; None where there is no folder."""
    found = set()
    try:
        with os.scandir(folder) as entries:
            for number, entry in enumerate(entries):
                if number < _MOST_ENTRIES and is_source(entry.name):
                    with contextlib.suppress(OSError):  # gone meanwhile
                        status = entry.stat()
                        found.add((entry.name, status.st_ino, status.st_size, status.st_mtime_ns))
    except OSError:
        return None
    return frozenset(found)
