"""What is the same in many reports? The result of a function: of all who wrote it right, and of all who made one mistake.

What was made of such a result, a piece of a page or of a line, is kept as long as there is room, and taken again for
the next student.
"""

from __future__ import annotations

import marshal
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import replace
from typing import Any, TypeVar

from autograder.grading.record import function_of, plain_function
from autograder.model import FunctionResult, GradeReport

MOST_BYTES = 2 * 2**20
"""What is kept at most, in bytes of results as they are packed: some thousands, or some hundreds with pictures."""

_VERSION = 2
"""Of marshal: the last one in which equal values are equal bytes."""

T = TypeVar("T")


def packed(plain: dict[str, Any]) -> bytes:
    """The result of a function, as `record.plain_function` made it, as bytes: the same for the same, and only for these.

    Raises  ValueError for what is no plain data
    """
    return marshal.dumps(plain, _VERSION)


class Alike:
    """Results of functions that were met, each one object, and what was made of them. For one course, in one process.

    most_bytes  see `MOST_BYTES`
    """

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._most = most_bytes
        self._bytes = 0
        self._met: OrderedDict[bytes, FunctionResult] = OrderedDict()
        # By identity, which is quicker to look up than the bytes; what is in here is in `_met`, so no other has its id.
        self._made: dict[int, dict[Hashable, Any]] = {}

    def function(self, data: bytes) -> FunctionResult:
        """The result that was `packed`; the same object again for the same bytes."""
        known = self._met.get(data)
        if known is not None:
            self._met.move_to_end(data)
            return known
        return self._keep(data, function_of(marshal.loads(data)))

    def report(self, report: GradeReport) -> GradeReport:
        """The same report, with those results of functions that were met before."""
        return replace(
            report,
            functions=tuple(map(self._met_before, report.functions)),
            public=tuple(map(self._met_before, report.public)),
        )

    def once(self, function: FunctionResult, what: Hashable, make: Callable[[], T]) -> T:
        """What `make` makes of the result of a function; made once where that is one of ours.

        what  names it, and all but the result that it depends on
        """
        made = self._made.get(id(function))
        if made is None:
            return make()
        try:
            found: T = made[what]
        except KeyError:
            found = made[what] = make()
        return found

    def _met_before(self, function: FunctionResult) -> FunctionResult:
        if id(function) in self._made:
            return function
        try:
            data = packed(plain_function(function))
        except ValueError:
            return function
        known = self._met.get(data)
        if known is None:
            return self._keep(data, function)
        self._met.move_to_end(data)
        return known

    def _keep(self, data: bytes, function: FunctionResult) -> FunctionResult:
        if len(data) > self._most // 8:
            return function
        self._met[data] = function
        self._made[id(function)] = {}
        self._bytes += len(data)
        while self._bytes > self._most:
            oldest, gone = self._met.popitem(last=False)
            del self._made[id(gone)]
            self._bytes -= len(oldest)
        return function


NOTHING = Alike(0)
"""Keeps nothing: for a report that stands alone."""
