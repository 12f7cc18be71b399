"""Landlock: the rights that each version of its interface knows, and what they take away, seen in a child."""

from __future__ import annotations

import errno
import os
import re
import socket
import struct
from pathlib import Path
from typing import Any

import pytest

from autograder.sandbox.inside import landlock, linux
from tests.sandbox.child import in_child, refusal

ABI = linux.landlock_abi() if linux.supported() else 0
needs_landlock = pytest.mark.skipif(ABI == 0, reason="this kernel has no Landlock")

# Documentation/userspace-api/landlock.rst: the right, its bit, and the version that brought it.
FILE_RIGHTS = {
    "EXECUTE": (0, 1),
    "WRITE_FILE": (1, 1),
    "READ_FILE": (2, 1),
    "READ_DIR": (3, 1),
    "REMOVE_DIR": (4, 1),
    "REMOVE_FILE": (5, 1),
    "MAKE_CHAR": (6, 1),
    "MAKE_DIR": (7, 1),
    "MAKE_REG": (8, 1),
    "MAKE_SOCK": (9, 1),
    "MAKE_FIFO": (10, 1),
    "MAKE_BLOCK": (11, 1),
    "MAKE_SYM": (12, 1),
    "REFER": (13, 2),
    "TRUNCATE": (14, 3),
    "IOCTL_DEV": (15, 5),
}
NET_RIGHTS = {"BIND_TCP": (0, 4), "CONNECT_TCP": (1, 4)}
SCOPES = {"ABSTRACT_UNIX_SOCKET": (0, 6), "SIGNAL": (1, 6)}
SIZES = {1: 8, 2: 8, 3: 8, 4: 16, 5: 16, 6: 24, 7: 24, 8: 24}


def _bits(table: dict[str, tuple[int, int]], abi: int) -> int:
    return sum(1 << bit for bit, since in table.values() if since <= abi)


@pytest.mark.parametrize("abi", SIZES)
def test_every_right_of_a_version_is_taken(abi: int) -> None:
    attributes = landlock.handled(abi)
    assert len(attributes) == SIZES[abi]
    files, ports, scopes = struct.unpack("<QQQ", attributes.ljust(24, b"\0"))
    assert files == _bits(FILE_RIGHTS, abi)
    assert ports == _bits(NET_RIGHTS, abi)
    assert scopes == _bits(SCOPES, abi)


def test_the_grants_hold_what_section_4_gives_and_no_more() -> None:
    def rights(names: str) -> int:
        return sum(1 << FILE_RIGHTS[name][0] for name in names.split())

    assert rights("READ_FILE READ_DIR") == landlock.READ
    assert (
        rights("WRITE_FILE READ_FILE READ_DIR REMOVE_DIR REMOVE_FILE MAKE_DIR MAKE_REG TRUNCATE")
        == landlock.SCRATCH
    )


def test_bits_are_those_of_the_header() -> None:
    header = Path("/usr/include/linux/landlock.h")
    if not header.is_file():
        pytest.skip("no header of the kernel here")
    text = header.read_text()
    compared = 0
    for prefix, table in (("ACCESS_FS", FILE_RIGHTS), ("ACCESS_NET", NET_RIGHTS), ("SCOPE", SCOPES)):
        found = re.findall(rf"^#define LANDLOCK_{prefix}_(\w+)\s+\(1ULL << (\d+)\)", text, re.MULTILINE)
        for name, bit in found:
            if name in table:
                assert table[name][0] == int(bit), name
                compared += 1
    assert compared >= 14


# -- effects --------------------------------------------------------------------------------------------------


@needs_landlock
@pytest.mark.parametrize("abi", range(1, ABI + 1))
def test_the_kernel_takes_the_rules_of_every_version_up_to_its_own(abi: int) -> None:
    def restricted() -> int:
        linux.prctl(linux.PR_SET_NO_NEW_PRIVS, 1)
        landlock.restrict(abi)
        return refusal(lambda: os.listdir("/"))

    assert in_child(restricted) == errno.EACCES


@needs_landlock
def test_without_a_grant_no_file_can_be_touched(tmp_path: Path) -> None:
    file, folder = tmp_path / "file", tmp_path / "folder"
    file.write_text("secret")
    folder.mkdir()
    acts = {
        "read": lambda: file.read_text(),
        "write": lambda: file.write_text("x"),
        "append": lambda: file.open("a"),
        "truncate": lambda: os.truncate(file, 0),
        "list": lambda: os.listdir(tmp_path),
        "make": lambda: (tmp_path / "new").touch(),
        "mkdir": lambda: (tmp_path / "dir").mkdir(),
        "symlink": lambda: os.symlink("file", tmp_path / "link"),
        "fifo": lambda: os.mkfifo(tmp_path / "fifo"),
        "hard link": lambda: os.link(file, folder / "link"),
        "rename": lambda: file.rename(folder / "moved"),
        "remove": file.unlink,
        "rmdir": folder.rmdir,
        "execute": lambda: os.execv("/bin/true", ["true"]),
    }

    def restricted() -> dict[str, int]:
        linux.prctl(linux.PR_SET_NO_NEW_PRIVS, 1)
        landlock.restrict(ABI)
        return {name: refusal(act) for name, act in acts.items()}

    refused: dict[str, int] = in_child(restricted)
    # Moving between folders answers that they are on two devices, so that programs copy instead.
    assert {*refused.values()} <= {errno.EACCES, errno.EXDEV}, refused
    assert refused.keys() == acts.keys()
    assert file.read_text() == "secret"
    assert sorted(os.listdir(tmp_path)) == ["file", "folder"]


