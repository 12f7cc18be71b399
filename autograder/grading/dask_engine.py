"""How is a class graded on a Dask cluster? Leases of submissions go to workers, and no report is believed unread.

The submissions are given to workers by name, two leases a thread at most, so that what is under way is bounded and it is
always known what a lost worker held. A worker is used only after it has shown that it has this engine, this course with
its secret and this isolation. Its reports are bytes, and go through `verdict` as if a lane had sent them.

A worker that is lost costs time. So does the scheduler: what was finished is kept by whoever takes our reports, and the
same command continues.
"""

from __future__ import annotations

import contextlib
import hashlib
import logging
import os
import queue
import time
from collections import Counter
from collections.abc import Callable, Generator, Iterator, Mapping
from dataclasses import astuple, dataclass, field, replace
from pathlib import Path
from types import TracebackType
from typing import Any

import msgpack

from autograder.cleaning import clean_line
from autograder.course.manifest import Assignment, Course
from autograder.errors import CourseError, SystemFault, UsageError
from autograder.grading import frames
from autograder.grading.dask_worker import examined, fingerprint, graded, left
from autograder.grading.engine import Asked, Made
from autograder.grading.expected import Expected, expected_of, versions
from autograder.grading.fields import Refused
from autograder.grading.leases import MOST_LOSSES, Item, Lease, Leases
from autograder.grading.record import job
from autograder.grading.verdict import verdict
from autograder.language import later
from autograder.model import GradeReport, Message, Status, message
from autograder.sandbox.isolation import Isolation
from autograder.sandbox.level import LETTERS, Level

DECISIVE = ("level", "policy", "profile", "missing")
"""What of the isolation has to be equal on all workers of a run."""

_LOOK_SECONDS = 1.0
_CONNECT_SECONDS = 20.0
_EXAMINE_SECONDS = 120.0
_RESULT_SECONDS = 60.0
_PATIENCE_SECONDS = 300.0
_LEASES_A_THREAD = 2
_MOST_LOSSES_IN_A_ROW = 10
"""Of workers, without one lease that came back: then it is no submission's fault."""


@dataclass(frozen=True)
class FarIsolation(Isolation):
    """What holds submissions back on the workers; `known` is their record."""

    known: Mapping[str, str | int | float] = field(default_factory=dict)

    def record(self, *, allowed: bool = False) -> dict[str, str | int | float]:
        return dict(self.known)


@dataclass(eq=False)
class _Worker:
    """One that passed: what it said of itself, and how many leases it holds."""

    address: str
    threads: int
    token: str
    record: Mapping[str, str | int | float]
    level: Level
    name: str
    leases: int = 0


@dataclass(frozen=True)
class _Flight:
    """Something that was asked of a worker; lease: None for the question what it has."""

    address: str
    future: Any
    lease: Lease | None = None


