"""How much work is that? Counted, not timed: on a machine that does other things a clock says little."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

import autograder

_OURS = str(Path(autograder.__file__).parent)


def lines_run(action: Callable[[], object]) -> int:
    """How many lines of `autograder` run in this thread until `action` is done; one that runs twice counts twice."""
    count = 0

    def at_line(frame: FrameType, event: str, argument: Any) -> Any:
        nonlocal count
        count += event == "line"
        return at_line

    def at_call(frame: FrameType, event: str, argument: Any) -> Any:
        return at_line if frame.f_code.co_filename.startswith(_OURS) else None

    before = sys.gettrace()
    sys.settrace(at_call)
    try:
        action()
    finally:
        sys.settrace(before)
    return count


class Counted(str):
    """A text that counts how often it is asked for its hash or compared, together with all others."""

    asked = 0

    def __hash__(self) -> int:
        Counted.asked += 1
        return super().__hash__()

    def __eq__(self, other: object) -> bool:
        Counted.asked += 1
        return super().__eq__(other)

    def __lt__(self, other: str) -> bool:
        Counted.asked += 1
        return super().__lt__(other)
