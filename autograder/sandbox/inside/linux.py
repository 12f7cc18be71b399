"""The system calls of Linux that confinement needs and the standard library lacks, through ctypes.

Numbers are fixed by the kernel's interface: see the pages of section 2 of the manual, and `include/uapi` of the kernel.
"""

from __future__ import annotations

import ctypes
import os
import struct
import sys
from typing import Any

# Not platform.machine(), which would remember the name of this machine for the student's code to ask for.
ARCHITECTURE = os.uname().machine if hasattr(os, "uname") else ""

CLONE_NEWTIME = 0x00000080
CLONE_NEWNS = 0x00020000
CLONE_NEWCGROUP = 0x02000000
CLONE_NEWUTS = 0x04000000
CLONE_NEWIPC = 0x08000000
CLONE_NEWUSER = 0x10000000
CLONE_NEWPID = 0x20000000
CLONE_NEWNET = 0x40000000

MS_RDONLY = 1
MS_NOSUID = 2
MS_NODEV = 4
MS_NOEXEC = 8
MS_BIND = 4096
MS_REC = 16384
MS_PRIVATE = 1 << 18

MOUNT_ATTR_RDONLY = 1
MOUNT_ATTR_NOSUID = 2
MOUNT_ATTR_NODEV = 4
MOUNT_ATTR_NOEXEC = 8

PR_SET_PDEATHSIG = 1
PR_GET_DUMPABLE = 3
PR_SET_DUMPABLE = 4
PR_SET_SECCOMP = 22
PR_CAPBSET_READ = 23
PR_CAPBSET_DROP = 24
PR_SET_NO_NEW_PRIVS = 38
PR_CAP_AMBIENT = 47

CAP_KILL = 5
CAP_SETGID = 6
CAP_SETUID = 7
CAP_SYS_ADMIN = 21

_AT_FDCWD = -100
_MNT_DETACH = 2
_SECCOMP_MODE_FILTER = 2
_PR_CAP_AMBIENT_CLEAR_ALL = 4
_CAPABILITY_HEADER = struct.pack("Ii", 0x20080522, 0)  # version 3, this thread
_LANDLOCK_CREATE_RULESET_VERSION = 1
_LANDLOCK_RULE_PATH_BENEATH = 1

_NUMBERS = {
    "x86_64": {"pivot_root": 155, "capset": 126},
    "aarch64": {"pivot_root": 41, "capset": 91},
}
_MOUNT_SETATTR, _LANDLOCK_CREATE, _LANDLOCK_ADD, _LANDLOCK_RESTRICT = 442, 444, 445, 446

# Looked up once, in the zygote: a worker that is being confined has no time, and later no right, to load anything.
_libc: Any = ctypes.CDLL(None, use_errno=True) if os.name == "posix" else None
_syscall: Any = getattr(_libc, "syscall", None)
_prctl: Any = getattr(_libc, "prctl", None)
_clearenv: Any = getattr(_libc, "clearenv", None)
_mount: Any = getattr(_libc, "mount", None)
_umount2: Any = getattr(_libc, "umount2", None)
_unshare: Any = getattr(_libc, "unshare", None)
if _syscall is not None:
    _syscall.restype = ctypes.c_long
if _prctl is not None:
    _prctl.argtypes = [ctypes.c_int, *[ctypes.c_ulong] * 4]
    _prctl_with: Any = _libc["prctl"]
    _prctl_with.argtypes = [ctypes.c_int, ctypes.c_ulong, ctypes.c_char_p, ctypes.c_ulong, ctypes.c_ulong]

_instructions = ctypes.create_string_buffer(8 * 4096)  # as many as the kernel takes
_INSTRUCTIONS_AT = ctypes.addressof(_instructions)


def _fail(what: str) -> OSError:
    number = ctypes.get_errno()
    return OSError(number, f"{what}: {os.strerror(number)}")


def supported() -> bool:
    """Whether the numbers of this machine's system calls are known here."""
    return sys.platform == "linux" and ARCHITECTURE in _NUMBERS and struct.calcsize("P") == 8


def clear_environment() -> None:
    """Every variable: `os.environ` lacks what C code set, as readline does with LINES when Python 3.13 imports pdb."""
    if os.environ:
        os.environ.clear()
    if _clearenv is not None:
        _clearenv()


def prctl(option: int, value: int = 0, third: int = 0) -> int:
    """prctl(2). Raises OSError."""
    result: int = _prctl(option, value, third, 0, 0)
    if result < 0:
        raise _fail(f"prctl {option}")
    return result


