"""How values and messages travel: msgpack frames on two pipes, plain data only, everything capped.

A frame is `MAGIC`, the body's length as u32, the body: one msgpack message. A value is written as a tree of msgpack
types in which every map has exactly one key, a tag, so that nothing a student builds can be taken for something else:

    None bool int float str bytes list   themselves (int within 64 bits)
    {"t": [...]}                         tuple
    {"d": [[key, value], ...]}           dict
    {"a": [dtype, shape, data, layout]}  ndarray; layout is "C", "F" or "S" (strided), then "r" where read-only
    {"s": [dtype, data]}                 NumPy scalar
    {"c": [re, im]} {"i": "digits"}      complex, large int
    {"y": dtype} {"k": "float32"}        np.dtype, and a number's type (np.float32, float), by name
    {"h": id}                            handle: an object that stays in the worker
    {"f": id} {"o": [id, class]}         callback, object: things that stay on the trusted side
    {"r": index}                         within a program: the result of an earlier instruction
    {"u": "a generator"}                 something that may not travel, described

No pickle, no eval, no dtype from a string that is not in the table, no shared memory.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import msgpack
import numpy as np

from .framing import HEADER as HEADER
from .framing import MAGIC as MAGIC
from .framing import MAX_MESSAGE_BYTES as MAX_MESSAGE_BYTES
from .framing import ProtocolError as ProtocolError
from .framing import body_length as body_length

MAX_NODES = 1_000_000
MAX_TREE_NODES = 2_500_000  # in a frame as it came: tags and shapes count there too
MAX_DEPTH = 64
MAX_DIMENSIONS = 8
MAX_TEXT = 2**20
MAX_EMPTY = 2**16
"""Rows of an empty array: shape (2**31, 0) takes no bytes, and whoever goes through its rows takes minutes."""

MAX_ODD_KEYS = 1_000
"""Keys of dicts that are neither texts nor simple numbers: those can be chosen to have one hash, which costs a quadratic
time here."""

_NATIVE = [np.dtype(code) for code in "?bBhHiIlLefdFD"]
_KNOWN = {d.str: d for d in _NATIVE} | {d.newbyteorder().str: d.newbyteorder() for d in _NATIVE}
_NAMES = {d: name for name, d in _KNOWN.items()}
_SIZES = {name: d.itemsize for name, d in _KNOWN.items()}
_TRUTH = np.dtype(bool).str

SMALL_BODY = 1_000
"""Bytes of a body whose values need no counting: each takes at least one."""

_LEAVES = frozenset([type(None), bool, int, float, str, bytes])
"""Types that arrive as themselves."""

_LAYOUTS = ("C", "F", "S", "Cr", "Fr", "Sr")
_SENT_AS_IS = frozenset([type(None), bool, float])
_SENT_IN_RANGE = _SENT_AS_IS | {int}

_TYPES: dict[str, type] = {d.type.__name__: d.type for d in _NATIVE} | {
    t.__name__: t for t in (int, float, complex)
}

# One packer, kept: msgpack.packb would allocate 256 KiB at each call.
_packer = msgpack.Packer(use_bin_type=True, autoreset=True, strict_types=True)


class NotPlain(Exception):
    """A value that may not travel; the text describes it: "a generator"."""


def pack(tree: Any) -> bytes:
    """One tree of msgpack types as bytes."""
    return bytes(_packer.pack(tree))


def frame(tree: Any) -> bytes:
    """One message with its header, ready to be written."""
    return framed(pack(tree))


def framed(body: bytes) -> bytes:
    """The same for a tree that is packed already."""
    if len(body) > MAX_MESSAGE_BYTES:
        raise NotPlain(f"more than {MAX_MESSAGE_BYTES // 2**20} MiB")
    return HEADER.pack(MAGIC, len(body)) + body


def unpack(body: bytes) -> Any:
    """The tree in a frame's body; ProtocolError for anything else."""
    return unpack_counted(body)[0]


def unpack_counted(body: bytes) -> tuple[Any, int]:
    """The same, with the number of values in it: they take more memory here than bytes there. In a body of at most
    `SMALL_BODY` bytes there cannot be many, and they count as none."""
    if len(body) <= SMALL_BODY:
        return _unpack(body, None), 0
    seen = 0

    def count(items: Any) -> Any:
        nonlocal seen
        seen += len(items)
        if seen > MAX_TREE_NODES:
            raise ProtocolError("too many values in a frame")
        return items

    return _unpack(body, count), seen


