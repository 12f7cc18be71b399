"""Starts workers: forked from a warm zygote where the system can, as plain subprocesses where it cannot."""

from __future__ import annotations

import contextlib
import importlib.util
import json
import math
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from autograder.course.manifest import Assignment, Limits
from autograder.errors import CourseError, SystemFault
from autograder.language import later
from autograder.model import message
from autograder.sandbox.channel import (
    Channel,
    ChannelClosed,
    DeadlinePassed,
    PollChannel,
    ThreadChannel,
)
from autograder.sandbox.inside.framing import ProtocolError
from autograder.sandbox.inside.layers import EVERY_LAYER, IDS, NOT_HERE

_START_SECONDS = 30.0
_ANSWER_SECONDS = 10.0
_FORBIDDEN_CALL = 31  # SIGSYS: what a filter of system calls kills with
_INSIDE = Path(__file__).resolve().parent
_WALLS = frozenset({"namespaces", "root"})
_WITHOUT_ZYGOTE = frozenset({"environment", "descriptors", "session", "rlimits"})
# User ids that belong to nobody, in blocks, so that the workers of two zygotes do not share a process limit. Drawn:
# two zygotes may have one parent, and process ids may repeat in another container of this machine.
_FIRST_ID = 2_000_000_000
_ID_BLOCKS = 100_000


@dataclass(frozen=True)
class Ending:
    """How a worker's process ended.

    status  as of wait(2), None where we killed it
    gone    whether whoever started it had ended before, so that nobody can tell
    """

    status: int | None
    cpu_seconds: float = 0.0
    gone: bool = False

    def describe(self) -> str:
        """In words: "it exited with status 0", "it was killed by SIGSEGV"."""
        if self.status is None:
            return "it stopped answering"
        if number := self.status & 0x7F:
            if number == _FORBIDDEN_CALL:
                return "it was killed by SIGSYS, for asking the system for something that no solution needs"
            with contextlib.suppress(ValueError):
                return f"it was killed by {signal.Signals(number).name}"
            return f"it was killed by signal {number}"
        return f"it exited with status {self.status >> 8}"


@dataclass(frozen=True)
class Process:
    """One running worker: its channel, and how to end it (which may be done once).

    end  takes whether the worker closed its pipes by itself: then its own exit status is worth a short wait
    pid  as this process sees it
    """

    channel: Channel
    end: Callable[[bool], Ending]
    pid: int = 0


class Launcher(Protocol):
    """Whatever starts workers."""

    @property
    def facts(self) -> Mapping[str, Any]:
        """What is known about the walls around its workers; empty where there are none."""

    def start(self, limits: Limits, role: str = "student") -> Process:
        """A fresh worker, confined and ready for its first request. role: "student" or "ingest"."""

    def close(self) -> None:
        """End everything that was started."""


def cpu_seconds(limits: Limits) -> int:
    """The processor time after which the kernel ends a worker, should all else fail."""
    return math.ceil(limits.submission_seconds) + 1


def best_launcher(assignment: Assignment | None = None, layers: frozenset[str] | None = None) -> Launcher:
    """The fastest that this system offers.

    assignment  whose modules and data workers may use; None for what every course has
    layers      exactly those must hold workers back; None for as many as this system has
    """
    if hasattr(os, "fork") and hasattr(socket, "AF_UNIX") and sys.platform != "darwin":
        return Zygote(
            layers=EVERY_LAYER if layers is None else layers,
            exact=layers is not None,
            modules=() if assignment is None else assignment.modules,
            files=assignment is not None and assignment.profile == "files",
            data=None if assignment is None else assignment.data_dir,
        )
    return Spawner(assignment)


def _command(module: str, options: Mapping[str, Any]) -> list[str]:
    """A Python that sees the standard library, NumPy, msgpack and `inside`, and nothing else of ours.

    -S and -P keep site-packages and the current folder off the path; the folders that are needed are named. Not -I:
    it would ignore the fixed PYTHONHASHSEED, and reports must not depend on the order of a set.
    """
    program = (
        "import json, sys; options = json.loads(sys.argv[1]); sys.path[:0] = [options['inside']];"
        "sys.path += options['folders'];"
        f"from inside import {module}; sys.path.remove(options['inside']);"
        f"{module}.main(options)"
    )
    return [sys.executable, "-S", "-s", "-P", "-B", "-X", "utf8", "-c", program, json.dumps(options)]


