"""The filter of system calls, executed here by a small interpreter of classic BPF: which call gets which answer?

The verdicts are those of section 4 of SECURITY.md, written down by hand; numbers come from the kernel's headers where
this machine has them.
"""

from __future__ import annotations

import ctypes
import errno
import os
import re
import signal
import struct
from collections.abc import Iterator
from pathlib import Path

import pytest

from autograder.sandbox.inside import linux, seccomp
from autograder.sandbox.inside.seccomp import Policy
from autograder.sandbox.inside.syscalls import NUMBERS

ALLOW, KILL = "allow", "kill"
EPERM, EAGAIN, ENOSYS, ENOTTY = errno.EPERM, errno.EAGAIN, errno.ENOSYS, errno.ENOTTY
PID = 4321
NATIVE = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
FOREIGN = {"i386": 0x40000003, "arm": 0x40000028, "riscv64": 0xC00000F3, "nothing": 0}
COLUMN = {"x86_64": 0, "aarch64": 1}
HIGH = 1 << 32

Verdict = str | int


def run(program: bytes, architecture: int, number: int, *arguments: int) -> Verdict:
    """What the kernel would do with this call: `ALLOW`, `KILL` (the process) or an error number."""
    data = struct.pack("<IIQ6Q", number, architecture, 0, *(*arguments, *[0] * (6 - len(arguments))))
    accumulator, place = 0, 0
    while True:
        operation, true, false, value = struct.unpack_from("<HBBI", program, 8 * place)
        place += 1
        if operation == 0x20:  # BPF_LD | BPF_W | BPF_ABS
            assert value % 4 == 0
            (accumulator,) = struct.unpack_from("<I", data, value)
        elif operation == 0x15:  # BPF_JMP | BPF_JEQ | BPF_K
            place += true if accumulator == value else false
        elif operation == 0x35:  # BPF_JMP | BPF_JGE | BPF_K
            place += true if accumulator >= value else false
        elif operation == 0x45:  # BPF_JMP | BPF_JSET | BPF_K
            place += true if accumulator & value else false
        elif operation == 0x54:  # BPF_ALU | BPF_AND | BPF_K
            accumulator &= value
        elif operation == 0x06:  # BPF_RET | BPF_K
            return _meaning(value)
        else:
            raise AssertionError(f"an instruction that this interpreter does not know: {operation:#x}")


def _meaning(value: int) -> Verdict:
    action, detail = value & 0xFFFF0000, value & 0xFFFF
    if action == 0x7FFF0000:
        return ALLOW
    if action == 0x80000000:  # the process, not the thread
        return KILL
    assert action == 0x00050000, f"an action that is none of ours: {value:#x}"
    return detail


class Call:
    """Asks one policy about calls by name."""

    def __init__(self, architecture: str, files: bool = False) -> None:
        self.architecture = architecture
        self.program = Policy(files=files, architecture=architecture).program(PID)

    def __call__(self, name: str, *arguments: int) -> Verdict:
        number = NUMBERS[name][COLUMN[self.architecture]]
        assert number is not None, f"{self.architecture} has no {name}"
        return self.number(number, *arguments)

    def number(self, number: int, *arguments: int) -> Verdict:
        return run(self.program, NATIVE[self.architecture], number, *arguments)


