"""The trusted end of one worker: send a request, bring the outcome in as plain values or as a `StudentFault`.

`RemoteWorker` talks to a process, `LocalWorker` runs the same executor in memory, for the reference. Both answer the
questions that come back while a request is under way: callbacks, and uses of objects that live on this side.
"""

from __future__ import annotations

import builtins
import math
import operator
import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from autograder.course.manifest import Limits
from autograder.errors import (
    CallTimedOut,
    NotPlainData,
    NotWritten,
    OutOfMemory,
    StudentError,
    StudentFault,
    SuiteError,
    WorkerEnded,
    without_frames,
)
from autograder.sandbox.channel import ChannelClosed, DeadlinePassed
from autograder.sandbox.inside import executor, wire
from autograder.sandbox.launch import Launcher, cpu_seconds
from autograder.sandbox.operators import forward_operators
from autograder.sandbox.overrun import Overrun, stopped_after
from autograder.sandbox.starved import cpu_time, is_starved
from autograder.sandbox.transcript import Answer, Answered, Question, current_tape, spoil

MAX_CALLBACKS = 100_000
_PATIENCE = 3
"""How many times its limit a call may take by the clock where the machine gives it too little time."""
FREE_CALLBACK_SECONDS = 8.0
"""Time in callbacks that a submission does not pay for. It chooses their arguments, so it must not be without end."""

MAX_RECEIVED = 256 * 2**20
"""Bytes that the large replies of a submission may take up here, all together."""

_WORTH_A_NAP, _LONGEST_NAP = 0.0003, 0.01
"""Seconds. While many answers are expected to come within so long, they are left to gather."""

_QUICK_SECONDS = 0.01
"""Time of a call that counts as processor time in full, so that it need not be measured at each call."""

MAX_QUESTION = 64 * 2**20
MAX_QUESTIONS = 2**30
"""Bytes that one callback's arguments may take up here, and those of all callbacks during one request together."""

_LARGE_REPLY = 64 * 2**10
_BYTES_PER_VALUE = 64
_LOAD_SECONDS_AT_LEAST = 5.0
_MOST_ANSWERS = 20_000
_MOST_ANSWER_BYTES = 32 * 2**20
"""How many answers of the reference are kept for the next submission, and how much they may take with their questions:
through a stand-in a submission asks it whatever it likes."""

_MOST_NAMES = 1_000
_MOST_CELLS = 20
_MOST_LABELS = 50
_MOST_WARNINGS = 20
_LONGEST_LABEL = 100
_LONGEST_RAISED = 200
_CALLED = re.compile(r"[\w.<>]+\(\)")
_LONGEST_NAME_READ = 600

_BY_ITS_ARGUMENTS = (
    ArithmeticError,
    AttributeError,
    LookupError,
    MemoryError,
    RecursionError,
    TypeError,
    ValueError,
)
"""What a function of ours raises where it was given something that it was not made for."""

Tree = Any

_DONE = b"\x94" + wire.pack("done")
"""How a reply begins: a list of four, the first of them this word."""

_TOO_LONG: Tree = ["raise", "TimeoutError", "the function was given something that takes it too long"]


@dataclass
class Clock:
    """What is left of a submission's time, over all its workers. Time spent in callbacks is charged only beyond
    `FREE_CALLBACK_SECONDS`. It counts the memory of large replies too: they are kept until a function is judged.

    disturbed  whether a worker was killed, and not by us, nor for its processor time: perhaps by the machine, of which the
               answers say nothing, perhaps by itself
    """

    seconds: float
    used: float = 0.0
    excused: float = 0.0
    received: int = 0
    disturbed: bool = False

    def excuse(self, seconds: float) -> float:
        """How much of this time in a callback is free."""
        free = min(seconds, max(FREE_CALLBACK_SECONDS - self.excused, 0.0))
        self.excused += free
        return free

    def receive(self, size: int) -> None:
        """Take note of a reply. Raises WorkerEnded where the large ones come to more than `MAX_RECEIVED`."""
        if size > _LARGE_REPLY:
            self.received += size
            if self.received > MAX_RECEIVED:
                raise WorkerEnded(f"its answers came to more than {MAX_RECEIVED // 2**20} MiB")

    @property
    def left(self) -> float:
        return max(self.seconds - self.used, 0.0)


