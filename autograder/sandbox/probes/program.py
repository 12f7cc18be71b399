"""The probes themselves: one short function for each thing that a worker must not be able to do.

This file is loaded into a worker as if it were a student's. It imports nothing of ours, and makes its system calls by
number, as hostile code would. No probe does harm where it succeeds: it acts on files made for it, sends signal 0, asks
for what it has already, and ends every child at once. A probe returns where it succeeded and raises where it was stopped.
"""

from __future__ import annotations

import ctypes
import os
import struct
import sys
from collections.abc import Callable
from typing import Any

Scene = dict[str, Any]

COLUMN = {"x86_64": 0, "aarch64": 1}.get(os.uname().machine if hasattr(os, "uname") else "", 2)
NUMBERS: dict[str, tuple[int | None, int | None, None]] = {
    "add_key": (248, 217, None),
    "bind": (49, 200, None),
    "bpf": (321, 280, None),
    "capget": (125, 90, None),
    "chdir": (80, 49, None),
    "chroot": (161, 51, None),
    "clock_gettime": (228, 113, None),
    "clone": (56, 220, None),
    "clone3": (435, 435, None),
    "connect": (42, 203, None),
    "execve": (59, 221, None),
    "execveat": (322, 281, None),
    "faccessat": (269, 48, None),
    "fchmodat": (268, 53, None),
    "fchownat": (260, 54, None),
    "fcntl": (72, 25, None),
    "finit_module": (313, 273, None),
    "flock": (73, 32, None),
    "fsopen": (430, 430, None),
    "futex": (202, 98, None),
    "getdents64": (217, 61, None),
    "getpriority": (140, 141, None),
    "getsid": (124, 156, None),
    "inotify_add_watch": (254, 27, None),
    "inotify_init1": (294, 26, None),
    "io_uring_setup": (425, 425, None),
    "ioctl": (16, 29, None),
    "ioprio_set": (251, 30, None),
    "keyctl": (250, 219, None),
    "kill": (62, 129, None),
    "linkat": (265, 37, None),
    "memfd_create": (319, 279, None),
    "mkdirat": (258, 34, None),
    "mknodat": (259, 33, None),
    "mlock": (149, 228, None),
    "mmap": (9, 222, None),
    "mount": (165, 40, None),
    "mprotect": (10, 226, None),
    "mq_open": (240, 180, None),
    "mq_unlink": (241, 181, None),
    "msgctl": (71, 187, None),
    "msgget": (68, 186, None),
    "munmap": (11, 215, None),
    "name_to_handle_at": (303, 264, None),
    "newfstatat": (262, 79, None),
    "openat": (257, 56, None),
    "openat2": (437, 437, None),
    "perf_event_open": (298, 241, None),
    "personality": (135, 92, None),
    "pidfd_getfd": (438, 438, None),
    "pidfd_open": (434, 434, None),
    "pidfd_send_signal": (424, 424, None),
    "pivot_root": (155, 41, None),
    "pkey_mprotect": (329, 288, None),
    "prctl": (157, 167, None),
    "prlimit64": (302, 261, None),
    "process_vm_readv": (310, 270, None),
    "ptrace": (101, 117, None),
    "readlinkat": (267, 78, None),
    "renameat2": (316, 276, None),
    "rt_sigqueueinfo": (129, 138, None),
    "sched_getaffinity": (204, 123, None),
    "sched_setaffinity": (203, 122, None),
    "sched_setscheduler": (144, 119, None),
    "semctl": (66, 191, None),
    "semget": (64, 190, None),
    "sendto": (44, 206, None),
    "sethostname": (170, 161, None),
    "setns": (308, 268, None),
    "setpriority": (141, 140, None),
    "setresuid": (117, 147, None),
    "setxattr": (188, 5, None),
    "shmat": (30, 196, None),
    "shmctl": (31, 195, None),
    "shmget": (29, 194, None),
    "socket": (41, 198, None),
    "socketpair": (53, 199, None),
    "statfs": (137, 43, None),
    "statx": (332, 291, None),
    "symlinkat": (266, 36, None),
    "syslog": (103, 116, None),
    "tgkill": (234, 131, None),
    "truncate": (76, 45, None),
    "umount2": (166, 39, None),
    "unlinkat": (263, 35, None),
    "unshare": (272, 97, None),
    "userfaultfd": (323, 282, None),
    "utimensat": (280, 88, None),
    "vmsplice": (278, 75, None),
    "x32": (0x40000000 + 39, None, None),
}
HERE = -100  # AT_FDCWD
PAGE = 4096
READ_WRITE, EXECUTABLE = 3, 4
ANONYMOUS = 0x22  # MAP_PRIVATE | MAP_ANONYMOUS


