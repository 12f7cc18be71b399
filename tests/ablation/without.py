"""Runs a command on a kernel that seems to lack something: python -m tests.ablation.without namespaces -- command

A filter of system calls makes the calls in question fail as they do where the feature is missing or forbidden. It is
inherited by every process below, and changes nothing on this machine. What can be missing:

    namespaces  unshare, clone and clone3 for new namespaces: EPERM, as in Docker's default profile
    mounts      all calls that mount: EACCES, as where AppArmor lets one make user namespaces and use them for nothing
    landlock    landlock_*: ENOSYS, as before Linux 5.13
    seccomp     installing a filter: EINVAL, as without CONFIG_SECCOMP_FILTER
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import struct
import sys

_NEW_NAMESPACES = 0x00020000 | 0x02000000 | 0x04000000 | 0x08000000 | 0x10000000 | 0x20000000 | 0x40000000
_PR_SET_NO_NEW_PRIVS, _PR_SET_SECCOMP = 38, 22
_LOAD, _EQUAL, _ANY_BIT, _RETURN = 0x20, 0x15, 0x45, 0x06
_ALLOW, _ERRNO = 0x7FFF0000, 0x00050000

# name → (x86-64, aarch64)
_NUMBERS = {
    "clone": (56, 220),
    "clone3": (435, 435),
    "unshare": (272, 97),
    "prctl": (157, 167),
    "seccomp": (317, 277),
    "mount": (165, 40),
    "umount2": (166, 39),
    "pivot_root": (155, 41),
    "open_tree": (428, 428),
    "move_mount": (429, 429),
    "fsopen": (430, 430),
    "mount_setattr": (442, 442),
    "landlock_create_ruleset": (444, 444),
    "landlock_add_rule": (445, 445),
    "landlock_restrict_self": (446, 446),
}
_MACHINES = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}

# what is missing → (call, errno, which argument decides, how, by what); no argument: whatever it is called with
_RULES: dict[str, list[tuple[str, int, int | None, int, int]]] = {
    "namespaces": [
        ("unshare", errno.EPERM, 0, _ANY_BIT, _NEW_NAMESPACES),
        ("clone", errno.EPERM, 0, _ANY_BIT, _NEW_NAMESPACES),
        # Its flags are in memory, where a filter cannot look; the C library falls back to clone.
        ("clone3", errno.ENOSYS, None, 0, 0),
    ],
    "mounts": [
        (name, errno.EACCES, None, 0, 0)
        for name in ("mount", "umount2", "pivot_root", "open_tree", "move_mount", "fsopen", "mount_setattr")
    ],
    "landlock": [(name, errno.ENOSYS, None, 0, 0) for name in _NUMBERS if name.startswith("landlock")],
    "seccomp": [
        ("seccomp", errno.ENOSYS, None, 0, 0),
        ("prctl", errno.EINVAL, 0, _EQUAL, _PR_SET_SECCOMP),
    ],
}


def forbid(*what: str) -> None:
    """Let this process and all below it do without these. Raises OSError where no filter can be installed."""
    column, architecture = _MACHINES[platform.machine()]
    code = [(_LOAD, 0, 0, 4), (_EQUAL, 1, 0, architecture), (_RETURN, 0, 0, _ALLOW)]
    for name, number, argument, comparison, value in [rule for each in what for rule in _RULES[each]]:
        body = [(_RETURN, 0, 0, _ERRNO | number)]
        if argument is not None:
            body = [
                (_LOAD, 0, 0, 16 + 8 * argument),
                (comparison, 0, 1, value),
                *body,
                (_RETURN, 0, 0, _ALLOW),
            ]
        code += [(_LOAD, 0, 0, 0), (_EQUAL, 0, len(body), _NUMBERS[name][column]), *body]
    code.append((_RETURN, 0, 0, _ALLOW))
    program = b"".join(struct.pack("=HBBI", *instruction) for instruction in code)
    instructions = ctypes.create_string_buffer(program, len(program))
    header = struct.pack("HxxxxxxP", len(code), ctypes.addressof(instructions))
    libc, long = ctypes.CDLL(None, use_errno=True), ctypes.c_ulong

    def install() -> bool:
        return libc.prctl(_PR_SET_SECCOMP, long(2), header, long(0), long(0)) == 0

    # Who has CAP_SYS_ADMIN needs no promise first, and keeps what it could do before.
    if not install():
        libc.prctl(_PR_SET_NO_NEW_PRIVS, long(1), long(0), long(0), long(0))
        if not install():
            raise OSError(ctypes.get_errno(), "this machine allows no filter of system calls")


def main(arguments: list[str]) -> None:
    what, command = arguments, [sys.executable]
    if "--" in arguments:
        place = arguments.index("--")
        what, command = arguments[:place], arguments[place + 1 :]
    if not what or not command or not set(what) <= _RULES.keys():
        sys.exit(f"usage: python -m tests.ablation.without {{{','.join(_RULES)}}} ... -- command ...")
    forbid(*what)
    os.execvp(command[0], command)


if __name__ == "__main__":
    main(sys.argv[1:])