class Outcome(NamedTuple):
    """What one call came to. Exactly one of value and error means something.

    error     what the student's code did instead of returning a plain value
    mutated   the arguments that the call changed, e.g. ("argument 1",)
    warnings  (category, text) of the warnings given, at most 20
    output    what was printed until the reply came
    seconds   from sending the request, or from the reply before, until the reply
    stage     "compile" where a load failed before any of the file ran, else "run"
    """

    value: Any = None
    error: StudentFault | None = None
    mutated: tuple[str, ...] = ()
    warnings: tuple[tuple[str, str], ...] = ()
    output: str = ""
    seconds: float = 0.0
    stage: str = "run"


@dataclass(frozen=True)
class StandIn:
    """A function or class of the trusted side that takes the place of the student's own."""

    name: str
    target: Callable[..., Any]
    is_class: bool = False


@dataclass(frozen=True)
class Program:
    """What a submission's files are, as read by the trusted side.

    files    file name → source text; `main` is the one whose functions are called, and may be the cells of a notebook
    modules  further standard modules that the course allows
    """

    files: Mapping[str, str | tuple[str, ...]]
    main: str
    modules: tuple[str, ...] = ()


class Handle:
    """An object that stays where it was made; operators, attributes and calls go there.

    Comparisons, truth, length and iteration raise `SuiteError`: they would run on the trusted side and mean nothing.
    """

    __slots__ = ("_callable", "_class_name", "_identifier", "_owner")

    def __init__(self, owner: Worker, identifier: int, class_name: str, is_callable: bool) -> None:
        object.__setattr__(self, "_owner", owner)
        object.__setattr__(self, "_identifier", identifier)
        object.__setattr__(self, "_class_name", class_name)
        object.__setattr__(self, "_callable", is_callable)

    def __repr__(self) -> str:
        return f"<an object of class {self._class_name}>"

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return self._owner.operate("get", self, name)

    def __setattr__(self, name: str, value: Any) -> None:
        self._owner.operate("set", self, name, value)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self._owner.operate("call", self, args, kwargs)

    def __getitem__(self, key: Any) -> Any:
        return self._owner.operate("getitem", self, key)

    def _refuse(self, *_: Any) -> Any:
        raise SuiteError(
            f"{self!r} stays in the worker: fetch a value of it, such as node.value, and check that"
        )

    __bool__ = __len__ = __iter__ = __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = __float__ = _refuse
    __contains__ = __array__ = _refuse
    __hash__ = object.__hash__


forward_operators(Handle, lambda self, name, *operands: self._owner.operate(name, *operands))


@dataclass(frozen=True)
class FailedCell:
    """A cell of a notebook that raised something, or was stopped since it took too long.

    number     among the cells of code, from 1
    type_name  of the exception
    file, line where it was raised in the student's own sources, or "" and 0
    """

    number: int
    type_name: str
    text: str = ""
    file: str = ""
    line: int = 0


@dataclass(frozen=True)
class Reference:
    """Within a program: the result of an earlier instruction."""

    index: int


