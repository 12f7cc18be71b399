"""What a process holds, seen from outside: its memory, its environment, its command line."""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from tests.sandbox.processes import children, status

_CHUNK = 2**22
_OVERLAP = 256
"""Bytes. No needle may be longer; one that lies across two chunks is found all the same."""


class NotAllowed(Exception):
    """The kernel does not let this user look into that process."""


def holds(pid: int, needles: Mapping[str, bytes]) -> set[str]:
    """The names of those needles that lie anywhere in the process's memory: stack, heap, all mappings that can be read.
    Only the code of libraries is left out: it is mapped from files that nobody writes, and is a third of all.

    Raises  NotAllowed, also where the process may be seen but its memory may not
    """
    left = dict(needles)
    found = set()
    for chunk in _memory(pid):
        for name in [name for name, needle in left.items() if needle in chunk]:
            del left[name]
            found.add(name)
    return found


def outside_memory(pid: int) -> bytes:
    """Its environment and command line, as the kernel tells them."""
    try:
        return b"\0".join(Path(f"/proc/{pid}/{name}").read_bytes() for name in ("environ", "cmdline", "comm"))
    except PermissionError as error:
        raise NotAllowed(str(error)) from None


def descendants(pid: int) -> list[int]:
    """All processes below `pid`, nearest first."""
    found: list[int] = []
    level = [pid]
    while level:
        level = [child for parent in level for child in children(parent)]
        found += level
    return found


def name_of(pid: int) -> str:
    return status(pid).get("Name", "")


@contextlib.contextmanager
def standing_still(pids: Iterable[int]) -> Iterator[None]:
    """The processes stopped meanwhile, so that what they are doing is not over before anyone has looked."""
    stopped = list(pids)
    for pid in stopped:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in stopped:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)


def _memory(pid: int) -> Iterator[bytes]:
    try:
        maps = Path(f"/proc/{pid}/maps").read_text("utf-8", "surrogateescape").splitlines()
        memory = os.open(f"/proc/{pid}/mem", os.O_RDONLY)
    except PermissionError as error:
        raise NotAllowed(str(error)) from None
    try:
        read = 0
        for line in maps:
            place, rights, *rest = line.split(maxsplit=5)
            is_code = rights == "r-xp" and rest[2] != "0"
            if not rights.startswith("r") or is_code or rest[-1] in ("[vvar]", "[vvar_vclock]", "[vsyscall]"):
                continue
            first, last = (int(end, 16) for end in place.split("-"))
            for start in range(first, last, _CHUNK):
                with contextlib.suppress(
                    OSError
                ):  # a page that went meanwhile, or that the kernel keeps for itself
                    chunk = os.pread(memory, min(_CHUNK + _OVERLAP, last - start), start)
                    read += len(chunk)
                    yield chunk
        if not read:
            raise NotAllowed(f"no memory of process {pid} can be read")
    finally:
        os.close(memory)