@needs_landlock
def test_a_grant_opens_one_folder_and_only_as_far_as_it_says(tmp_path: Path) -> None:
    for name in ("data", "scratch", "other"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "file").write_text(name)

    def restricted() -> dict[str, int]:
        linux.prctl(linux.PR_SET_NO_NEW_PRIVS, 1)
        landlock.restrict(
            ABI, ((str(tmp_path / "data"), landlock.READ), (str(tmp_path / "scratch"), landlock.SCRATCH))
        )
        acts = {
            "read": lambda folder: (folder / "file").read_text(),
            "list": os.listdir,
            "write": lambda folder: (folder / "file").write_text("changed"),
            "make": lambda folder: (folder / "new").touch(),
            "mkdir": lambda folder: (folder / "dir").mkdir(),
            "symlink": lambda folder: os.symlink("file", folder / "link"),
            "fifo": lambda folder: os.mkfifo(folder / "fifo"),
            "execute": lambda folder: os.execv(folder / "file", ["file"]),
            "remove": lambda folder: (folder / "file").unlink(),
        }
        return {
            f"{folder} {name}": refusal(lambda folder=folder, act=act: act(tmp_path / folder))
            for folder in ("data", "scratch", "other")
            for name, act in acts.items()
        }

    for name in ("data", "scratch", "other"):
        os.chmod(tmp_path / name / "file", 0o755)
    refused = in_child(restricted)
    allowed = {act for act, error in refused.items() if error == 0}
    assert allowed == {
        "data read",
        "data list",
        "scratch read",
        "scratch list",
        "scratch write",
        "scratch make",
        "scratch mkdir",
        "scratch remove",
    }
    assert {error for error in refused.values() if error} == {errno.EACCES}


@needs_landlock
@pytest.mark.skipif(ABI < 4, reason="this version of Landlock does not know TCP")
def test_no_port_can_be_bound_or_reached() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = server.getsockname()

        def reach() -> list[int]:
            with socket.socket() as one, socket.socket() as other:
                return [refusal(lambda: one.connect(address)), refusal(lambda: other.bind(("127.0.0.1", 0)))]

        def restricted() -> list[int]:
            linux.prctl(linux.PR_SET_NO_NEW_PRIVS, 1)
            landlock.restrict(ABI)
            return reach()

        assert in_child(reach) == [0, 0]
        assert in_child(restricted) == [errno.EACCES] * 2


@needs_landlock
@pytest.mark.skipif(ABI < 6, reason="this version of Landlock has no scopes")
def test_no_process_outside_can_be_signalled_or_met() -> None:
    parent = os.getpid()
    name = f"\0autograde-test-{parent}"
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(name)
        server.listen(8)

        def reach() -> dict[str, int]:
            with socket.socket(socket.AF_UNIX) as client:
                return {
                    "signal": refusal(lambda: os.kill(parent, 0)),
                    "itself": refusal(lambda: os.kill(os.getpid(), 0)),
                    "abstract socket": refusal(lambda: client.connect(name)),
                }

        def restricted() -> Any:
            linux.prctl(linux.PR_SET_NO_NEW_PRIVS, 1)
            landlock.restrict(ABI)
            return reach()

        assert in_child(reach) == {"signal": 0, "itself": 0, "abstract socket": 0}
        assert in_child(restricted) == {
            "signal": errno.EPERM,
            "itself": 0,
            "abstract socket": errno.EPERM,
        }


@needs_landlock
def test_it_cannot_be_put_on_without_no_new_privileges_by_an_ordinary_user() -> None:
    def restricted() -> Any:
        if os.getuid() == 0:
            linux.set_capabilities()
        return refusal(lambda: landlock.restrict(ABI))

    assert in_child(restricted) == errno.EPERM


@needs_landlock
def test_a_grant_on_what_is_not_there_is_an_error(tmp_path: Path) -> None:
    """A rule that silently does not exist would be found out by an honest student's PermissionError."""

    def restricted() -> Any:
        linux.prctl(linux.PR_SET_NO_NEW_PRIVS, 1)
        return refusal(lambda: landlock.restrict(ABI, ((str(tmp_path / "none"), landlock.READ),)))

    assert in_child(restricted) == errno.ENOENT