class Worker:
    """Encodes requests, decodes outcomes, answers questions. Subclasses move the trees."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.names: dict[str, str] = {}
        self.failed_cells: tuple[FailedCell, ...] = ()
        self.alive = True
        self._functions: list[Callable[..., Any]] = []
        self._objects: list[Handle] = []
        self._object_indices: dict[int, int] = {}
        self._asked = 0
        self._asked_bytes = 0
        self._depth = 0
        self._in_callbacks = 0.0
        self._sequence = 0
        self._encoder = wire.Encoder(self._leaf)
        self._decoder = wire.Decoder(self._special)

    # -- requests -----------------------------------------------------------------------------------------

    def load(self, program: Program, stand_ins: Sequence[StandIn] = ()) -> Outcome:
        """Run the submission's file. On success `names` holds its public names and their kinds, and `failed_cells` what
        did not run of a notebook."""
        stands = [
            [s.name, "class" if s.is_class else "function", self._register(s.target)] for s in stand_ins
        ]
        files = [
            [name, list(source) if isinstance(source, tuple) else source]
            for name, source in program.files.items()
        ]
        seconds = max(2 * self.limits.call_seconds, _LOAD_SECONDS_AT_LEAST)
        message = ["load", files, program.main, stands, list(program.modules), seconds]
        compiled, outcome = self._request(message, 2, seconds)
        outcome = outcome._replace(output=compiled.output + outcome.output)
        if compiled.error is not None and not isinstance(compiled.error, (CallTimedOut, WorkerEnded)):
            # Said before any student code ran: whatever comes later is no word on whether the file compiles.
            return outcome._replace(error=compiled.error, stage="compile")
        if outcome.error is None:
            value = outcome.value
            names, failed = value if type(value) is tuple and len(value) == 2 else (value, [])
            self.names, self.failed_cells = _names(names), _failed_cells(failed)
        return outcome

    def map(self, name: str, cases: Sequence[tuple[Sequence[Any], Mapping[str, Any]]]) -> list[Outcome]:
        """Call the function `name` with each case, in one trip. After a death the rest share its error."""
        encode = self._encoder.encode
        try:
            trees = [
                [[encode(a) for a in args], [[k, encode(v)] for k, v in kwargs.items()]]
                for args, kwargs in cases
            ]
        except wire.NotPlain as error:
            raise SuiteError(f"an argument of {name} cannot be sent: {error}") from None
        return self._request(["map", name, trees], len(trees), self.limits.call_seconds)

    def run(self, instructions: Sequence[Sequence[Any]], wanted: Sequence[int]) -> Outcome:
        """Carry out a program: instructions on objects, in order, in one trip; the value is a list of what is wanted."""
        return self.run_trees([self._instruction(instruction) for instruction in instructions], wanted)

    def run_trees(self, instructions: list[Tree], wanted: Sequence[int]) -> Outcome:
        """The same for instructions that are encoded already."""
        (outcome,) = self._request(["run", instructions, list(wanted)], 1, self.limits.call_seconds)
        return outcome

    def operate(self, operation: str, *operands: Any) -> Any:
        """One operation on handles, at once."""
        outcome = self.run([[operation, *operands]], [0])
        if outcome.error is not None:
            raise outcome.error
        return outcome.value[0]

    def _instruction(self, instruction: Sequence[Any]) -> Tree:
        operation, *operands = instruction
        try:
            encode = self._encoder.encode
            if operation == "name":
                return [operation, *operands]
            if operation in ("get", "set"):
                return [
                    operation,
                    encode(operands[0]),
                    operands[1],
                    *[encode(value) for value in operands[2:]],
                ]
            if operation == "call":
                function, args, kwargs = operands
                named = [[key, encode(value)] for key, value in kwargs.items()]
                return [operation, encode(function), [encode(value) for value in args], named]
            return [operation, *[encode(value) for value in operands]]
        except wire.NotPlain as error:
            raise SuiteError(f"an operand of {operation!r} cannot be sent: {error}") from None

    # -- moving trees -------------------------------------------------------------------------------------

    def _request(self, message: list[Tree], replies: int, seconds: float) -> list[Outcome]:
        raise NotImplementedError

    def ask(self, question: Question, expected: float = 0.0) -> Answered:
        """Put a question as it stands, and take the answers as they come: nothing is looked into.

        expected  how many seconds it takes, as far as anybody knows
        """
        raise NotImplementedError

    @property
    def given_out(self) -> int:
        """How many functions and objects of this side the worker has been given."""
        return len(self._functions) + len(self._objects)

    def close(self) -> None:
        """End the worker."""

    def forget(self) -> None:
        """Let go of the callbacks and objects that were given out, so that a long-lived worker does not grow."""
        self._functions.clear()
        self._objects.clear()
        self._object_indices.clear()

    # -- values -------------------------------------------------------------------------------------------

    def _register(self, function: Callable[..., Any]) -> int:
        self._functions.append(function)
        return len(self._functions) - 1

    def _leaf(self, value: Any) -> Tree:
        if isinstance(value, Reference):
            return {"r": value.index}
        if isinstance(value, Handle):
            if value._owner is self:
                return {"h": [value._identifier, value._class_name, value._callable]}
            if value._callable:
                return {"f": self._register(value)}
            # What it is says no answer.
            spoil()
            # By identity, which stays theirs: the list keeps them alive.
            index = self._object_indices.setdefault(id(value), len(self._objects))
            if index == len(self._objects):
                self._objects.append(value)
            return {"o": [index, value._class_name]}
        if callable(value):
            return {"f": self._register(value)}
        raise wire.NotPlain(f"an object of {type(value).__name__}")

    def _special(self, tag: str, payload: Any) -> Any:
        if tag == "h" and type(payload) is list and [type(part) for part in payload] == [int, str, bool]:
            return Handle(self, payload[0], clean_name(payload[1]), payload[2])
        if tag == "o" and type(payload) is list and payload and type(payload[0]) is int:
            spoil()
            return self._objects[self._index(payload[0], self._objects)]
        if tag == "f":
            spoil()
            return self._functions[self._index(payload, self._functions)]
        raise wire.ProtocolError("an unknown tag")

    @staticmethod
    def _index(index: Any, table: Sequence[Any]) -> int:
        if type(index) is not int or not 0 <= index < len(table):
            raise wire.ProtocolError("something that was never given out")
        return index

    def _decode(self, tree: Tree) -> Any:
        return self._decoder.decode(tree)

    def _outcome(self, tree: Tree, output: str, seconds: float) -> Outcome:
        """A reply's outcome, every part of it checked: it may have been written by anyone."""
        if type(tree) is not list or len(tree) < 3:
            raise wire.ProtocolError("a reply that is not one")
        mutated = _labels(tree[-2])
        warnings = _pairs(tree[-1])
        if tree[0] == "ok" and len(tree) == 4:
            return Outcome(self._decode(tree[1]), None, mutated, warnings, output, seconds)
        return Outcome(None, self._error(tree[0], tree[1:-2]), mutated, warnings, output, seconds)

    def _error(self, what: Any, rest: list[Any]) -> StudentFault:
        """What a reply tells instead of a value."""
        if what == "odd" and len(rest) == 1:
            return NotPlainData(_text(rest[0]))
        if what == "missing" and len(rest) == 1:
            return NotWritten("missing", (), _text(rest[0]))
        if what == "error" and len(rest) == 5:
            type_name, text, file = _texts([rest[0], rest[2], rest[3]])
            bases = tuple(base for base in _texts(rest[1]) if isinstance(getattr(builtins, base, None), type))
            line = rest[4] if type(rest[4]) is int and 0 <= rest[4] < 10**9 else 0
            return self._fault(type_name, bases, text, file, line)
        raise wire.ProtocolError("a reply that is not one")

    def _fault(self, type_name: str, bases: tuple[str, ...], text: str, file: str, line: int) -> StudentFault:
        if "MemoryError" in bases:
            return OutOfMemory(self.limits.memory_mib)
        kind = NotWritten if "NotImplementedError" in bases else StudentError
        return kind(type_name, bases, text, file, line)

    # -- questions from the other side ----------------------------------------------------------------------

    def answer(self, question: Tree) -> Tree:
        """What to send back for a callback: ["answer", tree], or ["raise", type, text] where it raised.

        What the function raises goes to the student's code, which chose its arguments, as it would in one process. Where
        the fault is the suite's, the reference meets it too.
        """
        self._asked += 1
        if self._asked > MAX_CALLBACKS:
            raise WorkerEnded(f"it called back more than {MAX_CALLBACKS:,} times")
        began = time.monotonic()
        self._depth += 1
        try:
            result = (
                self._answer_call(question)
                if _list(question)[:1] == ["call"]
                else self._answer_object(question)
            )
            return ["answer", self._encoder.encode(result)]
        except StudentError as error:
            known = next((base for base in error.bases if base != "BaseException"), "Exception")
            return ["raise", known, error.text]
        except wire.NotPlain as error:
            return ["raise", "TypeError", f"the function returned {error}"]
        except SuiteError as error:
            return ["raise", "TypeError", str(error)[:_LONGEST_RAISED]]
        except _BY_ITS_ARGUMENTS as error:
            known = next(kind.__name__ for kind in type(error).__mro__ if kind.__module__ == "builtins")
            # Python names the function that was called wrongly; where it is the suite's, its name tells what is checked.
            return ["raise", known, _CALLED.sub("function()", str(error))[:_LONGEST_RAISED]]
        finally:
            self._depth -= 1
            if self._depth == 0:  # an inner callback's time is part of the outer one's
                self._in_callbacks += self._excused(time.monotonic() - began)

    def _excused(self, seconds: float) -> float:
        """How much of the time in a callback is not charged."""
        return seconds

    def _answer_call(self, question: Tree) -> Any:
        if len(question) != 4:
            raise wire.ProtocolError("a question that is not one")
        _call, index, args, kwargs = question
        function = self._functions[self._index(index, self._functions)]
        positional = [self._decode(tree) for tree in _list(args)]
        named = {_text(name): self._decode(tree) for name, tree in map(_list, _list(kwargs))}
        return function(*positional, **named)

    def _answer_object(self, question: Tree) -> Any:
        if type(question) is not list or len(question) != 4 or question[0] != "object":
            raise wire.ProtocolError("a question that is not one")
        _object, operation, index, trees = question
        target = self._objects[self._index(index, self._objects)]
        operands = [self._decode(tree) for tree in _list(trees)]
        if operation in ("get", "set"):
            name = _text(operands[0] if operands else None)
            # Only what a class offers by name: nothing private leads from a value to the reference's source.
            if name.startswith("_"):
                raise StudentError("AttributeError", ("AttributeError", "Exception"), name)
            if operation == "get":
                return getattr(target, name)
            setattr(target, name, operands[1] if len(operands) > 1 else None)
            return None
        reflected = type(operation) is str and operation[:1] == "r" and operation[1:] in executor.BINARY
        name = operation[1:] if reflected else operation
        if name not in (*executor.BINARY, *executor.UNARY):
            raise wire.ProtocolError("an unknown operation")
        function = getattr(operator, name)
        return function(*operands, target) if reflected else function(target, *operands)


