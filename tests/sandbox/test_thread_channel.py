"""Pipes that are read by threads: a thread that comes too late must not take the next worker's answer."""

from __future__ import annotations

import os
import threading
import time

import pytest

from autograder.sandbox.channel import ChannelClosed, DeadlinePassed, ThreadChannel
from autograder.sandbox.inside import wire


class Ends:
    """The pipes of a channel, and the worker's ends of them."""

    def __init__(self) -> None:
        self.theirs_in, self.ours_in = os.pipe()
        self.ours_out, self.theirs_out = os.pipe()
        self.ours_output, self.theirs_output = os.pipe()
        self.channel = ThreadChannel(self.ours_in, self.ours_out, self.ours_output)

    def answer(self, body: bytes) -> None:
        os.write(self.theirs_out, wire.HEADER.pack(wire.MAGIC, len(body)) + body)

    def end(self) -> None:
        for descriptor in (self.theirs_in, self.theirs_out, self.theirs_output):
            os.close(descriptor)


needs_proc = pytest.mark.skipif(not os.path.isdir("/proc/self/fd"), reason="descriptors are counted in /proc")


def soon() -> float:
    return time.monotonic() + 60


def test_a_frame_goes_each_way() -> None:
    ends = Ends()
    ends.channel.send(b"question", soon())
    assert os.read(ends.theirs_in, 100) == b"question"
    ends.answer(b"answer")
    assert ends.channel.receive(soon()) == b"answer"
    ends.end()
    with pytest.raises(ChannelClosed):
        ends.channel.receive(soon())
    ends.channel.close()


def test_a_late_thread_does_not_read_from_the_next_workers_pipe(monkeypatch: pytest.MonkeyPatch) -> None:
    """A reading thread is stopped just before it reads; meanwhile its worker ends and the next one begins."""
    go_on = threading.Event()
    waiting = threading.Semaphore(0)
    real = os.read

    def delayed(descriptor: int, size: int) -> bytes:
        if threading.current_thread() is not threading.main_thread() and not go_on.is_set():
            waiting.release()
            go_on.wait(60)
        return real(descriptor, size)

    monkeypatch.setattr("autograder.sandbox.channel.os.read", delayed)
    first = Ends()
    assert waiting.acquire(timeout=180)
    assert waiting.acquire(timeout=180)
    first.end()
    first.channel.close()
    # Whatever numbers the first worker's pipes had, if they are free now, the second one's get them.
    second = Ends()
    second.answer(b"mine")
    go_on.set()
    assert second.channel.receive(soon()) == b"mine"
    second.end()
    second.channel.close()


@needs_proc
def test_its_descriptors_are_closed_once_nobody_uses_them() -> None:
    before = set(os.listdir("/proc/self/fd"))
    for number in range(20):
        ends = Ends()
        if number % 2:
            # More than a pipe holds: the writing thread is in the middle of it when the channel is closed.
            with pytest.raises(DeadlinePassed):
                ends.channel.send(b"x" * 2**20, time.monotonic() + 0.01)
        ends.end()
        ends.channel.close()
    deadline = soon()
    while len(set(os.listdir("/proc/self/fd")) - before) > 1 and time.monotonic() < deadline:
        time.sleep(0.01)
    assert len(set(os.listdir("/proc/self/fd")) - before) <= 1