class Stopped(Exception):
    """The probe found that there is nothing to be had."""


PROBES: dict[str, tuple[Callable[[Scene], Any], tuple[str, ...]]] = {}


def probe(*past: str) -> Callable[[Callable[[Scene], Any]], Callable[[Scene], Any]]:
    """Register a probe. past: errors that the kernel gives only to those whom it allowed to go on."""

    def register(function: Callable[[Scene], Any]) -> Callable[[Scene], Any]:
        PROBES[function.__name__] = (function, past)
        return function

    return register


def attempt(name: str, scene: Scene) -> list[str]:
    """Carry out one probe: ["succeeded", how] or ["blocked", how]."""
    # On this side of the wire, so that importing the text elsewhere needs no Linux.
    import errno

    function, past = PROBES[name]
    try:
        value = function(scene)
    except Stopped as reason:
        return ["blocked", str(reason)]
    except OSError as error:
        how = errno.errorcode.get(error.errno or 0, str(error.errno))
        return ["succeeded" if how in past else "blocked", how]
    return ["succeeded", "done" if value is None else str(value)[:100]]


_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def call(name: str, *arguments: Any) -> int:
    """A system call by its number. Raises OSError, and Stopped where this architecture lacks it."""
    number = NUMBERS[name][COLUMN]
    if number is None or _libc is None:
        raise Stopped("no such call here")
    function = _libc.syscall
    function.restype = ctypes.c_long
    plain = [ctypes.c_long(value) if isinstance(value, int) else value for value in arguments]
    result: int = function(ctypes.c_long(number), *plain)
    if result == -1:
        raise OSError(ctypes.get_errno(), name)
    return result


def buffer(data: bytes | int) -> ctypes.Array[ctypes.c_char]:
    """Writable memory: so many zeros, or a copy."""
    return ctypes.create_string_buffer(data, data if isinstance(data, int) else len(data))


def own(scene: Scene, name: str) -> bytes:
    """The path of the file that was made for this probe."""
    return os.fsencode(scene["folder"]) + b"/" + name.encode()


def closing(descriptor: int) -> str:
    """Close it: what mattered is that it could be had."""
    os.close(descriptor)
    return "opened"


def reap(child: int) -> str:
    """End a forked child at once, wait for it in the parent."""
    if child == 0:
        os._exit(0)
    os.waitpid(child, 0)
    return "a child ran"


def socket(family: int, kind: int) -> int:
    """socket(2), closed on exec."""
    return call("socket", family, kind | 0o2000000, 0)


def loopback(port: int) -> bytes:
    """struct sockaddr_in of a port of 127.0.0.1."""
    return struct.pack("=H", 2) + struct.pack(">H4B8x", port, 127, 0, 0, 1)


def executable_page(protect: str) -> str:
    """Make memory that can be written, then turn it executable."""
    place = call("mmap", 0, PAGE, READ_WRITE, ANONYMOUS, -1, 0)
    try:
        call(protect, place, PAGE, 1 | EXECUTABLE, *((-1,) if protect == "pkey_mprotect" else ()))
    finally:
        call("munmap", place, PAGE)
    return "executable"


# -- reading --------------------------------------------------------------------------------------------------


@probe()
def open_library(scene: Scene) -> Any:
    return closing(os.open(scene["library"], os.O_RDONLY))


@probe()
def open_passwd(scene: Scene) -> Any:
    how = struct.pack("=QQQ", os.O_CLOEXEC, 0, 0)  # struct open_how
    return closing(call("openat2", HERE, b"/etc/passwd", how, len(how)))


