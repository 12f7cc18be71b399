"""Whatever a worker writes into its pipe: a value, what the student's code did instead, or the end of the worker.

An input is one byte that chooses what was asked, and all that the worker sends. The pipe, the frames, the questions and
the outcomes are the grader's own; only the process behind them is missing.
"""

from __future__ import annotations

import contextlib
import math
import os
import random
import warnings
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from autograder.course.manifest import Limits
from autograder.errors import StudentFault
from autograder.sandbox import worker as trusted
from autograder.sandbox.channel import PollChannel
from autograder.sandbox.inside import executor, wire
from autograder.sandbox.launch import Ending, Process
from autograder.sandbox.worker import (
    Clock,
    Handle,
    LocalWorker,
    Outcome,
    Program,
    Reference,
    RemoteWorker,
    StandIn,
)

from . import trees

LONGEST = 2**12
LIMITS = Limits(call_seconds=5, submission_seconds=60)
_REFERENCE = """
class Node:
    def __init__(self, value):
        self.value = value
    def __add__(self, other):
        return Node(self.value + (other.value if isinstance(other, Node) else other))
    def __mul__(self, other):
        return Node(self.value * other)
    def __neg__(self):
        return Node(-self.value)
    def backward(self):
        self.value = 1.0
"""
_TAGS = ("t", "d", "a", "s", "c", "i", "y", "k", "h", "f", "o", "r", "u")
_DTYPES = (
    "|b1",
    "|i1",
    "|u1",
    "<i8",
    ">i8",
    "<u4",
    "<f2",
    "<f4",
    "<f8",
    ">f8",
    "<c8",
    "<c16",
    "|O",
    "|V8",
    "<U4",
    "<M8[s]",
)
_WORDS: tuple[Any, ...] = (
    *_TAGS,
    *_DTYPES,
    *("C", "F", "S", "Cr", "Fr", "Sr", "done", "ask", "ok", "odd", "missing", "error", "call", "object", "get", "set", "value"),
    *("f", "Node", "backward", "_value", "float32", "int", "ValueError", "MemoryError", "NotImplementedError", "SystemExit"),
    *executor.BINARY,
    *executor.UNARY,
    "radd",
    {"a": ["<f8", [2, 3], bytes(48), "C"]},
    {"a": ["<f4", [65_536, 0], b"", "S"]},
    {"a": ["|b1", [2], b"\x00\x01", "Fr"]},
    {"s": ["<f8", bytes(8)]},
    {"t": [1, 2]},
    {"d": [["a", 1], [{"t": [1]}, 2], [{"c": [0.0, 1.0]}, 3]]},
    {"c": [1.0, -1.0]},
    {"i": "-" + "9" * 400},
    {"y": "<f8"},
    {"k": "float64"},
    {"h": [1, "Node", True]},
    {"f": 0},
    {"o": [0, "Node"]},
)  # fmt: skip


def _identity(*arguments: Any, **named: Any) -> Any:
    return arguments[0] if arguments else named


def _squares(x: Any) -> Any:
    return np.sum(np.asarray(x) ** 2)


def _twice_and_one(x: Any) -> Any:
    return x * 2 + 1  # of an object of the worker's, a request within the request


def _ask_to_load(worker: RemoteWorker, node: Handle) -> list[Outcome]:
    return [worker.load(Program({"work.py": ""}, "work.py"), [StandIn("square", _squares)])]


def _ask_to_call(worker: RemoteWorker, node: Handle) -> list[Outcome]:
    return worker.map("f", [((1, 2.5), {}), ((np.ones(3),), {"key": (1, "a")})])


def _ask_with_callbacks(worker: RemoteWorker, node: Handle) -> list[Outcome]:
    return worker.map("f", [((_identity, _squares, _twice_and_one, node), {})])


def _ask_to_run(worker: RemoteWorker, node: Handle) -> list[Outcome]:
    return [
        worker.run(
            [["name", "Node"], ["call", Reference(0), (node,), {}], ["get", Reference(1), "value"]], [1, 2]
        )
    ]


REQUESTS: tuple[Callable[[RemoteWorker, Handle], list[Outcome]], ...] = (
    _ask_to_load,
    _ask_to_call,
    _ask_with_callbacks,
    _ask_to_run,
)  # fmt: skip


