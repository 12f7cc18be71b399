"""A submission that makes system calls of its own, or calls the C library as it likes: what it gains is nothing.

The attacks run in a guard (see `tests/hostile/guard.py`): this file is also the program that runs there, and says as JSON
what came of each.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from autograder.course.manifest import Limits
from autograder.sandbox import worker
from autograder.sandbox.bench import Bench
from autograder.sandbox.channel import PollChannel
from autograder.sandbox.inside import linux
from autograder.sandbox.inside.layers import EVERY_LAYER
from autograder.sandbox.launch import Zygote
from autograder.sandbox.student import Student
from autograder.sandbox.worker import Program
from tests.sandbox.processes import linux_only, soon, status
from tests.sandbox.test_hostile import DIG
from tests.sandbox.test_seccomp import ALLOW, EPERM, HIGH, NATIVE, PTHREAD, Call

pytestmark = linux_only

GUARD = Path(__file__).resolve().parents[1] / "hostile" / "guard.py"
NOT_HERE = 77
SECONDS = 1.0
PATIENCE = 3
"""How many times its limit a call may take that seems to be kept waiting by the machine."""

FREE_SECONDS = 1.0
"""What callbacks take is free so long; here less than usual."""

SLOW = 30.0
"""What a test allows for starting, ending and a busy machine, besides limits: what is not stopped takes longer still."""

LIMITS = Limits(call_seconds=SECONDS, submission_seconds=600, memory_mib=512)
UNHURRIED = replace(LIMITS, call_seconds=60)
"""Where it is not time that is asserted: writing half a gigabyte takes some machines longer than a second."""


# -- memory that is counted nowhere ---------------------------------------------------------------------------


@pytest.mark.parametrize("architecture", NATIVE)
@pytest.mark.parametrize("files", [False, True])
@pytest.mark.parametrize(
    ("flags", "expected"),
    [
        (0x22, ALLOW),  # MAP_PRIVATE | MAP_ANONYMOUS: malloc, arrays, stacks
        (0x22 | 0x4000 | 0x20000, ALLOW),
        (0x01, ALLOW),  # MAP_SHARED of a file: np.load(..., mmap_mode="r")
        (0x21, EPERM),
        (0x23, EPERM),
        (0x21 | 0x4000, EPERM),
        (0x21 | 0x40000, EPERM),
        (0x21 | HIGH, EPERM),
    ],
)
def test_anonymous_memory_is_not_shared(architecture: str, files: bool, flags: int, expected: object) -> None:
    """It would stay until its last page is unmapped, while only what is mapped counts towards the limit."""
    assert Call(architecture, files)("mmap", 0, 4096, 3, flags, 2**64 - 1, 0) == expected


def test_memory_beyond_the_limit_cannot_be_hoarded(told: dict[str, Any]) -> None:
    assert told["hoard"] == 0
    assert told["hoard without seccomp"] > LIMITS.memory_mib
    assert told["hoard in the files profile"] == 0


def test_workers_are_ended_before_anything_else_where_memory_runs_out(told: dict[str, Any]) -> None:
    assert told["first to go"] == {"worker": 1000, "lane": 0}


# -- threads --------------------------------------------------------------------------------------------------

ODD = {
    "pidfd": 0x1000,
    "ptrace": 0x2000,
    "vfork": 0x4000,
    "parent": 0x8000,
    "untraced": 0x800000,
    "io": 0x80000000,
}


@pytest.mark.parametrize("architecture", NATIVE)
@pytest.mark.parametrize("flag", ODD.values(), ids=ODD)
def test_a_thread_is_made_as_libraries_make_it(architecture: str, flag: int) -> None:
    call = Call(architecture)
    detached = 0x400000  # musl's
    assert call("clone", PTHREAD) == call("clone", PTHREAD | detached) == ALLOW
    assert call("clone", PTHREAD | flag) == EPERM


def test_no_thread_brings_a_descriptor(told: dict[str, Any]) -> None:
    assert told["clone"] == {"plain": "done", **dict.fromkeys(ODD, "EPERM")}


# -- time -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["first_thread_ends", "first_thread_ends_others_compute"])
def test_a_worker_without_its_first_thread_is_ended_in_time(told: dict[str, Any], name: str) -> None:
    call = told[name]
    assert call["error"] == "CallTimedOut"
    assert SECONDS <= call["seconds"] < SECONDS + SLOW
    assert call["after"] == 2


def test_one_that_closes_everything_and_goes_on_is_ended(told: dict[str, Any]) -> None:
    call = told["first_thread_ends_others_close"]
    assert call["error"] == "WorkerEnded"
    assert call["seconds"] < SLOW
    assert call["after"] == 2


def test_whoever_only_seems_to_be_kept_waiting_gets_three_times_the_limit_and_no_more(
    told: dict[str, Any],
) -> None:
    call = told["seems_to_wait"]
    assert call["error"] == "CallTimedOut"
    assert call["seconds"] < PATIENCE * SECONDS + SLOW


def test_questions_sent_ahead_are_answered_until_the_limit_only(told: dict[str, Any]) -> None:
    """They wait on this side by the thousand, where no look at the pipe is needed to take the next one."""
    call = told["asks_ahead"]
    assert call["error"] == "CallTimedOut"
    assert call["seconds"] < FREE_SECONDS + PATIENCE * SECONDS + SLOW
    assert call["after"] == 2


def test_answers_that_are_read_slowly_are_waited_for_until_the_limit_only(told: dict[str, Any]) -> None:
    call = told["reads_slowly"]
    assert call["error"] == "CallTimedOut"
    assert call["seconds"] < PATIENCE * SECONDS + SLOW
    assert call["after"] == 2


def test_output_that_never_ends_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """Byte by byte, each a packet of its own: whoever reads one finds the next one there."""
    requests, (ours, theirs), (output, printing) = os.pipe(), os.pipe(), os.pipe2(os.O_DIRECT | os.O_NONBLOCK)
    channel = PollChannel(requests[1], ours, output)
    read, reads = os.read, 0

    def read_and_go_on(descriptor: int, size: int) -> bytes:
        nonlocal reads
        if descriptor == output:
            reads += 1
            assert reads < 100, "it goes on for ever"
            os.write(printing, b"x")
        return read(descriptor, size)

    try:
        with suppress(BlockingIOError):
            while True:
                os.write(printing, b"x")
        before = 16
        monkeypatch.setattr(os, "read", read_and_go_on)
        # The first byte makes room for the one that is written after it.
        read(output, 1)
        channel._drain()
        assert len(channel.take_output()) >= before - 1
    finally:
        monkeypatch.undo()
        channel.close()
        for descriptor in (requests[0], theirs, printing):
            os.close(descriptor)


# -- descriptions, parents ------------------------------------------------------------------------------------


def test_flags_of_its_ends_change_nothing_at_ours(told: dict[str, Any]) -> None:
    assert told["flags"]["value"] == 300_000  # in packets, all the same
    assert told["flags"]["ours"] == [os.O_NONBLOCK] * 3


def test_without_its_first_thread_a_worker_ends_with_its_zygote(told: dict[str, Any]) -> None:
    """Also where no pid namespace ends it: a death of the parent is told to the first thread."""
    assert told["first thread"] == "Z"
    assert told["ends with its zygote"]


def test_the_zygote_outlives_all_of_this(told: dict[str, Any]) -> None:
    assert told["zygotes"] == 1


# -- the program in the guard ---------------------------------------------------------------------------------

NATIVE_CALLS = (
    DIG
    + """
