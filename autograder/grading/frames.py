"""How our own processes speak to each other: msgpack messages behind a length.

The lane's end trusts the jobs that it is given. The other end does not trust the lane, which a submission's data may
have confused: what comes from there is bounded in bytes, nodes and depth before anyone looks at it. Apart from
`sandbox.inside.wire`, so that the main process needs neither NumPy nor pytest.
"""

from __future__ import annotations

import struct
from typing import Any, BinaryIO

import msgpack

HEADER = struct.Struct("<Q")

MOST_BYTES = 8 * 2**20
"""Of one message from a lane. The report on a hundred failed checks takes some 50 kB."""

MOST_CONTAINERS = 50_000
"""Lists and dicts in one message from a lane; what holds none is bounded by the bytes."""

MOST_ITEMS = 4096
"""Items of one list or dict."""

MOST_DEPTH = 16


class Malformed(Exception):
    """A lane sent something that is no message, or a larger one than any report is."""


def frame(tree: Any) -> bytes:
    """One message with its length in front."""
    body: bytes = msgpack.packb(tree)
    return HEADER.pack(len(body)) + body


def take(buffer: bytes | bytearray) -> tuple[Any, int]:
    """The first whole message in `buffer` and how many bytes it took; (None, 0) where there is none yet.

    Raises Malformed as soon as what is there cannot become a message within the bounds
    """
    if len(buffer) < HEADER.size:
        return None, 0
    length = HEADER.unpack_from(buffer)[0]
    if length > MOST_BYTES:
        raise Malformed(f"a message of {length} bytes")
    end = HEADER.size + length
    if len(buffer) < end:
        return None, 0
    return _bounded(bytes(buffer[HEADER.size : end])), end


def read(stream: BinaryIO) -> Any:
    """The next message of a stream, or None at its end. For jobs: it believes what it reads."""
    header = stream.read(HEADER.size)
    if len(header) < HEADER.size:
        return None
    return msgpack.unpackb(stream.read(HEADER.unpack(header)[0]), strict_map_key=False)


def _bounded(body: bytes) -> Any:
    containers = 0

    def count(container: Any) -> Any:
        # Called for each list and dict as it ends, so that a flood of empty ones is stopped on the way.
        nonlocal containers
        containers += 1
        if containers > MOST_CONTAINERS:
            raise Malformed("a message of too many parts")
        return container

    try:
        tree = msgpack.unpackb(
            body,
            list_hook=count,
            object_hook=count,
            max_array_len=MOST_ITEMS,
            max_map_len=MOST_ITEMS,
            max_ext_len=0,
        )
    except (ValueError, TypeError, OverflowError, RecursionError, msgpack.UnpackException) as error:
        raise Malformed(f"no message: {type(error).__name__}") from None
    if _deeper_than(tree, MOST_DEPTH):
        raise Malformed("a message nested too deeply")
    return tree


def _deeper_than(tree: Any, most: int) -> bool:
    if not isinstance(tree, (list, dict)):
        return False
    if most == 0:
        return True
    items = tree.values() if isinstance(tree, dict) else tree
    # Only what can be deep is asked: a message may hold eight million values that cannot.
    return any(_deeper_than(item, most - 1) for item in items if isinstance(item, (list, dict)))
