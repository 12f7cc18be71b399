"""A busy machine is not a slow solution."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from dataclasses import replace

import pytest

from autograder.course.manifest import Limits
from autograder.errors import CallTimedOut
from autograder.sandbox import worker
from autograder.sandbox.starved import cpu_time, is_starved

from .conftest import Submit
from .processes import soon

LIMITS = Limits(call_seconds=0.6, submission_seconds=30, memory_mib=512)
WORK = (
    "import time, os\n"
    "def work(seconds):\n    begin = time.process_time()\n    while time.process_time() - begin < seconds:\n        pass\n"
    "    return 1\n"
    "def sleep():\n    time.sleep(60)\n"
)
BUSY = [sys.executable, "-c", "while True: pass"]


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells")
def test_the_time_of_another_process_is_told() -> None:
    process = subprocess.Popen(BUSY)
    try:
        first = cpu_time(process.pid)
        assert first >= 0
        assert soon(lambda: cpu_time(process.pid) > first)
        assert not is_starved(process.pid, cpu_time(process.pid) - 10, 1.0)
        # Once it has read what it needs, and waits for nothing but the processor.
        assert soon(lambda: is_starved(process.pid, cpu_time(process.pid), 1.0))
    finally:
        process.kill()
        process.wait()
    assert not is_starved(process.pid, 0.0, 1.0)


def test_a_call_that_computes_for_too_long_is_stopped(submit: Submit) -> None:
    call = submit(WORK, limits=LIMITS).call("work", 30.0)
    assert isinstance(call.error, CallTimedOut)


def test_one_that_sleeps_is_not_starved(submit: Submit, monkeypatch: pytest.MonkeyPatch) -> None:
    """With more patience than it would take to sleep to the end."""
    monkeypatch.setattr(worker, "_PATIENCE", 1_000)
    call = submit(WORK, limits=replace(LIMITS, submission_seconds=1_000)).call("sleep")
    assert isinstance(call.error, CallTimedOut)
    assert call.error.seconds == LIMITS.call_seconds


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells")
def test_a_starved_call_gets_more_time(submit: Submit, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "_PATIENCE", 40)  # whatever else this processor does
    student = submit(WORK, limits=LIMITS)
    first = min(os.sched_getaffinity(0))
    os.sched_setaffinity(student.bench.worker()._process.pid, {first})
    hogs = [subprocess.Popen(BUSY, preexec_fn=lambda: os.sched_setaffinity(0, {first})) for _ in range(2)]
    try:
        began = time.monotonic()
        assert student.work(0.45) == 1
        assert time.monotonic() - began > LIMITS.call_seconds
    finally:
        for hog in hogs:
            hog.kill()
            hog.wait()
