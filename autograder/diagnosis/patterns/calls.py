"""What do the arguments and the answers of the observed calls hold, part by part?"""

from __future__ import annotations

import types
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

import numpy as np

from autograder.diagnosis.patterns.numbers import RTOL, RTOL_SINGLE, Array, is_single, is_small, numbers, same
from autograder.diagnosis.patterns.observation import Ask, Observation
from autograder.diagnosis.patterns.words import label_of, named, result_name

MOST_CALLS = 200
"""Of more, as many are looked at: wrong and right ones, evenly spread."""

_MOST_PARTS = 32
_MOST_ASKED = 250
_RICH = 3
_ENTRIES_SEEN = 40
_ASKABLE = (types.FunctionType, types.BuiltinFunctionType, types.MethodType, np.ufunc)
_UNKNOWN: Any = object()

Path = tuple[Any, ...]


class Call:
    """One observed call; what is costly to know is found out when asked for.

    named     the arguments by what people call them
    defaults  values of arguments that were left out, as far as they are known
    """

    def __init__(self, observation: Observation, parameters: Sequence[str]) -> None:
        self.observation = observation = _bounded(observation)
        self.named = named(observation.args, observation.kwargs, parameters)
        self.wrong = observation.wrong or bool(observation.raised)
        self.answered = not observation.raised
        self.defaults: dict[str, Any] = {}
        self._numbers: dict[str, Array | None] = {}

    @cached_property
    def rtol(self) -> float:
        """How close the same numbers are in this call."""
        return RTOL_SINGLE if any(map(is_single, self.named.values())) else RTOL

    def get(self, label: str) -> Any:
        """The argument; where it is left out, its default value if that is known, else None."""
        return self.named[label] if label in self.named else self.defaults.get(label)

    def number(self, label: str) -> Array | None:
        """The argument as an array of numbers, where it is one."""
        if label not in self._numbers:
            self._numbers[label] = numbers(self.get(label))
        return self._numbers[label]

    def scalar(self, label: str) -> float | None:
        """The argument where it is a single number."""
        value = self.number(label)
        return float(value) if value is not None and value.ndim == 0 else None

    def parts(self) -> list[tuple[Path, Any, Array]]:
        """(path, what the student answered there, the numbers that are right), for each part that holds numbers."""
        found: list[tuple[Path, Any, Array]] = []
        _split(self.observation.actual, self.observation.desired, (), found)
        return found

    @cached_property
    def size(self) -> int:
        """Number of numbers in its arguments."""
        found = (self.number(label) for label in self.named)
        return sum(value.size for value in found if value is not None)

    def part(self, value: Any, path: Path) -> Array | None:
        """The numbers of another answer of this function at the same place."""
        for key in path:
            try:
                value = value[key]
            except (LookupError, TypeError, ValueError):
                return None
        return numbers(value)


def _split(actual: Any, desired: Any, path: Path, found: list[tuple[Path, Any, Array]]) -> None:
    if len(found) >= _MOST_PARTS:
        return
    if type(desired) is dict:
        theirs = actual if type(actual) is dict else {}
        for key, value in desired.items():
            _split(theirs.get(key), value, (*path, key), found)
        return
    if (type(desired) is tuple and len(desired) <= 8) or (type(desired) is list and len(path) < 4):
        whole = None if type(desired) is tuple else numbers(desired)
        if whole is None:
            items = _items(actual)
            for index, value in enumerate(desired[:_MOST_PARTS]):
                item = items[index] if items is not None and len(items) == len(desired) else None
                _split(item, value, (*path, index), found)
            return
    due = numbers(desired)
    if due is not None:
        found.append((path, actual, due))


def _items(value: Any) -> Any:
    if type(value) in (list, tuple):
        return value
    return value if type(value) is np.ndarray and value.ndim else None


class Pair:
    """One part of one call's answer beside what is right.

    actual   the numbers that were given there, None where it was something else; desired: the right ones
    slight   wrong, but by less than is looked at: a check was stricter, or something else was wrong
    """

    __slots__ = ("actual", "call", "desired", "path", "slight", "wrong")

    def __init__(self, call: Call, path: Path, actual: Array | None, desired: Array, wrong: bool) -> None:
        self.call = call
        self.path = path
        self.actual = actual
        self.desired = desired
        self.wrong = wrong
        self.slight = wrong and actual is not None and same(actual, desired, call.rtol)


