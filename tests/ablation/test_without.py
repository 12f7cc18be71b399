"""The levels below A, met for real: kernels that seem to lack something, and a worker that still holds what it can."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.kernel import needs_namespaces

pytestmark = pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="confinement is for Linux")

_ROOT = Path(__file__).resolve().parents[2]
_LEVEL = """
import json
from autograder.sandbox import canaries, level
from autograder.sandbox.launch import Zygote
zygote = Zygote()
findings = canaries.run(zygote)
found = level.decide(zygote.facts, findings)
print(json.dumps([found.letter, found.missing, [f.name for f in canaries.escaped(findings)]]))
zygote.close()
"""


def level_without(*what: str) -> tuple[str, list[str], list[str]]:
    """The letter, what is missing, and the canaries that were not stopped, in a process tree without these."""
    command = [sys.executable, "-m", "tests.ablation.without", *what, "--", sys.executable, "-c", _LEVEL]
    done = subprocess.run(command, cwd=_ROOT, capture_output=True, text=True, timeout=180)
    assert done.returncode == 0, done.stderr
    letter, missing, escaped = json.loads(done.stdout)
    return letter, missing, escaped


@pytest.mark.parametrize(
    ("what", "letter", "missing"),
    [
        (("namespaces",), "B", ["namespaces", "root"]),
        # AppArmor's way on Ubuntu: they may be made, and then nothing can be done in them.
        (("mounts",), "B", ["namespaces", "root"]),
        pytest.param(("landlock",), "B-", ["landlock"], marks=needs_namespaces),
        (("namespaces", "landlock"), "B-", ["namespaces", "root", "landlock"]),
    ],
)
def test_what_is_missing_is_noticed_and_the_rest_still_stops_every_canary(
    what: tuple[str, ...], letter: str, missing: list[str]
) -> None:
    assert level_without(*what) == (letter, missing, [])


def test_without_a_filter_the_canaries_fly_and_the_level_is_d() -> None:
    letter, missing, escaped = level_without("seccomp")
    assert letter == "D"
    assert missing[0] == "seccomp"
    assert {"fork", "shared_memory", "lock_file"} <= set(escaped)
    assert "open_secret" not in escaped


@pytest.mark.parametrize(
    ("what", "attempt", "error"),
    [
        ("namespaces", "libc.unshare(0x40000000)", "EPERM"),
        ("mounts", "libc.mount(None, b'/proc', None, ctypes.c_ulong(1 << 18), None)", "EACCES"),
        ("landlock", "libc.syscall(444, None, ctypes.c_size_t(0), 1)", "ENOSYS"),
        ("seccomp", "libc.prctl(22, 2, None, 0, 0)", "EINVAL"),
    ],
)
def test_the_wrapper_forbids_what_it_says(what: str, attempt: str, error: str) -> None:
    program = (
        "import ctypes, errno; libc = ctypes.CDLL(None, use_errno=True);"
        f"assert {attempt} == -1; print(errno.errorcode[ctypes.get_errno()])"
    )
    command = [sys.executable, "-m", "tests.ablation.without", what, "--", sys.executable, "-c", program]
    done = subprocess.run(command, cwd=_ROOT, capture_output=True, text=True, timeout=180)
    assert done.stdout.strip() == error, done.stderr
