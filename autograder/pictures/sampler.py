"""What does a function give here? Asks a submission, and makes of its answers what can be drawn, whatever they are."""

from __future__ import annotations

import io
import math
import pickle
import time
from collections.abc import Callable, Sequence
from types import FunctionType
from typing import Any

import numpy as np

from autograder.errors import CallTimedOut, OutOfMemory, StudentFault, WorkerEnded
from autograder.sandbox.arguments import as_arguments
from autograder.sandbox.student import Batch, Deferred, Student

_MOST_ENTRIES = 4096
_DEEPEST = 4
_FIRST_CHUNK = 2
_CHUNK_SECONDS = 0.05
_MOST_IN_ONE = 512
_MOST_KNOWN = 2000

Numbers = list[float]


class Sampler:
    """A submission, or the reference, as pictures ask it.

    Never raises for what a student's code does: where it answers nothing that can be drawn, there is None, or nan.
    Not for long either: once `seconds` are over, or a call ended the worker, everything further is None.

    is_reference     whose answers are taken for right; what goes wrong there is the author's fault, and raises
    as_in_statement  pictures take it for the reference, though it is a submission: each line is drawn once
    known    questions → answers, shared by those who ask the same; they are not asked twice
    stopped  whether it is no use to ask any further
    answers  function → all that it answered, in order; what a program on objects gave is under ""
    """

    def __init__(
        self,
        student: Student,
        *,
        is_reference: bool,
        as_in_statement: bool = False,
        seconds: float = math.inf,
        known: dict[bytes, list[Any]] | None = None,
    ) -> None:
        self._student = student
        self._known = {} if known is None else known
        self._until = time.monotonic() + seconds
        self.stopped = False
        self.is_reference = is_reference or as_in_statement
        self._trusted = is_reference
        self.answers: dict[str, list[Any]] = {}

    def values(self, name: str, cases: Sequence[Any]) -> list[Any]:
        """What `name` answers to each case (a tuple of arguments, or `call_with(...)`): see `tidy`."""
        key = _key(name, cases)
        if key is not None and key in self._known:
            found = list(self._known[key])
        else:
            found = self._all_asked(name, cases)
            if key is not None and not self.stopped and len(self._known) < _MOST_KNOWN:
                self._known[key] = list(found)
        self.answers.setdefault(name, []).extend(found)
        return found

    def _all_asked(self, name: str, cases: Sequence[Any]) -> list[Any]:
        found: list[Any] = []
        size = _FIRST_CHUNK
        while len(found) < len(cases):
            chunk = cases[len(found) : len(found) + size]
            began = time.monotonic()
            if self.stopped or began > self._until:
                found += [None] * (len(cases) - len(found))
                break
            found += self._asked(name, chunk)
            # A slow function is asked less at a time, so that the end is not missed by much.
            each = (time.monotonic() - began) / len(chunk)
            size = max(1, min(_MOST_IN_ONE, int(_CHUNK_SECONDS / max(each, 1e-6))))
        return found

    def value(self, name: str, /, *args: Any, **kwargs: Any) -> Any:
        """What one call answers: see `tidy`."""
        from autograder.checks import call_with

        return self.values(name, [call_with(*args, **kwargs)])[0]

    def numbers(self, name: str, cases: Sequence[Any]) -> Numbers:
        """A number for each case; nan where the answer is not a single one."""
        return [single(value) for value in self.values(name, cases)]

    def array(self, name: str, /, *args: Any, **kwargs: Any) -> np.ndarray | None:
        """What one call answers as an array of floats; None where it is none."""
        value = self.value(name, *args, **kwargs)
        return as_array(value)

    def arrays(self, name: str, /, *args: Any, **kwargs: Any) -> list[np.ndarray | None]:
        """What one call answers as a list of arrays; empty where it is no list."""
        value = self.value(name, *args, **kwargs)
        return [as_array(part) for part in value] if isinstance(value, (list, tuple)) else []

    def program(self, write: Callable[[Batch], Sequence[Deferred]]) -> Numbers:
        """Operations on objects, in one trip: `write` records them in the batch it is given and returns what is wanted.

        Returns the numbers; nan for each where the program did not end.
        """
        batch = self._student.batch() if not self.stopped else Batch(self._student)
        wanted = write(batch)
        found: list[float] = [float("nan")] * len(wanted)
        if not self.stopped and time.monotonic() <= self._until:
            try:
                values = batch.run(*wanted)
                found = [single(tidy(value)) for value in (values if len(wanted) != 1 else [values])]
            except StudentFault as fault:
                self._met(fault)
            except Exception:
                if self._trusted:
                    raise
        self.answers.setdefault("", []).extend(found)
        return found

    def _asked(self, name: str, cases: Sequence[Any]) -> list[Any]:
        try:
            calls = self._student.calls(name, cases)
        except StudentFault as fault:  # this time it does not even load
            self._met(fault)
            return [None] * len(cases)
        except Exception:
            if self._trusted:
                raise
            self.stopped = True
            return [None] * len(cases)
        for call in calls:
            if call.error is not None:
                self._met(call.error)
        return [None if call.error is not None else tidy(call.value) for call in calls]

    def _met(self, fault: StudentFault) -> None:
        if self._trusted:
            raise fault
        # Another worker would have to be started, only to be lost again.
        self.stopped = self.stopped or isinstance(fault, (CallTimedOut, OutOfMemory, WorkerEnded))


