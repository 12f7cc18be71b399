"""How does a test cell of a notebook run as one check? What `autograde import-nbgrader` writes calls this.

The cell's code stays what its author wrote: plain asserts, `try … except ValueError`, `np.testing`. Here the names of
the notebook become calls of the submission, an exception of the student's code becomes one that `except ValueError`
catches, and what the cell found wrong becomes a failure that shows the call.
"""

from __future__ import annotations

import builtins
import functools
import types
from collections.abc import Callable, Iterator
from contextlib import suppress
from contextvars import ContextVar
from typing import Any

from autograder.checks.failure import CheckFailure
from autograder.cleaning import clean
from autograder.errors import NotPlainData, NotWritten, StudentError, StudentFault, SuiteError
from autograder.model import Message, message
from autograder.sandbox.arguments import show_value
from autograder.sandbox.operators import forward_operators
from autograder.sandbox.student import Call, Student
from autograder.sandbox.worker import Handle, Reference

_LONGEST_TEXT = 600
_WRONG = message("The answer is not right.")

Said = str | Callable[[Any], object] | None
"""What the author says of a failure: a text, or what makes one of the value."""


def from_notebook(
    *classes: str,
) -> Callable[[Callable[[Any], object]], Callable[[Student], None]]:
    """Makes a check of a function that holds the code of a test cell: ``@from_notebook("Account")``.

    classes  those whose objects the cell may be given: they are asked for values, printed, and compared with each other

    The check fails where the cell raises AssertionError. It never passes where a call was not written, hung or ended
    the process, though the cell may catch everything.
    """

    def check_of(cell: Callable[[Any], object]) -> Callable[[Student], None]:
        @functools.wraps(cell)
        def check(student: Student) -> None:
            notebook = Notebook(student, frozenset(classes))
            before = _running.set(notebook)
            try:
                cell(notebook)
            except (CheckFailure, StudentFault):
                raise
            except AssertionError as error:
                notebook.raise_what_was_swallowed()
                raise CheckFailure(_fixed_text(error, cell)) from None
            finally:
                _running.reset(before)
            notebook.raise_what_was_swallowed()

        return check

    return check_of


def check_that(holds: Callable[[Any], object], value: Any, said: Said = None) -> None:
    """Fail unless `holds(value)` is true, as `assert` would.

    value  what a call of the submission gave: with it the report can show that call
    said   the author's words
    """

    def judge(value: Any) -> None:
        if not holds(value):
            raise _failure(said, value, message("It returned {value}.", value=show_value(_plain(value))))

    _judge(judge, value)


def check_equal(value: Any, wanted: Any, said: Said = None) -> None:
    """Fail unless ``value == wanted`` is true, as `assert` would."""

    def judge(value: Any) -> None:
        if not (value == wanted):  # noqa: SIM201 - what the author asserts, and != may be something else
            told = message(
                "It returned {value}, not {wanted}.",
                value=show_value(_plain(value)),
                wanted=show_value(wanted),
            )
            raise _failure(said, value, told)

    _judge(judge, value)


def check_passes(compare: Callable[[Any], object], value: Any) -> None:
    """Fail where `compare(value)` raises AssertionError: for `np.testing.assert_allclose` and its like."""

    def judge(value: Any) -> None:
        try:
            compare(value)
        except AssertionError as error:
            text = clean("\n".join(line for line in str(error).splitlines() if line.strip()), _LONGEST_TEXT)
            raise _AssertFailure(
                message("The comparison failed: {text}", text=text or type(error).__name__)
            ) from None

    _judge(judge, value)


def value_of(notebook: Any, name: str) -> Any:
    """The value that the submission's own code gave a name at the left edge."""
    owner: Notebook = notebook
    return owner._told(owner._student.run_program([("name", name)], [0]), only=True)


def _judge(judge: Callable[[Any], None], value: Any) -> None:
    notebook = _running.get()
    if notebook is None:
        raise SuiteError(
            "check_that, check_equal and check_passes belong into a check made by @from_notebook"
        )
    try:
        judge(value)
    except CheckFailure as failure:
        call = notebook._call_that_gave(value)
        if call is None:
            raise
        many = bool(call.instructions)

        def again(other: Any) -> None:
            judge(notebook._wrapped(other[0] if many else other))

        raise _AssertFailure(*failure.messages, call=call, again=again) from None


class _AssertFailure(CheckFailure, AssertionError):
    """What stands in for an assert that does not hold: a cell's own `except AssertionError` catches it."""


def _failure(said: Said, value: Any, told: Message) -> CheckFailure:
    if not said:
        return _AssertFailure(told)
    if isinstance(said, str):
        return _AssertFailure(Message(said), told)
    return _AssertFailure(message("{text}", text=clean(str(said(value)), _LONGEST_TEXT)), told)


