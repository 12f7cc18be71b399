"""How our own processes speak to each other: msgpack messages behind a length. Both ends are trusted.

Apart from `sandbox.inside.wire`, which must doubt every byte, so that the main process needs neither NumPy nor pytest.
"""

from __future__ import annotations

import struct
from typing import Any, BinaryIO

import msgpack

HEADER = struct.Struct("<Q")


def frame(tree: Any) -> bytes:
    """One message with its length in front."""
    body: bytes = msgpack.packb(tree)
    return HEADER.pack(len(body)) + body


def take(buffer: bytes) -> tuple[Any, bytes]:
    """The first whole message in `buffer` and what follows it; (None, buffer) where there is none yet."""
    if len(buffer) < HEADER.size:
        return None, buffer
    end = HEADER.size + HEADER.unpack_from(buffer)[0]
    if len(buffer) < end:
        return None, buffer
    return msgpack.unpackb(buffer[HEADER.size : end], strict_map_key=False), buffer[end:]


def read(stream: BinaryIO) -> Any:
    """The next message of a stream, or None at its end."""
    header = stream.read(HEADER.size)
    if len(header) < HEADER.size:
        return None
    return msgpack.unpackb(stream.read(HEADER.unpack(header)[0]), strict_map_key=False)
