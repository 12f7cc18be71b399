"""The weak way in, run in a box: see `weak/unpack.py`."""

from __future__ import annotations

from collections.abc import Mapping

from tests.hostile.bounded import Bounded, run_bounded
from tests.hostile.controls import WEAK
from tests.hostile.graded import CANARY


def naive(
    mode: str,
    files: Mapping[str, bytes],
    *,
    seconds: float = 5.0,
    links: Mapping[str, str] | None = None,
) -> Bounded:
    """Take `files` in as the weak grader does.

    mode   a function of `weak/unpack.py`
    files  name below /box/work → bytes
    links  path below /box → what the link there leads to
    """
    there = {f"work/{name}": data for name, data in files.items()}
    there["grader/unpack.py"] = (WEAK / "unpack.py").read_bytes()
    there["grader/reference.py"] = (WEAK / "reference.py").read_bytes()
    there["others/bob/hw.py"] = f"# {CANARY}\n".encode()
    there["results/bob.json"] = b'{"score": 100}'
    return run_bounded(["/box/grader/unpack.py", mode], there, seconds=seconds, links=links)