@probe()
def open_secret(scene: Scene) -> Any:
    return closing(call("openat", HERE, own(scene, "secret"), os.O_RDONLY, 0))


@probe()
def stat_secret(scene: Scene) -> Any:
    call("newfstatat", HERE, own(scene, "secret"), buffer(256), 0)


@probe()
def stat_home(scene: Scene) -> Any:
    call("statx", HERE, os.fsencode(scene["home"]), 0, 0x7FF, buffer(256))


@probe()
def find_secret(scene: Scene) -> Any:
    call("faccessat", HERE, own(scene, "secret"), 0)


@probe()
def list_folder(scene: Scene) -> Any:
    folder = call("openat", HERE, os.fsencode(scene["folder"]), os.O_RDONLY | os.O_DIRECTORY, 0)
    try:
        return f"{call('getdents64', folder, buffer(PAGE), PAGE)} bytes of names"
    finally:
        os.close(folder)


@probe()
def list_root(scene: Scene) -> Any:
    names = os.listdir("/")
    if not names:
        raise Stopped("it is empty")
    return f"{len(names)} names"


@probe()
def read_link(scene: Scene) -> Any:
    call("readlinkat", HERE, own(scene, "link"), buffer(256), 256)


@probe()
def stat_file_system(scene: Scene) -> Any:
    call("statfs", os.fsencode(scene["folder"]), buffer(256))


@probe("EOVERFLOW")
def file_handle(scene: Scene) -> Any:
    # struct file_handle with room for none: the kernel answers how much it would need.
    call("name_to_handle_at", HERE, own(scene, "secret"), buffer(8), buffer(8), 0)


@probe()
def watch_folder(scene: Scene) -> Any:
    watcher = call("inotify_init1", 0)
    try:
        call("inotify_add_watch", watcher, os.fsencode(scene["folder"]), 2)
    finally:
        os.close(watcher)


@probe()
def read_own_maps(scene: Scene) -> Any:
    return closing(call("openat", HERE, b"/proc/self/maps", os.O_RDONLY, 0))


@probe()
def write_own_memory(scene: Scene) -> Any:
    return closing(call("openat", HERE, b"/proc/self/mem", os.O_RDWR, 0))


@probe()
def environment_of_parent(scene: Scene) -> Any:
    file = call("openat", HERE, b"/proc/%d/environ" % os.getppid(), os.O_RDONLY, 0)
    try:
        if not os.read(file, 100):
            raise Stopped("it is empty")
    finally:
        os.close(file)


@probe()
def inherited_descriptors(scene: Scene) -> Any:
    open_ones = []
    for descriptor in range(3, 256):
        try:
            call("fcntl", descriptor, 1)
            open_ones.append(descriptor)
        except OSError:
            pass
    if len(open_ones) <= 2:
        raise Stopped("only its own pipes")
    return open_ones


@probe()
def environment(scene: Scene) -> Any:
    # As the C library has it: os.environ is only a copy.
    if _libc is None:
        raise Stopped("no such call here")
    first = ctypes.POINTER(ctypes.c_char_p).in_dll(_libc, "environ")
    if not os.environ and (not first or first[0] is None):
        raise Stopped("it is empty")
    return "has variables"


# -- writing --------------------------------------------------------------------------------------------------


@probe()
def create_file(scene: Scene) -> Any:
    path = own(scene, "created")
    return closing(call("openat", HERE, path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))


@probe()
def append_to_file(scene: Scene) -> Any:
    return closing(call("openat", HERE, own(scene, "append"), os.O_WRONLY | os.O_APPEND, 0))


@probe()
def truncate_file(scene: Scene) -> Any:
    call("truncate", own(scene, "truncate"), 0)


@probe()
def change_mode(scene: Scene) -> Any:
    call("fchmodat", HERE, own(scene, "mode"), 0o600)


@probe()
def change_owner(scene: Scene) -> Any:
    call("fchownat", HERE, own(scene, "owner"), scene["uid"], scene["gid"], 0)


@probe()
def change_times(scene: Scene) -> Any:
    call("utimensat", HERE, own(scene, "times"), 0, 0)


@probe()
def set_attribute(scene: Scene) -> Any:
    call("setxattr", own(scene, "attribute"), b"user.probe", b"1", 1, 0)


