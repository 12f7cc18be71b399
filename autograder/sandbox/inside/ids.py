"""Which user ids may workers take that nobody else has? The id map of this user namespace tells."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from .layers import IDS

_ENOUGH = 1000
_BELOW_THE_TOP = 600
"""The highest ids of a container are not always free: 65534 is nobody."""


def spare_ids(wanted: int, path: str = "/proc/self/uid_map") -> int:
    """The first of `IDS` ids that are mapped here: `wanted` where it is, else some of the largest range.

    Returns  0 where this namespace has one user's id only. Root in it is that user to everybody else, and no more
             dangerous than it would be without the namespace
    """
    try:
        text = Path(path).read_text("ascii")
    except OSError:
        return wanted
    return _chosen(wanted, [tuple(map(int, line.split())) for line in text.splitlines()])


def _chosen(wanted: int, ranges: Iterable[tuple[int, ...]]) -> int:
    spans = [(inside, count) for inside, _outside, count in ranges]
    if any(inside <= wanted and wanted + IDS <= inside + count for inside, count in spans):
        return wanted
    inside, count = max(spans, key=lambda span: span[1], default=(0, 0))
    if count >= _ENOUGH:
        return inside + count - _BELOW_THE_TOP
    # Real root maps itself to itself; its ids must change even if that will fail.
    is_root = any(inside == 0 and outside == 0 for inside, outside, _count in ranges)
    return wanted if is_root else 0