class _Said:
    """A launcher whose only worker has said all that it ever will."""

    facts: Mapping[str, Any] = {}

    def __init__(self, stream: bytes) -> None:
        self._stream = stream

    def start(self, limits: Limits, role: str = "student") -> Process:
        replies = os.memfd_create("replies")
        os.write(replies, self._stream)
        os.lseek(replies, 0, os.SEEK_SET)
        requests, output = os.open(os.devnull, os.O_WRONLY), os.open(os.devnull, os.O_RDONLY)
        return Process(PollChannel(requests, replies, output), lambda _closed: Ending(None), os.getpid())

    def close(self) -> None: ...


_ours = LocalWorker(LIMITS)
_ours.load(Program({"work.py": _REFERENCE}, "work.py"))


def one(data: bytes) -> None:
    kind, stream = data[:1], data[1:]
    ask = REQUESTS[kind[0] % len(REQUESTS) if kind else 0]
    _ours.forget()
    node = _ours.run([["name", "Node"], ["call", Reference(0), (3.0,), {}]], [1]).value[0]
    worker = RemoteWorker(_Said(stream), LIMITS, Clock(1e9))
    try:
        # A callback may use an object of the worker's, so that what that does comes as an exception.
        with warnings.catch_warnings(), contextlib.suppress(StudentFault):
            warnings.simplefilter("ignore")  # a callback's arithmetic on odd numbers
            for outcome in ask(worker, node):
                judge(outcome, worker, len(data))
    finally:
        worker.close()
    assert all(type(name) is str is type(of) for name, of in worker.names.items())
    assert len(worker.names) <= trusted._MOST_NAMES
    assert all(0 < cell.number < 10**6 and 0 <= cell.line < 10**9 for cell in worker.failed_cells)


def judge(outcome: Outcome, worker: RemoteWorker, size: int) -> None:
    """Whether an outcome is one: either plain data or a fault of the student's, all of it in bounds."""
    assert outcome.stage in ("compile", "run")
    assert len(outcome.mutated) <= trusted._MOST_LABELS
    assert all(type(label) is str and len(label) <= trusted._LONGEST_LABEL for label in outcome.mutated)
    assert len(outcome.warnings) <= trusted._MOST_WARNINGS
    assert all(type(part) is str and len(part) <= 4_096 for pair in outcome.warnings for part in pair)
    if outcome.error is not None:
        assert isinstance(outcome.error, StudentFault)
        assert outcome.value is None
        assert len(str(outcome.error)) <= 10_000
        return
    assert _bytes_of(outcome.value, worker) <= 64 * size
    try:
        again = wire.unpack(wire.pack(worker._encoder.encode(outcome.value)))
    except wire.NotPlain:  # a longer text, or one level deeper, than we send ourselves
        return
    worker._decode(again)


def _bytes_of(value: Any, worker: RemoteWorker) -> int:
    """What a value takes, roughly. Raises AssertionError where anything in it is no plain data."""
    total, waiting = 0, [(value, 0)]
    while waiting:
        one, depth = waiting.pop()
        kind = type(one)
        total += 8
        assert depth <= wire.MAX_DEPTH + 1
        if kind in (list, tuple):
            waiting += [(item, depth + 1) for item in one]
        elif kind is dict:
            waiting += [(item, depth + 1) for pair in one.items() for item in pair]
        elif kind is np.ndarray:
            assert one.dtype.kind in "biufc"
            assert one.ndim <= wire.MAX_DIMENSIONS
            assert max(one.shape, default=0) <= max(one.nbytes, wire.MAX_EMPTY)
            assert one.dtype.kind != "b" or set(one.tobytes()) <= {0, 1}
            total += one.nbytes
        elif kind is int:
            assert one.bit_length() < 14_000
        elif kind in (str, bytes):
            total += len(one)
        elif isinstance(one, np.generic):
            assert one.dtype.kind in "biufc"
        elif kind is Handle:
            assert one._owner in (worker, _ours)
            assert len(one._class_name) <= 60
        else:
            assert (
                kind in (bool, float, complex, type(None))
                or isinstance(one, np.dtype)
                or one in wire._TYPES.values()
                or one in worker._functions
            ), kind
    return total


def stream(*bodies: bytes) -> bytes:
    """Bodies as a worker frames them."""
    return b"".join(wire.HEADER.pack(wire.MAGIC, len(body)) + body for body in bodies)