def count_values(body: bytes, items: int = 1) -> int:
    """How many values there are in packed `items`, one after the other."""
    seen = items

    def count(values: Any) -> Any:
        nonlocal seen
        seen += len(values)
        return values

    unpacker = msgpack.Unpacker(
        raw=False, strict_map_key=True, list_hook=count, object_hook=count, max_buffer_size=MAX_MESSAGE_BYTES
    )
    unpacker.feed(body)
    for _item in range(items):
        unpacker.unpack()
    return seen


def _unpack(body: bytes, count: Callable[[Any], Any] | None) -> Any:
    try:
        return msgpack.unpackb(
            body,
            raw=False,
            strict_map_key=True,
            list_hook=count,
            object_hook=count,
            max_array_len=min(len(body), MAX_NODES),
            max_map_len=1,
            max_ext_len=0,
        )
    except ProtocolError:
        raise
    except Exception as error:  # msgpack raises half a dozen kinds; each means the same here
        raise ProtocolError(f"a frame that is not a message ({type(error).__name__})") from None


class Encoder:
    """Turns a value into a tree. `leaf` is asked about whatever is not plain data.

    leaf  value → tree, or raises NotPlain; called for objects outside the table above
    """

    def __init__(self, leaf: Callable[[Any], Any]) -> None:
        self._leaf = leaf
        self._nodes = 0
        self._odd_keys = 0

    def encode(self, value: Any) -> Any:
        """The tree of one value. Raises NotPlain where a cap is passed."""
        self._nodes = 0
        self._odd_keys = 0
        return self._tree(value, 0)

    def _tree(self, value: Any, depth: int) -> Any:
        kind = type(value)
        if value is None or kind is bool or kind is float:
            return value
        if kind is int:
            return value if -(2**63) <= value < 2**64 else _large(value)
        if kind is np.ndarray:
            return _array(value)
        if kind is str:
            return _text(value)
        if depth >= MAX_DEPTH:
            raise NotPlain(f"something nested more than {MAX_DEPTH} deep")
        if kind is list:
            return self._items(value, depth)
        if kind is tuple:
            return {"t": self._items(value, depth)}
        return self._other(value, depth)

    def _items(self, values: Any, depth: int) -> list[Any]:
        items: list[Any] = list(values)  # which nobody else can change any more
        self._nodes += len(items)
        if self._nodes > MAX_NODES:
            raise NotPlain(f"more than {MAX_NODES:,} values")
        if _SENT_AS_IS.issuperset(map(type, items)) or _is_list_of_numbers(items):
            return items
        depth += 1
        return [self._tree(item, depth) for item in items]

    def _other(self, value: Any, depth: int) -> Any:
        """Everything that is not one of the plain types exactly; subclasses arrive as their base."""
        if isinstance(value, np.ndarray):
            if isinstance(value, np.ma.MaskedArray):
                raise NotPlain("a masked array")
            return _array(np.ndarray.view(value, np.ndarray))
        if isinstance(value, np.generic):
            if isinstance(value, np.ma.core.MaskedConstant):
                raise NotPlain("a masked value")
            return _scalar(value)
        if isinstance(value, (bytes, bytearray)):
            if len(value) > MAX_TEXT:
                raise NotPlain("more than 1 MiB of bytes")
            return bytes(value)
        if isinstance(value, float):
            return float.__float__(value)
        if isinstance(value, int):
            return self._tree(int.__index__(value), depth)
        if isinstance(value, complex):
            return {"c": [complex.__complex__(value).real, complex.__complex__(value).imag]}
        if isinstance(value, str):
            return _text(str.__str__(value))
        if isinstance(value, range):
            return self._items(value, depth)
        if isinstance(value, list):
            return self._items(list.copy(value), depth)
        if isinstance(value, tuple):
            return {"t": self._items(tuple.__getitem__(value, slice(None)), depth)}
        if isinstance(value, dict):
            pairs = list(dict.items(value))
            self._nodes += 2 * len(pairs)
            if self._nodes > MAX_NODES:
                raise NotPlain(f"more than {MAX_NODES:,} values")
            self._odd_keys += sum(map(_is_odd_key, dict.keys(value)))
            if self._odd_keys > MAX_ODD_KEYS:
                raise NotPlain(f"more than {MAX_ODD_KEYS:,} keys that are neither texts nor small numbers")
            return {"d": [[self._tree(k, depth + 1), self._tree(v, depth + 1)] for k, v in pairs]}
        if isinstance(value, np.dtype) and value.str in _KNOWN:
            return {"y": value.str}
        if isinstance(value, type) and _TYPES.get(value.__name__) is value:
            return {"k": value.__name__}
        return self._leaf(value)


