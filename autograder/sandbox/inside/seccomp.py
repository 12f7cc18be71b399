"""Which system calls may a worker make? An allow-list of what computing needs, as a program for the kernel.

Anything else answers EPERM, so that honest code that tries it sees an ordinary error; calls without any honest use end
the process, which is an alarm. Paths are never looked at: a filter cannot follow a pointer.
"""

from __future__ import annotations

import errno
import hashlib
import struct
from collections.abc import Callable

from . import linux
from .syscalls import NUMBERS


def _names(text: str) -> tuple[str, ...]:
    return tuple(text.split())


COMPUTE = _names(
    "read write readv writev pread64 close lseek munmap mremap madvise brk sched_yield nanosleep "
    "gettimeofday time poll ppoll select pselect6 rt_sigaction "
    "rt_sigprocmask rt_sigreturn sigaltstack getpid gettid getuid geteuid getgid getegid getppid getrandom uname "
    "sysinfo getrusage times getrlimit set_robust_list rseq set_tid_address arch_prctl "
    "restart_syscall membarrier getcpu setitimer getitimer exit exit_group getcwd"
)
"""Allowed whatever the arguments. getcwd is no path lookup, and many files begin with os.path.abspath(__file__)."""

FILES = _names(
    "openat open stat lstat fstat newfstatat statx faccessat faccessat2 access readlink readlinkat getdents64 dup dup2 "
    "dup3 pipe2 ftruncate unlink unlinkat mkdir mkdirat rmdir rename renameat renameat2"
)
"""Allowed besides in the files profile, where Landlock and the mounts decide which paths."""

FATAL = _names(
    "ptrace process_vm_readv process_vm_writev bpf keyctl add_key request_key perf_event_open userfaultfd mount umount2 "
    "mount_setattr move_mount open_tree fsopen fsconfig fsmount fspick pivot_root setns unshare kexec_load "
    "kexec_file_load init_module finit_module delete_module"
)
"""These end the process."""

_KILL = 0x80000000
_ALLOW = 0x7FFF0000
_ERRNO = 0x00050000

_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _AND, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x54, 0x06
# struct seccomp_data: number, architecture, instruction pointer, six arguments of 64 bits (little-endian here).
_AT_NUMBER, _AT_ARCHITECTURE, _AT_ARGUMENTS = 0, 4, 16

_ARCHITECTURES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
_X32_BIT = 0x40000000
_PROT_EXEC = 4
_SHARED_ANONYMOUS = 0x01 | 0x20
"""MAP_SHARED with MAP_ANONYMOUS: such memory stays until the last of its pages is unmapped, but counts as what is mapped
of it. Unmapping all but one, again and again, would fill the machine."""
_CLOCK_OF_A_PROCESS = 0x80000000
"""Set in the clock ids that stand for a process: with another's, its processor time could be watched."""

_THREAD_FLAGS = 0x00010000 | 0x00000800 | 0x00000100
"""CLONE_THREAD, CLONE_SIGHAND, CLONE_VM: together they make a thread, never a process."""
_NAMESPACE_FLAGS = (
    linux.CLONE_NEWNS
    | linux.CLONE_NEWCGROUP
    | linux.CLONE_NEWUTS
    | linux.CLONE_NEWIPC
    | linux.CLONE_NEWUSER
    | linux.CLONE_NEWPID
    | linux.CLONE_NEWNET
)
_ODD_FLAGS = 0x80000000 | 0x00800000 | 0x00008000 | 0x00004000 | 0x00002000 | 0x00001000
"""CLONE_IO, CLONE_UNTRACED, CLONE_PARENT, CLONE_VFORK, CLONE_PTRACE, CLONE_PIDFD: no library asks for them with a thread,
and the last gives a descriptor that is none of a worker's own pipes."""
_PRIVATE_FUTEX = 128
"""Without this flag a futex in a page of a shared file, such as the C library, is where two workers can meet."""
_FCNTL = (0, 1, 2, 3, 4, 1030)
"""F_DUPFD, F_GETFD, F_SETFD, F_GETFL, F_SETFL, F_DUPFD_CLOEXEC: no locks, leases, owners or pipe sizes."""
_IOCTL = (0x5401, 0x5413, 0x541B, 0x5450, 0x5451)
"""TCGETS, TIOCGWINSZ, FIONREAD, FIONCLEX, FIOCLEX: what isatty and print ask."""
_PRCTL = (15, 16, 0x53564D41)
"""PR_SET_NAME, PR_GET_NAME, PR_SET_VMA: what threads and malloc do."""