class RemoteWorker(Worker):
    """A worker process. Every read and write has a deadline; whatever goes wrong, the process is killed."""

    def __init__(self, launcher: Launcher, limits: Limits, clock: Clock) -> None:
        super().__init__(limits)
        self._clock = clock
        self._answer_by = math.inf
        began = time.monotonic()
        self._process = launcher.start(limits)
        # A millisecond, unless the submission did away with the zygote.
        self._clock.used += time.monotonic() - began
        self._channel = self._process.channel

    def answer(self, question: Tree) -> Tree:
        if self._depth:
            # The alarm rings once, and whoever was at work then may have taken it for an error of its own.
            return _TOO_LONG if time.monotonic() > self._answer_by else super().answer(question)
        seconds = FREE_CALLBACK_SECONDS + self.limits.call_seconds
        self._answer_by = time.monotonic() + seconds
        try:
            with stopped_after(seconds):
                return super().answer(question)
        except Overrun:
            return _TOO_LONG

    def _excused(self, seconds: float) -> float:
        return self._clock.excuse(seconds)

    def _request(self, message: list[Tree], replies: int, seconds: float) -> list[Outcome]:
        question = _question(message, replies, seconds)
        outcomes: list[Outcome] = []

        def hear(answer: Answer, tree: Tree) -> None:
            outcome = self._outcome(
                wire.unpack(answer.body) if tree is None else tree, answer.output, answer.seconds
            )
            if outcome.error is not None:
                _check_missing(outcome.error, message)
            outcomes.append(outcome)

        if (tape := current_tape()) is None:
            lost = self._ask(question, hear)
        elif self._depth:
            # Asked within a callback: the answers to the outer question would not tell of it.
            tape.spoiled = True
            lost = self._ask(question, hear)
        elif (known := tape.next(question)) is None:
            answers: list[Answer] = []

            def hear_and_note(answer: Answer, tree: Tree) -> None:
                hear(answer, tree)
                answers.append(answer)

            lost = self._ask(question, hear_and_note)
            tape.add(Answered(question, answers, lost))
        else:
            lost = self._hear_again(known, hear)
            tape.add(known if lost is None else replace(known, lost=lost))
        if lost is not None:
            outcome = Outcome(error=lost, output=self._printed())
            outcomes += [outcome] * (replies - len(outcomes))
        return outcomes

    def ask(self, question: Question, expected: float = 0.0) -> Answered:
        answers: list[Answer] = []
        lost = self._ask(question, lambda answer, tree: answers.append(answer), expected)
        return Answered(question, answers, lost)

    def _ask(
        self, question: Question, hear: Callable[[Answer, Tree], None], expected: float = 0.0
    ) -> StudentFault | None:
        """Put a question, and have each answer heard as it comes; what ended the worker meanwhile."""
        try:
            self._exchange(question, hear, expected)
        except (CallTimedOut, WorkerEnded, OutOfMemory) as death:
            return without_frames(death)
        return None

    def _hear_again(self, known: Answered, hear: Callable[[Answer, Tree], None]) -> StudentFault | None:
        """Have answers heard that have come before; what ended the worker, then or now."""
        began = time.monotonic()
        try:
            for answer in known.answers:
                hear(answer, None)
        except wire.ProtocolError as error:
            return without_frames(self._ended(f"it sent {error}"))
        finally:
            self._clock.used += time.monotonic() - began
        return known.lost

    def _exchange(
        self, question: Question, hear: Callable[[Answer, Tree], None], expected: float = 0.0
    ) -> None:
        """Send a request and have its answers heard as they come. Raises what ended the worker."""
        if not self.alive:
            raise WorkerEnded("it had ended before")
        self._sequence += 1
        sequence = wire.pack(self._sequence)
        if self._depth == 0:
            self._asked = self._asked_bytes = 0
        seconds = question.seconds
        began = time.monotonic()
        try:
            beginning = bytes((0x90 | (question.items + 2),)) + wire.pack(question.kind) + sequence
            self._send(beginning + question.rest, seconds)
        finally:
            now = time.monotonic()
            self._clock.used += now - began
        if question.replies > 1 and expected > _WORTH_A_NAP:
            # Waking up for each of many answers takes longer than reading them all.
            time.sleep(min(expected / 2, _LONGEST_NAP))
        number = self._sequence
        for place in range(question.replies):
            began, excused = now, self._in_callbacks
            try:
                due = _DONE + sequence + wire.pack(place)
                body, reply = self._receive(began, excused, seconds, due)
                took = time.monotonic() - began - (self._in_callbacks - excused)
                tree = None
                if reply is not None:
                    if type(reply) is not list or len(reply) != 4 or reply[:3] != ["done", number, place]:
                        raise wire.ProtocolError("a reply that was not asked for")
                    tree = reply[3]
                # Whoever writes a reply may write its beginning in other ways that mean the same.
                packed = body[len(due) :] if body.startswith(due) else wire.pack(tree)
                hear(Answer(packed, self._printed(), took), tree)
            except wire.ProtocolError as error:
                raise self._ended(f"it sent {error}") from None
            finally:
                # However it ended; and bringing in what it sent counts too, it may be a million values.
                now = time.monotonic()
                self._clock.used += now - began - (self._in_callbacks - excused)

    def _send(self, body: bytes, seconds: float, at_latest: float = math.inf) -> None:
        seconds, stated = self._allowed(seconds)
        try:
            data = wire.framed(body)
        except wire.NotPlain as error:
            raise SuiteError(f"a request is too large to send: {error}") from None
        try:
            self._channel.send(data, min(time.monotonic() + seconds, at_latest))
        except DeadlinePassed:
            raise self._timed_out(stated) from None
        except ChannelClosed as error:
            raise self._ended(str(error)) from None

    def _allowed(self, seconds: float) -> tuple[float, float]:
        """How long to wait, and which limit that is: what is left of it differs from run to run, a report must not."""
        left = self._clock.seconds - self._clock.used
        if left < 0:
            left = 0.0
        return (seconds, seconds) if seconds <= left else (left, self.limits.submission_seconds)

    def _receive(
        self, began: float, excused: float, seconds: float, beginning: bytes
    ) -> tuple[bytes, Tree | None]:
        """The next reply as bytes, and what they say unless it is a small one with this beginning; questions before it
        are answered, and their time is not counted."""
        allowed, stated = self._allowed(seconds)
        due, longest, cpu_before, asked = allowed, _PATIENCE * allowed, 0.0, False
        soon = began + _QUICK_SECONDS  # most calls never ask how much processor time they had
        while True:
            try:
                deadline = began + allowed + (self._in_callbacks - excused)
                # Many questions may lie in the buffer, and those are taken from there without a look at the clock.
                if asked and time.monotonic() > min(soon, deadline):
                    raise DeadlinePassed
                body = self._channel.receive(min(soon, deadline))
                if len(body) <= wire.SMALL_BODY and body.startswith(beginning):
                    return body, None
                tree, values = wire.unpack_counted(body)
                if type(tree) is list and len(tree) == 2 and tree[0] == "ask":
                    self._weigh_question(len(body) + _BYTES_PER_VALUE * values)
                    asked = True
                    answer = self.answer(tree[1])
                else:
                    self._clock.receive(len(body) + _BYTES_PER_VALUE * values)
                    return body, tree
            except DeadlinePassed:
                if soon < deadline:
                    cpu_before = cpu_time(self._process.pid) - _QUICK_SECONDS
                    soon = math.inf
                    continue
                if allowed < longest and is_starved(self._process.pid, cpu_before, due):
                    allowed = min(allowed + due / 4, longest)
                    continue
                raise self._timed_out(stated) from None
            except ChannelClosed as error:
                raise self._ended(str(error)) from None
            except wire.ProtocolError as error:
                raise self._ended(f"it sent {error}") from None
            except BaseException:
                self.close()
                raise
            self._send(_packed(answer), seconds, began + longest + (self._in_callbacks - excused))

    def _weigh_question(self, size: int) -> None:
        """Take note of what a callback is given. Raises ProtocolError where it is more than callbacks may be given."""
        self._asked_bytes += size
        if size > MAX_QUESTION or self._asked_bytes > MAX_QUESTIONS:
            limit = MAX_QUESTION if size > MAX_QUESTION else MAX_QUESTIONS
            raise wire.ProtocolError(f"more than {limit // 2**20} MiB to a callback")

    def _timed_out(self, stated: float) -> CallTimedOut:
        self.close()
        return CallTimedOut(stated)

    def _ended(self, how: str) -> StudentFault:
        """The process died or misbehaved: end it, and say how it ended where that tells more."""
        if not self.alive:
            return WorkerEnded(how)
        self.alive = False
        ending = self._process.end(how == "it ended" or how == "it closed its pipe")
        self._channel.close()
        if ending.status is not None and how in ("it ended", "it closed its pipe"):
            how = ending.describe()
        if "SIGXCPU" in how or ("SIGKILL" in how and ending.cpu_seconds > cpu_seconds(self.limits) - 1):
            # The kernel's own limit, which it keeps by killing.
            return CallTimedOut(self.limits.submission_seconds)
        if ending.gone or "SIGKILL" in how:
            self._clock.disturbed = True
        return WorkerEnded(how)

    def _printed(self) -> str:
        printed = self._channel.take_output()
        return printed.decode("utf-8", "replace") if printed else ""

    def close(self) -> None:
        # First the channel: ending the process may free the numbers of its descriptors for others.
        self._channel.close()
        if self.alive:
            self.alive = False
            self._process.end(False)