class _Questions(pickle.Pickler):
    """Arguments as bytes, to tell whether they are the same; nothing is ever read back from them."""

    def persistent_id(self, obj: Any) -> str | None:
        if not isinstance(obj, FunctionType):
            return None
        if "<" in obj.__qualname__:
            # Made anew for each call: another one may later have its place in memory.
            raise pickle.PicklingError
        return f"{obj.__qualname__} {id(obj)}"


def _key(name: str, cases: Sequence[Any]) -> bytes | None:
    """The same for the same question; None where that cannot be told."""
    file = io.BytesIO()
    try:
        _Questions(file).dump((name, [(one.args, one.kwargs) for one in map(as_arguments, cases)]))
    except Exception:  # whatever an argument is made of, it can still be asked
        return None
    return file.getvalue()


def tidy(value: Any, depth: int = 0) -> Any:
    """A student's answer with nothing in it but finite or nan floats, arrays of floats, lists, tuples and dicts of them.

    None stands for whatever else it is: text, complex numbers, objects, too much of anything.
    """
    if isinstance(value, (bool, int, float, np.bool_, np.integer, np.floating)):
        try:
            return float(value)
        except OverflowError:
            return None
    if isinstance(value, np.ndarray):
        if value.dtype.kind not in "biuf" or value.size > _MOST_ENTRIES:
            return None
        with np.errstate(all="ignore"):
            array = value.astype(float)
        array.flags.writeable = False  # it may be given out again
        return array
    if depth < _DEEPEST and isinstance(value, (list, tuple)) and len(value) <= _MOST_ENTRIES:
        parts = [tidy(part, depth + 1) for part in value]
        return tuple(parts) if isinstance(value, tuple) else parts
    if depth < _DEEPEST and isinstance(value, dict) and len(value) <= _MOST_ENTRIES:
        return {key: tidy(part, depth + 1) for key, part in value.items() if isinstance(key, (str, int))}
    return None


def single(value: Any) -> float:
    """The one number that a tidy answer is, in whatever shape it came; nan where it is none."""
    if isinstance(value, np.ndarray):
        return float(value.reshape(())) if value.ndim == 0 else float("nan")
    return value if isinstance(value, float) else float("nan")


def as_array(value: Any) -> np.ndarray | None:
    """A tidy answer as one array of floats; None where its parts make none."""
    if isinstance(value, np.ndarray):
        return value
    if not isinstance(value, (float, list, tuple)):
        return None
    try:
        array = np.asarray(value, dtype=float)
    except (TypeError, ValueError):
        return None
    return array if array.size <= _MOST_ENTRIES else None


def agree(yours: Any, due: Any) -> bool:
    """Whether no picture could show a difference between two tidy answers, or two lists of them."""
    if isinstance(due, dict):
        return isinstance(yours, dict) and all(key in yours and agree(yours[key], due[key]) for key in due)
    one, other = as_array(yours), as_array(due)
    if one is not None and other is not None:
        if one.shape != other.shape:
            return False
        shown = np.isfinite(other)
        scale = float(np.max(np.abs(other[shown]), initial=0.0))
        with np.errstate(all="ignore"):
            off = np.abs(one[shown] - other[shown])
            return bool(np.all(off <= 1e-3 * np.abs(other[shown]) + 1e-6 * scale))
    if isinstance(due, (list, tuple)):
        return (
            isinstance(yours, (list, tuple))
            and len(yours) == len(due)
            and all(agree(a, b) for a, b in zip(yours, due, strict=True))
        )
    return due is None
