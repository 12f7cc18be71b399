"""What do the public checks say of a file, once, or again and again as it is written?

Once is `run_public_checks`. `WarmChecks` keeps whatever does not depend on the file: the suite stays collected, NumPy
imported, and the next worker stands ready. What does depend on it starts anew: no worker sees a second file.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from autograder.course.manifest import Assignment, Limits
from autograder.diagnosis.faults import explain_cell, explain_load, explain_syntax
from autograder.errors import AutogradeError, SystemFault, WorkerEnded
from autograder.grading.public import public_results
from autograder.model import FunctionResult, Message, Outcome
from autograder.runner.session import collected
from autograder.runner.suite import Suite
from autograder.sandbox.bench import Bench
from autograder.sandbox.channel import Channel, ChannelClosed, DeadlinePassed
from autograder.sandbox.ingest import ingest_here
from autograder.sandbox.launch import Launcher, Process, Spawner, best_launcher
from autograder.sandbox.student import Student
from autograder.sandbox.worker import Program

_LOOK_SECONDS = 0.05
"""How often a check that waits for an answer looks whether the answer is still wanted."""

_END_SECONDS = 10.0
_STOPPED = "it was stopped"


@dataclass(frozen=True)
class PublicRun:
    """What the public checks came to.

    functions   those that have public checks, in the checks' order
    output      what the file printed, on import and in the checks
    error       why the file could not be loaded, else None
    unreadable  whether that is because it is no Python
    notices     what was left out of it, and which cells of a notebook did not run to their end
    """

    functions: tuple[FunctionResult, ...] = ()
    output: str = ""
    error: Message | None = None
    unreadable: bool = False
    notices: tuple[Message, ...] = ()


def run_public_checks(
    assignment: Assignment,
    files: Mapping[str, bytes],
    only: Collection[str] = (),
    *,
    pictures: bool = False,
    launcher: Spawner | None = None,
) -> PublicRun:
    """Run the public checks in a worker, of all functions or of `only` these.

    files     name → bytes: the assignment's file or its notebook, with its modules
    pictures  whether the first function that fails gets the pictures that show it
    launcher  with a worker that is on its way already; it is closed here
    Raises    AutogradeError where a file cannot be read
    """
    # Spawned, not forked: one worker is all that is needed, and this way works on every system.
    launcher = launcher or Spawner(assignment)
    program, notices = _program(assignment, files)
    if isinstance(program, Message):
        launcher.close()
        raise AutogradeError(program)
    bench = Bench(launcher, assignment.limits, program)
    found: list[PublicRun] = []

    def use(suite: Suite) -> None:
        failed = _load(bench)
        if failed is None:
            cells = tuple(map(explain_cell, bench.worker().failed_cells))
            chosen = only.__contains__ if only else (lambda name: True)
            functions, output = public_results(suite, suite.checks, bench, chosen)
            if pictures:
                functions = _illustrated(assignment, functions, bench)
            found.append(PublicRun(functions, output, notices=(*notices, *cells)))
        else:
            found.append(replace(failed, notices=notices))

    try:
        collected([assignment.public_checks], use)
    finally:
        bench.close()
        launcher.close()
    return found[0]


def _illustrated(
    assignment: Assignment, functions: Sequence[FunctionResult], bench: Bench
) -> tuple[FunctionResult, ...]:
    from autograder.pictures.public import public_pictures

    first = next((one for one in functions if one.outcome is Outcome.FAILED), None)
    if first is None:
        return tuple(functions)
    drawn = public_pictures(assignment, first.name, Student(bench.worker, lambda call: None))
    return tuple(replace(one, pictures=drawn) if one is first else one for one in functions)


def _program(
    assignment: Assignment, files: Mapping[str, bytes]
) -> tuple[Program | Message, tuple[Message, ...]]:
    """What a worker is given, or why it cannot be read; and what is to be known of it. Read by the same code as at
    grading, but in this process: the files are the student's own."""
    main = assignment.files[0]
    read = ingest_here(files, main)
    if read.problem is not None:
        return read.problem, read.notices
    return Program(read.sources, main, assignment.modules), read.notices


def _load(bench: Bench) -> PublicRun | None:
    """Load the file; what there is to say where that fails, else None."""
    loaded = bench.load()
    if loaded.error is None:
        return None
    unreadable = loaded.stage == "compile"
    explain = explain_syntax if unreadable else explain_load
    return PublicRun(output=bench.output, error=explain(loaded.error), unreadable=unreadable)


# -- again and again ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Judged:
    """One function of the file was checked. run: which one asked for; result: None where it has no public check."""

    run: int
    name: str
    result: FunctionResult | None
    output: str


@dataclass(frozen=True)
class Ended:
    """A run is over. problem: why the file could not be loaded, else None; fault: what went wrong on our side, or ""."""

    run: int
    problem: PublicRun | None = None
    fault: str = ""


@dataclass(frozen=True)
class Broken:
    """No run will ever be answered: the checks cannot be collected."""

    error: BaseException


Told = Judged | Ended | Broken


@dataclass(frozen=True)
class _Run:
    number: int
    files: Mapping[str, bytes]
    names: tuple[str, ...]


