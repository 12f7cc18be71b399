"""What the kernel says about our processes, seen from outside their walls; and whether the walls can be had here."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest

from autograder.sandbox.inside import linux
from autograder.sandbox.launch import Zygote

linux_only = pytest.mark.skipif(not linux.supported(), reason="walls are built on Linux only")


def status(pid: int) -> dict[str, str]:
    """The fields of /proc/<pid>/status."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return {name: value.strip() for name, _colon, value in (line.partition(":") for line in lines)}


def children(pid: int) -> list[int]:
    """The processes that `pid` started and that still run."""
    found = []
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            try:
                # The name in parentheses may hold anything; what follows is state and parent.
                fields = Path(f"/proc/{entry}/stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            if int(fields[1]) == pid and fields[0] != "Z":
                found.append(int(entry))
    return sorted(found)


def is_running(pid: int) -> bool:
    """Whether it is there and no zombie."""
    try:
        return status(pid)["State"][0] not in "ZX"
    except OSError:
        return False


def soon(question: Callable[[], Any], seconds: float = 60.0) -> bool:
    """Whether it becomes true within some seconds."""
    deadline = time.monotonic() + seconds
    while not question():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.005)
    return True


def gone(pids: Iterable[int]) -> bool:
    """Whether all of them end soon."""
    return soon(lambda: not any(map(is_running, pids)))


def lineage(zygote: Zygote) -> dict[str, int]:
    """Process ids: "outer", which made the namespaces; "init", process 1 in there; "zygote"."""
    outer = zygote._process.pid
    (init,) = children(outer)
    (inner,) = [child for child in children(init) if status(child)["PPid"] == str(init)]
    return {"outer": outer, "init": init, "zygote": inner}


def walled(zygote: Zygote) -> Zygote:
    """The same; skips the test where this machine has no namespaces for us."""
    if "namespaces" not in zygote.facts["layers"]:
        pytest.skip("this machine allows us no namespaces")
    return zygote
