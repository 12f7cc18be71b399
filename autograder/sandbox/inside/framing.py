"""How does a message begin, and how long may it be? What can be told without NumPy and msgpack."""

from __future__ import annotations

import struct

MAGIC = b"AGW1"
HEADER = struct.Struct("<4sI")
MAX_MESSAGE_BYTES = 64 * 2**20


class ProtocolError(Exception):
    """A frame or value that breaks the rules of `wire`. From a worker it means: do not trust it any further."""


def body_length(beginning: bytes | bytearray) -> int:
    """The length that a frame's header announces, checked before anything is allocated for it. What follows the header
    may be there already."""
    magic, length = HEADER.unpack_from(beginning)
    if magic != MAGIC:
        raise ProtocolError("a frame that does not begin like one")
    if length > MAX_MESSAGE_BYTES:
        raise ProtocolError(f"a frame of {length} bytes")
    return int(length)
