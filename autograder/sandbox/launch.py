"""Starts workers: forked from a warm zygote where the system can, as plain subprocesses where it cannot."""

from __future__ import annotations

import contextlib
import json
import math
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import msgpack
import numpy as np

from autograder.course.manifest import Limits
from autograder.errors import SystemFault
from autograder.sandbox.channel import (
    Channel,
    ChannelClosed,
    DeadlinePassed,
    PollChannel,
    ThreadChannel,
)

_START_SECONDS = 30.0
_ANSWER_SECONDS = 10.0


@dataclass(frozen=True)
class Ending:
    """How a worker's process ended. status: as of wait(2), None where we killed it."""

    status: int | None
    cpu_seconds: float = 0.0

    def describe(self) -> str:
        """In words: "it exited with status 0", "it was killed by SIGSEGV"."""
        if self.status is None:
            return "it stopped answering"
        if number := self.status & 0x7F:
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

    def start(self, limits: Limits) -> Process:
        """A fresh worker, ready for its first request."""

    def close(self) -> None:
        """End everything that was started."""


def cpu_seconds(limits: Limits) -> int:
    """The processor time after which the kernel ends a worker, should all else fail."""
    return math.ceil(limits.submission_seconds) + 1


def best_launcher() -> Launcher:
    """The fastest that this system offers."""
    if hasattr(os, "fork") and hasattr(socket, "AF_UNIX") and sys.platform != "darwin":
        return Zygote()
    return Spawner()


def _command(module: str, argument: str) -> list[str]:
    """A Python that sees the standard library, NumPy, msgpack and `inside`, and nothing else of ours.

    -S and -P keep site-packages and the current folder off the path; the folders that are needed are named. Not -I:
    it would ignore the fixed PYTHONHASHSEED, and reports must not depend on the order of a set.
    """
    inside = Path(__file__).parent
    folders = dict.fromkeys(str(Path(package.__file__ or "").parent.parent) for package in (np, msgpack))
    program = (
        "import json, sys; options = json.loads(sys.argv[1]); sys.path[:0] = [options['inside']];"
        "sys.path += options['folders'];"
        f"from inside import {module}; sys.path.remove(options['inside']);"
        f"{module}.main(options['argument'])"
    )
    options = {"inside": str(inside), "folders": list(folders), "argument": argument}
    return [sys.executable, "-S", "-s", "-P", "-B", "-X", "utf8", "-c", program, json.dumps(options)]


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
    killed it, and the next submission must not notice."""

    def __init__(self) -> None:
        self._open()

    def _open(self) -> None:
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._folder = tempfile.mkdtemp(prefix="autograde-")
        with theirs:
            command = _command("zygote", "")
            # The zygote's main takes the number of its descriptor, which is known only now.
            options = json.loads(command[-1])
            options["argument"] = theirs.fileno()
            command[-1] = json.dumps(options)
            self._process = subprocess.Popen(
                command,
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

    def _answer(self) -> dict[str, Any]:
        try:
            data = self._control.recv(4096)
        except OSError as error:
            raise SystemFault(
                f"The process that starts workers does not answer: {error}. Run 'autograde doctor'."
            ) from None
        if not data:
            assert self._process.stderr is not None
            said = self._process.stderr.read().decode(errors="replace")[-500:].strip()
            raise SystemFault(
                f"The process that starts workers ended: {said or 'no reason given'}. Run 'autograde doctor'."
            )
        answer: dict[str, Any] = json.loads(data)
        return answer

    def start(self, limits: Limits) -> Process:
        fresh = not self._ready
        try:
            return self._start(limits)
        except (SystemFault, OSError):
            if fresh:
                raise
        self._give_up()
        return self._start(limits)

    def _give_up(self) -> None:
        """End the zygote, and its workers with it; the next start opens another one."""
        if self._usable:
            self._usable = False
            self._process.kill()
            self.close()

    def _start(self, limits: Limits) -> Process:
        if not self._usable:
            self._open()
        if not self._ready:
            # Only now: it warms up while the suite is being collected.
            self._answer()
            self._ready = True
            self._control.settimeout(_ANSWER_SECONDS)
        theirs_in, ours_in = os.pipe()
        ours_out, theirs_out = os.pipe()
        ours_output, theirs_output = os.pipe()
        command = {"fork": {"memory_mib": limits.memory_mib, "cpu_seconds": cpu_seconds(limits)}}
        try:
            socket.send_fds(
                self._control, [json.dumps(command).encode()], [theirs_in, theirs_out, theirs_output]
            )
            pid = self._answer()["pid"]
        except BaseException:
            for descriptor in (ours_in, ours_out, ours_output):
                os.close(descriptor)
            raise
        finally:
            for descriptor in (theirs_in, theirs_out, theirs_output):
                os.close(descriptor)
        channel = PollChannel(ours_in, ours_out, ours_output)
        parent = self._process
        return Process(channel, lambda ended: self._end(parent, pid, ended), pid)

    def _end(self, parent: subprocess.Popen[bytes], pid: int, ended: bool) -> Ending:
        if parent is not self._process or not self._usable:
            return Ending(None)  # it went with its zygote
        try:
            self._control.send(json.dumps({"end": pid, "patience": 0.2 if ended else 0.0}).encode())
            answer = self._answer()
        except (SystemFault, OSError):
            self._give_up()
            return Ending(None)
        return Ending(answer["status"], answer["cpu"])

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


class Spawner:
    """Each worker a subprocess of its own: works everywhere, starts in a tenth of a second."""

    def __init__(self) -> None:
        self._folder = tempfile.mkdtemp(prefix="autograde-")
        self._running: list[subprocess.Popen[bytes]] = []

    def start(self, limits: Limits) -> Process:
        argument = json.dumps({"memory_mib": limits.memory_mib, "cpu_seconds": cpu_seconds(limits)})
        process = subprocess.Popen(
            _command("worker", argument),
            env=_environment(),
            cwd=self._folder,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        self._running.append(process)
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        channel = ThreadChannel(process.stdin.fileno(), process.stdout.fileno(), process.stderr.fileno())
        try:
            # A cold start takes seconds on some machines, and none of them are the student's.
            channel.receive(time.monotonic() + _START_SECONDS)
        except (DeadlinePassed, ChannelClosed):
            said = channel.take_output().decode(errors="replace")[-500:].strip()
            self._end(process, False)
            raise SystemFault(
                f"A process for your code cannot be started: {said or 'no reason given'}. Run 'autograde doctor'."
            ) from None
        return Process(channel, lambda ended: self._end(process, ended), process.pid)

    def _end(self, process: subprocess.Popen[bytes], ended: bool) -> Ending:
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=0.2 if ended else 0)
        status = process.poll()
        process.kill()
        process.wait()
        if process in self._running:
            self._running.remove(process)
        for pipe in (process.stdin, process.stdout, process.stderr):
            with contextlib.suppress(OSError):
                assert pipe is not None
                pipe.close()
        if status is None:
            return Ending(None)
        return Ending(-status if status < 0 else status << 8)

    def close(self) -> None:
        for process in list(self._running):
            self._end(process, False)
        shutil.rmtree(self._folder, ignore_errors=True)
