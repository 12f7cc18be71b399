"""One pytest session: collect the files, then hand the suite over for as long as it is needed."""

from __future__ import annotations

import contextlib
import io
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from autograder.errors import AutogradeError, CourseError
from autograder.runner import plugin
from autograder.runner.suite import Suite

_INI = Path(__file__).with_name("suite.ini")
# Nothing that pytest would add to a run is wanted here: not its output, not its files, not its view of a failure.
_OFF = [
    "cacheprovider",
    "capture",
    "faulthandler",
    "junitxml",
    "logging",
    "nose",
    "pastebin",
    "recwarn",
    "stepwise",
    "terminal",
    "threadexception",
    "unittest",
    "unraisableexception",
    "warnings",
    "debugging",
    "setuponly",
    "setupplan",
]


def collected(paths: Sequence[Path], use: Callable[[Suite], None], *, keyword: str = "") -> None:
    """Collect the test files under `paths` once and call `use` with the suite, inside the session.

    keyword  as pytest's -k: only the tests that match
    Raises   CourseError where collection fails: the text is pytest's own, for the author's eyes
    """
    collector = _Session(use)
    root = Path(os.path.commonpath([str(path.resolve()) for path in paths]))
    root = root if root.is_dir() else root.parent
    arguments = [
        *(str(path) for path in paths),
        *(f"-pno:{name}" for name in _OFF),
        f"-c{_INI}",
        f"--rootdir={root}",
        f"--confcutdir={root}",
        "--import-mode=importlib",
        "--assert=plain",
        *(["-k", keyword] if keyword else []),
    ]
    before = os.environ.get("PYTEST_DISABLE_PLUGIN_AUTOLOAD")
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    said = io.StringIO()
    try:
        with contextlib.redirect_stderr(said):
            code = pytest.main(arguments, plugins=[plugin, collector])
    finally:
        _forget_modules(paths)
        if before is None:
            del os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"]
        else:
            os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = before
    if collector.error is not None:
        raise collector.error
    if not collector.used:
        reasons = collector.problems or [said.getvalue().strip() or f"pytest ended with {code}"]
        raise CourseError("The tests could not be collected:\n" + "\n".join(reasons))


def _forget_modules(paths: Sequence[Path]) -> None:
    """Two suites may have files of one name; pytest would give the second session the first one's module."""
    roots = [path.resolve() for path in paths]
    for name, module in list(sys.modules.items()):
        file = getattr(module, "__file__", None)
        if file and any(Path(file).resolve().is_relative_to(root) for root in roots):
            del sys.modules[name]


class _Session:
    """The plugin that takes the place of pytest's own run loop."""

    def __init__(self, use: Callable[[Suite], None]) -> None:
        self._use = use
        self.used = False
        self.error: BaseException | None = None
        self.problems: list[str] = []

    def pytest_collectreport(self, report: Any) -> None:
        if report.failed:
            self.problems.append(f"{report.nodeid}: {report.longrepr}")

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        if session.testsfailed:
            return True
        try:
            suite = Suite(session, session.items)
            self.used = True
            self._use(suite)
        except AutogradeError as error:
            self.error = error
        except BaseException as error:  # pytest would swallow it, or print it
            self.error = error
        return True