@pytest.fixture(params=["x86_64", "aarch64"])
def architecture(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def call(architecture: str) -> Call:
    return Call(architecture)


@pytest.fixture
def files_call(architecture: str) -> Call:
    return Call(architecture, files=True)


# -- section 4, by hand ---------------------------------------------------------------------------------------


def _names(text: str) -> list[str]:
    return text.split()


ALWAYS = _names(
    "read write readv writev pread64 close lseek munmap mremap madvise brk sched_yield nanosleep "
    "gettimeofday time poll ppoll select pselect6 rt_sigaction "
    "rt_sigprocmask rt_sigreturn sigaltstack getpid gettid getuid geteuid getgid getegid getppid getrandom uname "
    "sysinfo getrusage times getrlimit set_robust_list rseq set_tid_address arch_prctl "
    "restart_syscall membarrier getcpu setitimer getitimer exit exit_group getcwd"
)
BY_ARGUMENTS = _names(
    "mmap mprotect clone clone3 kill tgkill prlimit64 fcntl ioctl prctl futex clock_gettime clock_getres clock_nanosleep "
    "sched_getaffinity"
)
IN_FILES_ONLY = _names(
    "openat open stat lstat fstat newfstatat statx faccessat faccessat2 access readlink readlinkat getdents64 dup dup2 "
    "dup3 pipe2 ftruncate unlink unlinkat mkdir mkdirat rmdir rename renameat renameat2"
)
ALARMING = _names(
    "ptrace process_vm_readv process_vm_writev bpf keyctl add_key request_key perf_event_open userfaultfd mount "
    "mount_setattr move_mount open_tree fsopen fsconfig fsmount fspick umount2 pivot_root setns unshare kexec_load "
    "kexec_file_load init_module finit_module delete_module"
)
ONLY_X86 = _names(
    "time poll select arch_prctl open stat lstat access readlink dup2 unlink mkdir rmdir rename getdents fork vfork "
    "chmod chown lchown link symlink mknod utime utimes futimesat pipe creat inotify_init epoll_create signalfd "
    "eventfd modify_ldt iopl ioperm alarm pause getpgrp uselib sysfs ustat epoll_wait"
)

DENIED = {
    # x86-64 and aarch64, from the kernel's tables (arch/x86/entry/syscalls/syscall_64.tbl, asm-generic/unistd.h).
    "socket": (41, 198),
    "socketpair": (53, 199),
    "connect": (42, 203),
    "bind": (49, 200),
    "accept4": (288, 242),
    "sendto": (44, 206),
    "sendmsg": (46, 211),
    "recvmsg": (47, 212),
    "execve": (59, 221),
    "execveat": (322, 281),
    "fork": (57, None),
    "vfork": (58, None),
    "io_uring_setup": (425, 425),
    "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427),
    "memfd_create": (319, 279),
    "memfd_secret": (447, 447),
    "shmget": (29, 194),
    "shmat": (30, 196),
    "msgget": (68, 186),
    "msgsnd": (69, 189),
    "semget": (64, 190),
    "semtimedop": (220, 192),
    "mq_open": (240, 180),
    "inotify_init1": (294, 26),
    "inotify_add_watch": (254, 27),
    "fanotify_init": (300, 262),
    "flock": (73, 32),
    "futex_waitv": (449, 449),
    "futex_wake": (454, 454),
    "futex_wait": (455, 455),
    "pidfd_open": (434, 434),
    "pidfd_getfd": (438, 438),
    "pidfd_send_signal": (424, 424),
    "process_madvise": (440, 440),
    "tkill": (200, 130),
    "rt_sigqueueinfo": (129, 138),
    "rt_tgsigqueueinfo": (297, 240),
    "sched_setaffinity": (203, 122),
    "sched_setscheduler": (144, 119),
    "sched_setattr": (314, 274),
    "setpriority": (141, 140),
    "ioprio_set": (251, 30),
    "setrlimit": (160, 164),
    "personality": (135, 92),
    "splice": (275, 76),
    "tee": (276, 77),
    "vmsplice": (278, 75),
    "sendfile": (40, 71),
    "copy_file_range": (326, 285),
    "setuid": (105, 146),
    "setgid": (106, 144),
    "setresuid": (117, 147),
    "setresgid": (119, 149),
    "setgroups": (116, 159),
    "setfsuid": (122, 151),
    "capset": (126, 91),
    "setsid": (112, 157),
    "setpgid": (109, 154),
    "chroot": (161, 51),
    "chdir": (80, 49),
    "fchdir": (81, 50),
    "chmod": (90, None),
    "fchmod": (91, 52),
    "fchmodat": (268, 53),
    "fchownat": (260, 54),
    "fchown": (93, 55),
    "utimensat": (280, 88),
    "setxattr": (188, 5),
    "fsetxattr": (190, 7),
    "getxattr": (191, 8),
    "listxattr": (194, 11),
    "linkat": (265, 37),
    "symlinkat": (266, 36),
    "mknodat": (259, 33),
    "truncate": (76, 45),
    "fallocate": (285, 47),
    "statfs": (137, 43),
    "openat2": (437, 437),
    "open_by_handle_at": (304, 265),
    "name_to_handle_at": (303, 264),
    "pkey_mprotect": (329, 288),
    "remap_file_pages": (216, 234),
    "mlock": (149, 228),
    "mbind": (237, 235),
    "move_pages": (279, 239),
    "kcmp": (312, 272),
    "syslog": (103, 116),
    "reboot": (169, 142),
    "swapon": (167, 224),
    "sethostname": (170, 161),
    "settimeofday": (164, 170),
    "clock_settime": (227, 112),
    "adjtimex": (159, 171),
    "quotactl": (179, 60),
    "acct": (163, 89),
    "vhangup": (153, 58),
    "lookup_dcookie": (212, 18),
    "seccomp": (317, 277),
    "landlock_restrict_self": (446, 446),
    "timer_create": (222, 107),
    "epoll_create1": (291, 20),
    "eventfd2": (290, 19),
    "signalfd4": (289, 74),
    "timerfd_create": (283, 85),
    "ftruncate": (77, 46),
    "pipe2": (293, 59),
    "dup": (32, 23),
    "getpgid": (121, 155),
    "wait4": (61, 260),
}
"""Calls that section 4 lets fall to EPERM, in the closed profile."""
ALLOWED_IN_FILES = {"ftruncate", "pipe2", "dup"}


@pytest.mark.parametrize("name", ALWAYS)
def test_what_computing_needs_is_allowed_in_both_profiles(name: str, call: Call, files_call: Call) -> None:
    if name in ONLY_X86 and call.architecture != "x86_64":
        assert NUMBERS[name][1] is None
        return
    for arguments in ((), (2**64 - 1,) * 6):
        assert call(name, *arguments) == files_call(name, *arguments) == ALLOW


@pytest.mark.parametrize("name", IN_FILES_ONLY)
def test_paths_exist_in_the_files_profile_only(name: str, call: Call, files_call: Call) -> None:
    if name in ONLY_X86 and call.architecture != "x86_64":
        assert NUMBERS[name][1] is None
        return
    assert call(name) == EPERM
    assert files_call(name) == ALLOW


@pytest.mark.parametrize("name", ALARMING)
def test_what_has_no_honest_use_ends_the_process(name: str, call: Call, files_call: Call) -> None:
    for arguments in ((), (2**64 - 1,) * 6):
        assert call(name, *arguments) == files_call(name, *arguments) == KILL


@pytest.mark.parametrize("name", DENIED)
def test_everything_else_is_refused(name: str, call: Call, files_call: Call) -> None:
    number = DENIED[name][COLUMN[call.architecture]]
    if number is None:
        assert name in ONLY_X86
        return
    assert call.number(number) == EPERM
    assert files_call.number(number) == (ALLOW if name in ALLOWED_IN_FILES else EPERM)


def test_every_name_of_the_table_has_a_verdict_here() -> None:
    judged = {*ALWAYS, *BY_ARGUMENTS, *IN_FILES_ONLY, *ALARMING}
    assert NUMBERS.keys() - judged <= DENIED.keys()
    assert judged <= NUMBERS.keys()


def test_numbers_without_a_name_are_refused(call: Call, files_call: Call) -> None:
    known = {numbers[COLUMN[call.architecture]] for numbers in NUMBERS.values()}
    for number in {*range(601), 0x3FFFFFFF} - known:
        assert call.number(number) == files_call.number(number) == EPERM, number


def test_no_number_has_two_names(architecture: str) -> None:
    numbers = [
        pair[COLUMN[architecture]] for pair in NUMBERS.values() if pair[COLUMN[architecture]] is not None
    ]
    assert len(numbers) == len(set(numbers))


# -- other architectures --------------------------------------------------------------------------------------


@pytest.mark.parametrize("foreign", FOREIGN)
@pytest.mark.parametrize("number", [0, 1, 11, 63, 60, 2**32 - 1])
def test_calls_of_another_architecture_end_the_process(
    call: Call, files_call: Call, foreign: str, number: int
) -> None:
    for policy in (call, files_call):
        assert run(policy.program, FOREIGN[foreign], number) == KILL
    other = next(value for name, value in NATIVE.items() if name != call.architecture)
    assert run(call.program, other, number) == KILL


@pytest.mark.parametrize("number", [0x40000000, 0x40000001, 0x40000208, 0x7FFFFFFF, 0xFFFFFFFF])
def test_x32_numbers_end_the_process(number: int) -> None:
    """x32's `read` is 0x40000000: a filter that looks at numbers only would let its 512 and above pass unseen."""
    assert Call("x86_64").number(number) == KILL
    assert Call("aarch64").number(number) == EPERM  # no such bit there: a number like any other


# -- arguments ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["mmap", "mprotect"])
@pytest.mark.parametrize("protection", range(8))
def test_no_memory_becomes_executable(call: Call, name: str, protection: int) -> None:
    expected = EPERM if protection & 4 else ALLOW
    assert call(name, 0, 4096, protection) == expected
    # The kernel keeps only bits that mean something: those above must not hide this one.
    assert call(name, 0, 4096, protection | HIGH) == expected
    assert call(name, 0, 4096, protection | 0x01000000) == expected


def test_compiled_modules_are_loaded_late_in_the_files_profile(files_call: Call) -> None:
    assert files_call("mmap", 0, 4096, 5) == ALLOW


VM, FS, FILES, SIGHAND, VFORK, THREAD, NEWNS = 0x100, 0x200, 0x400, 0x800, 0x4000, 0x10000, 0x20000
PTHREAD = VM | FS | FILES | SIGHAND | THREAD | 0x40000 | 0x80000 | 0x100000 | 0x200000
"""What glibc's pthread_create gives: with SYSVSEM, SETTLS, PARENT_SETTID, CHILD_CLEARTID."""
NEW = {
    "mount": 0x00020000,
    "cgroup": 0x02000000,
    "uts": 0x04000000,
    "ipc": 0x08000000,
    "user": 0x10000000,
    "pid": 0x20000000,
    "net": 0x40000000,
}


@pytest.mark.parametrize(
    ("flags", "expected"),
    [
        (PTHREAD, ALLOW),
        (VM | SIGHAND | THREAD, ALLOW),
        (17, EPERM),  # fork: SIGCHLD alone
        (VM | VFORK | 17, EPERM),  # vfork, posix_spawn
        (PTHREAD & ~THREAD, EPERM),
        (PTHREAD & ~VM, EPERM),
        (PTHREAD & ~SIGHAND, EPERM),
        (0, EPERM),
        (PTHREAD | HIGH, EPERM),
        (PTHREAD | 1 << 63, EPERM),
        *((PTHREAD | flag, EPERM) for flag in NEW.values()),
        *((flag | 17, EPERM) for flag in NEW.values()),
        (0xFFFFFFFF, EPERM),
    ],
)
def test_clone_makes_threads_only(call: Call, files_call: Call, flags: int, expected: Verdict) -> None:
    assert call("clone", flags) == files_call("clone", flags) == expected


def test_clone3_does_not_exist(call: Call, files_call: Call) -> None:
    """Its flags lie in memory, which a filter cannot see; told that it is not there, glibc takes clone."""
    assert call("clone3") == files_call("clone3") == ENOSYS


@pytest.mark.parametrize("name", ["kill", "tgkill"])
@pytest.mark.parametrize("signal", [0, 6, 9, 19])
def test_signals_reach_only_oneself(call: Call, files_call: Call, name: str, signal: int) -> None:
    assert call(name, PID, signal) == files_call(name, PID, signal) == ALLOW
    for other in (0, 1, PID - 1, PID + 1, 2**32 - 1, 2**64 - 1, 2**32 - PID, 2**64 - PID):
        assert call(name, other, signal) == files_call(name, other, signal) == EPERM, other


def test_signals_follow_the_process_id(architecture: str) -> None:
    program = Policy(architecture=architecture).program(77)
    kill = NUMBERS["kill"][COLUMN[architecture]]
    assert kill is not None
    assert run(program, NATIVE[architecture], kill, 77, 9) == ALLOW
    assert run(program, NATIVE[architecture], kill, PID, 9) == EPERM


@pytest.mark.parametrize("resource", [0, 7, 9])
def test_limits_can_be_read_and_not_set(call: Call, files_call: Call, resource: int) -> None:
    for policy in (call, files_call):
        assert policy("prlimit64", 0, resource, 0, 4096) == ALLOW
        for new in (1, 4096, HIGH, 1 << 63, 2**64 - 1):
            assert policy("prlimit64", 0, resource, new, 0) == EPERM, new
        for pid in (1, PID, 2**32 - 1):
            assert policy("prlimit64", pid, resource, 0, 4096) == EPERM, pid


@pytest.mark.parametrize("name", ["clock_gettime", "clock_getres", "clock_nanosleep"])
def test_no_clock_of_another_process_can_be_read(call: Call, files_call: Call, name: str) -> None:
    """Such a clock is a negative number made of the process id: its time tells what a neighbour is doing."""
    for policy in (call, files_call):
        for clock in range(16):  # REALTIME, MONOTONIC, PROCESS_CPUTIME_ID, THREAD_CPUTIME_ID, …, TAI
            assert policy(name, clock) == policy(name, clock | HIGH) == ALLOW, clock
        for pid in (0, 1, PID, PID + 1, 4_194_304):
            for kind in range(8):
                clock = (~pid << 3 | kind) & 0xFFFFFFFF
                assert policy(name, clock) == policy(name, clock | 0xFFFFFFFF << 32) == EPERM, (pid, kind)


def test_only_ones_own_processors_are_told(call: Call, files_call: Call) -> None:
    for policy in (call, files_call):
        assert policy("sched_getaffinity", 0, 8) == policy("sched_getaffinity", PID, 8) == ALLOW
        for pid in (1, PID - 1, PID + 1, 2**32 - 1):
            assert policy("sched_getaffinity", pid, 8) == EPERM, pid


@pytest.mark.parametrize("operation", range(14))  # WAIT, WAKE, …, WAIT_REQUEUE_PI, LOCK_PI2
def test_nobody_is_met_at_a_shared_futex(call: Call, files_call: Call, operation: int) -> None:
    """One in a page of a shared file is the same for all who have mapped it; EAGAIN is what glibc can live with."""
    private, realtime = 128, 256
    for policy in (call, files_call):
        for flags in (0, realtime):
            assert policy("futex", 4096, operation | flags) == EAGAIN
            assert (
                policy("futex", 4096, operation | flags | HIGH << 7) == EAGAIN
            )  # bit 39 is no bit of the operation
            assert policy("futex", 4096, operation | flags | private) == ALLOW


FCNTL_ALLOWED = {0: "DUPFD", 1: "GETFD", 2: "SETFD", 3: "GETFL", 4: "SETFL", 1030: "DUPFD_CLOEXEC"}
FCNTL_REFUSED = {
    "GETLK": 5,
    "SETLK": 6,
    "SETLKW": 7,
    "SETOWN": 8,
    "GETOWN": 9,
    "SETSIG": 10,
    "SETOWN_EX": 15,
    "OFD_SETLK": 37,
    "SETLEASE": 1024,
    "NOTIFY": 1026,
    "SETPIPE_SZ": 1031,
    "ADD_SEALS": 1033,
    "SET_RW_HINT": 1036,
}


def test_fcntl(call: Call, files_call: Call) -> None:
    for policy in (call, files_call):
        for command in (*range(64), *range(1020, 1045)):
            expected = ALLOW if command in FCNTL_ALLOWED else EPERM
            # The kernel takes the command as 32 bits, so what stands above changes nothing.
            assert policy("fcntl", 1, command) == policy("fcntl", 1, command | HIGH) == expected, command
    assert not FCNTL_ALLOWED.keys() & FCNTL_REFUSED.values()


IOCTL_ALLOWED = {
    0x5401: "TCGETS",
    0x5413: "TIOCGWINSZ",
    0x541B: "FIONREAD",
    0x5450: "FIONCLEX",
    0x5451: "FIOCLEX",
}


def test_ioctl(call: Call, files_call: Call) -> None:
    for policy in (call, files_call):
        # Of a terminal's own: TIOCSTI is 0x5412, TIOCLINUX 0x541C, TIOCSCTTY 0x540E, FIONBIO 0x5421, FIOASYNC 0x5452.
        for command in (*range(0x5400, 0x5460), 0, 0x8933, 0xAE00):
            expected = ALLOW if command in IOCTL_ALLOWED else ENOTTY
            assert policy("ioctl", 1, command) == policy("ioctl", 1, command | HIGH) == expected, hex(command)


PRCTL_ALLOWED = {15: "SET_NAME", 16: "GET_NAME", 0x53564D41: "SET_VMA"}


def test_prctl(call: Call, files_call: Call) -> None:
    for policy in (call, files_call):
        # PDEATHSIG 1, DUMPABLE 4, SECCOMP 22, CAPBSET_DROP 24, NO_NEW_PRIVS 38, PTRACER 0x59616D61, …
        for option in (*range(80), 0x59616D61, 0x53564D41, 2**32 - 1):
            expected = ALLOW if option in PRCTL_ALLOWED else EPERM
            assert policy("prctl", option) == policy("prctl", option | HIGH) == expected, option


# -- the program ----------------------------------------------------------------------------------------------


def _instructions(program: bytes) -> Iterator[tuple[int, int, int, int]]:
    for place in range(0, len(program), 8):
        yield struct.unpack_from("<HBBI", program, place)


@pytest.mark.parametrize("files", [False, True])
def test_the_kernel_would_take_the_program(architecture: str, files: bool) -> None:
    program = Policy(files=files, architecture=architecture).program(PID)
    instructions = list(_instructions(program))
    assert len(program) % 8 == 0
    assert 0 < len(instructions) < 4096
    assert instructions[-1][0] == 0x06  # it ends in an answer
    for place, (operation, true, false, value) in enumerate(instructions):
        if operation & 7 == 5:
            assert place + 1 + max(true, false) < len(instructions), f"instruction {place} jumps out"
        else:
            assert (true, false) == (0, 0)
        if operation == 0x20:
            assert value in range(0, 64, 4)


def test_the_interpreter_counts_jumps_as_the_kernel_does() -> None:
    """Checks the judge of these tests: a jump of 1 leaves out one instruction."""
    program = b"".join(
        struct.pack("<HBBI", *parts)
        for parts in [
            (0x20, 0, 0, 0),
            (0x15, 1, 0, 7),
            (0x06, 0, 0, 0x80000000),
            (0x06, 0, 0, 0x7FFF0000),
        ]
    )
    assert run(program, 0, 7) == ALLOW
    assert run(program, 0, 8) == KILL


def test_the_fingerprint_is_that_of_the_rules() -> None:
    policy = Policy(architecture="x86_64")
    before = policy.fingerprint
    assert re.fullmatch(r"[0-9a-f]{12}", before)
    assert policy.program(1) != policy.program(2)
    assert policy.fingerprint == before == Policy(architecture="x86_64").fingerprint
    others = {
        Policy(files=True, architecture="x86_64").fingerprint,
        Policy(architecture="aarch64").fingerprint,
    }
    assert len({before, *others}) == 3


@pytest.mark.parametrize("table", ["COMPUTE", "FATAL", "_FCNTL", "_IOCTL", "_PRCTL"])
def test_each_rule_changes_the_fingerprint(table: str, monkeypatch: pytest.MonkeyPatch) -> None:
    before = Policy(architecture="x86_64").fingerprint
    whole = getattr(seccomp, table)
    for left_out in whole:
        monkeypatch.setattr(seccomp, table, tuple(entry for entry in whole if entry != left_out))
        assert Policy(architecture="x86_64").fingerprint != before, left_out


@pytest.mark.parametrize(
    "constant",
    [
        "_CLOCK_OF_A_PROCESS",
        "_PRIVATE_FUTEX",
        "_PROT_EXEC",
        "_THREAD_FLAGS",
        "_NAMESPACE_FLAGS",
        "_X32_BIT",
        "_KILL",
        "_ALLOW",
        "_ERRNO",
    ],
)
def test_each_constant_changes_the_fingerprint(constant: str, monkeypatch: pytest.MonkeyPatch) -> None:
    before = Policy(architecture="x86_64").fingerprint
    monkeypatch.setattr(seccomp, constant, getattr(seccomp, constant) ^ 1)
    assert Policy(architecture="x86_64").fingerprint != before


# -- numbers --------------------------------------------------------------------------------------------------

_HEADERS = {
    "x86_64": [
        Path("/usr/include/x86_64-linux-gnu/asm/unistd_64.h"),
        Path("/usr/include/asm/unistd_64.h"),
    ],
    "aarch64": [Path("/usr/include/asm-generic/unistd.h")],
}
# Where the generic table writes a name of its own for a call of 64-bit machines.
_GENERIC = {
    "newfstatat": "3264_fstatat",
    "fstat": "3264_fstat",
    "ftruncate": "3264_ftruncate",
    "mmap": "3264_mmap",
}
_GENERIC |= {name: f"3264_{name}" for name in ("lseek", "fcntl", "sendfile", "statfs", "truncate")}


def _header(architecture: str) -> dict[str, int]:
    for path in _HEADERS[architecture]:
        if path.is_file():
            found = re.findall(
                r"^#define __NR(?:_|(?=3264_))(\w+)\s+(\d+)\s*$", path.read_text(), re.MULTILINE
            )
            return {name: int(number) for name, number in found}
    pytest.skip(f"no header of the kernel with the numbers of {architecture} here")


def test_numbers_are_those_of_the_headers(architecture: str) -> None:
    header = _header(architecture)
    wrong = {}
    compared = 0
    tables = {name: pair[COLUMN[architecture]] for name, pair in {**DENIED, **NUMBERS}.items()}
    for name, number in tables.items():
        there = header.get(name, header.get(_GENERIC.get(name, "")))
        if there is None:
            # Not in the generic table, or younger than these headers.
            assert number is None or number >= 424, name
            continue
        compared += 1
        if architecture == "aarch64" and number is None:
            # The generic table names some calls that aarch64 leaves out by a switch: it has no legacy ones.
            continue
        if there != number:
            wrong[name] = (number, there)
    assert not wrong
    assert compared > 100


@pytest.mark.skipif(not linux.supported(), reason="the kernel's own judgement needs Linux")
def test_the_kernel_agrees_with_the_interpreter() -> None:
    """Every number that does not end the process is asked for in a child under the real filter, with arguments that
    mean nothing: a refused call answers with the filter's error before the kernel looks at it."""
    call = Call(linux.ARCHITECTURE)
    skipped = "read select poll ppoll pselect6 exit exit_group rt_sigreturn brk munmap mremap"
    dangerous = {NUMBERS[name][COLUMN[linux.ARCHITECTURE]] for name in [*skipped.split(), "clone", "madvise"]}
    # Newer kernels never filter uretprobe and uprobe on x86-64: they belong to trampolines of the kernel's own, and a
    # program that makes them is ended or refused by the kernel itself.
    dangerous |= {335, 336}
    refused = [
        n for n in range(460) if n not in dangerous and call.number(n) in (EPERM, EAGAIN, ENOSYS, ENOTTY)
    ]
    allowed = [
        NUMBERS[name][COLUMN[linux.ARCHITECTURE]] for name in ("getpid", "gettid", "getuid", "getppid")
    ]
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            linux.prctl(linux.PR_SET_NO_NEW_PRIVS, 1)
            syscall = ctypes.CDLL(None, use_errno=True).syscall
            linux.seccomp(Policy().program(os.getpid()))
            wrong = []
            for number in refused:
                ctypes.set_errno(0)
                if syscall(number, 0, 0, 0, 0, 0, 0) != -1 or ctypes.get_errno() != call.number(number):
                    wrong.append(number)
            wrong += [number for number in allowed if syscall(number) < 0]
            os.write(writing, repr(wrong).encode())
        finally:
            os._exit(0)
    os.close(writing)
    said = os.read(reading, 65_536).decode()
    os.close(reading)
    _pid, status = os.waitpid(pid, 0)
    assert (said, status) == ("[]", 0)


@pytest.mark.skipif(not linux.supported(), reason="the kernel's own judgement needs Linux")
@pytest.mark.parametrize("name", ALARMING)
def test_the_kernel_ends_a_process_for_it(name: str) -> None:
    number = NUMBERS[name][COLUMN[linux.ARCHITECTURE]]
    pid = os.fork()
    if pid == 0:
        try:
            linux.prctl(linux.PR_SET_NO_NEW_PRIVS, 1)
            syscall = ctypes.CDLL(None, use_errno=True).syscall
            linux.seccomp(Policy().program(os.getpid()))
            syscall(number, -1, 0, 0, 0, 0, 0)
        finally:
            os._exit(0)
    _pid, status = os.waitpid(pid, 0)
    assert os.WIFSIGNALED(status)
    assert os.WTERMSIG(status) == signal.SIGSYS
