"""Whatever a lane sends: a report that answers what was expected and can be shown, or it is refused.

The same judge as in `tests.fuzz`, with inputs of Hypothesis instead of atheris; and what the fuzzing has found.
"""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.errors import UsageError
from autograder.grading import frames
from autograder.grading.fields import Refused
from autograder.grading.verdict import MOST_TEXT, verdict
from autograder.model import GradeReport, Message, Outcome, Status, message
from autograder.reports.words import sentence
from tests.fuzz import lane, trees
from tests.grading.reports import graded, sent

MANY = settings(derandomize=True, max_examples=250, deadline=None)
SECONDS = 10.0
"""Of processor time: a message takes milliseconds, and what is not bounded takes minutes."""
OF = lane.ABOUT[0]

_leaves = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats()
    | st.text(max_size=8)
    | st.binary(max_size=8)
    | st.sampled_from([word for word in lane._WORDS if not isinstance(word, list | dict)])
)
TREES = st.recursive(
    _leaves,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4),
    max_leaves=12,
)
TEXTS = st.text(st.characters(exclude_categories=("Cs",)), max_size=30)
MESSAGES = st.tuples(
    TEXTS | st.sampled_from(["{a}", "{a} and {b}", "{{a}}", "{a!r}", "{0}"]),
    st.dictionaries(
        st.sampled_from(["a", "b", "0"]) | TEXTS,
        TEXTS | st.integers(-(2**63), 2**64 - 1) | st.floats(allow_nan=False, allow_infinity=False),
        max_size=3,
    ),
).map(list)


def quickly(data: bytes) -> None:
    began = time.process_time()
    lane.one(data)
    assert time.process_time() - began < SECONDS


@MANY
@given(st.integers(0, 3), TREES)
def test_any_message_is_believed_or_refused(kind: int, tree: Any) -> None:
    quickly(bytes([kind]) + trees.write(tree))


@MANY
@given(st.sampled_from(lane.seeds()), st.lists(st.integers(0, 2**32), min_size=1, max_size=5))
def test_an_honest_report_with_changes(data: bytes, changes: list[int]) -> None:
    for seed in changes:
        data = lane.mutate(data, seed)[: lane.LONGEST]
    quickly(data)


@settings(derandomize=True, max_examples=60, deadline=None)
@given(MESSAGES, TEXTS, TEXTS)
def test_a_believed_report_can_be_shown_whatever_its_texts_are(told: Any, call: str, output: str) -> None:
    tree = sent(graded(lane.COURSE, OF, {"half of it": Outcome.FAILED}))
    report = tree["report"]
    report["functions"][0]["checks"][0].update(messages=[told], call=call)
    report["functions"][0]["diagnosis"] = ["shape", None, told, [told]]
    report["notices"] = [told]
    report["output"] = output
    # It must be believed: a refusal would make the test empty.
    believed = verdict(frames.take(frames.frame(tree))[0], lane.EXPECTED, OF)
    lane.believed(believed, OF)


def _with(report: GradeReport, **changes: Any) -> GradeReport:
    first, *others = report.functions
    checks = (replace(first.checks[0], **changes), *first.checks[1:])
    return replace(report, functions=(replace(first, checks=checks), *others))


HONEST = graded(lane.COURSE, OF)


@pytest.mark.parametrize(
    "report",
    [
        _with(HONEST, score=2201),
        _with(HONEST, outcome=Outcome.FAILED),
        _with(HONEST, name="test_chain.py::test_other"),
        _with(HONEST, messages=(message("{x}", x=["a list"]),)),  # type: ignore[arg-type]
        replace(HONEST, student="bo"),
        replace(HONEST, isolation="A"),
        replace(HONEST, max_score=9_000),
        replace(HONEST, functions=HONEST.functions[1:]),
        replace(HONEST, files={}),
        replace(HONEST, status=Status.UNGRADABLE),
    ],
    ids=range(10),
)
def test_the_judge_of_the_fuzzing_sees_what_is_no_verdict(report: GradeReport) -> None:
    lane.believed(HONEST, OF)
    with pytest.raises((AssertionError, UsageError)):
        lane.believed(report, OF)


# -- found ----------------------------------------------------------------------------------------------------


def told(template: str, **fields: Any) -> GradeReport:
    tree = sent(HONEST)
    tree["report"]["notices"] = [[template, fields]]
    return verdict(frames.take(frames.frame(tree))[0], lane.EXPECTED, OF)


def test_a_message_is_short_once_its_fields_are_filled_in() -> None:
    """127 kB that were believed became 1.3 GB when the reports were written."""
    with pytest.raises(Refused, match="filled in"):
        told("{a}" * 20_000, a="x" * MOST_TEXT)
    with pytest.raises(Refused, match="filled in"):
        told("{a}{b}{c}", **dict.fromkeys("abc", "x" * MOST_TEXT))
    for template, fields in (
        ("{a}", {"a": "x" * MOST_TEXT}),
        ("{a}" * 20_000, {"a": 1}),
        ("x" * MOST_TEXT, {}),
    ):
        (notice,) = told(template, **fields).notices
        assert notice == Message(template, fields)
        assert sentence(notice)
