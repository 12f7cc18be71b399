"""Where nothing is mounted, `/data` is a course's own folder by another name: for references, and for a student's own checks.

A courtesy, no wall: what a confined submission sees as /data is mounted there (`jail`).
"""

from __future__ import annotations

import builtins
import contextlib
import glob
import io
import os
from collections.abc import Callable
from typing import Any

from numpy.lib import _datasource

from .jail import DATA

_READERS = (
    (builtins, "open"),
    (io, "open"),
    (os, "open"),
    (os, "stat"),
    (os, "listdir"),
    (os, "scandir"),
)
_stat = os.stat


def show(folder: str | None) -> None:
    """Let this process read what is in `folder` as /data too. What is not in it stays what it was. None: nothing."""
    if folder is None:
        return
    for module, name in _READERS:
        setattr(module, name, _Reader(getattr(module, name), folder))
    globber: Any = getattr(glob, "_StringGlobber", None)
    if hasattr(globber, "scandir"):  # Python 3.13 keeps the one of its start for Path.glob
        globber.scandir = staticmethod(os.scandir)
    kept: Any = _datasource
    with contextlib.suppress(AttributeError):  # and NumPy its `open` for text
        kept._file_openers._file_openers[None] = io.open


class _Reader:
    """A function that takes a path, first or by name. No function itself: in a class that would become a method."""

    def __init__(self, function: Callable[..., Any], folder: str) -> None:
        self._function = function
        self._folder = folder

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        if arguments:
            arguments = (self._place(arguments[0]), *arguments[1:])
        for name in ("file", "path"):
            if name in named:
                named[name] = self._place(named[name])
        return self._function(*arguments, **named)

    def _place(self, path: Any) -> Any:
        text = path.__fspath__() if isinstance(path, os.PathLike) else path
        if not isinstance(text, str) or not (text == DATA or text.startswith(DATA + "/")):
            return path
        place = self._folder + text.removeprefix(DATA)
        try:
            _stat(place)
        except (OSError, ValueError):
            return path
        return place