def _fixed_text(error: AssertionError, cell: Callable[..., object]) -> Message:
    """What the cell says, where its author wrote it word for word: another text may hold what students may not see."""
    (text,) = error.args if len(error.args) == 1 else ("",)
    written = set(_constants(cell.__code__)) if isinstance(cell, types.FunctionType) else set()
    return Message(text) if isinstance(text, str) and text.strip() and text in written else _WRONG


def _constants(code: types.CodeType) -> Iterator[str]:
    for constant in code.co_consts:
        if isinstance(constant, str):
            yield constant
        elif isinstance(constant, types.CodeType):
            yield from _constants(constant)


# -- the names of the notebook ------------------------------------------------------------------------------------


class Notebook:
    """The submission as a test cell sees it: `student.f` is what the notebook calls f."""

    def __init__(self, student: Student, classes: frozenset[str]) -> None:
        self._student = student
        self._classes = classes
        self._calls: list[Call] = []
        self._swallowed: StudentFault | None = None

    def __getattr__(self, name: str) -> Name:
        if name.startswith("__"):
            raise AttributeError(name)
        found = self.__dict__[name] = Name(self, name)
        return found

    def raise_what_was_swallowed(self) -> None:
        """Raise the first fault that no `except` of a cell may turn into a pass."""
        if self._swallowed is not None:
            raise self._swallowed

    def _told(self, call: Call, *, only: bool = False) -> Any:
        """What a call gave, as the cell may have it; `only`: the one value of a program."""
        self._calls.append(call)
        if call.error is not None:
            call.error.call = call  # type: ignore[attr-defined]
            raise self._raisable(call.error)
        value = call.value[0] if only else call.value
        return self._wrapped(value)

    def _operate(self, handle: Handle, operation: str, *operands: Any) -> Any:
        try:
            return self._wrapped(handle._owner.operate(operation, *map(_plain, operands)))
        except StudentFault as error:
            raise self._raisable(error) from None

    def _raisable(self, error: StudentFault) -> StudentFault:
        if not isinstance(error, StudentError) or isinstance(error, NotWritten):
            self._swallowed = self._swallowed or error
            return error
        return _as_raised(error)

    def _wrapped(self, value: Any) -> Any:
        if isinstance(value, Handle):
            if value._class_name in self._classes:
                return Thing(self, value)
            if value._callable:
                return Answering(self, value)
            # An object of a class that nobody asked for could say yes to whatever the cell asks it.
            raise NotPlainData(f"an object of class {value._class_name}")
        if type(value) in (list, tuple) and any(_holds_handle(item) for item in value):
            return type(value)(self._wrapped(item) for item in value)
        if type(value) is dict and any(map(_holds_handle, value.values())):
            return {key: self._wrapped(item) for key, item in value.items()}
        return value

    def _call_that_gave(self, value: Any) -> Call | None:
        for call in reversed(self._calls):
            if call.error is not None:
                continue
            if call.value is value or (call.instructions and call.value[0] is value):
                return call
        return None


class Name:
    """A function or class of the notebook."""

    def __init__(self, notebook: Notebook, name: str) -> None:
        self._notebook = notebook
        self._name = name

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        student = self._notebook._student
        args, kwargs = _plain(args), _plain(kwargs)
        names = [value for value in (*args, *kwargs.values()) if isinstance(value, Name)]
        if not names:
            return self._notebook._told(student.call(self._name, *args, **kwargs))
        # A function of theirs that is given to another one of theirs stays on their side.
        program: list[tuple[Any, ...]] = [("name", self._name), *(("name", one._name) for one in names)]
        place = {id(one): Reference(number) for number, one in enumerate(names, 1)}
        sent = tuple(place.get(id(value), value) for value in args)
        named = {key: place.get(id(value), value) for key, value in kwargs.items()}
        program.append(("call", Reference(0), sent, named))
        return self._notebook._told(student.run_program(program, [len(program) - 1]), only=True)

    def __getattr__(self, attribute: str) -> Any:
        if attribute.startswith("__"):
            raise AttributeError(attribute)
        program = [("name", self._name), ("get", Reference(0), attribute)]
        return self._notebook._told(self._notebook._student.run_program(program, [1]), only=True)

    def __instancecheck__(self, value: object) -> bool:
        return isinstance(value, Thing) and _class_name(value) == self._name

    def __repr__(self) -> str:
        return f"<{self._name} of a submission>"


class Answering:
    """A function that a function of the submission gave back. It can be called, and nothing else."""

    def __init__(self, notebook: Notebook, handle: Handle) -> None:
        self._notebook = notebook
        self._handle = handle

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self._notebook._operate(self._handle, "call", self._handle, args, kwargs)