def _places(modules: Sequence[str]) -> tuple[list[str], list[str]]:
    """Where NumPy, msgpack and further modules lie: the folders for `sys.path`, and what in them is theirs.

    Raises CourseError for a module that is not installed
    """
    folders: dict[str, None] = {}
    packages: dict[str, None] = {}
    for name in ("numpy", "msgpack", *dict.fromkeys(module.partition(".")[0] for module in modules)):
        if name in sys.stdlib_module_names:
            continue
        spec = importlib.util.find_spec(name)
        if spec is None or spec.origin is None:
            raise CourseError(
                message(
                    "The course allows the module '{name}', which is not installed here: pip install {name}.",
                    name=name,
                )
            )
        place = Path(spec.origin).resolve()
        place = place.parent if spec.submodule_search_locations else place
        folders[str(place.parent)] = None
        packages[str(place)] = None
        # Wheels keep the shared libraries that they bring beside the package.
        for libraries in (place.parent / f"{name}.libs", place.parent / f"{name.capitalize()}.libs"):
            if libraries.is_dir():
                packages[str(libraries)] = None
    return list(folders), list(packages)


def _everyone_can_read(data: Path) -> None:
    """Workers of root give up its id. Raises CourseError for data that they could then not read."""
    for place in (data, *data.rglob("*")):
        needed = 0o005 if place.is_dir() else 0o004
        if not place.is_symlink() and place.stat().st_mode & needed != needed:
            raise CourseError(
                message(
                    "Submissions are to read {path}, which only its owner may read: chmod -R o+rX '{data}'.",
                    path=str(place),
                    data=str(data),
                )
            )


def temporary_folder(within: Path | None = None) -> str:
    """An empty folder of ours, where temporary files go or `within` another. Raises SystemFault where none can be made."""
    try:
        return tempfile.mkdtemp(prefix="autograde-", dir=within)
    except OSError as error:
        raise SystemFault(
            message(
                "There is no folder for temporary files ({reason}). Set TMPDIR to one that can be "
                "written; in a container with a read-only root: --tmpfs /tmp.",
                reason=error.strerror or str(error),
            )
        ) from None


def _environment() -> dict[str, str]:
    one = dict.fromkeys(
        [
            "OPENBLAS_NUM_THREADS",
            "OMP_NUM_THREADS",
            "MKL_NUM_THREADS",
            "NUMEXPR_NUM_THREADS",
            "VECLIB_MAXIMUM_THREADS",
        ],
        "1",
    )
    kept = {"SYSTEMROOT": os.environ["SYSTEMROOT"]} if "SYSTEMROOT" in os.environ else {}
    return {**one, **kept, "PYTHONHASHSEED": "0"}


