"""Warnings are facts of the call that gave them, whatever student code does to the filters."""

from __future__ import annotations

import warnings

import pytest

from autograder.sandbox.inside.executor import Executor
from autograder.sandbox.student import Student, local
from autograder.sandbox.worker import LocalWorker, Program

from .conftest import LIMITS, Submit

SOURCE = """
import warnings
def f(x):
    warnings.warn("from f", UserWarning)
    return x
def quiet(x):
    return x
def spoil(how):
    exec(how)
def both(g):
    warnings.warn("before", UserWarning)
    g()
    warnings.warn("after", UserWarning)
"""


@pytest.mark.parametrize(
    "how",
    [
        "warnings.simplefilter('ignore')",
        "warnings.simplefilter('error')",
        "warnings.filters.clear()",
        "warnings.filters = []",
        "warnings.resetwarnings()",
        "warnings.showwarning = lambda *a, **k: None",
        "warnings.catch_warnings(record=True).__enter__()",
    ],
)
def test_filters_that_a_call_leaves_behind_end_with_it(submit: Submit, how: str) -> None:
    student = submit(SOURCE)
    for _ in range(2):
        assert student.call("f", 1).warnings == (("UserWarning", "from f"),)
        assert student.call("spoil", how).error is None
    assert student.call("f", 1).value == 1


def test_filters_set_by_the_file_itself_do_not_last(submit: Submit) -> None:
    student = submit(f"import warnings\nwarnings.simplefilter('error')\n{SOURCE}")
    assert student.call("f", 1).warnings == (("UserWarning", "from f"),)


def test_every_call_is_told_again(submit: Submit) -> None:
    """By default Python shows a warning once for each line."""
    student = submit(SOURCE)
    assert [call.warnings for call in student.calls("f", [(1,)] * 3)] == [(("UserWarning", "from f"),)] * 3
    assert student.call("quiet", 1).warnings == ()


def test_a_call_within_a_call_has_its_own(submit: Submit) -> None:
    student = submit(SOURCE)
    inner = []
    call = student.call("both", lambda: inner.append(student.call("f", 1)))
    assert [text for _kind, text in inner[0].warnings] == ["from f"]
    assert [text for _kind, text in call.warnings] == ["before", "after"]


def test_at_most_twenty_are_told(submit: Submit) -> None:
    student = submit("import warnings\ndef f():\n    for n in range(99):\n        warnings.warn(str(n))\n")
    assert [text for _kind, text in student.call("f").warnings] == [str(n) for n in range(20)]


def test_the_trusted_side_keeps_its_own_filters() -> None:
    reference: Student = local(LocalWorker(LIMITS), Program({"work.py": SOURCE}, "work.py"))
    filters, shown = warnings.filters, warnings.showwarning
    before = list(filters)
    assert reference.call("f", 1).warnings == (("UserWarning", "from f"),)
    reference.call("spoil", "warnings.simplefilter('error')")
    assert warnings.filters is filters
    assert warnings.filters == before
    assert warnings.showwarning is shown
    assert not Executor(lambda question: None)._install