def seeds() -> list[bytes]:
    values: list[Any] = [
        1, -1.5, "text", b"bytes", None, True, [1, [2.0, "x"]], (1, (2,)), {"a": 1, 2: [3], (4, 5): 6}, 2j, 10**30,
        np.arange(6.0).reshape(2, 3), np.asfortranarray(np.ones((2, 2), np.float32)), np.arange(8)[::2], np.array(1.0),
        np.zeros((3, 0)), {(number, "x"): 0 for number in range(9)}, np.array([True, False]),
        np.float32(0.5), np.dtype("f4"), np.float64,
    ]  # fmt: skip
    encode = wire.Encoder(lambda _value: {"u": "a generator"}).encode
    found = []
    for value in values:
        tree = encode(value)
        found.append(_said(1, ["done", 1, 0, ["ok", tree, ["argument 1"], [["UserWarning", "why"]]]]))
        found.append(
            _said(2, ["ask", ["call", 0, [tree], [["x", tree]]]], ["done", 1, 0, ["ok", tree, [], []]])
        )
        found.append(
            _said(
                2, ["ask", ["object", "add", 0, [tree]]], ["done", 1, 0, ["ok", {"o": [0, "Node"]}, [], []]]
            )
        )
    for told in (
        ["odd", "a generator"],
        ["missing", "f"],
        ["error", "ValueError", ["ValueError", "Exception"], "text", "work.py", 3],
        ["error", "Mine", ["MemoryError", "Exception"], "", "", 0],
        ["error", "NotImplementedError", ["NotImplementedError", "RuntimeError"], "", "work.py", 1],
    ):
        found.append(_said(1, ["done", 1, 0, [*told, [], []]], ["done", 1, 1, [*told, [], []]]))
    asked = ["ask", ["call", 2, [{"h": [1, "Node", False]}], []]]
    found.append(_said(2, asked, ["done", 2, 0, ["ok", [7], [], []]], ["done", 1, 0, ["ok", [1], [], []]]))
    found.append(_said(2, *[asked] * 5))
    loaded = {"t": [[["f", "function"], ["Node", "class"]], [[1, "ValueError", "text", "work.py", 3]]]}
    found.append(_said(0, ["done", 1, 0, ["ok", None, [], []]], ["done", 1, 1, ["ok", loaded, [], []]]))
    found.append(_said(3, ["done", 1, 0, ["ok", [{"h": [1, "Node", False]}, 3.0], [], []]]))
    for name, operands in (("get", ["value"]), ("set", ["value", 2.0]), ("neg", []), ("rmul", [2])):
        found.append(_said(3, ["ask", ["object", name, 0, operands]], ["done", 1, 0, ["ok", [0, 0], [], []]]))
    return found


def _said(kind: int, *messages: Any) -> bytes:
    return bytes([kind]) + stream(*map(trees.write, messages))


def mutate(data: bytes, seed: int) -> bytes:
    """Another conversation: one of its messages changed, left out or said twice, each frame as long as it says."""
    dice = random.Random(seed)
    bodies = list(_bodies(data[1:]))
    if not bodies:
        return dice.choice(seeds())
    place = dice.randrange(len(bodies))
    if dice.random() < 0.2:
        bodies[place] = trees.write(["done", 1, dice.choice((0, 0, 1)), ["ok", _fitting(dice), [], []]])
        if dice.random() < 0.5:
            bodies[place] = trees.mutated(bodies[place], dice, _WORDS)
    elif dice.random() < 0.08:
        bodies[place:place] = [bodies[place]] * dice.choice((1, 1, 1, 1, 1, 1, 8, 90))
    elif dice.random() < 0.05 and len(bodies) > 1:
        del bodies[place]
    else:
        bodies[place] = trees.mutated(bodies[place], dice, _WORDS)
    kind = data[0] if dice.random() < 0.95 else dice.randrange(len(REQUESTS))
    return bytes([kind]) + stream(*bodies)


def _fitting(dice: random.Random) -> Any:
    """Numbers whose bytes are as many as they should be, and may be any."""
    dtype = dice.choice(_DTYPES)
    size = 1 if dtype == "|O" else np.dtype(dtype).itemsize
    if dice.random() < 0.2:
        value: Any = {"s": [dtype, dice.randbytes(size)]}
    else:
        shape = [dice.randrange(4) for _ in range(dice.randrange(4))]
        value = {
            "a": [
                dtype,
                shape,
                dice.randbytes(size * math.prod(shape)),
                dice.choice(("C", "F", "S", "Cr", "Sr")),
            ]
        }
    return dice.choice((value, [value], {"t": [value, value]}, {"d": [["a", value], [value, 1]]}))


def _bodies(data: bytes) -> Any:
    while len(data) > wire.HEADER.size:
        length = wire.HEADER.unpack_from(data)[1]
        yield data[wire.HEADER.size : wire.HEADER.size + length]
        data = data[wire.HEADER.size + length :]