class DaskEngine:
    """Grades on the workers of one scheduler; see `engine.Engine`. To be closed.

    scheduler   its address, or the file that `dask scheduler --scheduler-file` wrote; "" for what Dask's own
                configuration names
    allow_weak  whether workers may be used that hold submissions back by less than level B
    tell        is given the sentences (messages) of one remark at a time: which worker is not used and why
    patience    seconds to wait for a worker where there is none
    isolation   what the workers have; set at once, from those that are there
    Raises      UsageError without Dask or a scheduler's name, SystemFault where it does not answer or has no worker that
                fits
    """

    def __init__(
        self,
        scheduler: str,
        course: Course,
        assignment: Assignment,
        *,
        allow_weak: bool = False,
        tell: Callable[..., None] = lambda *_told: None,
        patience: float = _PATIENCE_SECONDS,
    ) -> None:
        self._assignment = assignment
        self._tell = tell
        self._patience = patience
        self._versions = versions(assignment)
        salt = os.urandom(16)
        self._fingerprint = fingerprint(course, assignment, salt)
        self._asked = {
            "course": str(course.root.resolve()),
            "assignment": assignment.id,
            "limits": list(astuple(assignment.limits)),
        }
        self._look = msgpack.packb({**self._asked, "salt": salt, "allow_weak": allow_weak})
        self._setup = hashlib.sha256(self._look).hexdigest()
        self._workers: dict[str, _Worker] = {}
        self._turned_down: dict[str, tuple[Message, ...]] = {}
        self._flights: dict[str, _Flight] = {}
        self._done: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._expected: Expected | None = None
        self._ready = b""
        self._quiet = ""
        self._in_a_row = 0
        self._looked = self._alone_since = 0.0
        self._required: dict[str, str | int | float] | None = None
        self._scheduler, self._client = _connected(scheduler)
        try:
            self.isolation = self._first_look()
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> DaskEngine:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Take back what is under way, and leave the scheduler. The workers stay; their lanes end."""
        with contextlib.suppress(Exception):
            self._cancel(list(self._flights))
            if self._client.status == "running":
                self._client.run(left, workers=list(self._workers), wait=False, on_error="ignore")
        with contextlib.suppress(Exception):
            self._client.close(timeout=5)

    # -- a run ----------------------------------------------------------------------------------------------------

    def run(
        self, tasks: Iterator[Asked | GradeReport], versions: Mapping[str, str]
    ) -> Generator[Made, None, None]:
        """See `engine.Engine`."""
        if versions != self._versions:
            raise _changed()
        leases = Leases(tasks)
        try:
            while True:
                yield from self._lost_ones(leases)
                yield from self._hand_out(leases)
                if leases.finished and not any(flight.lease for flight in self._flights.values()):
                    return
                self._still_somebody()
                with contextlib.suppress(queue.Empty):
                    yield from self._came(self._done.get(timeout=_LOOK_SECONDS), leases)
        finally:
            self._cancel([key for key, flight in self._flights.items() if flight.lease])

    def _hand_out(self, leases: Leases) -> Iterator[Made]:
        if leases.some_alone and self._workers:
            if self._quiet not in self._workers:
                self._quiet = min(self._workers.values(), key=lambda worker: worker.leases).address
            quiet = self._workers[self._quiet]
            if not quiet.leases:
                self._give(quiet, leases.alone(), leases)
        elif not (self._quiet in self._workers and self._workers[self._quiet].leases):
            self._quiet = ""
        while not leases.exhausted:
            free = [
                worker
                for worker in self._workers.values()
                if worker.leases < _LEASES_A_THREAD * worker.threads and worker.address != self._quiet
            ]
            if not free:
                return
            emptiest = min(free, key=lambda worker: worker.leases / worker.threads)
            for each in leases.next():
                if isinstance(each, Lease):
                    self._give(emptiest, each, leases)
                else:
                    yield None, each, None

    def _give(self, worker: _Worker, lease: Lease, leases: Leases) -> None:
        asked = {
            **self._asked,
            "setup": self._setup,
            "token": worker.token,
            "layers": worker.record["layers"],
            "fresh": lease.alone,
            "jobs": [job(item.task.submission) for item in lease.items],
        }
        try:
            # Straight to the worker's memory: what is part of a task stays in Dask's logs, a thousand messages long.
            sent = self._client.scatter(msgpack.packb(asked), workers=[worker.address], hash=False)
        except KeyboardInterrupt:
            raise
        except BaseException:
            # It is being lost just now. Nothing of this lease was begun.
            self._workers.pop(worker.address, None)
            leases.give_back(lease)
            return
        worker.leases += 1
        self._ask(worker.address, graded, sent, lease)

    def _ask(self, address: str, what: Callable[[bytes], bytes], asked: Any, lease: Lease | None) -> None:
        # Pinned to one worker: Dask would give what a lost worker held to the next one, and lose that too.
        future = self._client.submit(
            what,
            asked,
            key=f"autograde-{what.__name__}-{os.urandom(12).hex()}",
            workers=[address],
            allow_other_workers=False,
            pure=False,
        )
        self._flights[future.key] = _Flight(address, future, lease)
        future.add_done_callback(lambda done: self._done.put(done.key))

    def _cancel(self, keys: list[str]) -> None:
        futures = [self._flights.pop(key).future for key in keys]
        if futures and self._client.status == "running":
            with contextlib.suppress(Exception):
                self._client.cancel(futures, force=True)

    # -- what comes back ------------------------------------------------------------------------------------------

    def _came(self, key: str, leases: Leases) -> Iterator[Made]:
        flight = self._flights.pop(key, None)
        if flight is None:
            return
        told = self._told(flight)
        if flight.lease is None:
            self._examined(flight.address, told)
            return
        worker = self._workers.get(flight.address)
        if worker is not None:
            worker.leases -= 1
        if told is None or worker is None or told.get("token") != worker.token:
            self._flights[key] = flight
            yield from self._lose(flight.address, leases)
            return
        if "error" in told:
            sentences = _sentences(told["error"])
            if told.get("exit_code") == CourseError.exit_code:
                raise CourseError(*sentences)
            self._turn_down(flight.address, worker.name, *sentences)
            leases.give_back(flight.lease)
            for mine in [one for one, other in self._flights.items() if other.address == flight.address]:
                if lease := self._flights[mine].lease:
                    leases.give_back(lease)
                self._cancel([mine])
            return
        self._in_a_row = 0
        yield from self._reports(flight.lease, told, worker, leases)

    def _told(self, flight: _Flight) -> dict[str, Any] | None:
        """An answer, or None where there is none, or nothing that we would have sent."""
        try:
            answer = flight.future.result(timeout=_RESULT_SECONDS)
            told = msgpack.unpackb(answer) if type(answer) is bytes else None
        except KeyboardInterrupt:
            raise
        except BaseException as error:
            # Dask says it in many ways that a worker was lost, some of them no Exception.
            self._alive()
            if flight.lease is None:
                return {"error": [["{text}", {"text": clean_line(f"{type(error).__name__}: {error}", 300)}]]}
            return None
        return told if type(told) is dict else None

    def _reports(
        self, lease: Lease, told: Mapping[str, Any], worker: _Worker, leases: Leases
    ) -> Iterator[Made]:
        frames_of = told.get("reports")
        if type(frames_of) is not list or len(frames_of) != len(lease.items):
            frames_of = [b""] * len(lease.items)
        if (ready := told.get("ready")) and ready != self._ready:
            self._announced(ready)
        if type(seconds := told.get("seconds")) is float:
            leases.took(seconds, len(lease.items))
        for item, sent in zip(lease.items, frames_of, strict=True):
            try:
                if self._expected is None:
                    raise Refused("it did not say what it collected")
                report = verdict(_tree(sent), self._expected, item.task.submission)
            except Refused as refused:
                if leases.refused(item):
                    continue
                report = self._given_up(
                    item,
                    message(
                        "The grading process failed twice on this submission: {reason}. Please look at it.",
                        reason=str(refused),
                    ),
                )
            else:
                if item.refused:
                    noticed = message(
                        "Graded twice: the first report was not a valid one ({reason}), and was thrown away.",
                        reason=later("it could not be read"),
                    )
                    report = replace(report, notices=(*report.notices, noticed))
            yield item.task.identity, report, worker.record

    def _announced(self, ready: Any) -> None:
        try:
            expected = expected_of(_tree(ready), self._assignment)
        except Refused:
            return
        if expected.versions != self._versions or self._expected not in (None, expected):
            raise _changed()
        self._expected, self._ready = expected, ready

    def _given_up(self, item: Item, why: Message) -> GradeReport:
        submission = item.task.submission
        return GradeReport(
            submission.student,
            self._assignment.id,
            Status.SYSTEM_ERROR,
            message=why,
            max_score=10_000,
            notices=submission.notices,
            files=submission.hashes,
        )

    # -- workers come and go --------------------------------------------------------------------------------------

    def _threads(self) -> dict[str, int]:
        """Address → threads of all workers that the scheduler knows now."""
        self._alive()
        self._looked = time.monotonic()
        try:
            found: dict[str, int] = self._client.nthreads(callback_timeout=_RESULT_SECONDS)
        except KeyboardInterrupt:
            raise
        except BaseException:
            raise self._scheduler_lost() from None
        return found

    def _alive(self) -> None:
        if self._client.status != "running":
            raise self._scheduler_lost()

    def _scheduler_lost(self) -> SystemFault:
        return SystemFault(
            message("The connection to the Dask scheduler {address} was lost.", address=self._scheduler),
            message("What was finished is kept. Run the same command again: it continues."),
        )

    def _lost_ones(self, leases: Leases) -> Iterator[Made]:
        """Look who is there, if that was not just done: ask the new ones what they have, and miss the lost ones."""
        self._alive()
        if time.monotonic() - self._looked < _LOOK_SECONDS:
            return
        threads = self._threads()
        for address in [address for address in self._known() if address not in threads]:
            yield from self._lose(address, leases)
            self._turned_down.pop(address, None)
        self._ask_the_new(threads)

    def _known(self) -> set[str]:
        asked = {flight.address for flight in self._flights.values()}
        return {*self._workers, *self._turned_down, *asked}

    def _ask_the_new(self, threads: Mapping[str, int]) -> None:
        for address in threads.keys() - self._known():
            self._ask(address, examined, self._look, None)

    def _lose(self, address: str, leases: Leases) -> Iterator[Made]:
        """A worker is lost, with all that it held."""
        worker = self._workers.pop(address, None)
        mine = {key: flight for key, flight in self._flights.items() if flight.address == address}
        self._cancel(list(mine))
        held = [flight.lease for flight in mine.values() if flight.lease]
        if not held:
            return
        if not all(lease.alone for lease in held):
            self._in_a_row += 1
        name = worker.name if worker else address
        count = sum(len(lease.items) for lease in held)
        self._tell(
            message(
                "The worker {worker} was lost. Submissions that it had: {n}; they are graded again.",
                worker=name,
                n=count,
            )
        )
        for lease in held:
            for item in leases.lost(lease):
                why = message(
                    "{n} workers were lost while they graded this submission, the last one with nothing else to do. "
                    "Please look at it.",
                    n=MOST_LOSSES,
                )
                yield item.task.identity, self._given_up(item, why), worker.record if worker else self._record
        if self._in_a_row > _MOST_LOSSES_IN_A_ROW:
            raise SystemFault(
                message(
                    "{n} workers were lost one after the other, and no submission came back in between. Look at the "
                    "workers' logs.",
                    n=self._in_a_row,
                ),
                message("What was finished is kept. Run the same command again: it continues."),
            )

    def _still_somebody(self) -> None:
        """Wait for workers, but not for ever."""
        if self._workers:
            self._alone_since = 0.0
            return
        now = time.monotonic()
        if not self._alone_since:
            self._alone_since = now
            self._tell(message("Waiting for workers at {address}.", address=self._scheduler))
        elif now - self._alone_since > self._patience:
            raise self._nobody()

    def _nobody(self) -> SystemFault:
        return SystemFault(
            message(
                "The Dask scheduler {address} has no worker that can grade this.", address=self._scheduler
            ),
            *[part for parts in list(self._turned_down.values())[:3] for part in parts],
            message("What was finished is kept. Run the same command again: it continues."),
        )

    # -- does it fit? ---------------------------------------------------------------------------------------------

    @property
    def _record(self) -> Mapping[str, str | int | float]:
        return self.isolation.known

    def _first_look(self) -> FarIsolation:
        """Examine those that are there, and take the best isolation that is found as the one of this run."""
        began = time.monotonic()
        waiting = False
        while True:
            threads = self._threads()
            for address in [one for one in self._known() if one not in threads]:
                self._cancel([key for key, flight in self._flights.items() if flight.address == address])
                self._workers.pop(address, None)
                self._turned_down.pop(address, None)
            self._ask_the_new(threads)
            waited = time.monotonic() - began
            if self._workers and (not self._flights or waited > _EXAMINE_SECONDS):
                break
            if (threads and not self._flights) or waited > self._patience:
                raise self._nobody()
            if not threads and not waiting:
                waiting = True
                self._tell(message("Waiting for workers at {address}.", address=self._scheduler))
            with contextlib.suppress(queue.Empty):
                key = self._done.get(timeout=_LOOK_SECONDS)
                if (flight := self._flights.pop(key, None)) is not None:
                    self._examined(flight.address, self._told(flight))
        counted: Counter[tuple[tuple[str, str], ...]] = Counter()
        for worker in self._workers.values():
            counted[tuple(_decisive(worker.record).items())] += worker.threads
        letters = list(LETTERS)
        best = min(counted, key=lambda one: (letters.index(dict(one)["level"]), -counted[one]))
        self._required = dict(best)
        for worker in list(self._workers.values()):
            if why := self._does_not_fit(worker.record):
                self._turn_down(worker.address, worker.name, why)
        chosen = next(iter(self._workers.values()))
        return FarIsolation(chosen.level, {}, (), chosen.record)

    def _examined(self, address: str, told: Mapping[str, Any] | None) -> None:
        """A worker has said what it has."""
        if told is None or "error" in told:
            told = told or {"error": [["{text}", {"text": later("it gave no answer")}]]}
            self._turn_down(address, address, *_sentences(told["error"]))
            return
        try:
            name = f"{clean_line(str(told['machine']), 100)} ({address})"
            record = {str(key): value for key, value in dict(told["record"]).items()}
            missing = tuple(map(str, told["missing"]))
            level = Level(str(record["level"]), missing, tuple(_sentences(told["remedies"])))
            token, theirs = str(told["token"]), dict(told["versions"])
            same = told["fingerprint"] == self._fingerprint
        except (KeyError, TypeError, ValueError):
            self._turn_down(address, address, message("It did not say what it has."))
            return
        for what, ours in self._versions.items():
            if theirs.get(what) != ours:
                why = message(
                    "Its {what} is version {theirs}, and here it is {ours}.",
                    what=_WORDS[what],
                    theirs=clean_line(str(theirs.get(what)), 60),
                    ours=ours,
                )
                self._turn_down(address, name, why)
                return
        if not same:
            why = message(
                "Its copy of the course is another one: a file of the solutions or secret.key differs from here."
            )
            self._turn_down(address, name, why)
        elif level.letter not in LETTERS:
            self._turn_down(address, name, message("It did not say what it has."))
        elif why_not := self._does_not_fit(record):
            self._turn_down(address, name, why_not)
        else:
            threads = self._threads().get(address, 0)
            if threads:
                self._workers[address] = _Worker(address, threads, token, record, level, name)

    def _does_not_fit(self, record: Mapping[str, Any]) -> Message | None:
        if self._required is None:
            return None
        for what, ours in self._required.items():
            theirs = _decisive(record)[what]
            if theirs != ours:
                return message(
                    "Its isolation differs: {what} is {theirs}, and this run has {ours}. Run 'autograde doctor' there.",
                    what=what,
                    theirs=clean_line(theirs, 100) or "-",
                    ours=str(ours) or "-",
                )
        return None

    def _turn_down(self, address: str, name: str, *why: Message) -> None:
        self._workers.pop(address, None)
        told = (message("The worker {worker} is not used.", worker=name), *why)
        self._turned_down[address] = told
        self._tell(*told)


_WORDS = {"engine": later("engine"), "course": later("course"), "suite": later("hidden suite")}


def _decisive(record: Mapping[str, Any]) -> dict[str, str]:
    return {name: str(record.get(name, "")) for name in DECISIVE}


def _tree(sent: Any) -> Any:
    """What one frame holds, within the bounds of what a lane may send. Raises Refused."""
    try:
        tree, length = frames.take(sent) if type(sent) is bytes else (None, 0)
    except frames.Malformed as error:
        raise Refused(f"it sent {error}") from None
    if tree is None or length != len(sent):
        raise Refused("it sent no report")
    return tree


def _sentences(told: Any) -> list[Message]:
    try:
        return [Message(str(id), dict(fields)) for id, fields in told]
    except (TypeError, ValueError):
        return [message("It did not say what went wrong.")]


def _changed() -> SystemFault:
    return SystemFault(
        message(
            "The course has changed while it was being graded. Run the same command again; what was finished "
            "before the change is kept where it still counts."
        )
    )


def _connected(scheduler: str) -> tuple[str, Any]:
    """The scheduler's address and a client of it."""
    try:
        import dask
        from distributed import Client
    except ImportError:
        raise UsageError(
            message("Dask is not installed here. Install it: pip install 'autograder[dask]'.")
        ) from None
    if not os.environ.get("AUTOGRADE_DEBUG"):
        # What it has to say, we say: once and in a sentence.
        logging.getLogger("distributed").setLevel(logging.CRITICAL)
    named = scheduler or dask.config.get("scheduler-address", None)
    if not named:
        raise UsageError(
            message(
                "Which Dask scheduler? Name it: --scheduler tcp://HOST:8786, or set DASK_SCHEDULER_ADDRESS."
            )
        )
    file = {"scheduler_file": named} if "://" not in named and Path(named).is_file() else {"address": named}
    try:
        connect: Any = Client
        client = connect(**file, timeout=_CONNECT_SECONDS, set_as_default=False, name="autograde")
    except Exception as error:
        raise SystemFault(
            message(
                "The Dask scheduler {address} does not answer: {error}.",
                address=str(named),
                error=clean_line(str(error), 200) or type(error).__name__,
            )
        ) from None
    return str(named), client


__all__ = ["DECISIVE", "DaskEngine", "FarIsolation"]
