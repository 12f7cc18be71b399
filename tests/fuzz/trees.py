"""Changes messages as someone would who knows the format: another type here, one value more there, a false length."""

from __future__ import annotations

import copy
import random
from collections.abc import Sequence
from typing import Any

import msgpack

Tree = Any

_NUMBERS = (
    0, 1, 2, 3, 4, 7, 8, 9, 63, 64, 65, 127, 128, 255, 1_000, 4_096, 65_535, 65_536, 65_537, 2**20, 2**31 - 1, 2**31,
    2**31 + 1, 2**32, 2**53, 2**62, 2**63 - 1, 2**63, 2**64 - 1, -1, -2, -(2**31), -(2**63),
)  # fmt: skip
_REALS = (0.0, -0.0, 0.5, 1e308, -1e308, 5e-324, float("nan"), float("inf"), float("-inf"))
_TEXTS = (
    "", "a", "a" * 300, "\x00", "\x1b[31m", "\u202e", "\ufeff", "é", "e\u0301" * 20, "\U0001f600", "\ud800", "{0}", "{x}",
    "__class__", "../x", "=1+1", "<script>", '"', "\n", "9" * 4_096, "-1", "1_0", " 1", "nan",
)  # fmt: skip
_BYTES = (b"", b"\x00", b"\x01", b"\x02", b"\xff", bytes(8), bytes(16), b"\xff" * 8, bytes(64))
_OTHERS = (
    None,
    True,
    False,
    [],
    {},
    msgpack.ExtType(1, b""),
    msgpack.ExtType(127, bytes(4)),
    msgpack.Timestamp(0),
)
_LONG_HEADERS = (
    b"\xdd\x00\x0f\x42\x40",  # a list of a million values
    b"\xdd\xff\xff\xff\xff",
    b"\xdc\xff\xff",
    b"\xdf\x00\x00\x00\x02",
    b"\xde\xff\xff",
    b"\xc6\x7f\xff\xff\xff",  # 2 GiB of bytes
    b"\xdb\x7f\xff\xff\xff",
    b"\x91",
    b"\x81",
    b"\x81\xa1t\x91",
    b"\xc1",
)


def read(body: bytes) -> Tree:
    """What a body says, with none of the format's limits. Raises for what is no msgpack at all."""
    return msgpack.unpackb(body, raw=False, strict_map_key=False, unicode_errors="surrogatepass")


def write(tree: Tree) -> bytes:
    """A tree as msgpack, also one that no honest program writes."""
    return bytes(msgpack.packb(tree, use_bin_type=True, unicode_errors="surrogatepass"))


def mutated(body: bytes, random: random.Random, words: Sequence[Tree] = ()) -> bytes:
    """A body that differs from this one in a few places.

    words  what has a meaning in these messages: tags, names, small trees
    """
    try:
        tree = read(body)
        for _ in range(random.choice((1, 1, 1, 2, 4))):
            tree = _changed(tree, random, words)
        body = write(tree)
    except Exception:  # no message, or none that can be written
        pass
    if random.random() < 0.1:
        place = random.randrange(len(body) + 1)
        header = random.choice(_LONG_HEADERS) * random.choice((1, 1, 1, 20, 70, 600, 1_100))
        body = body[:place] + header + body[place + random.choice((0, 0, 1, 5)) :]
    return body


def _changed(tree: Tree, random: random.Random, words: Sequence[Tree]) -> Tree:
    root = [tree]
    places = list(_places(root))
    holder, key = random.choice(places)
    old = holder[key]
    kind = random.randrange(9)
    if kind == 0 and isinstance(holder, list) and holder is not root:
        del holder[key]
    elif kind == 1 and isinstance(holder, list) and holder is not root:
        holder[key:key] = [copy.deepcopy(old) for _ in range(random.choice((1, 1, 2, 40)))]
    elif kind == 2:  # the same as elsewhere in the message
        other, other_key = random.choice(places)
        holder[key] = copy.deepcopy(other[other_key])
    elif kind == 3 and words:
        holder[key] = copy.deepcopy(random.choice(words))
    elif kind == 4 and isinstance(old, dict):
        _change_keys(old, random, words)
    elif kind == 5:
        holder[key] = _nested(old, random, words)
    else:
        holder[key] = _another(old, random, words)
    return root[0]


def _places(holder: Any) -> Any:
    """(container, key) of every value, however deep."""
    waiting = [holder]
    while waiting:
        current = waiting.pop()
        for key, value in current.items() if isinstance(current, dict) else enumerate(current):
            yield current, key
            if isinstance(value, (list, dict)):
                waiting.append(value)


def _change_keys(table: dict[Any, Any], random: random.Random, words: Sequence[Tree]) -> None:
    texts = [word for word in words if isinstance(word, str)]
    new = random.choice([*texts, *_TEXTS, 0, None, b"a"])
    if table and random.random() < 0.7:
        key = random.choice(list(table))
        table[new] = table.pop(key)
    else:
        table[new] = copy.deepcopy(next(iter(table.values()), None))


def _nested(value: Tree, random: random.Random, words: Sequence[Tree]) -> Tree:
    tags = [word for word in words if isinstance(word, str) and len(word) == 1]
    for _ in range(random.choice((1, 1, 2, 15, 17, 63, 65, 130))):
        value = {random.choice(tags): [value]} if tags and random.random() < 0.5 else [value]
    return value


def _another(value: Tree, random: random.Random, words: Sequence[Tree]) -> Tree:
    """A value near this one, or any at all."""
    if random.random() < 0.3:
        return copy.deepcopy(random.choice([*_NUMBERS, *_REALS, *_TEXTS, *_BYTES, *_OTHERS, *words]))
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        near = value + random.choice((-1, 1, 8, -8))
        return random.choice([*_NUMBERS, near if -(2**63) <= near < 2**64 else 0, float(value)])
    if isinstance(value, float):
        return random.choice([*_REALS, -value])
    if isinstance(value, str):
        place = random.randrange(len(value) + 1)
        return value[:place] + random.choice(_TEXTS) + value[place + random.choice((0, 1)) :]
    if isinstance(value, bytes):
        place = random.randrange(len(value) + 1)
        return value[:place] + random.choice(_BYTES) + value[place + random.choice((0, 1, 8)) :]
    if isinstance(value, list) and value:
        random.shuffle(value)
        return value
    return copy.deepcopy(random.choice([*_OTHERS, *words]))
