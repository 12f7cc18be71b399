"""Whatever bytes a worker sends: a value, a fault of the student's or the worker's end, in bounded time and memory.

The same judges as in `tests.fuzz`, with inputs of Hypothesis instead of atheris; and what the fuzzing has found.
"""

from __future__ import annotations

import functools
import math
import os
import time
import tracemalloc
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.errors import StudentFault
from autograder.sandbox.ingest import checked
from autograder.sandbox.inside import wire
from autograder.sandbox.inside.ingest import said
from autograder.sandbox.worker import Outcome, clean_name
from tests.fuzz import decoder, ingest, trees

pytestmark = pytest.mark.skipif(not hasattr(os, "memfd_create"), reason="the pipe is a file in memory")

MANY = settings(derandomize=True, max_examples=250, deadline=None)
SECONDS = 10.0
"""Of processor time: a message takes milliseconds, and what is not bounded takes minutes."""

_leaves = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats()
    | st.text(max_size=8)
    | st.binary(max_size=8)
    | st.sampled_from([word for word in decoder._WORDS if isinstance(word, str)])
)
_SIZES = {"?": 1, "1": 1, "2": 2, "4": 4, "8": 8, "6": 16}
_LAYOUTS = st.sampled_from(["C", "F", "S", "Cr", "Fr", "Sr", "", "r", "X"])


@st.composite
def _arrays(draw: st.DrawFn) -> list[Any]:
    """An array whose data nearly always have the size that its shape says."""
    dtype = draw(st.sampled_from(decoder._DTYPES))
    shape = draw(
        st.lists(st.integers(0, 3), max_size=4) | st.sampled_from([[2**16, 0], [2**62, 0], [1] * 9, [-1, -1]])
    )
    size = min(abs(math.prod(shape)), 81) * _SIZES.get(dtype[-1], 1)
    data = draw(st.binary(min_size=size, max_size=size) | st.just(b"\x01" * size) | st.binary(max_size=9))
    return [dtype, shape, data, draw(_LAYOUTS)]


@st.composite
def _scalars(draw: st.DrawFn) -> list[Any]:
    dtype = draw(st.sampled_from(decoder._DTYPES))
    size = _SIZES.get(dtype[-1], 1)
    return [dtype, draw(st.binary(min_size=size, max_size=size) | st.binary(max_size=9))]