class Column:
    """One part of the answers of all calls that gave one.

    result  how to write it, such as ``f(…)[1]``; path: which part
    row     whether it is all parts of the answer, one after another
    mute    whether some wrong call gave no numbers there, so that nothing can be said of all
    slight  whether all wrong calls were nearly right there
    """

    def __init__(self, result: str, path: Path, pairs: Sequence[Pair], row: bool = False) -> None:
        self.result = result
        self.path = path
        self.row = row
        self.wrong = [pair for pair in pairs if pair.wrong]
        self.right = [pair for pair in pairs if not pair.wrong]
        self.mute = not self.wrong or any(pair.actual is None for pair in self.wrong)
        self.slight = all(pair.slight for pair in self.wrong)

    @cached_property
    def telling(self) -> Pair:
        """The wrong pair with the most arguments and entries, so that what does not hold fails at once."""
        return max(self.wrong, key=_tells)

    @cached_property
    def cheapest(self) -> Pair:
        """The wrong pair to ask the reference about: three entries or more say enough, and few are quick to compute."""
        return min(self.wrong, key=lambda pair: (pair.slight, pair.desired.size < 3, pair.desired.size))

    @cached_property
    def evidence(self) -> tuple[int, int, int]:
        """In the wrong pairs: different calls, different entries, and of these the ones not made of 0 and 1."""
        seen: set[tuple[str, str]] = set()
        calls: set[tuple[tuple[str, str], ...]] = set()
        rich = 0
        for pair in self.wrong[:_ENTRIES_SEEN]:
            if pair.actual is None:
                continue
            given, due = pair.actual.ravel()[:_ENTRIES_SEEN], pair.desired.ravel()[:_ENTRIES_SEEN]
            texts = []
            for a, d in zip(given.tolist(), due.tolist(), strict=False):
                texts.append(entry := (f"{a:z.3g}", f"{d:z.3g}"))
                if entry not in seen and (not abs(a - d) <= 1e-7 * abs(d) or pair.actual.size == 1):
                    seen.add(entry)
                    rich += not {*entry} <= {"0", "1", "-1", "nan", "inf", "-inf"}
            calls.add(tuple(texts))
            if len(calls) >= _RICH and rich >= _RICH:
                break
        return len(calls), len(seen), rich

    def enough(self, level: int) -> bool:
        """Whether the wrong pairs are evidence for a claim: 1 for one that is famous, 2 for one that names what it saw,
        3 for one out of many tried."""
        calls, entries, rich = self.evidence
        if level == 1:
            return entries >= 1
        if level == 2:
            return rich >= 1 and (calls >= 2 or entries >= _RICH)
        return rich >= _RICH

    def explains(self, predict: Any, rtol: float = 0.0) -> bool | None:
        """Whether ``predict(pair)`` is what the student answered: None where not in all wrong pairs, True where in the
        right ones too."""
        if self.mute or self.slight or not _holds(self.telling, predict, rtol):
            return None
        if not all(_holds(pair, predict, rtol) for pair in self.wrong if pair is not self.telling):
            return None
        return all(_holds(pair, predict, rtol) for pair in self.right)


def _tells(pair: Pair) -> tuple[bool, bool, int, int]:
    some = pair.actual is not None and bool(pair.actual.any())
    return some and not pair.slight, pair.desired.size <= 2000, len(pair.call.named), pair.desired.size


def _holds(pair: Pair, predict: Any, rtol: float) -> bool:
    predicted = predict(pair)
    return (
        predicted is not None
        and pair.actual is not None
        and same(pair.actual, predicted, max(rtol, pair.call.rtol))
    )


