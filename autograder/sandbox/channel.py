"""The trusted ends of a worker's pipes: write a frame, read a frame, each before a deadline.

Deadlines are points of `time.monotonic()`. Whatever the worker prints is drained meanwhile, so that it never blocks, and
kept up to a cap.
"""

from __future__ import annotations

import contextlib
import os
import queue
import select
import threading
import time
from collections.abc import Callable
from typing import Protocol

from autograder.sandbox.inside import framing

KEEP_OUTPUT_BYTES = 64 * 2**10
KILL_OUTPUT_BYTES = 64 * 2**20
_LOOKS = 40
"""How often somebody who waits for one answer looks for it before falling asleep: about 50 µs on the machine that this was
measured on. Where many are graded, the processor is better left to the others."""

_CHUNK = 2**16
_PIPE_BUFFERS = 16
"""So many parts a pipe holds at most, whatever their sizes: a worker may write so that each takes a read of its own."""


class DeadlinePassed(Exception):
    """The worker did not take or give a whole frame in time."""


class ChannelClosed(Exception):
    """The worker closed its end, or broke the protocol. The text says which."""


class Channel(Protocol):
    """What a `Worker` needs of its pipes."""

    def send(self, data: bytes, deadline: float) -> None:
        """Write one frame."""

    def receive(self, deadline: float) -> bytes:
        """Read one frame's body."""

    def take_output(self) -> bytes:
        """What was printed since the last time, cut at the cap."""

    def close(self) -> None:
        """Close all ends."""