class WarmChecks:
    """The public checks of one assignment in a thread of their own, with all that can be warm kept warm.

    tell  called in that thread, with what was found; of a run that is no longer wanted nothing more is told
    """

    def __init__(self, assignment: Assignment, tell: Callable[[Told], None]) -> None:
        self._assignment = assignment
        self._tell = tell
        self._newest = 0
        self._running = 0
        self._runs: queue.SimpleQueue[_Run | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._work, name="checks", daemon=True)
        self._thread.start()

    def ask(self, files: Mapping[str, bytes], names: Sequence[str]) -> int:
        """Check these functions of these files, in this order, instead of whatever is under way; the run's number."""
        self._newest += 1
        self._runs.put(_Run(self._newest, dict(files), tuple(names)))
        return self._newest

    def close(self) -> None:
        """Stop what is under way and end all processes."""
        self._newest += 1
        self._runs.put(None)
        self._thread.join(_END_SECONDS)

    @property
    def _unwanted(self) -> bool:
        return self._running != self._newest

    def _work(self) -> None:
        launcher: Launcher | None = None
        try:
            # First: it warms up while the suite is being collected.
            launcher = best_launcher(self._assignment)
            self._ready = _Ready(launcher, self._assignment.limits, lambda: self._unwanted)
            collected([self._assignment.public_checks], self._serve)
        except BaseException as error:  # this thread has nobody else to tell it to
            self._tell(Broken(error))
        finally:
            if launcher is not None:
                self._ready.close()

    def _serve(self, suite: Suite) -> None:
        self._warm()
        while (run := self._runs.get()) is not None:
            self._running = run.number
            if self._unwanted:
                continue
            try:
                ended = self._run(suite, run)
            except AutogradeError as error:
                ended = Ended(run.number, fault=error.said())
            if not self._unwanted:
                self._tell(ended)
            self._warm()

    def _warm(self) -> None:
        try:
            self._ready.prepare()
        except SystemFault:
            # What keeps other people's code back cannot be had here. It is the student's own.
            self._ready.replace(Spawner(self._assignment))

    def _run(self, suite: Suite, run: _Run) -> Ended:
        program, _notices = _program(self._assignment, run.files)
        if isinstance(program, Message):
            return Ended(run.number, PublicRun(error=program))
        bench = Bench(self._ready, self._assignment.limits, program)
        try:
            failed = _load(bench)
            if failed is not None:
                return Ended(run.number, failed)
            for name in run.names:
                functions, output = public_results(suite, suite.checks, bench, name.__eq__)
                if self._unwanted:
                    break
                result = functions[0] if functions else None
                self._tell(Judged(run.number, name, result, output))
        finally:
            bench.close()
        return Ended(run.number)


class _Ready:
    """A launcher that has one worker started ahead, and whose workers give up once nobody wants their answers."""

    def __init__(self, launcher: Launcher, limits: Limits, unwanted: Callable[[], bool]) -> None:
        self._launcher = launcher
        self._limits = limits
        self._unwanted = unwanted
        self._ahead: Process | None = None

    @property
    def facts(self) -> Mapping[str, object]:
        return self._launcher.facts

    def prepare(self) -> None:
        """Start the next worker now. Raises SystemFault."""
        if self._ahead is None:
            self._ahead = self._launcher.start(self._limits)

    def replace(self, launcher: Launcher) -> None:
        """Start workers by other means from now on."""
        self.close()
        self._launcher = launcher

    def start(self, limits: Limits, role: str = "student") -> Process:
        if self._unwanted():
            raise WorkerEnded(_STOPPED)
        process, self._ahead = self._ahead, None
        if process is not None and not _waits(process.channel):
            process.channel.close()
            process.end(False)
            process = None
        if process is None:
            process = self._launcher.start(limits, role)
        return Process(_Stoppable(process.channel, self._unwanted), process.end, process.pid)

    def close(self) -> None:
        if self._ahead is not None:
            self._ahead.channel.close()
            self._ahead.end(False)
            self._ahead = None
        self._launcher.close()


def _waits(channel: Channel) -> bool:
    """Whether the worker at the other end still does what one does that was asked nothing: it says nothing."""
    try:
        channel.receive(time.monotonic())
    except DeadlinePassed:
        return True
    except ChannelClosed:
        pass
    return False


class _Stoppable:
    """A channel that stops waiting for an answer that nobody wants any more."""

    def __init__(self, channel: Channel, unwanted: Callable[[], bool]) -> None:
        self._channel = channel
        self._unwanted = unwanted
        self.send = channel.send
        self.take_output = channel.take_output
        self.close = channel.close

    def receive(self, deadline: float) -> bytes:
        while not self._unwanted():
            now = time.monotonic()
            try:
                return self._channel.receive(min(deadline, now + _LOOK_SECONDS))
            except DeadlinePassed:
                if now + _LOOK_SECONDS >= deadline:
                    raise
        raise ChannelClosed(_STOPPED)


__all__ = ["Broken", "Ended", "Judged", "PublicRun", "Told", "WarmChecks", "run_public_checks"]