class Thing:
    """An object of a class that students write. Operators, attributes and calls go to where it is."""

    __slots__ = ("_handle", "_notebook")
    _handle: Handle
    _notebook: Notebook

    def __init__(self, notebook: Notebook, handle: Handle) -> None:
        object.__setattr__(self, "_notebook", notebook)
        object.__setattr__(self, "_handle", handle)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return _operate(self, "get", name)

    def __setattr__(self, name: str, value: Any) -> None:
        _operate(self, "set", name, value)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return _operate(self, "call", args, kwargs)

    def __getitem__(self, key: Any) -> Any:
        return _operate(self, "getitem", key)

    def __setitem__(self, key: Any, value: Any) -> None:
        _operate(self, "setitem", key, value)

    def __str__(self) -> str:
        return str(_special(self, "__str__"))

    def __repr__(self) -> str:
        return str(_special(self, "__repr__"))

    def __len__(self) -> int:
        return int(_special(self, "__len__"))

    def __iter__(self) -> Iterator[Any]:
        raise SuiteError(f"{_handle(self)!r} stays in the worker: go through a list that it gives")

    def __contains__(self, value: Any) -> bool:
        return bool(_special(self, "__contains__", value))

    def __eq__(self, other: object) -> bool:
        # Only with another object of theirs: an `__eq__` that is always true must equal no answer.
        if not isinstance(other, Thing):
            raise SuiteError(f"{_handle(self)!r} stays in the worker: compare a value of it")
        if _handle(self)._identifier == _handle(other)._identifier:
            return True
        try:
            return bool(_special(self, "__eq__", other))
        except NotPlainData:  # NotImplemented: the class has no __eq__ of its own
            return False

    def __hash__(self) -> int:
        return hash(_handle(self)._identifier)

    def __bool__(self) -> bool:
        raise SuiteError(f"{_handle(self)!r} stays in the worker: ask for a value of it")

    __float__ = __array__ = __bool__


forward_operators(Thing, lambda self, name, *operands: _operate_plain(self, name, *operands))

_running: ContextVar[Notebook | None] = ContextVar("the check that is run", default=None)


def _handle(thing: Any) -> Handle:
    if not isinstance(thing, Thing):
        raise SuiteError(f"a plain value came back where an object was expected: {type(thing).__name__}")
    handle: Handle = object.__getattribute__(thing, "_handle")
    return handle


def _class_name(thing: Thing) -> str:
    return str(_handle(thing)._class_name)


def _operate(thing: Thing, operation: str, *operands: Any) -> Any:
    notebook: Notebook = object.__getattribute__(thing, "_notebook")
    return notebook._operate(_handle(thing), operation, _handle(thing), *operands)


def _operate_plain(thing: Thing, operation: str, *operands: Any) -> Any:
    """Operators: the operands in the order in which they stand."""
    notebook: Notebook = object.__getattribute__(thing, "_notebook")
    return notebook._operate(_handle(thing), operation, *operands)


def _special(thing: Thing, method: str, *args: Any) -> Any:
    """What a special method gives."""
    return _operate(thing, "get", method)(*args)


def _plain(value: Any) -> Any:
    """The same value with the handles that wrapped objects stand for."""
    if isinstance(value, Thing):
        return _handle(value)
    if isinstance(value, Answering):
        return value._handle
    if type(value) in (list, tuple):
        return type(value)(map(_plain, value))
    if type(value) is dict:
        return {key: _plain(item) for key, item in value.items()}
    return value


def _holds_handle(value: Any) -> bool:
    if type(value) in (list, tuple):
        return any(map(_holds_handle, value))
    if type(value) is dict:
        return any(map(_holds_handle, value.values()))
    return isinstance(value, Handle)


# -- exceptions -------------------------------------------------------------------------------------------------------


def _as_raised(error: StudentError) -> StudentError:
    """The same error, caught by `except ValueError` where the student's code raised a ValueError."""
    for name in error.bases:
        base = getattr(builtins, name, None)
        if isinstance(base, type) and issubclass(base, Exception):
            with suppress(TypeError):
                return _raised(_kind(name), error)
    return error


def _raised(kind: type[StudentError], error: StudentError) -> StudentError:
    raised = kind(error.type_name, error.bases, error.text, error.file, error.line)
    raised.args = (error.text,) if error.text else ()
    vars(raised).update(call=getattr(error, "call", None))
    return raised


@functools.cache
def _kind(name: str) -> type[StudentError]:
    base: type[Exception] = getattr(builtins, name)

    def text(self: StudentError) -> str:
        return self.text

    bases: tuple[Any, ...] = (StudentError,) if base is Exception else (StudentError, base)
    return types.new_class(name, bases, {}, lambda body: body.update(__str__=text))