class Seen:
    """All that was observed of one function.

    answered  the calls that gave an answer; raised: those that raised
    labels    what the arguments are called, in order
    columns   the parts of the answers that are wrong somewhere, the whole first
    """

    def __init__(
        self,
        name: str,
        observations: Sequence[Observation],
        ask: Ask,
        functions: Sequence[str],
        parameters: Sequence[str],
    ) -> None:
        self.name = name
        self.result = result_name(name)
        self.functions = [function for function in functions if function != name][:40]
        self.calls = [Call(one, parameters) for one in _some(observations)]
        self.wrong = [call for call in self.calls if call.wrong]
        self.right = [call for call in self.calls if not call.wrong]
        self.answered = [call for call in self.calls if call.answered]
        self.raised = [call for call in self.calls if not call.answered]
        self.labels = list(dict.fromkeys(label for call in self.calls for label in call.named))[:8]
        self.parameters = parameters
        self._ask = ask
        self._answers: dict[Any, Any] = {}
        self._asked = 0
        for label in self.labels:
            self._default(label)

    def _default(self, label: str) -> None:
        """Find out the value of an argument that some calls leave out: the one that gives their right answers."""
        without = [call for call in self.calls if label not in call.named]
        given = [call.named[label] for call in self.calls if label in call.named]
        if not without or label not in self.parameters or not all(map(_is_setting, given)):
            return
        for value in _DEFAULTS:
            asked = [call for call in without if numbers(call.observation.desired) is not None][:3]
            if asked and all(self._gives_the_same(call, label, value) for call in asked):
                for call in without:
                    call.defaults[label] = value
                return

    def _gives_the_same(self, call: Call, label: str, value: Any) -> bool:
        observation = call.observation
        answer = numbers(
            self.answer(
                call,
                ("default", label, value),
                self.name,
                observation.args,
                {**observation.kwargs, label: value},
            )
        )
        due = numbers(observation.desired)
        return answer is not None and due is not None and same(answer, due, call.rtol)

    @cached_property
    def columns(self) -> list[Column]:
        """The parts of the answers that are wrong somewhere; where there are several, the whole as one row first."""
        parts: dict[Path, list[Pair]] = {}
        wholes: list[Pair] = []
        single = True
        for call in self.answered:
            found = call.parts()
            if not found:
                continue
            alone = len(found) == 1 and found[0][0] == ()
            single = single and alone
            pairs = []
            for path, value, due in found:
                given = numbers(value)
                wrong = call.wrong and (alone or given is None or not same(given, due, call.rtol))
                pairs.append(Pair(call, path, given, due, wrong))
                parts.setdefault(path, []).append(pairs[-1])
            if not alone:
                wholes.append(_joined(call, pairs))
        # A part that few of the wrong answers have, as a late item of a list, does not speak for the others.
        least = sum(call.wrong for call in self.answered) / 2
        columns = [
            Column(result_name(self.name, path), path, pairs)
            for path, pairs in list(parts.items())[:_MOST_PARTS]
            if any(pair.wrong for pair in pairs) and sum(pair.call.wrong for pair in pairs) >= least
        ]
        if single:
            return columns
        joined = Column(self.result, (), wholes, row=True)
        return [joined, *columns[:8]] if joined.wrong and len(columns) != 1 else columns[:8]

    @property
    def leaves(self) -> list[Column]:
        """The columns but the row of all parts."""
        return [column for column in self.columns if not column.row]

    def answer(self, call: Call, key: Any, name: str, args: Any, kwargs: Any) -> Any:
        """The reference's answer, None where there is none; remembered by call and key."""
        known = id(call), key
        if (found := self._answers.get(known, _UNKNOWN)) is not _UNKNOWN:
            return found
        self._answers[known] = None
        if self._asked >= _MOST_ASKED or not askable(args) or not askable(kwargs):
            return None
        self._asked += 1
        try:
            answer = self._ask(name, tuple(args), dict(kwargs))
            self._answers[known] = answer if is_small(answer) else None
        except Exception:  # bad input for the reference, which is one way of saying no
            return None
        return self._answers[known]

    def replaced(self, call: Call, label: str, value: Any) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """The call's arguments with one of them replaced."""
        observation = call.observation
        args = tuple(
            value if label_of(number, self.parameters) == label else old
            for number, old in enumerate(observation.args)
        )
        return args, {key: value if key == label else old for key, old in observation.kwargs.items()}


def _joined(call: Call, pairs: Sequence[Pair]) -> Pair:
    """All parts of one answer as one row."""
    wrong = any(pair.wrong for pair in pairs)
    given = [pair.actual for pair in pairs if pair.actual is not None]
    fit = len(given) == len(pairs) and all(
        pair.actual is not None and pair.actual.shape == pair.desired.shape for pair in pairs
    )
    row = np.concatenate([part.ravel() for part in given]) if fit else None
    return Pair(call, (), row, np.concatenate([pair.desired.ravel() for pair in pairs]), wrong)


class _TooLarge:
    """Stands for a value that is not looked at."""


_TOO_LARGE = _TooLarge()


def _bounded(one: Observation) -> Observation:
    """The observation without values of very many entries."""
    values = (*one.args, *one.kwargs.values(), one.actual, one.desired)
    if all(map(is_small, values)):
        return one
    return Observation(
        tuple(value if is_small(value) else _TOO_LARGE for value in one.args),
        {key: value if is_small(value) else _TOO_LARGE for key, value in one.kwargs.items()},
        one.actual if is_small(one.actual) else _TOO_LARGE,
        one.desired if is_small(one.desired) else _TOO_LARGE,
        one.wrong,
        one.raised,
        one.changed,
    )


def _some(observations: Sequence[Observation]) -> list[Observation]:
    """At most MOST_CALLS of them, in order; of too many, wrong and right ones evenly spread."""
    if len(observations) <= MOST_CALLS:
        return list(observations)
    wrong = [number for number, one in enumerate(observations) if one.wrong or one.raised]
    right = [number for number, one in enumerate(observations) if not (one.wrong or one.raised)]
    room = max(MOST_CALLS - len(right), MOST_CALLS * 2 // 3)
    kept = _spread(wrong, room)
    kept += _spread(right, MOST_CALLS - len(kept))
    return [observations[number] for number in sorted(kept)]


def _spread(items: Sequence[int], most: int) -> list[int]:
    if len(items) <= most:
        return list(items)
    return [items[number * len(items) // most] for number in range(most)]


def _is_setting(value: Any) -> bool:
    number = numbers(value)
    return number is not None and number.ndim == 0


_DEFAULTS = (2, 1, 0, 3, 0.0, 1.0, 0.5, 0.9, 0.1, 0.01)


def askable(value: Any) -> bool:
    """Whether it is plain data or a plain function: asking with it changes nothing that others use."""
    if isinstance(value, (Mapping, list, tuple)):
        return all(map(askable, value.values() if isinstance(value, Mapping) else value))
    return (
        value is None
        or type(value) in (bool, int, float, complex, str, bytes, np.ndarray)
        or isinstance(value, (np.generic, *_ASKABLE))
    )
