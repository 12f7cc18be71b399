"""What comes from a lane is bounded before anyone looks at it."""

from __future__ import annotations

import time
from typing import Any

import msgpack
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.grading import frames
from autograder.grading.frames import HEADER, Malformed, frame, take

TREES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=15,
)


def framed(body: bytes) -> bytes:
    return HEADER.pack(len(body)) + body


@settings(derandomize=True, max_examples=50, deadline=None)
@given(TREES, st.binary(max_size=20))
def test_what_was_sent_comes_back_and_what_follows_is_left(tree: Any, more: bytes) -> None:
    data = frame(tree)
    assert take(data + more) == (tree, len(data))
    assert all(take(data[:end]) == (None, 0) for end in range(len(data)))


@settings(derandomize=True, max_examples=200, deadline=None)
@given(st.binary(max_size=200))
def test_noise_is_malformed_or_a_tree(noise: bytes) -> None:
    try:
        _tree, length = take(framed(noise))
    except Malformed:
        return
    assert length == HEADER.size + len(noise)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xc1",  # no such type
        b"\xa1\xff",  # text that is not UTF-8
        b"\xc7\x01\x05a",  # an extension
        b"\xd6\xff\x00\x00\x00\x00",  # a time stamp
        b"\x81\x01\x02",  # a key that is no text
        b"\x81\x90\x02",
        b"\xc0\xc0",  # something after the end
        b"\xdd\x7f\xff\xff\xff",  # a list that would be long, and is not there
        b"\xdf\x7f\xff\xff\xff",
        b"\xdb\x7f\xff\xff\xff",
        msgpack.packb([0] * (frames.MOST_ITEMS + 1)),
        msgpack.packb({str(key): 0 for key in range(frames.MOST_ITEMS + 1)}),
        b"\x91" * 5000 + b"\xc0",
        b"\x91" * (frames.MOST_DEPTH + 1) + b"\xc0",
        b"\x81\xa1x" * (frames.MOST_DEPTH + 1) + b"\xc0",
    ],
)
def test_what_is_no_message_of_ours_is_malformed(body: bytes) -> None:
    with pytest.raises(Malformed):
        take(framed(body))


def test_the_bounds_themselves_are_allowed() -> None:
    take(framed(b"\x91" * frames.MOST_DEPTH + b"\xc0"))
    take(framed(msgpack.packb([0] * frames.MOST_ITEMS)))


def test_a_message_that_would_be_too_long_is_refused_at_its_header() -> None:
    with pytest.raises(Malformed, match="8388609 bytes"):
        take(HEADER.pack(frames.MOST_BYTES + 1))
    assert take(HEADER.pack(frames.MOST_BYTES)) == (None, 0)


@pytest.mark.parametrize("empty", [b"\x90", b"\x80"])
def test_millions_of_empty_parts_are_not_made(empty: bytes) -> None:
    # Lists of 4096 empty ones, as many as fit.
    inner = b"\xdc\x10\x00" + empty * 4096
    count = frames.MOST_BYTES // len(inner) - 1
    body = b"\xdc" + count.to_bytes(2, "big") + inner * count
    began = time.process_time()
    with pytest.raises(Malformed, match="too many parts"):
        take(framed(body))
    # 8 million objects take some seconds; 50,000 do not.
    assert time.process_time() - began < 2