class Decoder:
    """Turns a tree back into a value, checking every node. `special` handles the tags h, f, o, r and u.

    special  (tag, payload) → value; raises ProtocolError for a tag that has no business in this direction
    """

    def __init__(self, special: Callable[[str, Any], Any]) -> None:
        self._special = special
        self._nodes = 0
        self._odd_keys = 0

    def decode(self, tree: Any) -> Any:
        """The value of one tree. Raises ProtocolError where the tree breaks a rule."""
        self._nodes = 0
        self._odd_keys = 0
        return self._value(tree, 0)

    def _value(self, tree: Any, depth: int) -> Any:
        kind = type(tree)
        if tree is None or kind is float or kind is bool or kind is int or kind is str or kind is bytes:
            return tree
        if depth > MAX_DEPTH:
            raise ProtocolError("a value nested too deep")
        if kind is list:
            return self._items(tree, depth)
        if kind is not dict or len(tree) != 1:
            raise ProtocolError(f"a {kind.__name__} where a value was due")
        if "a" in tree:
            return _decode_array(tree["a"])
        ((tag, payload),) = tree.items()
        if tag == "t":
            return tuple(self._items(payload, depth))
        if tag == "s":
            return _decode_scalar(payload)
        if tag == "d":
            return self._dict(payload, depth)
        if tag == "c":
            return _decode_complex(payload)
        if tag == "i":
            return _decode_large(payload)
        if tag == "y":
            return _dtype(payload)
        if tag == "k":
            return _decode_type(payload)
        return self._special(tag, payload)

    def _items(self, trees: Any, depth: int) -> list[Any]:
        if type(trees) is not list:
            raise ProtocolError("a sequence that is not a list")
        self._nodes += len(trees)
        if self._nodes > MAX_NODES:
            raise ProtocolError("too many values")
        if _LEAVES.issuperset(map(type, trees)):
            return list(trees)
        depth += 1
        return [self._value(tree, depth) for tree in trees]

    def _dict(self, pairs: Any, depth: int) -> dict[Any, Any]:
        if type(pairs) is not list:
            raise ProtocolError("a dict that is not a list of pairs")
        result: dict[Any, Any] = {}
        for pair in pairs:
            if type(pair) is not list or len(pair) != 2:
                raise ProtocolError("a dict entry that is not a pair")
            key, value = self._items(pair, depth)
            self._odd_keys += _is_odd_key(key)
            if self._odd_keys > MAX_ODD_KEYS:
                raise ProtocolError("too many keys that could be chosen to collide")
            try:
                result[key] = value
            except TypeError:
                raise ProtocolError("a dict key that cannot be one") from None
        return result


def _is_list_of_numbers(values: list[Any]) -> bool:
    """Whether each is None, bool, float, or an int of 64 bits."""
    if not _SENT_IN_RANGE.issuperset(map(type, values)):
        return False
    whole = [value for value in values if type(value) is int]
    return min(whole) >= -(2**63) and max(whole) < 2**64


def _is_odd_key(key: Any) -> bool:
    """Whether many keys of its kind could have one hash: not so texts, whose hashes are seeded here, nor 64-bit numbers."""
    if isinstance(key, int):
        return not -(2**63) <= key < 2**64
    return not (key is None or isinstance(key, (str, bytes, float, np.integer, np.floating, np.bool_)))


def _array(array: Any) -> Any:
    name = _NAMES.get(array.dtype)
    if name is None:
        array = _as_known(array)
        name = array.dtype.str
    if array.nbytes > MAX_MESSAGE_BYTES:
        raise NotPlain(f"an array of {array.nbytes // 2**20} MiB")
    shape = array.shape
    if len(shape) > MAX_DIMENSIONS:
        raise NotPlain(f"an array of {len(shape)} dimensions")
    if 0 in shape and math.prod(n for n in shape if n) > MAX_EMPTY:
        raise NotPlain(f"an empty array of shape {shape}")
    flags = array.flags
    layout = "C" if flags.c_contiguous else "F" if flags.f_contiguous else "S"
    if not flags.writeable:
        layout += "r"
    return {"a": [name, list(shape), array.tobytes(), layout]}