class _Output:
    """What the worker printed, kept up to a cap and counted beyond it."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self._kept = 0
        self._total = 0

    def add(self, data: bytes) -> None:
        self._total += len(data)
        if self._total > KILL_OUTPUT_BYTES:
            raise ChannelClosed(f"it printed more than {KILL_OUTPUT_BYTES // 2**20} MiB")
        room = KEEP_OUTPUT_BYTES - self._kept
        if room > 0:
            self._parts.append(data[:room])
            self._kept += min(room, len(data))

    def take(self) -> bytes:
        if not self._parts:
            return b""
        data = b"".join(self._parts)
        self._parts.clear()
        self._kept = 0
        return data


class PollChannel:
    """Non-blocking pipes with poll(2).

    A worker prints before it replies, and poll looks at the pipe of replies first. So where it finds a reply and no output,
    nothing was printed before that reply; only for replies that were read together with an earlier one is another look
    needed.
    """

    looks = _LOOKS

    def __init__(self, requests: int, replies: int, output: int) -> None:
        self._requests, self._replies, self._output_end = requests, replies, output
        for descriptor in (requests, replies, output):
            os.set_blocking(descriptor, False)
        self._output = _Output()
        self._output_open = True
        self._buffer = bytearray()
        self._reading = select.poll()
        self._reading.register(replies, select.POLLIN)
        self._reading.register(output, select.POLLIN)
        self._closed = False

    def send(self, data: bytes, deadline: float) -> None:
        view: bytes | memoryview = data
        while True:
            # Once closed, the numbers of these descriptors may be another worker's.
            if self._closed:
                raise ChannelClosed("it was closed")
            try:
                written = os.write(self._requests, view)
            except BlockingIOError:
                self._wait_to_write(deadline)
                continue
            except OSError:
                self._drain()
                raise ChannelClosed("it closed its pipe") from None
            if written == len(view):
                return
            view = memoryview(view)[written:]

    def _wait_to_write(self, deadline: float) -> None:
        writing = select.poll()
        writing.register(self._requests, select.POLLOUT)
        if self._output_open:
            writing.register(self._output_end, select.POLLIN)
        for descriptor, _event in self._events(writing, deadline):
            if descriptor == self._output_end:
                self._drain()

    @classmethod
    def _events(cls, poll: select.poll, deadline: float) -> list[tuple[int, int]]:
        # Most answers are there within microseconds, and falling asleep and waking up takes longer than that. Giving the
        # processor away in between lets the worker run where both share one.
        for _look in range(cls.looks):
            if events := poll.poll(0):
                return events
            os.sched_yield()
        left = deadline - time.monotonic()
        # A last look even where it is too late: giving the processor away may have taken all the time that was left.
        events = poll.poll(max(left, 0) * 1000)
        if not events:
            raise DeadlinePassed
        return events

    def receive(self, deadline: float) -> bytes:
        if self._closed:
            raise ChannelClosed("it was closed")
        body = self._whole_frame()
        if body is not None:
            self._drain()
        while body is None:
            came = 0
            for descriptor, _event in self._events(self._reading, deadline):
                if descriptor == self._output_end:
                    self._drain()
                else:
                    came = self._fill()
            body = self._whole_frame()
            # Whoever sends bytes one by one finds us awake each time. A long answer that waited for us comes in large parts.
            if body is None and came < select.PIPE_BUF and time.monotonic() > deadline:
                raise DeadlinePassed
        return body

    def _whole_frame(self) -> bytes | None:
        """The body of the first frame in the buffer, taken out of it once all of it is there."""
        buffer = self._buffer
        begin = framing.HEADER.size
        if len(buffer) < begin:
            return None
        try:
            end = begin + framing.body_length(buffer)
        except framing.ProtocolError as error:
            raise ChannelClosed(f"it sent {error}") from None
        if len(buffer) < end:
            return None
        body = bytes(memoryview(buffer)[begin:end])
        del buffer[:end]
        return body

    def _fill(self) -> int:
        """Take what is there of the replies; how many bytes that was."""
        try:
            data = os.read(self._replies, _CHUNK)
        except BlockingIOError:
            return 0
        if not data:
            self._drain()
            raise ChannelClosed("it ended")
        self._buffer += data
        return len(data)

    def _drain(self) -> None:
        """Take what is there now. Not what comes meanwhile: that may never end."""
        for _part in range(_PIPE_BUFFERS):
            if not self._output_open:
                return
            try:
                data = os.read(self._output_end, _CHUNK)
            except BlockingIOError:
                return
            if not data:
                self._reading.unregister(self._output_end)
                self._output_open = False
                return
            self._output.add(data)

    def take_output(self) -> bytes:
        return self._output.take()

    def close(self) -> None:
        if not self._closed:
            self._closed = True
            for descriptor in (self._requests, self._replies, self._output_end):
                os.close(descriptor)


class ThreadChannel:
    """Blocking pipes read by threads, for systems whose pipes cannot be polled.

    The descriptors are its own from now on. Each is closed by whoever may still be about to use it, and by nobody else: the
    number of one that was closed belongs to the next worker at once, and a thread that came too late would take that one's
    answer.
    """

    def __init__(self, requests: int, replies: int, output: int) -> None:
        self._requests = requests
        self._frames: queue.Queue[bytes | ChannelClosed] = queue.Queue()
        self._printed: queue.Queue[bytes] = queue.Queue()
        self._output = _Output()
        self._closed = False
        self._writing = threading.Lock()
        self._requests_open = True
        for target, descriptor in ((self._read_frames, replies), (self._read_output, output)):
            threading.Thread(target=self._until_its_end, args=(target, descriptor), daemon=True).start()

    @staticmethod
    def _until_its_end(read: Callable[[int], None], descriptor: int) -> None:
        try:
            read(descriptor)
        finally:
            os.close(descriptor)

    def send(self, data: bytes, deadline: float) -> None:
        if self._closed:
            raise ChannelClosed("it was closed")
        done: queue.Queue[bool] = queue.Queue()

        def write() -> None:
            view = memoryview(data)
            with self._writing:
                try:
                    while view and not self._closed:
                        view = view[os.write(self._requests, view) :]
                except OSError:
                    done.put(False)
                else:
                    done.put(True)
            self._close_requests()

        if len(data) < 4096 and not self._writing.locked():
            write()
        else:
            threading.Thread(target=write, daemon=True).start()
        try:
            arrived = done.get(timeout=max(deadline - time.monotonic(), 0.001))
        except queue.Empty:
            raise DeadlinePassed from None
        if not arrived:
            raise ChannelClosed("it closed its pipe")

    def _close_requests(self) -> None:
        """Where the channel is closed and nobody writes; who is writing comes here afterwards."""
        if self._closed and self._writing.acquire(blocking=False):
            try:
                if self._requests_open:
                    self._requests_open = False
                    os.close(self._requests)
            finally:
                self._writing.release()

    def _exactly(self, descriptor: int, size: int) -> bytes | None:
        parts = bytearray()
        while len(parts) < size:
            if self._closed:
                return None
            data = os.read(descriptor, min(size - len(parts), 2**20))
            if not data:
                return None
            parts += data
        return bytes(parts)

    def _read_frames(self, descriptor: int) -> None:
        try:
            while (header := self._exactly(descriptor, framing.HEADER.size)) is not None:
                body = self._exactly(descriptor, framing.body_length(header))
                if body is None:
                    break
                self._frames.put(body)
        except (OSError, framing.ProtocolError):
            pass
        self._frames.put(ChannelClosed("it ended"))

    def _read_output(self, descriptor: int) -> None:
        try:
            while not self._closed and (data := os.read(descriptor, _CHUNK)):
                self._printed.put(data)
        except OSError:
            pass

    def receive(self, deadline: float) -> bytes:
        try:
            body = self._frames.get(timeout=max(deadline - time.monotonic(), 0.001))
        except queue.Empty:
            raise DeadlinePassed from None
        if isinstance(body, ChannelClosed):
            self._frames.put(body)
            raise body
        return body

    def take_output(self) -> bytes:
        time.sleep(0.002)  # the reading thread may not have had its turn yet
        with contextlib.suppress(queue.Empty, ChannelClosed):
            while True:
                self._output.add(self._printed.get_nowait())
        return self._output.take()

    def close(self) -> None:
        """Use the pipes no more. The reading threads end with the worker."""
        self._closed = True
        self._close_requests()
