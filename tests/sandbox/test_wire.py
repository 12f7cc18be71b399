"""Plain data survives the trip; nothing else does."""

from __future__ import annotations

import contextlib
import math

import msgpack
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.sandbox.inside import wire


def _no_leaf(value: object) -> object:
    raise wire.NotPlain(f"a {type(value).__name__}")


def _no_special(tag: str, payload: object) -> object:
    raise wire.ProtocolError("an unknown tag")


def trip(value: object) -> object:
    tree = wire.Encoder(_no_leaf).encode(value)
    return wire.Decoder(_no_special).decode(wire.unpack(wire.frame(tree)[wire.HEADER.size :]))


plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20)
    | st.binary(max_size=20) | st.complex_numbers(allow_nan=False),
    lambda inner: st.lists(inner, max_size=4) | st.lists(inner, max_size=4).map(tuple)
    | st.dictionaries(st.text(max_size=5) | st.integers(), inner, max_size=4),
    max_leaves=20,
)  # fmt: skip


@settings(derandomize=True, max_examples=200, deadline=None)
@given(plain)
def test_plain_values_arrive_equal_and_of_the_same_type(value: object) -> None:
    arrived = trip(value)
    assert arrived == value
    assert type(arrived) is type(value)


@settings(derandomize=True, max_examples=300, deadline=None)
@given(st.binary(max_size=60))
def test_any_bytes_are_a_value_or_a_protocol_error(body: bytes) -> None:
    with contextlib.suppress(wire.ProtocolError):
        wire.Decoder(_no_special).decode(wire.unpack(body))


@pytest.mark.parametrize("dtype", ["?", "i1", "u8", "f2", "f4", "f8", "c8", "c16", ">f8", ">i4"])
@pytest.mark.parametrize("shape", [(), (0,), (3,), (2, 3), (2, 0, 3)])
def test_arrays_keep_dtype_shape_and_values(dtype: str, shape: tuple[int, ...]) -> None:
    array = np.arange(math.prod(shape)).reshape(shape).astype(dtype)
    arrived = trip(array)
    assert isinstance(arrived, np.ndarray)
    assert arrived.dtype == array.dtype
    assert arrived.shape == shape
    assert (arrived == array).all()


def test_arrays_keep_layout_and_the_read_only_flag() -> None:
    fortran = np.asfortranarray(np.ones((3, 4)))
    strided = np.arange(10.0)[::2]
    frozen = np.ones(3)
    frozen.flags.writeable = False
    assert trip(fortran).flags.f_contiguous
    assert not trip(fortran).flags.c_contiguous
    assert not trip(strided).flags.c_contiguous
    assert (trip(strided) == strided).all()
    assert not trip(frozen).flags.writeable
    assert trip(np.ones(3)).flags.writeable


@pytest.mark.parametrize("value", [np.float16, np.float64, np.dtype("f4"), np.dtype(">i2"), float, int])
def test_dtypes_and_the_types_of_numbers_travel_by_name(value: object) -> None:
    assert trip(value) == value
    assert type(trip(value)) is type(value)


def test_negative_zero_nan_and_infinity_arrive_as_they_are() -> None:
    values = np.array([-0.0, np.nan, np.inf, -np.inf])
    assert trip(values).tobytes() == values.tobytes()
    assert math.copysign(1, trip(-0.0)) == -1


def test_subclasses_arrive_as_their_base() -> None:
    class Number(float):
        def __eq__(self, other: object) -> bool:
            return True

        __hash__ = float.__hash__

    class Array(np.ndarray):
        def __array_ufunc__(self, *args: object, **kwargs: object) -> bool:
            return True

    class Items(list):
        def __iter__(self):
            return iter(["forged"])

    assert type(trip(Number(2.5))) is float
    assert trip(Number(2.5)) == 2.5
    array = np.ones(3).view(Array)
    assert type(trip(array)) is np.ndarray
    assert trip(Items([1, 2])) == [1, 2]
    assert trip(range(3)) == [0, 1, 2]


@pytest.mark.parametrize(
    ("value", "what"),
    [
        (np.array([1, None]), "objects"),
        (np.array(["a"]), "text"),
        (np.ma.masked_all(3), "masked"),
        ((x for x in ()), "generator"),
        (object(), "object"),
        pytest.param(10**5000, "4,000 digits", id="large"),
    ],
)
def test_what_is_not_plain_data_is_named(value: object, what: str) -> None:
    with pytest.raises(wire.NotPlain, match=what):
        trip(value)


def test_depth_and_number_of_values_are_capped() -> None:
    deep: list[object] = []
    for _ in range(100):
        deep = [deep]
    with pytest.raises(wire.NotPlain, match="deep"):
        trip(deep)
    with pytest.raises(wire.NotPlain, match="values"):
        trip([0] * (wire.MAX_NODES + 1))


@pytest.mark.parametrize(
    "tree",
    [
        {"a": ["O", [1], b"12345678", "C"]},
        {"a": ["<f8", [2**40, 0], b"", "C"]},
        {"a": ["<f8", [-1], b"", "C"]},
        {"a": ["<f8", [2], b"12345678", "C"]},
        {"a": ["<f8", [1], "12345678", "C"]},
        {"a": ["<f8", [1], b"12345678", "X"]},
        {"a": ["|b1", [1], b"\x02", "C"]},
        {"s": ["<f8", b"1234"]},
        {"c": [1, 2]},
        {"i": "1" * 5000},
        {"i": "٣"},
        {"d": [[[1], 2]]},
        {"d": [[1]]},
        {"h": [0, "Node", False]},
        {"zz": 1},
        {},
        {"t": 3},
    ],
)
def test_a_forged_tree_is_a_protocol_error(tree: object) -> None:
    with pytest.raises(wire.ProtocolError):
        wire.Decoder(_no_special).decode(wire.unpack(msgpack.packb(tree)))


@pytest.mark.parametrize(
    "body",
    [
        b"\xdd\xff\xff\xff\xff",  # an array that says it holds 2**32 - 1 values
        b"\xc6\xff\xff\xff\xff",  # 4 GiB of bytes
        b"\x91" * 2_000,  # nested too deep for msgpack itself
        b"\xd6\xff\x00\x00\x00\x00",  # a timestamp
        b"\x82\xa1a\x01\xa1b\x01",  # a map with two keys
        b"\x01\x02",  # something behind the message
        b"",
    ],
)
def test_a_forged_body_is_a_protocol_error(body: bytes) -> None:
    with pytest.raises(wire.ProtocolError):
        wire.Decoder(_no_special).decode(wire.unpack(body))


def test_a_false_length_is_refused_before_anything_is_allocated() -> None:
    with pytest.raises(wire.ProtocolError):
        wire.body_length(wire.HEADER.pack(wire.MAGIC, 2**32 - 1))
    with pytest.raises(wire.ProtocolError):
        wire.body_length(wire.HEADER.pack(b"HTTP", 10))