class Zygote:
    """The trusted end of a zygote (`inside.zygote`). One that ended or stopped answering is replaced: a worker may have
    killed it, and the next submission must not notice.

    layers   what holds its workers back (`inside.layers`); a test leaves some out
    exact    whether it may not start with fewer
    modules  loaded besides what every course has
    files    whether workers may read `data` and use a scratch folder; else no path exists for them
    data     a folder of the course
    """

    def __init__(
        self,
        *,
        layers: frozenset[str] = EVERY_LAYER,
        exact: bool = False,
        modules: Sequence[str] = (),
        files: bool = False,
        data: Path | None = None,
    ) -> None:
        self._layers = layers
        self._exact = exact
        self._modules = tuple(modules)
        self._files = files
        self._data = data
        self._without_walls = ""
        self._open()

    def _open(self) -> None:
        self._facts: dict[str, Any] = {}
        folders, packages = _places(self._modules)
        if self._data is not None and os.getuid() == 0:
            _everyone_can_read(self._data)
        self._folder = temporary_folder()
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            options = {
                "inside": str(_INSIDE),
                "folders": folders,
                "packages": [*packages, str(_INSIDE / "inside")],
                "control": theirs.fileno(),
                "layers": sorted(self._layers),
                "modules": self._modules,
                "files": self._files,
                "data": None if self._data is None else str(self._data.resolve()),
                "first_id": _FIRST_ID + secrets.randbelow(_ID_BLOCKS) * IDS,
            }
            self._process = subprocess.Popen(
                _command("zygote", options),
                env=_environment(),
                cwd=self._folder,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                pass_fds=(theirs.fileno(),),
            )
        self._control.settimeout(_START_SECONDS)
        self._ready = False
        self._usable = True

    @property
    def facts(self) -> Mapping[str, Any]:
        """What the zygote found out about the walls around it; see `inside.zygote`. Raises SystemFault."""
        self._wait_until_ready()
        return self._facts

    def _wait_until_ready(self) -> None:
        if not self._usable:
            self._open()
        if self._ready:
            return
        try:
            self._facts = self._answer()["facts"]
        except SystemFault:
            if (
                self._exact
                or self._layers.isdisjoint(_WALLS)
                or self._process.wait(_ANSWER_SECONDS) != NOT_HERE
            ):
                raise
            # The kernel allows this process no namespaces. What is left may still do; `isolation` decides that.
            self._without_walls = self._said or "no reason given"
            self._layers -= _WALLS
            self.close()
            self._open()
            self._wait_until_ready()
            return
        if self._without_walls:
            self._facts["refused"] = {"namespaces": self._without_walls, **self._facts["refused"]}
        if self._exact and self._facts["refused"]:
            refused = "; ".join(f"{layer}: {reason}" for layer, reason in self._facts["refused"].items())
            raise SystemFault(
                message(
                    "Workers would be held back by less than when grading began ({refused}). Run 'autograde doctor'.",
                    refused=refused,
                )
            )
        # It has a root of its own by now, and whoever kills this process leaves nothing behind.
        shutil.rmtree(self._folder, ignore_errors=True)
        self._ready = True
        self._control.settimeout(_ANSWER_SECONDS)

    def _answer(self) -> dict[str, Any]:
        try:
            data, descriptors, _flags, _address = socket.recv_fds(self._control, 65_536, 1)
        except OSError as error:
            raise SystemFault(
                message(
                    "The process that starts workers does not answer: {error}. Run 'autograde doctor'.",
                    error=str(error),
                )
            ) from None
        if not data:
            assert self._process.stderr is not None
            self._said = self._process.stderr.read().decode(errors="replace")[-500:].strip()
            raise SystemFault(
                message(
                    "The process that starts workers ended: {reason}. Run 'autograde doctor'.",
                    reason=self._said or later("no reason given"),
                )
            )
        answer: dict[str, Any] = json.loads(data)
        if descriptors:
            answer["pid"], answer["inner_pid"] = _process_id(descriptors[0]), answer["pid"]
        return answer

    def start(self, limits: Limits, role: str = "student") -> Process:
        fresh = not self._ready
        try:
            return self._start(limits, role)
        except (SystemFault, OSError):
            if fresh:
                raise
        self._give_up()
        return self._start(limits, role)

    def _give_up(self) -> None:
        """End the zygote, and its workers with it; the next start opens another one."""
        if self._usable:
            self._usable = False
            self._process.kill()
            self.close()

    def _start(self, limits: Limits, role: str) -> Process:
        # Only now: it warms up while the suite is being collected.
        self._wait_until_ready()
        theirs_in, ours_in = os.pipe()
        ours_out, theirs_out = os.pipe()
        ours_output, theirs_output = os.pipe()
        command = {
            "fork": {"memory_mib": limits.memory_mib, "cpu_seconds": cpu_seconds(limits), "role": role}
        }
        try:
            socket.send_fds(
                self._control, [json.dumps(command).encode()], [theirs_in, theirs_out, theirs_output]
            )
            answer = self._answer()
        except BaseException:
            for descriptor in (ours_in, ours_out, ours_output):
                os.close(descriptor)
            raise
        finally:
            for descriptor in (theirs_in, theirs_out, theirs_output):
                os.close(descriptor)
        channel = PollChannel(ours_in, ours_out, ours_output)
        parent, inner = self._process, answer.get("inner_pid", answer["pid"])
        process = Process(channel, lambda ended: self._end(parent, inner, ended), answer["pid"])
        _await_ready(process)
        return process

    def _end(self, parent: subprocess.Popen[bytes], pid: int, ended: bool) -> Ending:
        if parent is not self._process or not self._usable:
            return Ending(None, gone=True)  # it went with its zygote
        try:
            self._control.send(json.dumps({"end": pid, "patience": 0.2 if ended else 0.0}).encode())
            answer = self._answer()
        except (SystemFault, OSError):
            self._give_up()
            return Ending(None, gone=True)
        return Ending(answer["status"], answer["cpu"])

    def let_go(self) -> None:
        """In a copy of the process that started it: hold nothing of it any more, and leave it alone."""
        self._control.close()
        if self._process.stderr is not None:
            self._process.stderr.close()
        self._process.returncode = 0  # it is not ours to wait for

    def close(self) -> None:
        self._control.close()
        try:
            self._process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if self._process.stderr is not None:
            self._process.stderr.close()
        shutil.rmtree(self._folder, ignore_errors=True)


