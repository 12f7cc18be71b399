"""What a hidden suite sees of a submission: functions that look local and run elsewhere.

`Student` is the fixture `student`, and also `reference`: the same interface over another worker.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from autograder.errors import StudentFault, SuiteError
from autograder.sandbox.arguments import Arguments, as_arguments, show_call, show_value
from autograder.sandbox.operators import forward_operators
from autograder.sandbox.transcript import spoil
from autograder.sandbox.worker import Outcome, Program, Reference, StandIn, Worker

_SHOWN_INSTRUCTIONS = 12


@dataclass(frozen=True, eq=False)
class Call:
    """The record of one call of a student's function, or of one program on objects (`batch`).

    name, args, kwargs  what was called and with what; for a program the name is ""
    value               what came back: base ndarrays and plain Python values
    error               what the student's code did instead, else None
    mutated             the arguments that the call changed, e.g. ("argument 1",)
    warnings            (category, text) of each warning
    output              what was printed
    seconds             how long it took
    instructions        the program's instructions, and `wanted`, the results that came back
    """

    name: str
    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    outcome: Outcome
    instructions: tuple[tuple[Any, ...], ...] = ()
    wanted: tuple[int, ...] = ()

    @property
    def value(self) -> Any:
        return self.outcome.value

    @property
    def error(self) -> StudentFault | None:
        return self.outcome.error

    @property
    def mutated(self) -> tuple[str, ...]:
        return self.outcome.mutated

    @property
    def warnings(self) -> tuple[tuple[str, str], ...]:
        return self.outcome.warnings

    @property
    def output(self) -> str:
        return self.outcome.output

    @property
    def seconds(self) -> float:
        spoil()
        return self.outcome.seconds

    def result(self) -> Any:
        """The value; raises the error where there is one. The error then says by which call: in the middle of many it
        would not be known any more."""
        if self.error is not None:
            vars(self.error).setdefault("call", self)
            raise self.error
        return self.value

    def show(self) -> str:
        """The call as the student would type it."""
        if self.instructions:
            return _show_program(self.instructions, self.wanted)
        return show_call(self.name, Arguments(self.args, self.kwargs))


class Student:
    """A loaded submission, as tests see it.

    worker  gives the worker to use, a fresh one where the last died
    record  called with every call made; the runner keeps them to know what was asked, and when it failed
    """

    def __init__(
        self, worker: Callable[[], Worker], record: Callable[[Call], None] = lambda call: None
    ) -> None:
        self._worker = worker
        self._record = record

    def __getattr__(self, name: str) -> Function:
        if name.startswith("_"):
            raise AttributeError(name)
        function = self.__dict__[name] = Function(self, name)
        return function

    def __repr__(self) -> str:
        return "<a submission>"

    def calls(self, name: str, cases: Sequence[Any]) -> list[Call]:
        """Call `name` with each case (a tuple of arguments or `call_with(...)`), in one trip; never raises for them."""
        arguments = [as_arguments(case) for case in cases]
        outcomes = self._worker().map(name, [(a.args, a.kwargs) for a in arguments])
        calls = [
            Call(name, tuple(a.args), dict(a.kwargs), outcome)
            for a, outcome in zip(arguments, outcomes, strict=True)
        ]
        for call in calls:
            self._record(call)
        return calls

    def call(self, name: str, /, *args: Any, **kwargs: Any) -> Call:
        """The record of one call; never raises for what the student's code did."""
        (outcome,) = self._worker().map(name, [(args, kwargs)])
        call = Call(name, args, kwargs, outcome)
        self._record(call)
        return call

    def map(self, name: str, cases: Sequence[Any]) -> list[Any]:
        """The values of many calls made in one trip; raises the first error."""
        return [call.result() for call in self.calls(name, cases)]

    def batch(self) -> Batch:
        """Records operations on objects, to be carried out in one trip."""
        return Batch(self)

    def has(self, name: str) -> bool:
        """Whether the file defines `name`."""
        spoil()
        return name in self._worker().names

    def run_program(self, instructions: Sequence[tuple[Any, ...]], wanted: Sequence[int]) -> Call:
        """The record of one program; its value is the list of what is wanted."""
        outcome = self._worker().run(instructions, wanted)
        call = Call("", (), {}, outcome, tuple(instructions), tuple(wanted))
        self._record(call)
        return call

    def repeat(self, call: Call) -> Call:
        """The same call once more, on this submission."""
        if call.instructions:
            return self.run_program(call.instructions, call.wanted)
        return self.call(call.name, *call.args, **call.kwargs)


def stand_in(reference: Student, name: str) -> StandIn:
    """The reference's function or class `name`, to take the place of a student's own."""
    kind = reference._worker().names.get(name)
    if kind is None:
        raise SuiteError(f"the reference has no {name} to stand in")
    return StandIn(name, getattr(reference, name), kind == "class")


def local(worker: Worker, program: Program) -> Student:
    """The reference (or another trusted source) behind the same interface as a submission."""
    outcome = worker.load(program)
    if outcome.error is not None:
        raise SuiteError(f"{program.main} does not load: {outcome.error}")
    return Student(lambda: worker)


class Function:
    """One function of a submission; calling it returns the value or raises a `StudentFault`."""

    def __init__(self, student: Student, name: str) -> None:
        self._student = student
        self.__name__ = name

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        call = self._student.call(self.__name__, *args, **kwargs)
        if call.error is not None:
            call.error.call = call  # type: ignore[attr-defined]
        return call.result()

    def __repr__(self) -> str:
        return f"<function {self.__name__} of a submission>"


