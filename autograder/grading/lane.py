"""A lane: one process that holds a collected suite and a zygote, and grades one submission after another.

It is started by `many` as a process of its own, so that an outside deadline can end it whatever a submission's data
does to it. Jobs come in on stdin, reports go out on a private copy of stdout, one msgpack frame each.

The first lane of a run tries the walls for all of them, and forks the others when it has collected the suite and met no
submission: they have a session, pipes and a zygote of their own, and share nothing with it but what was loaded.
"""

from __future__ import annotations

import atexit
import gc
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from autograder.course.find import find_course
from autograder.course.manifest import Assignment, Course, Limits
from autograder.errors import AutogradeError, SystemFault
from autograder.grading import frames
from autograder.grading.process import UNKNOWN_YET
from autograder.sandbox.channel import PollChannel
from autograder.sandbox.inside.data import show
from autograder.sandbox.launch import Launcher, Zygote, best_launcher

if TYPE_CHECKING:
    from autograder.runner.suite import Suite

_MEMORY_BYTES = 4 * 2**30
FORKED = "forked"
"""In place of pipes: this lane was started by another one."""

_FORKED_SECONDS = 0.5
"""How long the first lane waits at its end for those that it forked, which end at the same time."""


def _limit_memory() -> None:
    """What a submission's data makes us compute must end in a MemoryError here, not in an ended machine."""
    try:
        import resource
    except ImportError:
        return
    _soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    limit = _MEMORY_BYTES if hard == resource.RLIM_INFINITY else min(_MEMORY_BYTES, hard)
    resource.setrlimit(resource.RLIMIT_AS, (limit, hard))


def _in_words(error: AutogradeError) -> dict[str, Any]:
    """An error as a frame: its sentences with their fields, so that it is told in the language of who asked."""
    return {"error": [[part.id, dict(part.fields)] for part in error.parts], "exit_code": error.exit_code}


def _layers(told: str) -> frozenset[str] | None:
    """Exactly these are to hold workers back; None: as many as there are."""
    return frozenset(told.split(", ")) if told not in ("", UNKNOWN_YET) else None


class _Line:
    """To and from whoever hands out submissions."""

    def __init__(self, jobs: int, reports: int) -> None:
        self._jobs = os.fdopen(jobs, "rb")
        self._reports = os.fdopen(reports, "wb")

    def read(self) -> Any:
        """The next message; None where there will be no more."""
        return frames.read(self._jobs)

    def send(self, tree: Any) -> None:
        try:
            self._reports.write(frames.frame(tree))
            self._reports.flush()
        except BrokenPipeError:
            # Whoever gave the job is gone. There is nobody to report to, and nothing to keep.
            os._exit(1)

    def close(self) -> None:
        self._jobs.close()
        self._reports.close()


def _apart() -> _Line:
    """The pipes of this process, out of reach: a suite that prints must not write into the reports, nor one that reads
    take a job."""
    line = _Line(os.dup(0), os.dup(1))
    os.dup2(2, 1)
    with open(os.devnull, "rb") as null:
        os.dup2(null.fileno(), 0)
    return line