class LocalWorker(Worker):
    """The same executor, in this process. For the reference only, never for a student's code."""

    def __init__(self, limits: Limits) -> None:
        super().__init__(limits)
        self._executor = executor.Executor(self._ask)
        self._answers: dict[bytes, Tree] = {}
        self._answer_bytes = 0

    def forget(self) -> None:
        super().forget()
        self._executor.forget()
        if len(self._answers) >= _MOST_ANSWERS or self._answer_bytes >= _MOST_ANSWER_BYTES // 2:
            # One submission may have filled it; the next shall find room.
            self._answers.clear()
            self._answer_bytes = 0

    def _ask(self, question: Tree) -> Tree:
        kind, *rest = self.answer(question)
        if kind == "raise":
            raise getattr(builtins, rest[0], Exception)(rest[1])
        return rest[0]

    def _request(self, message: list[Tree], replies: int, seconds: float) -> list[Outcome]:
        self._sequence += 1
        if self._depth == 0:
            self._asked = 0
        kind, *rest = message
        # A class meets the same eight sets of inputs over and over, and the reference answers them the same. What went
        # through a callback or holds an object is asked anew: it means something else each time.
        if kind == "map" and not self._functions and not self._objects:
            return [self._remembered(rest[0], case) for case in rest[1]]
        began = time.monotonic()
        outcomes = []
        for reply in self._executor.handle([kind, self._sequence, *rest]):
            now = time.monotonic()
            outcomes.append(self._outcome(reply[3], "", now - began))
            began = now
        return outcomes

    def _remembered(self, name: str, case: Tree) -> Outcome:
        question = wire.pack([name, case])
        answer = self._answers.get(question)
        if answer is None:
            ((_done, _sequence, _number, answer),) = self._executor.handle(["map", 0, name, [case]])
            # An error may come of how much stack or memory there was left just now.
            if answer[0] == "ok" and not _holds_handle(answer) and not _holds_handle(case):
                size = len(question) + len(wire.pack(answer))
                if len(self._answers) < _MOST_ANSWERS and self._answer_bytes + size <= _MOST_ANSWER_BYTES:
                    self._answers[question] = answer
                    self._answer_bytes += size
        return self._outcome(answer, "", 0.0)


