"""What was said between both sides in a stretch of work, and has all of it been said before?

Most of what is asked of a submission has been asked of others, and most answers are the same to the last bit: there are
not many ways to write a short function. What the trusted side concludes from answers (a verdict, a smaller call that
fails, a picture) follows from the answers alone. So a conclusion is kept together with the questions and the answers that
led to it. The next submission is asked the very same questions, by its own code in its own worker, and where each
answer is the same, byte for byte, so is the conclusion. At the first answer that differs the work is done as ever, with
the answers so far in hand: nothing is asked twice.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, TypeVar

from autograder.errors import StudentFault
from autograder.sandbox.inside import wire

if TYPE_CHECKING:
    from autograder.sandbox.worker import Worker

T = TypeVar("T")

_MOST_BYTES = 48 * 2**20
"""Of memory, about, that questions, answers and what is concluded from them may take."""

_LONGEST = 512 * 2**10
"""A transcript that would take more is not kept: its answers are large, and will not come again."""

_MOST_ENDINGS = 64
"""So many different courses of the same work are kept; when there are more, all of them are forgotten."""

_PER_ANSWER = 200
_PER_VALUE = 64
"""Bytes that keeping an answer takes beside its own, and each value in it: a byte on the wire may be a list here."""


@dataclass(frozen=True)
class Question:
    """A request as it travels, but for its number.

    kind     "map", "run" or "load"
    rest     what comes after the number, packed
    items    how many values these are
    replies  how many answers are due
    seconds  how long each may take. It is the same question when another is given more time
    """

    kind: str
    rest: bytes
    items: int
    replies: int
    seconds: float = field(compare=False)


class Answer(NamedTuple):
    """One reply. body: its packed tree; output: what was printed until it came; seconds: how long it took."""

    body: bytes
    output: str
    seconds: float


@dataclass(frozen=True)
class Answered:
    """A question and what came back. lost: what ended the worker before the last answer, else None."""

    question: Question
    answers: list[Answer]
    lost: StudentFault | None = None

    @property
    def seconds(self) -> float:
        """How long all answers took."""
        return sum(answer.seconds for answer in self.answers)

    def digest(self) -> bytes:
        """The same for the same answers and nothing else; how long they took is no part of it."""
        digest = hashlib.blake2b(digest_size=24)
        for answer in self.answers:
            output = answer.output.encode("utf-8", "surrogatepass")
            digest.update(b"%d %d " % (len(answer.body), len(output)))
            digest.update(answer.body)
            digest.update(output)
        return digest.digest()


@dataclass
class Tape:
    """Takes down what is asked and answered while some work is done.

    known    questions of this work that have been asked already, first to last, with their answers
    said     all of its questions so far
    spoiled  whether the work depended on something else than the answers
    """

    known: list[Answered] = field(default_factory=list)
    said: list[Answered] = field(default_factory=list)
    spoiled: bool = False

    @property
    def knows_more(self) -> bool:
        """Whether the next question has been answered already."""
        return len(self.said) < len(self.known)

    def next(self, question: Question) -> Answered | None:
        """The answers to this question where they are known already. None: it has to be asked."""
        if self.knows_more:
            known = self.known[len(self.said)]
            if known.question == question:
                return known
            # The same work asks something else than before: it depends on more than the answers.
            self.spoiled = True
            self.known.clear()
        return None

    def add(self, answered: Answered) -> None:
        """Take down a question that was answered."""
        self.said.append(answered)
        if answered.lost is not None:
            self.spoiled = True


_tape: ContextVar[Tape | None] = ContextVar("_tape", default=None)


@contextmanager
def taped(tape: Tape) -> Iterator[None]:
    """Note on this tape what is asked meanwhile."""
    token = _tape.set(tape)
    try:
        yield
    finally:
        _tape.reset(token)


def current_tape() -> Tape | None:
    """The tape that is running, if one is."""
    return _tape.get()


def spoil() -> None:
    """Say that the work that is under way depends on something else than answers, so that its conclusion is its own."""
    if (tape := _tape.get()) is not None:
        tape.spoiled = True


@dataclass
class _Ending(Generic[T]):
    value: T
    mark: object


@dataclass
class _Next:
    """What comes next: a question, by its answers. seconds: how long these took at best."""

    question: Question
    seconds: float
    by_answers: dict[bytes, _Next | _Ending[Any]] = field(default_factory=dict)


@dataclass
class _Work:
    """All courses that one piece of work has taken. first: where they begin; size: bytes kept."""

    first: _Next | None = None
    endings: int = 0
    size: int = 0


class Concluded(NamedTuple, Generic[T]):
    """What some work came to.

    mark     the same object where it was concluded from the same answers; None where that is not known
    answers  how many there were; 0 where nobody counted
    """

    value: T
    mark: object | None
    answers: int = 0


class Transcripts:
    """What was concluded from which answers, within bounds; what was of no use for the longest time goes first."""

    def __init__(self, most_bytes: int = _MOST_BYTES) -> None:
        self._most_bytes = most_bytes
        self._works: OrderedDict[Hashable, _Work] = OrderedDict()
        self._bytes = 0

    def conclude(
        self,
        key: Hashable,
        worker: Callable[[], Worker],
        work: Callable[[], T],
        keep: Callable[[T], bool] = lambda value: True,
    ) -> Concluded[T]:
        """The conclusion of `work`, done or remembered.

        key     names the work and everything it depends on but the answers of the worker
        worker  gives the worker to be asked, the one that `work` asks
        work    asks that worker; it may not change what it concludes, or what it was given, later on
        keep    whether a conclusion is one that depends on nothing else, such as how long something took
        Raises  what `work` raises
        """
        try:
            asked = worker()
        except StudentFault:  # `work` will meet it too, and knows what it means
            return Concluded(work(), None)
        known = self._works.get(key)
        said: list[Answered] = []
        if known is not None:
            self._works.move_to_end(key)
            place: _Next | _Ending[Any] | None = known.first
            while isinstance(place, _Next):
                # The one who is asked has a limit of its own.
                question = replace(place.question, seconds=asked.limits.call_seconds)
                answered = asked.ask(question, place.seconds)
                said.append(answered)
                if answered.lost is not None:
                    place = None
                    break
                place.seconds = min(place.seconds, answered.seconds)
                place = place.by_answers.get(answered.digest())
            if place is not None:
                return Concluded(place.value, place.mark, _count(said))
        tape = Tape(known=said)
        given_out = asked.given_out
        with taped(tape):
            value = work()
        # A function or an object of ours that was given out stands for something that no answer tells.
        if tape.spoiled or asked.given_out != given_out or len(tape.said) < len(said) or not keep(value):
            return Concluded(value, None, _count(tape.said))
        return Concluded(value, self._keep(key, tape.said, value), _count(tape.said))

    def _keep(self, key: Hashable, said: list[Answered], value: T) -> object | None:
        size = sum(
            _weight(one.question.rest, one.question.items)
            + sum(_weight(answer.body) + len(answer.output) + _PER_ANSWER for answer in one.answers)
            for one in said
        )
        if size > _LONGEST or not said:
            return None
        work = self._works.setdefault(key, _Work())
        if work.endings >= _MOST_ENDINGS:
            self._bytes -= work.size
            work = self._works[key] = _Work()
        place = work.first = work.first or _Next(said[0].question, said[0].seconds)
        ending: _Ending[T] = _Ending(value, object())
        for one, after in zip(said, [*said[1:], None], strict=True):
            if place.question != one.question:  # it depends on more than the answers, after all
                self._bytes -= work.size
                del self._works[key]
                return None
            found: _Next | _Ending[Any] = place.by_answers.setdefault(
                one.digest(), ending if after is None else _Next(after.question, after.seconds)
            )
            if isinstance(found, _Next):
                place = found
        work.endings += 1
        work.size += size
        self._bytes += size
        while self._bytes > self._most_bytes and len(self._works) > 1:
            _key, oldest = self._works.popitem(last=False)
            self._bytes -= oldest.size
        return ending.mark


def _count(said: list[Answered]) -> int:
    return sum(len(one.answers) for one in said)


def _weight(body: bytes, items: int = 1) -> int:
    """About how many bytes of memory packed values take here."""
    return len(body) + _PER_VALUE * wire.count_values(body, items)