class Policy:
    """The filter of one profile, made once; the process id of the worker that installs it is filled in last.

    files         whether the files profile's calls are allowed
    architecture  "x86_64" or "aarch64"
    """

    def __init__(self, *, files: bool = False, architecture: str = linux.ARCHITECTURE) -> None:
        self._column = list(_ARCHITECTURES).index(architecture)
        self._code: list[tuple[int, int, int, int]] = []
        self._own_pid: list[int] = []
        self._preamble(architecture)
        # What is called most stands first.
        for name in COMPUTE:
            self._answer(name, _ALLOW)
        self._with_rules(files)
        for name in FILES if files else ():
            self._answer(name, _ALLOW)
        for name in FATAL:
            self._answer(name, _KILL)
        self._answer("clone3", _ERRNO | errno.ENOSYS)  # glibc then uses clone, whose flags can be seen
        self._add(_RETURN, _ERRNO | errno.EPERM)
        self._template = b"".join(
            struct.pack("=HBBI", operation, true, false, value)
            for operation, value, true, false in self._code
        )

    def program(self, pid: int) -> bytes:
        """The instructions for the process that has this id."""
        program = bytearray(self._template)
        for place in self._own_pid:
            struct.pack_into("=I", program, 8 * place + 4, pid)
        return bytes(program)

    @property
    def fingerprint(self) -> str:
        """Twelve hexadecimal digits that tell one policy from another."""
        return hashlib.sha256(self.program(0)).hexdigest()[:12]

    # -- making instructions ------------------------------------------------------------------------------

    def _add(self, operation: int, value: int, true: int = 0, false: int = 0) -> None:
        self._code.append((operation, value, true, false))

    def _preamble(self, architecture: str) -> None:
        self._add(_LOAD, _AT_ARCHITECTURE)
        self._add(_EQUAL, _ARCHITECTURES[architecture], 1, 0)
        self._add(_RETURN, _KILL)
        self._add(_LOAD, _AT_NUMBER)
        if architecture == "x86_64":
            self._add(_AT_LEAST, _X32_BIT, 0, 1)
            self._add(_RETURN, _KILL)

    def _number(self, name: str) -> int | None:
        return NUMBERS[name][self._column]

    def _answer(self, name: str, action: int) -> None:
        number = self._number(name)
        if number is not None:
            self._add(_EQUAL, number, 0, 1)
            self._add(_RETURN, action)

    def _rule(self, name: str, rule: Callable[[], None], otherwise: int = _ERRNO | errno.EPERM) -> None:
        """For the call `name`: `rule` returns ALLOW or falls through, then `otherwise`."""
        number = self._number(name)
        if number is None:
            return
        place = len(self._code)
        self._add(_EQUAL, number, 0, 0)
        rule()
        self._add(_RETURN, otherwise)
        self._code[place] = (_EQUAL, number, 0, len(self._code) - place - 1)

    def _argument(self, index: int, *, high: bool = False) -> None:
        self._add(_LOAD, _AT_ARGUMENTS + 8 * index + (4 if high else 0))

    def _one_of(self, index: int, values: tuple[int, ...]) -> None:
        # The kernel takes these arguments as 32 bits, whatever stands above them.
        self._argument(index)
        for value in values:
            self._add(_EQUAL, value, 0, 1)
            self._add(_RETURN, _ALLOW)

    def _with_rules(self, files: bool) -> None:
        def not_executable() -> None:
            self._argument(2)
            self._add(_ANY_BIT, _PROT_EXEC, 1, 0)
            self._add(_RETURN, _ALLOW)

        def counted() -> None:
            if not files:
                self._argument(2)
                self._add(_ANY_BIT, _PROT_EXEC, 4, 0)
            self._argument(3)
            self._add(_AND, _SHARED_ANONYMOUS)
            self._add(_EQUAL, _SHARED_ANONYMOUS, 1, 0)
            self._add(_RETURN, _ALLOW)

        def thread() -> None:
            self._argument(0, high=True)
            self._add(_EQUAL, 0, 0, 5)
            self._argument(0)
            self._add(_ANY_BIT, _NAMESPACE_FLAGS | _ODD_FLAGS, 3, 0)
            self._add(_AND, _THREAD_FLAGS)
            self._add(_EQUAL, _THREAD_FLAGS, 0, 1)
            self._add(_RETURN, _ALLOW)

        def not_of_a_process() -> None:
            self._argument(0)
            self._add(_ANY_BIT, _CLOCK_OF_A_PROCESS, 1, 0)
            self._add(_RETURN, _ALLOW)

        def of_itself() -> None:
            self._one_of(0, (0,))
            to_itself()

        def to_itself() -> None:
            self._argument(0)
            self._own_pid.append(len(self._code))
            self._add(_EQUAL, 0, 0, 1)
            self._add(_RETURN, _ALLOW)

        def reads_own_limits() -> None:
            self._argument(0)
            self._add(_EQUAL, 0, 0, 5)
            self._argument(2)
            self._add(_EQUAL, 0, 0, 3)
            self._argument(2, high=True)
            self._add(_EQUAL, 0, 0, 1)
            self._add(_RETURN, _ALLOW)

        def private() -> None:
            self._argument(1)
            self._add(_ANY_BIT, _PRIVATE_FUTEX, 0, 1)
            self._add(_RETURN, _ALLOW)

        self._rule("mmap", counted)
        if files:
            self._answer("mprotect", _ALLOW)  # modules with compiled parts are loaded when they are imported
        else:
            self._rule("mprotect", not_executable)
        for name in ("clock_gettime", "clock_nanosleep", "clock_getres"):
            self._rule(name, not_of_a_process)
        self._rule("sched_getaffinity", of_itself)
        self._rule("clone", thread)
        # Not EPERM: joining a thread waits on one that is not private, and takes this for "look again".
        self._rule("futex", private, _ERRNO | errno.EAGAIN)
        for name in ("kill", "tgkill"):
            self._rule(name, to_itself)
        self._rule("prlimit64", reads_own_limits)
        self._rule("fcntl", lambda: self._one_of(1, _FCNTL))
        self._rule("ioctl", lambda: self._one_of(1, _IOCTL), _ERRNO | errno.ENOTTY)
        self._rule("prctl", lambda: self._one_of(0, _PRCTL))