def _holds_handle(tree: Tree) -> bool:
    if type(tree) is list:
        return any(map(_holds_handle, tree))
    if type(tree) is dict:
        return "h" in tree or "o" in tree or any(map(_holds_handle, tree.values()))
    return False


def _packed(tree: Tree) -> bytes:
    try:
        return wire.pack(tree)
    except ValueError:  # msgpack's own limit
        raise SuiteError("a request is too large to send") from None


def _question(message: list[Tree], replies: int, seconds: float) -> Question:
    """A request, but for its number."""
    kind, *rest = message
    return Question(kind, b"".join(map(_packed, rest)), len(rest), replies, seconds)


def _check_missing(error: StudentFault, message: list[Tree]) -> None:
    """A name that is said to be missing must be one that was asked for: the text is shown without a replay."""
    if not isinstance(error, NotWritten) or error.type_name != "missing":
        return
    kind, *rest = message
    asked = [rest[0]] if kind == "map" else []
    if kind == "run":
        asked = [instruction[1] for instruction in rest[0] if instruction[0] == "name"]
    if error.text not in asked:
        raise wire.ProtocolError("a name that was not asked for")


def clean_name(text: str) -> str:
    """A name that student code chose, as far as it can be one."""
    # Cut first: the text may be as long as a reply, and each of its characters would become an object.
    return "".join(c for c in text[:_LONGEST_NAME_READ] if c.isprintable())[:60]


