"""Which warnings did the student's code give? Each is noted, whatever its own filters say, and none is printed."""

from __future__ import annotations

import warnings
from typing import Any

Note = tuple[type, Any]
"""A warning's class, and its text or the warning itself."""


class Warned:
    """Notes the warnings of a stretch of code.

    keep  whether this process runs nothing but student code: then the filters stay from one stretch to the next, and are
          put back only where student code changed them, as setting them up takes longer than a small function. Otherwise
          each stretch leaves them as it found them.
    """

    def __init__(self, *, keep: bool) -> None:
        self._keep = keep
        self._notes: list[Note] = []
        self._filters: Any = None
        self._as_set: list[Any] = []

    def begin(self) -> tuple[int, warnings.catch_warnings[None] | None]:
        """Take note from here on. Returns what `end` needs; stretches may contain others."""
        before = None
        if not self._keep:
            before = warnings.catch_warnings()
            before.__enter__()
        if not self._in_place():
            self._set_up()
        return len(self._notes), before

    def end(self, mark: tuple[int, warnings.catch_warnings[None] | None]) -> list[Note]:
        """What was noted since `begin`, without what stretches within this one took."""
        first, before = mark
        if before is not None:
            before.__exit__(None, None, None)
        if len(self._notes) == first:
            return []
        found = self._notes[first:]
        del self._notes[first:]
        return found

    def _in_place(self) -> bool:
        return (
            warnings.filters is self._filters
            and self._filters == self._as_set
            and getattr(warnings.showwarning, "__self__", None) is self
        )

    def _set_up(self) -> None:
        warnings.resetwarnings()
        warnings.simplefilter("always")
        warnings.showwarning = self._note
        self._filters = warnings.filters
        self._as_set = list(self._filters)

    def _note(self, message: Any, category: type, *_: Any, **__: Any) -> None:
        self._notes.append((category, message))