import ctypes, errno, fcntl, threading
libc = ctypes.CDLL(None, use_errno=True)
libc.mmap.restype = ctypes.c_void_p
libc.mmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int, ctypes.c_int, ctypes.c_int, ctypes.c_long]
libc.munmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t]
def result(value):
    return "done" if value != -1 else errno.errorcode[ctypes.get_errno()]
def hoard(most):
    # All but the first page of each is unmapped, and stays.
    chunk, mebibytes = 32 * 2**20, 0
    while mebibytes < most:
        address = libc.mmap(None, chunk, 3, 0x21, -1, 0)
        if address in (None, 2**64 - 1):
            break
        ctypes.memset(address, 1, chunk)
        libc.munmap(address + 4096, chunk - 4096)
        mebibytes += chunk >> 20
    return mebibytes
def clone(flag):
    stack = libc.mmap(None, 65536, 3, 0x22, -1, 0) + 65536 - 64
    flags = ctypes.c_int(0x100 | 0x800 | 0x10000 | flag)
    descriptor = ctypes.c_int()
    sleep = ctypes.cast(libc.sleep, ctypes.c_void_p)
    return result(libc.clone(sleep, ctypes.c_void_p(stack), flags, None, ctypes.byref(descriptor), None, None))
EXIT = {"x86_64": 60, "aarch64": 93}[ARCHITECTURE]
def without_first_thread(action):
    threading.Thread(target=action).start()
    libc.syscall(EXIT, 0)