def _names(value: Any) -> dict[str, str]:
    """What a load says that the file defines. It may say anything, so anything is checked."""
    if type(value) is not list or not all(
        type(pair) is list and [type(part) for part in pair] == [str, str] for pair in value
    ):
        return {}
    return {name[:200]: kind for name, kind in value[:_MOST_NAMES]}


def _failed_cells(value: Any) -> tuple[FailedCell, ...]:
    """What a load says about a notebook's cells. It may say anything, too."""
    found = []
    for one in value[:_MOST_CELLS] if type(value) is list else []:
        if type(one) is list and [type(part) for part in one] == [int, str, str, str, int]:
            number, type_name, text, file, line = one
            if 0 < number < 10**6 and 0 <= line < 10**9:
                found.append(FailedCell(number, type_name[:100], text[:4096], file[:300], line))
    return tuple(found)


def _labels(value: Any) -> tuple[str, ...]:
    if value == []:
        return ()
    return tuple([label[:_LONGEST_LABEL] for label in _texts(_list(value)[:_MOST_LABELS])])


def _pairs(value: Any) -> tuple[tuple[str, str], ...]:
    if value == []:
        return ()
    return tuple([_pair(pair) for pair in _list(value)[:_MOST_WARNINGS]])


def _pair(value: Any) -> tuple[str, str]:
    first, second = _texts(value) if len(_list(value)) == 2 else ("", "")
    return first, second


def _list(value: Any) -> list[Any]:
    if type(value) is not list:
        raise wire.ProtocolError("something else where a list was due")
    return value


def _text(value: Any) -> str:
    if type(value) is not str:
        raise wire.ProtocolError("something else where a text was due")
    return value[:4096]


def _texts(values: Any) -> list[str]:
    return [_text(value) for value in _list(values)]
