"""The trusted ends of the pipes, with the other ends in our own hands."""

from __future__ import annotations

import contextlib
import os
import threading
import time
from collections.abc import Iterator

import pytest

from autograder.sandbox.channel import ChannelClosed, DeadlinePassed, PollChannel, ThreadChannel
from autograder.sandbox.inside import wire


class Ends:
    """A channel and the worker's ends of its pipes."""

    def __init__(self, kind: type[PollChannel | ThreadChannel]) -> None:
        self.requests, ours_in = os.pipe()
        ours_out, self.replies = os.pipe()
        ours_output, self.output = os.pipe()
        self.channel = kind(ours_in, ours_out, ours_output)

    def close(self) -> None:
        # The channel closes its own ends.
        self.channel.close()
        for descriptor in (self.requests, self.replies, self.output):
            with contextlib.suppress(OSError):
                os.close(descriptor)


@pytest.fixture
def ends() -> Iterator[Ends]:
    made = Ends(PollChannel)
    yield made
    made.close()


def soon() -> float:
    return time.monotonic() + 60


def test_frames_arrive_whole_however_they_are_cut(ends: Ends) -> None:
    bodies = [b"a", b"", b"b" * 200_000, b"c" * 65_528, b"d"]
    stream = b"".join(wire.HEADER.pack(wire.MAGIC, len(body)) + body for body in bodies)

    def write() -> None:
        view = memoryview(stream)
        while view:
            view = view[os.write(ends.replies, view[:7_919]) :]

    writer = threading.Thread(target=write)
    writer.start()
    assert [ends.channel.receive(soon()) for _ in bodies] == bodies
    writer.join()


@pytest.mark.parametrize(("pause", "where"), [(0.01, "replies"), (0.0, "replies"), (0.0, "output")])
def test_a_byte_at_a_time_keeps_nobody_longer_than_the_deadline(ends: Ends, pause: float, where: str) -> None:
    """Neither one that is waited for nor one that is there whenever somebody looks."""

    began = time.monotonic()

    def drip() -> None:
        """A minute long; a frame that is whole before would be no passed deadline."""
        head = wire.HEADER.pack(wire.MAGIC, 2**26)
        while time.monotonic() < began + 60:
            byte, head = head[:1] or b"x", head[1:]
            try:
                os.write(getattr(ends, where), byte)
            except OSError:
                return
            if pause:
                time.sleep(pause)

    dripping = threading.Thread(target=drip, daemon=True)
    dripping.start()
    with pytest.raises(DeadlinePassed):
        ends.channel.receive(began + 0.2)
    assert time.monotonic() - began < 30
    ends.channel.close()
    dripping.join()


def test_what_was_printed_before_a_reply_is_there_with_it(ends: Ends) -> None:
    for number in range(200):
        os.write(ends.output, b"printed %d" % number)
        os.write(ends.replies, wire.frame(number))
        assert wire.unpack(ends.channel.receive(soon())) == number
        assert ends.channel.take_output() == b"printed %d" % number


def test_what_was_printed_between_replies_that_came_together_is_there_with_the_later(ends: Ends) -> None:
    os.write(ends.replies, wire.frame(0) + wire.frame(1))
    ends.channel.receive(soon())
    os.write(ends.output, b"printed")
    ends.channel.receive(soon())
    assert ends.channel.take_output() == b"printed"


def test_what_was_printed_before_the_end_is_kept(ends: Ends) -> None:
    os.write(ends.output, b"last words")
    os.close(ends.replies)
    with pytest.raises(ChannelClosed, match="it ended"):
        ends.channel.receive(soon())
    assert ends.channel.take_output() == b"last words"


def test_a_request_that_does_not_fit_the_pipe_arrives(ends: Ends) -> None:
    data = os.urandom(300_000)
    got = bytearray()

    def read() -> None:
        while len(got) < len(data):
            got.extend(os.read(ends.requests, 2**20))

    reader = threading.Thread(target=read)
    reader.start()
    ends.channel.send(data, soon())
    reader.join()
    assert bytes(got) == data


def test_a_closed_channel_of_threads_writes_nothing() -> None:
    """The numbers of its descriptors may be another worker's by then."""
    ends = Ends(ThreadChannel)
    os.set_blocking(ends.requests, False)
    ends.channel.close()
    try:
        for data in (b"short", b"long" * 5_000):  # which are written in two ways
            with pytest.raises(ChannelClosed):
                ends.channel.send(data, soon())
        # Closed, and nothing came before.
        assert os.read(ends.requests, 10) == b""
    finally:
        ends.close()