def for_ever():
    while True:
        time.sleep(0.01)
def compute():
    while True:
        pass
def close():
    os.closerange(0, 64)
    for_ever()
def first_thread_ends():
    without_first_thread(for_ever)
def first_thread_ends_others_compute():
    without_first_thread(compute)
def first_thread_ends_others_close():
    without_first_thread(close)
def seems_to_wait():
    # Awake only around the moments at which somebody looks.
    began = time.monotonic()
    while True:
        phase = (time.monotonic() - began - SECONDS) / (SECONDS / 4)
        if phase < -0.2 or abs(phase - round(phase)) > 0.15:
            time.sleep(0.005)
def ask_ahead(number):
    question = dig("wire").frame(["ask", ["call", 0, [number], []]])
    os.write(link()._replies, question * (60_000 // len(question)))
def asks_ahead(g):
    ask_ahead(1)
    for_ever()
def reads_slowly(g):
    ask_ahead(0)
    while True:
        time.sleep(0.7 * SECONDS)
        os.read(link()._requests, 65536)
def flags():
    for descriptor in (link()._requests, link()._replies, 1):
        fcntl.fcntl(descriptor, fcntl.F_SETFL, os.O_DIRECT | 0x2000)
    return "x" * 300_000
"""
)


def _source() -> str:
    constants = f"SECONDS = {SECONDS}\nARCHITECTURE = {linux.ARCHITECTURE!r}\n"
    return constants + NATIVE_CALLS


@contextmanager
def _loaded(zygote: Zygote, limits: Limits = LIMITS) -> Iterator[tuple[Bench, Student]]:
    bench = Bench(zygote, limits, Program({"work.py": _source()}, "work.py"))
    try:
        yield bench, Student(bench.worker)
    finally:
        bench.close()


def _call(zygote: Zygote, name: str, *arguments: Any) -> dict[str, Any]:
    """What came of a call, how long it took, and whether the next one is answered."""
    with _loaded(zygote) as (bench, student):
        bench.worker()
        began = time.monotonic()
        error = student.call(name, *arguments).error
        seconds = time.monotonic() - began
        return {"error": type(error).__name__, "seconds": seconds, "after": student.fine()}


def _slow(number: int) -> str:
    """A callback that takes its time, or says very much."""
    time.sleep(0.02 * number)
    return "" if number else "x" * 60_000


def _hoarded(zygote: Zygote) -> int:
    with _loaded(zygote, UNHURRIED) as (_bench, student):
        return int(student.hoard(LIMITS.memory_mib + 64))


def _first_to_go(zygote: Zygote) -> dict[str, int]:
    with _loaded(zygote) as (bench, _student):
        pids = {"worker": bench.worker()._process.pid, "lane": os.getpid()}  # type: ignore[attr-defined]
        return {name: int(Path(f"/proc/{pid}/oom_score_adj").read_text()) for name, pid in pids.items()}


def _flags(zygote: Zygote) -> dict[str, Any]:
    import fcntl

    with _loaded(zygote, UNHURRIED) as (bench, student):
        value = len(student.flags())
        channel = bench.worker()._channel  # type: ignore[attr-defined]
        ours = (channel._requests, channel._replies, channel._output_end)
        kept = [fcntl.fcntl(end, fcntl.F_GETFL) & ~os.O_ACCMODE for end in ours]
        return {"value": value, "ours": kept}


def _in_turn(action: Callable[[Zygote], Any], **options: Any) -> Any:
    zygote = Zygote(**options)
    try:
        return action(zygote)
    finally:
        zygote.close()


def _end_the_zygote(zygote: Zygote) -> dict[str, Any]:
    with _loaded(zygote, UNHURRIED) as (bench, student):
        pid = bench.worker()._process.pid  # type: ignore[attr-defined]
        caller = Thread(target=student.call, args=("first_thread_ends",))
        caller.start()
        soon(lambda: status(pid)["State"][0] == "Z", 30)
        state = status(pid)["State"][0]
        zygote._process.kill()
        zygote._process.wait()
        ended = soon(lambda: _has_no_threads(pid))
        caller.join()
    return {"first thread": state, "ends with its zygote": ended}


def _has_no_threads(pid: int) -> bool:
    """But the first one, which stays until somebody has asked how it ended."""
    try:
        return len(os.listdir(f"/proc/{pid}/task")) == 1
    except OSError:
        return True


def _everything(zygote: Zygote) -> dict[str, Any]:
    zygotes = set()
    found: dict[str, Any] = {
        "hoard": _hoarded(zygote),
        "first to go": _first_to_go(zygote),
        "flags": _flags(zygote),
        "clone": {},
    }
    with _loaded(zygote, UNHURRIED) as (_bench, student):
        for name, flag in {"plain": 0, **ODD}.items():
            found["clone"][name] = student.clone(flag if flag < 2**31 else flag - 2**32)
    for name in (
        "first_thread_ends",
        "first_thread_ends_others_compute",
        "first_thread_ends_others_close",
        "seems_to_wait",
    ):
        found[name] = _call(zygote, name)
        zygotes.add(zygote._process.pid)
    for name in ("asks_ahead", "reads_slowly"):
        found[name] = _call(zygote, name, _slow)
        zygotes.add(zygote._process.pid)
    return {**found, "zygotes": len(zygotes)}


def main() -> None:
    """Say as JSON what came of each attack."""
    worker.FREE_CALLBACK_SECONDS = FREE_SECONDS
    without_walls = EVERY_LAYER - {"namespaces", "root"}
    found = _in_turn(_everything)
    found["hoard without seccomp"] = _in_turn(_hoarded, layers=EVERY_LAYER - {"seccomp"})
    found["hoard in the files profile"] = _in_turn(_hoarded, files=True)
    found |= _in_turn(_end_the_zygote, layers=without_walls)
    print(json.dumps(found))


@pytest.fixture(scope="module")
def told() -> dict[str, Any]:
    """What `main` says in a guard."""
    ran = subprocess.run(
        [sys.executable, "-S", "-B", str(GUARD), sys.executable, "-m", __name__],
        capture_output=True,
        env={**os.environ, "PYTHONPATH": str(GUARD.parents[2]), "OPENBLAS_NUM_THREADS": "1"},
        timeout=300,
    )
    if ran.returncode == NOT_HERE:
        pytest.skip("this system allows no namespaces, and nothing hostile is run without")
    assert ran.returncode == 0, ran.stderr.decode(errors="replace")[-2000:]
    found: dict[str, Any] = json.loads(ran.stdout)
    return found


if __name__ == "__main__":
    main()
