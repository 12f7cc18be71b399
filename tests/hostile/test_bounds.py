"""Neither a weak grader nor our own can reach the machine that the catalogue is run on, whatever their submissions do.

Each of these asks, it does not try: were the wall not there, nothing would happen.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.hostile.bounded import PYTHON, run_bounded
from tests.hostile.graded import HERE, NOT_HERE

LOOK = """
import json, os, resource, socket
def refused(folder):
    if IN_MEMORY and os.path.exists(folder) and os.stat(folder).st_dev == os.stat("/").st_dev:
        return True
    path = f"{folder}/autograde-hostile-probe"
    try:
        descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY)
    except OSError:
        return True
    os.close(descriptor)
    os.unlink(path)
    return False
capabilities = [line for line in open("/proc/self/status") if line.startswith("CapEff")][0].split()[1]
print(json.dumps({
    "namespaces": {name: os.readlink(f"/proc/self/ns/{name}") for name in ("pid", "mnt", "net", "ipc", "uts")},
    "processes": [int(name) for name in os.listdir("/proc") if name.isdigit()],
    "interfaces": [name for _number, name in socket.if_nameindex()],
    "root": sorted(os.listdir("/")),
    "read_only": [refused(folder) for folder in FOLDERS],
    "capabilities": int(capabilities, 16),
    "devices": sorted(os.listdir("/dev")),
    "most": [resource.getrlimit(what)[1] for what in (resource.RLIMIT_NPROC, resource.RLIMIT_AS, resource.RLIMIT_FSIZE)],
    "ids": [os.getuid(), os.getgid()],
}))
"""

FOLDERS = [
    "/",
    "/usr",
    "/etc",
    "/root",
    "/home",
    "/tmp",
    "/var/tmp",
    "/opt",
    str(HERE),
    str(HERE.parent.parent),
]
SYS_MODULE, SYS_RAWIO, SYS_BOOT, SYS_TIME, MKNOD = 16, 17, 22, 25, 27


def _in_the_guard() -> dict[str, Any]:
    program = LOOK.replace("FOLDERS", repr(FOLDERS)).replace("IN_MEMORY", "False")
    done = subprocess.run(
        [sys.executable, "-S", "-B", str(HERE / "guard.py"), PYTHON, "-I", "-S", "-c", program],
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
    if done.returncode == NOT_HERE:
        pytest.skip(f"no namespaces here: {done.stderr}")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def _in_a_box() -> dict[str, Any]:
    # The root of a box is its own, in memory, and so are the folders above what it is shown, such as /home.
    program = LOOK.replace("FOLDERS", repr(FOLDERS)).replace("IN_MEMORY", "True")
    try:
        ran = run_bounded(["-I", "-S", "-c", program], {"work/hw.py": b""})
    except RuntimeError as error:
        pytest.skip(str(error))
    assert ran.status == 0, ran.stderr
    return json.loads(ran.stdout)


@pytest.mark.parametrize("look", [_in_the_guard, _in_a_box])
def test_it_is_in_namespaces_of_its_own(look: Callable[[], dict[str, Any]]) -> None:
    seen = look()
    ours = {name: os.readlink(f"/proc/self/ns/{name}") for name in seen["namespaces"]}
    assert not set(seen["namespaces"].values()) & set(ours.values())
    # Its processes are numbered anew: the number of one of ours means nothing there, and -1 means these few.
    assert max(seen["processes"]) < 20
    assert seen["interfaces"] == ["lo"]


@pytest.mark.parametrize("look", [_in_the_guard, _in_a_box])
def test_it_can_write_no_file_of_ours(look: Callable[[], dict[str, Any]]) -> None:
    assert all(look()["read_only"])


@pytest.mark.parametrize("look", [_in_the_guard, _in_a_box])
def test_it_has_no_devices_but_harmless_ones(look: Callable[[], dict[str, Any]]) -> None:
    assert set(look()["devices"]) <= {"null", "zero", "random", "urandom", "shm", "pts", "ptmx", "tty"}


def test_root_in_the_guard_cannot_stop_the_machine() -> None:
    held = _in_the_guard()["capabilities"]
    assert [
        number for number in (SYS_MODULE, SYS_RAWIO, SYS_BOOT, SYS_TIME, MKNOD) if held >> number & 1
    ] == []


def test_a_box_is_nobody_with_little() -> None:
    seen = _in_a_box()
    assert seen["ids"] == [65534, 65534]
    assert seen["capabilities"] == 0
    assert seen["most"] == [64, 256 * 2**20, 16 * 2**20]


def test_a_box_shows_no_file_of_the_project() -> None:
    with pytest.raises(AssertionError, match="FileNotFoundError"):
        _read_in_a_box(Path(__file__))


def _read_in_a_box(path: Path) -> None:
    ran = run_bounded(["-I", "-S", "-c", f"open({str(path)!r})"], {"work/hw.py": b""})
    assert ran.status == 0, ran.stderr


def test_what_outlives_a_box_is_ended_with_it() -> None:
    program = "import os, time\nif os.fork() == 0:\n    os.setsid()\n    time.sleep(60)\n"
    ran = run_bounded(["-I", "-S", "-c", program], {"work/hw.py": b""})
    assert (ran.status, ran.left) == (0, 1)
    mine = [Path(f"/proc/{name}") for name in os.listdir("/proc") if name.isdigit()]
    assert not [path for path in mine if program.encode() in _command_line(path)]


def _command_line(process: Path) -> bytes:
    try:
        return (process / "cmdline").read_bytes()
    except OSError:
        return b""