# -- programs -----------------------------------------------------------------------------------------------------


class Batch:
    """Operations on a submission's objects, recorded here and carried out by `run` in one trip, in order."""

    def __init__(self, student: Student) -> None:
        self._student = student
        self._instructions: list[tuple[Any, ...]] = []
        self._names: dict[str, Deferred] = {}
        self.call: Call | None = None

    def __getattr__(self, name: str) -> Deferred:
        if name.startswith("_"):
            raise AttributeError(name)
        if name not in self._names:
            self._names[name] = self._add("name", name)
        return self._names[name]

    def _add(self, operation: str, *operands: Any) -> Deferred:
        self._instructions.append((operation, *[_referred(operand) for operand in operands]))
        return Deferred(self, len(self._instructions) - 1)

    def run(self, *wanted: Deferred) -> Any:
        """Carry everything out. The value of the one that is wanted, or a list of the values of several.

        Afterwards `batch.call` is the record, to be given to a check as `call=`.
        """
        indices = [index_of(deferred) for deferred in wanted]
        self.call = self._student.run_program(self._instructions, indices)
        if self.call.error is not None:
            self.call.error.call = self.call  # type: ignore[attr-defined]
        values = self.call.result()
        return values[0] if len(values) == 1 else values


class Deferred:
    """The result that an instruction of a batch will have."""

    __slots__ = ("_batch", "_index")

    def __init__(self, batch: Batch, index: int) -> None:
        object.__setattr__(self, "_batch", batch)
        object.__setattr__(self, "_index", index)

    def __getattr__(self, name: str) -> Deferred:
        if name.startswith("__"):
            raise AttributeError(name)
        return self._batch._add("get", self, name)

    def __setattr__(self, name: str, value: Any) -> None:
        self._batch._add("set", self, name, value)

    def __call__(self, *args: Any, **kwargs: Any) -> Deferred:
        return self._batch._add("call", self, args, kwargs)

    def __getitem__(self, key: Any) -> Deferred:
        return self._batch._add("getitem", self, key)

    def _refuse(self, *_: Any) -> Any:
        raise SuiteError("a recorded operation has no value before batch.run(...)")

    __bool__ = __len__ = __iter__ = __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = __float__ = _refuse
    __hash__ = object.__hash__


def index_of(deferred: Deferred) -> int:
    """Which instruction's result it will be. Its own attributes are recorded operations, so not `deferred._index`."""
    index: int = object.__getattribute__(deferred, "_index")
    return index


forward_operators(Deferred, lambda self, name, *operands: self._batch._add(name, *operands))


def _referred(value: Any) -> Any:
    """The same operand with every deferred result in it replaced by a reference to its instruction."""
    if isinstance(value, Deferred):
        return Reference(index_of(value))
    if isinstance(value, (list, tuple)):
        return type(value)(_referred(item) for item in value)
    if isinstance(value, dict):
        return {key: _referred(item) for key, item in value.items()}
    return value


_SIGNS = {
    "add": "+",
    "sub": "-",
    "mul": "*",
    "truediv": "/",
    "floordiv": "//",
    "mod": "%",
    "pow": "**",
    "matmul": "@",
}


def _show_program(instructions: Sequence[tuple[Any, ...]], wanted: Sequence[int]) -> str:
    """The program as lines of Python, long ones cut in the middle."""
    names: dict[int, str] = {}
    lines: list[str] = []
    letters = iter("abcdefghijklmnopqrstuvwxyz")

    def shown(operand: Any) -> str:
        if isinstance(operand, Reference):
            return names.get(operand.index, f"v{operand.index}")
        if isinstance(operand, (list, tuple)):
            inner = ", ".join(shown(item) for item in operand)
            return f"[{inner}]" if isinstance(operand, list) else f"({inner})"
        return show_value(operand)

    for index, (operation, *operands) in enumerate(instructions):
        if operation == "name":
            names[index] = operands[0]
            continue
        if operation == "get":
            names[index] = f"{shown(operands[0])}.{operands[1]}"
            continue
        if operation == "set":
            lines.append(f"{shown(operands[0])}.{operands[1]} = {shown(operands[2])}")
            continue
        if operation == "call":
            function, args, kwargs = operands
            inner = [shown(arg) for arg in args] + [f"{key}={shown(value)}" for key, value in kwargs.items()]
            text = f"{shown(function)}({', '.join(inner)})"
            used = (
                any(Reference(index) in _flat(rest) for _op, *rest in instructions[index + 1 :])
                or index in wanted
            )
            if not used:
                lines.append(text)
                continue
        elif operation in _SIGNS:
            text = f"{shown(operands[0])} {_SIGNS[operation]} {shown(operands[1])}"
        else:
            text = f"{'-' if operation == 'neg' else operation + ' '}{', '.join(map(shown, operands))}"
        names[index] = next(letters, f"v{index}")
        lines.append(f"{names[index]} = {text}")
    if wanted:
        lines.append(", ".join(names.get(index, f"v{index}") for index in wanted))
    if len(lines) > _SHOWN_INSTRUCTIONS:
        half = _SHOWN_INSTRUCTIONS // 2
        lines = [*lines[:half], f"… {len(lines) - 2 * half} more steps …", *lines[-half:]]
    return "\n".join(lines)


def _flat(operands: Sequence[Any]) -> list[Any]:
    flat: list[Any] = []
    for operand in operands:
        if isinstance(operand, (list, tuple)):
            flat += _flat(operand)
        elif isinstance(operand, dict):
            flat += _flat(list(operand.values()))
        else:
            flat.append(operand)
    return [item for item in flat if isinstance(item, Reference)]