def unshare(flags: int) -> None:
    """unshare(2). Raises OSError."""
    if _unshare(flags) != 0:
        raise _fail("unshare")


def mount(
    source: str | None, target: str, kind: str | None, flags: int = 0, options: str | None = None
) -> None:
    """mount(2). Raises OSError."""

    def text(value: str | None) -> bytes | None:
        return None if value is None else os.fsencode(value)

    if _mount(text(source), text(target), text(kind), ctypes.c_ulong(flags), text(options)) != 0:
        raise _fail(f"mount {target}")


def restrict_mount(target: str, attributes: int) -> None:
    """Set MOUNT_ATTR_… on a mount, with those it has. Raises OSError."""
    # struct mount_attr: what to set, what to clear, propagation, user namespace.
    wanted = struct.pack("QQQQ", attributes, 0, 0, 0)
    buffer = ctypes.create_string_buffer(wanted, len(wanted))
    if _syscall(_MOUNT_SETATTR, _AT_FDCWD, os.fsencode(target), 0, buffer, ctypes.c_size_t(len(wanted))) != 0:
        raise _fail(f"mount_setattr {target}")


def make_root(folder: str) -> None:
    """Make a mounted folder the root of this mount namespace, and let go of the old one. Raises OSError."""
    os.chdir(folder)
    # Stacked on the old root at the same place, which is then the one that is taken off: no folder for it is needed.
    if _syscall(_NUMBERS[ARCHITECTURE]["pivot_root"], b".", b".") != 0:
        raise _fail("pivot_root")
    if _umount2(b".", _MNT_DETACH) != 0:
        raise _fail("umount2")
    os.chdir("/")


def set_capabilities(*kept: int) -> None:
    """Keep these effective and permitted, none inheritable or ambient. Raises OSError."""
    bits = 0
    for number in kept:
        bits |= 1 << number
    low, high = bits & 0xFFFFFFFF, bits >> 32
    data = struct.pack("IIIIII", low, low, 0, high, high, 0)
    if _syscall(_NUMBERS[ARCHITECTURE]["capset"], _CAPABILITY_HEADER, data) != 0:
        raise _fail("capset")


def drop_capability_bounds() -> None:
    """Let no exec and no process below this one gain a capability. Raises OSError."""
    number = 0
    while True:
        try:
            prctl(PR_CAPBSET_READ, number)
        except OSError:
            break  # beyond the last one that this kernel knows
        prctl(PR_CAPBSET_DROP, number)
        number += 1
    prctl(PR_CAP_AMBIENT, _PR_CAP_AMBIENT_CLEAR_ALL)


def landlock_abi() -> int:
    """The version of Landlock's interface; 0 where the kernel lacks it or has it switched off."""
    version: int = _syscall(
        _LANDLOCK_CREATE, None, ctypes.c_size_t(0), ctypes.c_uint32(_LANDLOCK_CREATE_RULESET_VERSION)
    )
    return max(version, 0)


def landlock(handled: bytes, grants: tuple[tuple[str, int], ...] = ()) -> None:
    """Deny this thread everything in `handled` (a struct landlock_ruleset_attr) but (path, rights). Raises OSError."""
    ruleset: int = _syscall(_LANDLOCK_CREATE, handled, ctypes.c_size_t(len(handled)), ctypes.c_uint32(0))
    if ruleset < 0:
        raise _fail("landlock_create_ruleset")
    try:
        for path, rights in grants:
            beneath = os.open(path, os.O_PATH | os.O_CLOEXEC)
            try:
                rule = struct.pack("=Qi", rights, beneath)
                added = _syscall(
                    _LANDLOCK_ADD, ruleset, _LANDLOCK_RULE_PATH_BENEATH, rule, ctypes.c_uint32(0)
                )
                if added != 0:
                    raise _fail(f"landlock_add_rule {path}")
            finally:
                os.close(beneath)
        if _syscall(_LANDLOCK_RESTRICT, ruleset, ctypes.c_uint32(0)) != 0:
            raise _fail("landlock_restrict_self")
    finally:
        os.close(ruleset)


def seccomp(program: bytes) -> None:
    """Install a filter of classic BPF instructions (8 bytes each) on this thread. Raises OSError."""
    # Copied to a place that was made in the zygote, as making a type for each length takes long.
    ctypes.memmove(_INSTRUCTIONS_AT, program, min(len(program), len(_instructions)))
    # struct sock_fprog: the number of instructions, and where they are.
    header = struct.pack("HxxxxxxP", len(program) // 8, _INSTRUCTIONS_AT)
    if _prctl_with(PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, header, 0, 0) != 0:
        raise _fail("seccomp")
