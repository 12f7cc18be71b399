"""One pytest session: collect the files, then hand the suite over for as long as it is needed."""

from __future__ import annotations

import contextlib
import io
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from autograder.errors import AutogradeError, CourseError, SystemFault
from autograder.model import message
from autograder.runner import plugin
from autograder.runner.complete import problems
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


# What would change which checks are collected, or how they are run.
_ENVIRONMENT = ("PYTEST_ADDOPTS", "PYTEST_PLUGINS", "PYTEST_DISABLE_PLUGIN_AUTOLOAD")


def collected(paths: Sequence[Path], use: Callable[[Suite], None]) -> None:
    """Collect the test files under `paths` once and call `use` with the suite, inside the session.

    Nothing of the machine takes part: no plugin that happens to be installed, no setting of the environment, no
    configuration or conftest.py outside the folder that the paths have in common.

    Raises   CourseError where collection fails or leaves something out: the text is for the author's eyes;
             SystemFault where this Python ignores assert statements
    """
    if not __debug__:
        raise SystemFault(
            message("Python leaves assert statements out (-O, PYTHONOPTIMIZE), so that checks would pass.")
        )
    collector = _Session(paths, use)
    root = Path(os.path.commonpath([str(path.resolve()) for path in paths]))
    root = root if root.is_dir() else root.parent
    arguments = [
        *(str(path) for path in paths),
        *(f"-pno:{name}" for name in _OFF),
        f"-c{_INI}",
        f"--rootdir={root}",
        f"--confcutdir={root}",
        "--import-mode=importlib",
        # A rewritten assertion explains itself, and takes minutes over two long texts that differ.
        "--assert=plain",
    ]
    said = io.StringIO()
    try:
        with _clean_environment(), contextlib.redirect_stderr(said):
            code = pytest.main(arguments, plugins=[plugin, collector])
    finally:
        _forget_modules(paths)
    if collector.error is not None:
        raise collector.error
    if not collector.used:
        reasons = collector.problems or [said.getvalue().strip() or f"pytest ended with {code}"]
        raise CourseError(message("The tests could not be collected:\n{reasons}", reasons="\n".join(reasons)))


@contextlib.contextmanager
def _clean_environment() -> Iterator[None]:
    before = {name: os.environ.pop(name) for name in _ENVIRONMENT if name in os.environ}
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    try:
        yield
    finally:
        del os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"]
        os.environ.update(before)


def _forget_modules(paths: Sequence[Path]) -> None:
    """Two suites may have files of one name; pytest would give the second session the first one's module."""
    roots = [path.resolve() for path in paths]
    for name, module in list(sys.modules.items()):
        file = getattr(module, "__file__", None)
        if file and any(Path(file).resolve().is_relative_to(root) for root in roots):
            del sys.modules[name]


class _Session:
    """The plugin that takes the place of pytest's own run loop."""

    def __init__(self, paths: Sequence[Path], use: Callable[[Suite], None]) -> None:
        self._paths = paths
        self._use = use
        self.used = False
        self.error: BaseException | None = None
        self.problems: list[str] = []

    def pytest_collectreport(self, report: Any) -> None:
        if report.failed:
            self.problems.append(f"{report.nodeid}: {report.longrepr}")
        elif report.skipped:
            self.problems.append(f"{report.nodeid} skips itself. A check that is not run cannot be passed.")

    def pytest_deselected(self, items: Sequence[pytest.Item]) -> None:
        self.problems += [
            f"{item.nodeid} was deselected. A check that is not run cannot be passed." for item in items
        ]

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        if not session.testsfailed and not self.problems:
            self.problems = problems(self._paths, session.items)
        if session.testsfailed or self.problems:
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
