"""Which submissions go to a far worker together, and what becomes of those whose worker is lost with them?

A submission that was on a worker when it was lost is under suspicion: its lease is halved, after a second time it goes
alone to a worker that does nothing else, and after a third time a person has to look at it. Losing one worker so often is
almost always the machines' fault, so nobody else waits for it, and nobody gets a zero for it.
"""

from __future__ import annotations

import itertools
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from autograder.grading.engine import Asked
from autograder.model import GradeReport

FEWEST, MOST = 10, 50
"""Submissions in one lease."""

MOST_BYTES = 6 * 2**20
"""Of the files of one lease, unless one submission alone has more."""

MOST_LOSSES = 3
"""How often a submission may be on a worker that is lost."""

_AIM_SECONDS = 5.0
"""How long a lease should take: long enough that asking for it costs nothing, short enough that losing it does not."""


@dataclass(frozen=True)
class Item:
    """A submission under way.

    times_lost  how many workers were lost with it
    refused     how many reports on it were not believed
    """

    task: Asked
    times_lost: int = 0
    refused: int = 0

    @property
    def size(self) -> int:
        """Bytes of its files."""
        return sum(map(len, self.task.submission.files.values()))


@dataclass(frozen=True)
class Lease:
    """Submissions that one worker has been given together.

    alone   only one, for a worker that does nothing else, on a fresh lane
    number  no two leases of a run have the same
    """

    items: tuple[Item, ...]
    alone: bool = False
    number: int = field(default_factory=itertools.count().__next__, compare=False)


class Leases:
    """What is still to be given out.

    pace  seconds that a submission takes, as measured so far; 0 while nothing is known
    """

    def __init__(self, tasks: Iterator[Asked | GradeReport]) -> None:
        self._tasks = tasks
        self._more = True
        self._again: deque[Lease] = deque()
        self._alone: deque[Lease] = deque()
        self._item: Item | None = None
        self.pace = 0.0

    @property
    def exhausted(self) -> bool:
        """Whether `next` has nothing to give."""
        return not (self._more or self._again or self._item)

    @property
    def finished(self) -> bool:
        """Whether nothing is left that has not been given out."""
        return self.exhausted and not self._alone

    @property
    def some_alone(self) -> bool:
        """Whether a submission waits for a worker that does nothing else."""
        return bool(self._alone)

    def alone(self) -> Lease:
        """The next one for a worker that does nothing else."""
        return self._alone.popleft()

    def next(self) -> Iterator[Lease | GradeReport]:
        """Reports that are known before, as they are met, and then one lease; no lease at the end."""
        if self._again:
            yield self._again.popleft()
            return
        items: list[Item] = []
        size, most = 0, self._length()
        while len(items) < most:
            item, self._item = self._item, None
            if item is None:
                task = next(self._tasks, None) if self._more else None
                if task is None:
                    self._more = False
                    break
                if isinstance(task, GradeReport):
                    yield task
                    continue
                item = Item(task)
            if items and size + item.size > MOST_BYTES:
                self._item = item
                break
            size += item.size
            items.append(item)
        if items:
            yield Lease(tuple(items))

    def _length(self) -> int:
        return FEWEST if not self.pace else min(MOST, max(FEWEST, int(_AIM_SECONDS / self.pace)))

    def took(self, seconds: float, submissions: int) -> None:
        """A lease came back: how long it was worked on."""
        pace = seconds / max(1, submissions)
        self.pace = pace if not self.pace else 0.7 * self.pace + 0.3 * pace

    def give_back(self, lease: Lease) -> None:
        """It could not be begun, and that says nothing about its submissions."""
        (self._alone if lease.alone else self._again).append(lease)

    def lost(self, lease: Lease) -> tuple[Item, ...]:
        """Its worker was lost. What it held goes out again, more carefully; those for which it was once too often."""
        items = [replace(item, times_lost=item.times_lost + 1) for item in lease.items]
        hopeless = tuple(item for item in items if item.times_lost >= MOST_LOSSES)
        lonely = [item for item in items if item.times_lost == MOST_LOSSES - 1]
        self._alone.extend(Lease((item,), alone=True) for item in lonely)
        others = [item for item in items if item.times_lost < MOST_LOSSES - 1]
        middle = (len(others) + 1) // 2
        self._again.extend(Lease(tuple(half)) for half in (others[:middle], others[middle:]) if half)
        return hopeless

    def refused(self, item: Item) -> bool:
        """A report on it was not believed. Whether it goes out once more, on a fresh lane; else a person has to look."""
        if item.refused:
            return False
        self._alone.append(Lease((replace(item, refused=1),), alone=True))
        return True


__all__ = ["FEWEST", "MOST", "MOST_BYTES", "MOST_LOSSES", "Item", "Lease", "Leases"]