class _Lane:
    """One lane, from the moment when it knows the course.

    others  the pipes of those that it is to fork: "jobs,reports,errors" each; or `FORKED` alone, for one of those
    """

    def __init__(
        self, line: _Line, course: Course, assignment: Assignment, layers: str, others: Sequence[str]
    ) -> None:
        self._line = line
        self._course = course
        self._assignment = assignment
        self._unknown = layers == UNKNOWN_YET
        self._layers = _layers(layers)
        self._is_forked = list(others) == [FORKED]
        self._others = [tuple(map(int, one.split(","))) for one in others if one != FORKED]
        self._forked: list[int] = []
        # Before all else: it warms up while pytest is being imported here.
        self._launcher: Launcher = best_launcher(assignment, self._layers)

    def run(self) -> None:
        """Collect the suite and serve until there are no more jobs."""
        assignment = self._assignment
        try:
            if self._unknown:
                self._try_the_walls()
            # Only now: it takes longest, and others wait for what the walls came to.
            from autograder.runner.session import collected

            paths = [assignment.hidden_dir]
            if assignment.public_checks.exists():
                paths.append(assignment.public_checks)
            collected(paths, self._use)
        except AutogradeError as error:
            self._line.send(_in_words(error))
        except KeyboardInterrupt:
            pass
        except Exception as error:
            self._line.send(_in_words(SystemFault(f"{type(error).__name__}: {error}")))
        finally:
            self._launcher.close()
            self._await_forked()

    def _try_the_walls(self) -> None:
        # Loaded first: the zygote needs as long to become ready.
        from autograder.grading import grade  # noqa: F401
        from autograder.sandbox.isolation import examine

        self._line.send(
            {"isolation": examine(self._launcher, files=self._assignment.profile == "files").plain()}
        )

    def _use(self, suite: Suite) -> None:
        if self._unknown:
            told = self._line.read()
            if told is None:
                return
            self._layers = _layers(str(told["layers"]))
            for number in range(len(self._others)):
                self._fork(number, suite, str(told["layers"]))
            facts = self._launcher.facts
            if self._layers is not None and self._layers != frozenset(facts.get("layers", ())):
                self._launcher.close()
                self._launcher = best_launcher(self._assignment, self._layers)
        self._serve(suite)

    def _serve(self, suite: Suite) -> None:
        from autograder.grading.copies import Copies
        from autograder.grading.expected import announced
        from autograder.grading.grade import Grader
        from autograder.grading.record import job_of, plain

        gc.freeze()
        gc.enable()
        grader, copies = Grader(self._course, self._assignment, suite, self._launcher), Copies()
        # Before the first job: what no submission's data can have touched.
        ready = {"ready": announced(suite, self._assignment)}
        self._line.send({**ready, "pid": os.getpid()} if self._is_forked else ready)
        while (data := self._line.read()) is not None:
            report = copies.graded(job_of(data), grader.grade)
            self._line.send({"report": plain(report) | {"student": os.fsencode(report.student)}})

    # -- further lanes ------------------------------------------------------------------------------------------

    def _fork(self, number: int, suite: Suite, layers: str) -> None:
        """Start one of the others, as a copy of this process; anew where this one has threads, which have no copies."""
        jobs, reports, errors = self._others[number]
        if _threads() != 1:
            root, assignment, _layers, *limits = sys.argv[1:7]
            command = [sys.executable, "-P", "-m", "autograder.grading.lane"]
            process = subprocess.Popen(
                [*command, root, assignment, layers, *limits, FORKED],
                stdin=jobs,
                stdout=reports,
                stderr=errors,
                start_new_session=True,
            )
            self._forked.append(process.pid)
            process.returncode = 0  # it is waited for with those that were forked
        else:
            if pid := os.fork():
                self._forked.append(pid)
            else:
                self._become_forked(number, suite)
        for descriptor in (jobs, reports, errors):
            if descriptor > 2:
                os.close(descriptor)

    def _become_forked(self, number: int, suite: Suite) -> None:
        """Be a lane of one's own, to the end of this process."""
        status = 1
        try:
            os.setsid()
            signal.set_wakeup_fd(-1)
            self._line.close()
            if isinstance(self._launcher, Zygote):
                self._launcher.let_go()
            jobs, reports, errors = self._others[number]
            for other in self._others[number + 1 :]:
                for descriptor in other:
                    if descriptor > 2:
                        os.close(descriptor)
            if errors > 2:
                os.dup2(errors, 2)
                os.dup2(errors, 1)
                os.close(errors)
            self._line = _Line(jobs, reports)
            self._forked, self._is_forked = [], True
            _reseed()
            try:
                self._launcher = best_launcher(self._assignment, self._layers)
                self._serve(suite)
            except AutogradeError as error:
                self._line.send(_in_words(error))
            except Exception as error:
                self._line.send(_in_words(SystemFault(f"{type(error).__name__}: {error}")))
            finally:
                self._launcher.close()
            status = 0
        finally:
            _end(status)

    def _await_forked(self) -> None:
        """Whoever started this lane ends all of them together; none is to be left for the system to bury."""
        give_up = time.monotonic() + _FORKED_SECONDS
        for pid in self._forked:
            with suppress(ChildProcessError):
                while not os.waitpid(pid, os.WNOHANG)[0] and time.monotonic() < give_up:
                    time.sleep(0.002)


def _threads() -> int:
    """How many threads this process has; 0 where the system does not tell."""
    try:
        return len(os.listdir("/proc/self/task"))
    except OSError:
        return 0


def _reseed() -> None:
    """NumPy's global generator is in one state in every copy; Python's own sees to itself."""
    if numpy := sys.modules.get("numpy"):
        numpy.random.seed()


def _end(status: int) -> None:
    """End at once: taking down all that pytest and NumPy have built takes longer than a submission."""
    with suppress(Exception):
        atexit._run_exitfuncs()
        sys.stderr.flush()
    os._exit(status)


def main() -> None:
    """Serve until stdin ends."""
    # Nothing that is loaded here goes away again: there is nothing to look for until the first submission.
    gc.disable()
    _limit_memory()
    PollChannel.looks = 0
    line = _apart()
    root, assignment_id, layers, call_seconds, submission_seconds, memory_mib, *others = sys.argv[1:]
    try:
        course = find_course(Path(root))
        limits = Limits(float(call_seconds), float(submission_seconds), int(memory_mib))
        assignment = replace(course.assignment(assignment_id), limits=limits)
        # The reference runs here, where nothing is mounted.
        show(None if assignment.data_dir is None else str(assignment.data_dir))
        lane = _Lane(line, course, assignment, layers, others)
    except AutogradeError as error:
        line.send(_in_words(error))
        return
    lane.run()


if __name__ == "__main__":
    main()
    _end(0)