def _as_known(array: Any) -> Any:
    """The array in a type that travels, if it has numbers at all."""
    dtype = array.dtype
    if dtype.str in _KNOWN:
        return array
    if dtype.kind == "f":
        return array.astype(np.float64)
    if dtype.kind == "c":
        return array.astype(np.complex128)
    raise NotPlain(_odd_dtype(dtype))


def _odd_dtype(dtype: Any) -> str:
    names = {"O": "objects", "U": "text", "S": "bytes", "V": "records", "M": "dates", "m": "time spans"}
    return f"an array of {names.get(dtype.kind, 'an unknown kind')}"


def _scalar(value: Any) -> Any:
    dtype = value.dtype
    if dtype.kind == "f" and dtype.itemsize > 8:
        value = np.float64(value)
    elif dtype.kind == "c" and dtype.itemsize > 16:
        value = np.complex128(value)
    elif dtype.kind == "U":
        return _text(str.__str__(value))
    elif dtype.kind not in "biufc":
        raise NotPlain("a NumPy scalar that is not a number")
    return {"s": [value.dtype.str, value.tobytes()]}


def _text(text: str) -> str:
    if len(text) > MAX_TEXT:
        raise NotPlain("a text of more than 1 MiB")
    # A lone surrogate cannot be encoded; the text is data, so it arrives with a replacement.
    return text.encode("utf-8", "replace").decode("utf-8")


def _large(value: int) -> Any:
    if value.bit_length() > 13_000:
        raise NotPlain("an integer of more than 4,000 digits")
    return {"i": str(value)}


def _dtype(name: Any) -> np.dtype[Any]:
    try:
        return _KNOWN[name]
    except (KeyError, TypeError):
        raise ProtocolError("an array of an unknown dtype") from None


def _decode_array(payload: Any) -> Any:
    if type(payload) is not list or len(payload) != 4:
        raise ProtocolError("an array that is not one")
    name, shape, data, layout = payload
    dtype = _dtype(name)
    if type(shape) is not list or len(shape) > MAX_DIMENSIONS or type(data) is not bytes:
        raise ProtocolError("an array that is not one")
    size = 1
    for n in shape:
        if type(n) is not int or not 0 <= n <= 2**31:
            raise ProtocolError("an array of an impossible shape")
        size *= n
    if size * _SIZES[name] != len(data) or (size == 0 and math.prod(n for n in shape if n) > MAX_EMPTY):
        raise ProtocolError("an array whose shape does not fit its data")
    if type(layout) is not str or layout not in _LAYOUTS:
        raise ProtocolError("an array of an unknown layout")
    if name == _TRUTH and data.translate(None, b"\x00\x01"):
        raise ProtocolError("truth values that are neither")
    array = np.frombuffer(data, dtype)
    if len(shape) != 1:
        array = array.reshape(shape)
    array = array.copy("F" if layout[0] == "F" else "C")
    if layout[0] == "S" and array.ndim:
        wide = np.zeros((*shape[:-1], 2 * shape[-1]), dtype=dtype)
        wide[..., ::2] = array
        array = wide[..., ::2]
    if layout[1:]:
        array.flags.writeable = False
    return array


def _decode_scalar(payload: Any) -> Any:
    if type(payload) is not list or len(payload) != 2 or type(payload[1]) is not bytes:
        raise ProtocolError("a scalar that is not one")
    dtype = _dtype(payload[0])
    if len(payload[1]) != dtype.itemsize or (dtype.kind == "b" and payload[1] not in (b"\x00", b"\x01")):
        raise ProtocolError("a scalar whose bytes do not fit")
    return np.frombuffer(payload[1], dtype=dtype)[0]


def _decode_type(name: Any) -> type:
    try:
        return _TYPES[name]
    except (KeyError, TypeError):
        raise ProtocolError("an unknown type") from None


def _decode_complex(payload: Any) -> complex:
    if type(payload) is not list or [type(part) for part in payload] != [float, float]:
        raise ProtocolError("a complex number that is not one")
    return complex(payload[0], payload[1])


def _decode_large(payload: Any) -> int:
    if type(payload) is not str or len(payload) > 4_096 or not payload.removeprefix("-").isascii():
        raise ProtocolError("an integer that is not one")
    try:
        return int(payload)
    except ValueError:
        raise ProtocolError("an integer that is not one") from None