@probe()
def rename_file(scene: Scene) -> Any:
    call("renameat2", HERE, own(scene, "rename"), HERE, own(scene, "renamed"), 0)


@probe()
def remove_file(scene: Scene) -> Any:
    call("unlinkat", HERE, own(scene, "remove"), 0)


@probe()
def link_file(scene: Scene) -> Any:
    call("linkat", HERE, own(scene, "append"), HERE, own(scene, "linked"), 0)


@probe()
def make_symbolic_link(scene: Scene) -> Any:
    call("symlinkat", b"/", HERE, own(scene, "symbolic"))


@probe()
def make_folder(scene: Scene) -> Any:
    call("mkdirat", HERE, own(scene, "made"), 0o700)


@probe()
def remove_folder(scene: Scene) -> Any:
    call("unlinkat", HERE, own(scene, "empty"), 0x200)


@probe()
def make_pipe(scene: Scene) -> Any:
    call("mknodat", HERE, own(scene, "pipe"), 0o010600, 0)


@probe()
def make_shared_memory_file(scene: Scene) -> Any:
    path = b"/dev/shm/" + scene["name"].encode()
    os.close(call("openat", HERE, path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    call("unlinkat", HERE, path, 0)


@probe()
def open_terminal(scene: Scene) -> Any:
    return closing(call("openat", HERE, b"/dev/ptmx", os.O_RDWR | os.O_NOCTTY, 0))


@probe()
def change_directory(scene: Scene) -> Any:
    call("chdir", os.fsencode(scene["folder"]))


# -- descriptors that it has -----------------------------------------------------------------------------------


@probe()
def lock_file(scene: Scene) -> Any:
    # On whatever it has: where the inode were shared with another worker, a lock would be a message.
    call("flock", 0, 1 | 4)
    call("flock", 0, 8)


@probe()
def lock_record(scene: Scene) -> Any:
    # struct flock: a read lock on the whole of descriptor 0.
    call("fcntl", 0, 6, struct.pack("hhqqi", 0, 0, 0, 0, 0))
    call("fcntl", 0, 6, struct.pack("hhqqi", 2, 0, 0, 0, 0))


@probe()
def send_signals_from_pipe(scene: Scene) -> Any:
    call("fcntl", 1, 8, os.getpid())


@probe()
def change_pipe_size(scene: Scene) -> Any:
    call("fcntl", 1, 1031, 65536)


@probe()
def control_pipe(scene: Scene) -> Any:
    call("ioctl", 1, 0x5421, buffer(4))  # FIONBIO with 0


@probe()
def type_into_terminal(scene: Scene) -> Any:
    reasons = []
    for descriptor in range(3):
        try:
            call("ioctl", descriptor, 0x5412, b" ")  # TIOCSTI
            return f"descriptor {descriptor} took it"
        except OSError as error:
            reasons.append(str(error.errno))
    raise Stopped(f"errors {', '.join(reasons)}")


@probe()
def splice_memory(scene: Scene) -> Any:
    call("vmsplice", 1, struct.pack("PN", 0, 0), 1, 0)


@probe()
def many_descriptors(scene: Scene) -> Any:
    copies: list[int] = []
    try:
        while len(copies) < 100:
            copies.append(call("fcntl", 0, 0, 3))
    finally:
        for copy in copies:
            os.close(copy)


# -- processes -------------------------------------------------------------------------------------------------


@probe()
def fork(scene: Scene) -> Any:
    return reap(os.fork())


@probe()
def clone(scene: Scene) -> Any:
    return reap(call("clone", 17, 0, 0, 0, 0))  # SIGCHLD and nothing else: a fork


@probe()
def clone3(scene: Scene) -> Any:
    # struct clone_args: flags, pidfd, child_tid, parent_tid, exit_signal, stack, …
    return reap(call("clone3", buffer(struct.pack("=8Q", 0, 0, 0, 0, 17, 0, 0, 0)), 64))


@probe()
def spawn(scene: Scene) -> Any:
    _pid, status = os.waitpid(os.posix_spawn("/bin/true", ["true"], {}), 0)
    if status:
        raise Stopped(f"status {status}")


@probe()
def execute(scene: Scene) -> Any:
    # What runs in this process's place says so on its output.
    arguments = (ctypes.c_char_p * 3)(b"echo", scene["name"].encode(), None)
    call("execve", b"/bin/echo", arguments, 0)


@probe("ENOEXEC")
def execute_memory(scene: Scene) -> Any:
    file = call("memfd_create", b"probe", 0)
    try:
        arguments = (ctypes.c_char_p * 2)(b"probe", None)
        call("execveat", file, b"", arguments, 0, 0x1000)  # empty, so it is no program
    finally:
        os.close(file)


@probe()
def memory_file(scene: Scene) -> Any:
    return closing(call("memfd_create", b"probe", 1))


@probe()
def meet_in_shared_memory(scene: Scene) -> Any:
    # A futex that is not private, in a page of the C library: its name is the file, whoever has it mapped.
    assert _libc is not None
    place = ctypes.cast(_libc.getpid, ctypes.c_void_p).value or 0
    return f"{call('futex', place & ~3, 1, 1, 0, 0, 0)} were waiting"


@probe()
def time_of_parent(scene: Scene) -> Any:
    # The clock of a process's processor time, as clock_getcpuclockid(3) makes its number.
    call("clock_gettime", (~os.getppid() << 3) | 2, buffer(16))


@probe()
def affinity_of_parent(scene: Scene) -> Any:
    call("sched_getaffinity", os.getppid(), 128, buffer(128))


@probe()
def signal_parent(scene: Scene) -> Any:
    call("kill", os.getppid(), 0)


@probe()
def signal_thread_of_parent(scene: Scene) -> Any:
    call("tgkill", os.getppid(), os.getppid(), 0)


@probe()
def queue_signal(scene: Scene) -> Any:
    # siginfo_t: number, errno, code SI_QUEUE.
    call("rt_sigqueueinfo", os.getppid(), 0, struct.pack("=iii116x", 0, 0, -1))


@probe()
def hold_parent(scene: Scene) -> Any:
    return closing(call("pidfd_open", os.getppid(), 0))


@probe()
def signal_parent_by_descriptor(scene: Scene) -> Any:
    parent = call("pidfd_open", os.getppid(), 0)
    try:
        call("pidfd_send_signal", parent, 0, 0, 0)
    finally:
        os.close(parent)


@probe()
def descriptor_of_parent(scene: Scene) -> Any:
    parent = call("pidfd_open", os.getppid(), 0)
    try:
        return closing(call("pidfd_getfd", parent, 0, 0))
    finally:
        os.close(parent)


@probe()
def be_traced(scene: Scene) -> Any:
    call("ptrace", 0, 0, 0, 0)


@probe()
def memory_of_parent(scene: Scene) -> Any:
    # It was forked from the parent, so what lies here lies there too.
    ours = buffer(8)
    local = struct.pack("PN", ctypes.addressof(ours), 8)
    remote = struct.pack("PN", id(Stopped.__base__), 8)
    return f"{call('process_vm_readv', os.getppid(), local, 1, remote, 1, 0)} bytes"


@probe()
def limits_of_parent(scene: Scene) -> Any:
    call("prlimit64", os.getppid(), 7, 0, buffer(16))


@probe()
def set_own_limit(scene: Scene) -> Any:
    now = buffer(16)
    call("prlimit64", 0, 7, 0, now)
    call("prlimit64", 0, 7, now, 0)


@probe()
def set_affinity(scene: Scene) -> Any:
    cores = buffer(128)
    call("sched_setaffinity", 0, call("sched_getaffinity", 0, 128, cores), cores)


@probe()
def set_priority(scene: Scene) -> Any:
    call("setpriority", 0, 0, 20 - call("getpriority", 0, 0))


@probe()
def set_scheduler(scene: Scene) -> Any:
    call("sched_setscheduler", 0, 3, buffer(4))  # SCHED_BATCH


@probe()
def set_io_priority(scene: Scene) -> Any:
    call("ioprio_set", 1, 0, 2 << 13 | 4)  # best effort, the middle: the default


@probe()
def session_of_others(scene: Scene) -> Any:
    if call("getsid", 0) == os.getpid():
        raise Stopped("its own")


# -- ids and privileges ------------------------------------------------------------------------------------------


@probe()
def become_root(scene: Scene) -> Any:
    call("setresuid", 0, 0, 0)


@probe()
def become_other_user(scene: Scene) -> Any:
    call("setresuid", 65534, 65534, 65534)


@probe()
def capabilities(scene: Scene) -> Any:
    # Version 3, this process: effective, permitted and inheritable, low words then high.
    sets = buffer(24)
    call("capget", struct.pack("Ii", 0x20080522, 0), sets)
    if not any(sets.raw):
        raise Stopped("none")


@probe()
def use_capability(scene: Scene) -> Any:
    name = os.uname().nodename.encode()
    call("sethostname", name, len(name))


@probe()
def gain_privileges_by_exec(scene: Scene) -> Any:
    if call("prctl", 39, 0, 0, 0, 0) == 1:
        raise Stopped("no_new_privs is set")


@probe()
def dumpable(scene: Scene) -> Any:
    if call("prctl", 3, 0, 0, 0, 0) != 1:
        raise Stopped("it is not")


@probe()
def become_dumpable(scene: Scene) -> Any:
    call("prctl", 4, 1, 0, 0, 0)


@probe()
def outlive_parent(scene: Scene) -> Any:
    number = buffer(4)
    call("prctl", 2, number, 0, 0, 0)
    if struct.unpack("i", number.raw) == (9,):
        raise Stopped("it ends with its parent")


@probe()
def unlimited(scene: Scene) -> Any:
    none = []
    for name, number in {"CPU": 0, "FSIZE": 1, "STACK": 3, "CORE": 4, "NOFILE": 7, "AS": 9}.items():
        limit = buffer(16)
        call("prlimit64", 0, number, 0, limit)
        _soft, hard = struct.unpack("QQ", limit.raw)
        if hard > (1 << 60 if name != "NOFILE" else 256):
            none.append(name)
    if not none:
        raise Stopped("all limited")
    return ", ".join(none)


@probe()
def reserve_memory(scene: Scene) -> Any:
    place = call("mmap", 0, 1 << 36, 0, ANONYMOUS | 0x4000, -1, 0)
    call("munmap", place, 1 << 36)


@probe()
def lock_memory(scene: Scene) -> Any:
    call("mlock", ctypes.addressof(buffer(8)) & -PAGE, PAGE)


# -- the kernel's surface ----------------------------------------------------------------------------------------


@probe()
def keyring(scene: Scene) -> Any:
    call("keyctl", 0, -2, 1)


@probe()
def add_key(scene: Scene) -> Any:
    call("add_key", b"user", b"probe", b"1", 1, -2)


@probe()
def load_bpf(scene: Scene) -> Any:
    # BPF_MAP_CREATE: an array of one.
    attributes = buffer(struct.pack("=IIIII44x", 2, 4, 4, 1, 0))
    return closing(call("bpf", 0, attributes, 64))


@probe()
def count_events(scene: Scene) -> Any:
    # struct perf_event_attr, version 0: software, 64 bytes, task clock, user mode only.
    attributes = buffer(struct.pack("=IIQQQQQ16x", 1, 64, 1, 0, 0, 0, 0x60))
    return closing(call("perf_event_open", attributes, 0, -1, -1, 0))


@probe()
def handle_page_faults(scene: Scene) -> Any:
    return closing(call("userfaultfd", 1))


@probe()
def ring_of_requests(scene: Scene) -> Any:
    return closing(call("io_uring_setup", 1, buffer(120)))


@probe()
def new_user_namespace(scene: Scene) -> Any:
    call("unshare", 0x10000000)


@probe()
def new_network(scene: Scene) -> Any:
    call("unshare", 0x40000000)


@probe()
def join_namespace(scene: Scene) -> Any:
    parent = call("pidfd_open", os.getppid(), 0)
    try:
        call("setns", parent, 0x04000000)
    finally:
        os.close(parent)


@probe("EINVAL")
def mount(scene: Scene) -> Any:
    # MS_PRIVATE on what is no mount: allowed, then found to be wrong.
    call("mount", 0, os.fsencode(scene["folder"]), 0, 1 << 18, 0)


@probe("EINVAL")
def unmount(scene: Scene) -> Any:
    call("umount2", os.fsencode(scene["folder"]), 0)


@probe()
def new_file_system(scene: Scene) -> Any:
    return closing(call("fsopen", b"tmpfs", 1))


@probe("EBUSY", "EINVAL")
def swap_root(scene: Scene) -> Any:
    call("pivot_root", b"/", b"/")


@probe()
def change_root(scene: Scene) -> Any:
    call("chroot", b"/")


@probe("EBADF")
def load_module(scene: Scene) -> Any:
    call("finit_module", -1, b"", 0)


@probe()
def kernel_log(scene: Scene) -> Any:
    call("syslog", 10, 0, 0)


@probe()
def change_personality(scene: Scene) -> Any:
    call("personality", call("personality", 0xFFFFFFFF) | 0x0040000)


@probe()
def map_executable(scene: Scene) -> Any:
    call("munmap", call("mmap", 0, PAGE, READ_WRITE | EXECUTABLE, ANONYMOUS, -1, 0), PAGE)


@probe()
def make_executable(scene: Scene) -> Any:
    return executable_page("mprotect")


@probe()
def make_executable_by_key(scene: Scene) -> Any:
    return executable_page("pkey_mprotect")


@probe()
def other_calling_convention(scene: Scene) -> Any:
    call("x32")


# -- channels between processes ------------------------------------------------------------------------------------


@probe()
def shared_memory(scene: Scene) -> Any:
    call("shmctl", call("shmget", 0, PAGE, 0o1600), 0, 0)


@probe()
def shared_memory_of_host(scene: Scene) -> Any:
    call("shmat", call("shmget", scene["key"], 0, 0), 0, 0o10000)


@probe()
def message_queue(scene: Scene) -> Any:
    call("msgctl", call("msgget", 0, 0o1600), 0, 0)


@probe()
def semaphore(scene: Scene) -> Any:
    call("semctl", call("semget", 0, 1, 0o1600), 0, 0, 0)


@probe()
def named_queue(scene: Scene) -> Any:
    name = scene["name"].encode()
    # struct mq_attr: flags, one message, of eight bytes.
    queue = call(
        "mq_open", name, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600, struct.pack("8q", 0, 1, 8, 0, 0, 0, 0, 0)
    )
    call("mq_unlink", name)
    return closing(queue)


@probe()
def internet_socket(scene: Scene) -> Any:
    return closing(socket(2, 1))


@probe()
def connect_to_host(scene: Scene) -> Any:
    connection = socket(2, 1)
    try:
        call("connect", connection, loopback(scene["port"]), 16)
    finally:
        os.close(connection)


@probe()
def send_datagram(scene: Scene) -> Any:
    connection = socket(2, 2)
    try:
        call("sendto", connection, b"x", 1, 0, loopback(scene["port"]), 16)
    finally:
        os.close(connection)


@probe()
def listen(scene: Scene) -> Any:
    connection = socket(2, 1)
    try:
        call("bind", connection, loopback(0), 16)
    finally:
        os.close(connection)


@probe()
def connect_by_name(scene: Scene) -> Any:
    connection = socket(1, 1)
    try:
        address = struct.pack("=H", 1) + b"\0" + scene["name"].encode()
        call("connect", connection, address, len(address))
    finally:
        os.close(connection)


@probe()
def connect_by_path(scene: Scene) -> Any:
    connection = socket(1, 1)
    try:
        address = struct.pack("=H", 1) + own(scene, "socket") + b"\0"
        call("connect", connection, address, len(address))
    finally:
        os.close(connection)


@probe()
def pair_of_sockets(scene: Scene) -> Any:
    pair = buffer(8)
    call("socketpair", 1, 1, 0, pair)
    for descriptor in struct.unpack("ii", pair.raw):
        os.close(descriptor)


@probe()
def netlink_socket(scene: Scene) -> Any:
    return closing(socket(16, 3))


@probe()
def machine_socket(scene: Scene) -> Any:
    return closing(socket(40, 1))


@probe()
def packet_socket(scene: Scene) -> Any:
    return closing(socket(17, 3))