def _process_id(descriptor: int) -> int:
    """The process behind a pidfd, as this process numbers it; 0 where the system does not tell."""
    try:
        lines = Path(f"/proc/self/fdinfo/{descriptor}").read_text("ascii").splitlines()
        return int(dict(line.split(":", 1) for line in lines)["Pid"])
    except (OSError, KeyError, ValueError):
        return 0
    finally:
        os.close(descriptor)


def _await_ready(process: Process) -> None:
    """Wait until the worker is confined. What goes wrong before is ours: no student code has been sent yet.

    Raises SystemFault, and ends the worker
    """
    # A cold start takes seconds on some machines, and none of them are the student's.
    deadline = time.monotonic() + _START_SECONDS
    # Only now: a worker may be started before NumPy is imported here.
    from autograder.sandbox.inside import wire

    try:
        first = wire.unpack(process.channel.receive(deadline))
        if first == ["ready"]:
            return
        said = later("it sent something else than that it is ready")
    except (DeadlinePassed, ChannelClosed, ProtocolError) as error:
        printed = process.channel.take_output().decode(errors="replace")[-500:].strip()
        said = printed or str(error) or later("no reason given")
    process.end(True)
    process.channel.close()
    raise SystemFault(
        message(
            "A process for student code cannot be started: {reason}. Run 'autograde doctor'.", reason=said
        )
    )


class Spawner:
    """Each worker a subprocess of its own: works everywhere, starts in a tenth of a second, is not confined.

    For a student's own code, where processes cannot be forked.

    assignment  whose modules and data workers may use; None for what every course has
    """

    facts: Mapping[str, Any] = {}

    def __init__(self, assignment: Assignment | None = None) -> None:
        self._assignment = assignment
        self._folder = temporary_folder()
        self._running: list[subprocess.Popen[bytes]] = []
        self._ahead: tuple[Limits, Process] | None = None

    def start_ahead(self, limits: Limits) -> None:
        """Start the next worker now, and do not wait until it is ready."""
        if self._ahead is None:
            self._ahead = limits, self._spawn(limits, "student")

    def start(self, limits: Limits, role: str = "student") -> Process:
        ahead, self._ahead = self._ahead, None
        started = (
            ahead[1]
            if ahead is not None and (limits, role) == (ahead[0], "student")
            else self._spawn(limits, role)
        )
        _await_ready(started)
        return started

    def _spawn(self, limits: Limits, role: str) -> Process:
        assignment = self._assignment
        folders, _packages = _places(() if assignment is None else assignment.modules)
        data = None if assignment is None else assignment.data_dir
        options = {
            "inside": str(_INSIDE),
            "folders": folders,
            "layers": sorted(_WITHOUT_ZYGOTE),
            "files": assignment is not None and assignment.profile == "files",
            "data": None if data is None else str(data),
            "memory_mib": limits.memory_mib,
            "cpu_seconds": cpu_seconds(limits),
            "role": role,
        }
        process = subprocess.Popen(
            _command("worker", options),
            env=_environment(),
            cwd=self._folder,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        self._running.append(process)
        # The channel closes its ends itself, when none of its threads can be using them any more.
        ends = []
        for pipe in (process.stdin, process.stdout, process.stderr):
            assert pipe is not None
            ends.append(os.dup(pipe.fileno()))
            pipe.close()
        channel = ThreadChannel(*ends)
        return Process(channel, lambda ended: self._end(process, ended), process.pid)

    def _end(self, process: subprocess.Popen[bytes], ended: bool) -> Ending:
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=0.2 if ended else 0)
        status = process.poll()
        process.kill()
        process.wait()
        if process in self._running:
            self._running.remove(process)
        if status is None:
            return Ending(None)
        return Ending(-status if status < 0 else status << 8)

    def close(self) -> None:
        if self._ahead is not None:
            self._ahead[1].channel.close()
            self._ahead = None
        for process in list(self._running):
            self._end(process, False)
        shutil.rmtree(self._folder, ignore_errors=True)