def _nodes(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Every kind of value, of the right form, and each tag with something else behind it."""
    right = {
        "t": st.lists(inner, max_size=3),
        "d": st.lists(st.tuples(inner, inner), max_size=3),
        "a": _arrays(),
        "s": _scalars(),
        "c": st.tuples(st.floats(), st.floats()),
        "i": st.integers().map(str) | st.text("-+_0123456789 \u0663", max_size=9),
        "y": st.sampled_from(decoder._DTYPES),
        "k": st.sampled_from(["float32", "int", "bool", "object", "str"]),
        "h": st.tuples(st.integers(-1, 2**40), st.text(max_size=70), st.booleans()),
        "f": st.integers(-1, 3),
        "o": st.tuples(st.integers(-1, 1), st.just("Node")),
    }
    tagged = [payload.map(lambda value, tag=tag: {tag: value}) for tag, payload in right.items()]
    return (
        st.one_of(*tagged)
        | st.one_of(*tagged)
        | st.lists(inner, max_size=4)
        | st.builds(lambda tag, value: {tag: value}, st.sampled_from(decoder._TAGS), inner)
    )


TREES = st.recursive(_leaves, _nodes, max_leaves=12)
OUTCOMES = (
    st.tuples(st.just("ok"), TREES, TREES, TREES)
    | st.tuples(st.just("ok"), TREES, st.just([]), st.just([]))
    | st.tuples(
        st.sampled_from(["odd", "missing", "error", "ok"]), *[_leaves] * 5, st.lists(_leaves, max_size=3), TREES
    )
    | TREES
)  # fmt: skip


def quickly(one: Callable[[bytes], None], data: bytes) -> None:
    began = time.process_time()
    one(data)
    assert time.process_time() - began < SECONDS


def said_by_a_worker(kind: int, *messages: Any) -> bytes:
    return bytes([kind]) + decoder.stream(*map(trees.write, messages))


@MANY
@given(
    st.lists(_nodes(TREES), min_size=8, max_size=8)
    | st.lists(st.builds(lambda array: {"a": array}, _arrays()), min_size=8, max_size=8)
)
def test_any_value_is_taken_or_ends_the_worker(values: list[Any]) -> None:
    for value in values:
        quickly(decoder.one, said_by_a_worker(2, ["done", 1, 0, ["ok", value, [], []]]))


@MANY
@given(st.integers(0, 3), st.lists(OUTCOMES, min_size=1, max_size=3))
def test_any_outcome_is_taken_or_ends_the_worker(kind: int, outcomes: list[Any]) -> None:
    quickly(
        decoder.one, said_by_a_worker(kind, *(["done", 1, n, outcome] for n, outcome in enumerate(outcomes)))
    )


@MANY
@given(
    st.sampled_from([0, 2, 3]),
    st.tuples(st.just("call"), st.integers(-1, 3), st.lists(TREES, max_size=2) | TREES, TREES)
    | st.tuples(
        st.just("object"), st.sampled_from(["get", "set", "add", "rmul", "neg", "x"]), st.integers(-1, 1),
        st.lists(TREES, max_size=2) | TREES,
    )
    | TREES,
    TREES,
)  # fmt: skip
def test_any_question_is_answered_or_ends_the_worker(kind: int, question: Any, value: Any) -> None:
    quickly(
        decoder.one,
        said_by_a_worker(kind, ["ask", question], ["ask", question], ["done", 1, 0, ["ok", value, [], []]]),
    )


@MANY
@given(st.sampled_from(decoder.seeds()), st.lists(st.integers(0, 2**32), min_size=1, max_size=6))
def test_an_honest_conversation_with_changes(data: bytes, changes: list[int]) -> None:
    for seed in changes:
        data = decoder.mutate(data, seed)[: decoder.LONGEST]
    quickly(decoder.one, data)


@MANY
@given(st.binary(max_size=80), st.booleans())
def test_any_bytes_instead_of_a_reply(data: bytes, framed: bool) -> None:
    quickly(decoder.one, data[:1] + (decoder.stream(data[1:]) if framed else data[1:]))


@MANY
@given(st.sampled_from(ingest.seeds()), st.lists(st.integers(0, 2**32), min_size=1, max_size=6))
def test_an_honest_submission_with_changes_is_read_or_refused(data: bytes, changes: list[int]) -> None:
    for seed in changes:
        data = ingest.mutate(data, seed)[: ingest.LONGEST]
    quickly(ingest.one, data)


@pytest.mark.parametrize(
    "outcome",
    [
        Outcome(object()),
        Outcome([np.array([None])]),
        Outcome({"a": np.array(["text"])}),
        Outcome((np.array([2], np.uint8).view(bool),)),
        Outcome(functools.reduce(lambda inner, _: [inner], range(100))),
        Outcome(np.zeros((2**20, 0))),
        Outcome(10**9_999),
        Outcome("a" * 10_000),
        Outcome(1, error=StudentFault()),
        Outcome(error=ValueError()),  # type: ignore[arg-type]
        Outcome(mutated=("a",) * 1_000),
        Outcome(warnings=(("a", "a" * 10_000),)),
    ],
    ids=range(12),
)
def test_the_judge_of_the_fuzzing_sees_what_is_no_outcome(outcome: Outcome) -> None:
    worker = decoder.RemoteWorker(decoder._Said(b""), decoder.LIMITS, decoder.Clock(1.0))
    try:
        decoder.judge(Outcome([1, "a", np.ones(3)]), worker, 100)
        with pytest.raises(AssertionError):
            decoder.judge(outcome, worker, 100)
    finally:
        worker.close()


# -- found ----------------------------------------------------------------------------------------------------


def memory_of(one: Callable[[], object]) -> int:
    tracemalloc.start()
    try:
        one()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_a_long_name_of_a_class_costs_no_more_than_its_bytes() -> None:
    """Each of its characters became an object before it was cut: 60 MiB of a reply took 1.5 GiB here."""
    name = "\U0001f600" * 2**20
    assert clean_name("a\x00" * 500) == "a" * 60
    assert memory_of(lambda: clean_name(name)) < 2**16


def test_lists_that_say_they_are_long_cost_little() -> None:
    """Each of a thousand nested lists claims a million values, of which there are none: msgpack makes room for some of them."""
    body = b"\xdd\x00\x0f\x42\x40" * 1_000 + bytes(10**6)

    def refused() -> None:
        with pytest.raises(wire.ProtocolError):
            wire.unpack(body)

    assert memory_of(refused) < 128 * 2**20
    began = time.process_time()
    refused()
    assert time.process_time() - began < SECONDS


def test_a_sentence_about_a_submission_has_each_field_once() -> None:
    """A million fields of one name were cleaned one by one, for the last of them to count."""
    files = {"work.py": b""}

    def answer(*fields: list[str]) -> list[Any]:
        return ["read", [["work.py", ""]], [[said.IGNORED, list(fields)]]]

    (notice,) = checked(answer(["name", "a"]), files, "work.py").notices
    assert notice.fields == {"name": "a"}
    for fields in ([], [["name", "a"]] * 2, [["name", "a"], ["other", "b"]], [["other", "b"]]):
        with pytest.raises(wire.ProtocolError):
            checked(answer(*fields), files, "work.py")
