"""Runs one command in namespaces of its own: a small root, no network, 64 processes, 256 MiB, a few seconds.

It is a program: `python box.py OPTIONS` with OPTIONS a descriptor of JSON, started by `bounded.py`. It works as root and as an
ordinary user. What it tells, as JSON on the descriptor `report`: how the command ended, which files it left, what still ran.

    this process        user namespace (ordinary user only), then mount, pid, net, ipc and uts namespaces
     └─ pid 1           builds the root, drops root's rights, a user namespace where none was made; waits, tells
         └─ command     the weak grader, and whatever it starts
"""

import ctypes
import fcntl
import json
import os
import resource
import signal
import socket
import stat
import struct
import sys
import time

NEWNS, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET = (
    0x00020000,
    0x04000000,
    0x08000000,
    0x10000000,
    0x20000000,
    0x40000000,
)
MS_RDONLY, MS_NOSUID, MS_NODEV, MS_REMOUNT, MS_BIND, MS_REC, MS_PRIVATE = 1, 2, 4, 32, 4096, 16384, 1 << 18
MNT_DETACH = 2
PR_SET_PDEATHSIG, PR_SET_DUMPABLE = 1, 4
SIOCSIFFLAGS, IFF_UP = 0x8914, 1
PIVOT_ROOT = {"x86_64": 155, "aarch64": 41}

NOBODY = 65534
PROCESSES, MEMORY_BYTES, FILE_BYTES = 64, 256 * 2**20, 16 * 2**20
MOST_TOLD = 2**20

libc = ctypes.CDLL(None, use_errno=True)


def check(result: int, what: str) -> None:
    if result != 0:
        raise OSError(ctypes.get_errno(), f"{what}: {os.strerror(ctypes.get_errno())}")


def mount(source: str, target: str, kind: str, flags: int, data: str = "") -> None:
    result = libc.mount(source.encode(), target.encode(), kind.encode(), ctypes.c_ulong(flags), data.encode())
    check(result, f"mount {source} on {target}")


def write(path: str, text: str) -> None:
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def map_ids(inner_user: int, outer_user: int, inner_group: int, outer_group: int) -> None:
    write("/proc/self/setgroups", "deny")
    write("/proc/self/uid_map", f"{inner_user} {outer_user} 1")
    write("/proc/self/gid_map", f"{inner_group} {outer_group} 1")


def bind(source: str, root: str) -> None:
    """The same path inside, read-only; a link stays a link."""
    target = root + source
    if os.path.islink(source):
        os.makedirs(os.path.dirname(target), exist_ok=True)
        os.symlink(os.readlink(source), target)
        return
    if os.path.isdir(source):
        os.makedirs(target, exist_ok=True)
    else:
        os.makedirs(os.path.dirname(target), exist_ok=True)
        write(target, "")
    mount(source, target, "", MS_BIND | MS_REC)
    # A mount that came from outside the user namespace keeps the flags that it has.
    kept = os.statvfs(target).f_flag & (MS_NOSUID | MS_NODEV | 8 | 1024 | 2048)
    read_only = 0 if source.startswith("/dev/") else MS_RDONLY
    mount("", target, "", MS_BIND | MS_REMOUNT | read_only | kept)


def build_root(root: str, options: dict) -> None:
    mount("", "/", "", MS_REC | MS_PRIVATE)
    mount("box", root, "tmpfs", MS_NOSUID | MS_NODEV, "size=64m,nr_inodes=16k,mode=755")
    for path in options["show"]:
        if os.path.lexists(path):
            bind(path, root)
    for path in ("/dev/null", "/dev/zero", "/dev/urandom"):
        bind(path, root)
    for folder in ("/proc", "/tmp", "/dev/shm", "/etc", "/old"):
        os.makedirs(root + folder, exist_ok=True)
        os.chmod(root + folder, 0o777)
    write(root + "/etc/passwd", f"root:x:0:0::/:/bin/sh\nnobody:x:{NOBODY}:{NOBODY}::/box:/bin/sh\n")
    mount("proc", root + "/proc", "proc", MS_NOSUID | MS_NODEV)
    for name, content in options["files"].items():
        path = os.path.join(root + "/box", name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(bytes.fromhex(content))
    for link, target in options["links"].items():
        os.symlink(target, os.path.join(root + "/box", link))


def raise_loopback() -> None:
    """The one network that the box has."""
    with socket.socket() as any_socket:
        fcntl.ioctl(any_socket, SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", IFF_UP))


def enter(root: str) -> None:
    os.chdir(root)
    check(libc.syscall(PIVOT_ROOT[os.uname().machine], b".", b"old"), "pivot_root")
    os.chdir("/")
    check(libc.umount2(b"/old", MNT_DETACH), "umount")
    os.rmdir("/old")


def own_everything(user: int) -> None:
    for folder, _names, files in os.walk("/box"):
        os.chown(folder, user, user)
        for name in files:
            os.chown(os.path.join(folder, name), user, user, follow_symlinks=False)


def limit(seconds: float) -> None:
    for what, value in (
        (resource.RLIMIT_NPROC, PROCESSES),
        (resource.RLIMIT_FSIZE, FILE_BYTES),
        (resource.RLIMIT_NOFILE, 256),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_AS, MEMORY_BYTES),
    ):
        resource.setrlimit(what, (value, value))
    cpu = int(seconds) + 2  # the deadline comes first
    resource.setrlimit(resource.RLIMIT_CPU, (cpu, cpu + 2))


def files_left() -> dict:
    """The regular files of /box with what they begin with, as hex."""
    found = {}
    for folder, _names, names in os.walk("/box"):
        for name in names[:500]:
            path = os.path.join(folder, name)
            try:
                if stat.S_ISREG(os.lstat(path).st_mode) and len(found) < 500:
                    with open(path, "rb") as file:
                        found[os.path.relpath(path, "/box")] = file.read(2**16).hex()
            except OSError:
                continue
    return found


def others_running(main: int) -> int:
    own = {1, main, os.getpid()}
    return len([name for name in os.listdir("/proc") if name.isdigit() and int(name) not in own])


def supervise(options: dict) -> dict:
    """Start the command, wait for it or for the deadline, and take stock."""
    main = os.fork()
    if main == 0:
        try:
            os.close(options["report"])
            os.chdir("/box/work")
            limit(options["seconds"])
            os.execve(options["command"][0], options["command"], options["environment"])
        finally:
            os._exit(127)
    deadline = time.monotonic() + options["seconds"]
    status = None
    while status is None and time.monotonic() < deadline:
        ended, how = os.waitpid(-1, os.WNOHANG)
        if ended == main:
            status = os.waitstatus_to_exitcode(how)
        elif ended == 0:
            time.sleep(0.002)
    return {"status": status, "left": others_running(main), "files": files_left()}


def main() -> None:
    with os.fdopen(int(sys.argv[1]), "rb") as given:
        options = json.load(given)
    user, group = os.geteuid(), os.getegid()
    inner = 0 if options["privileged"] else NOBODY
    if user != 0:
        check(libc.unshare(NEWUSER), "unshare user")
        map_ids(inner, user, inner, group)
    check(libc.unshare(NEWNS | NEWPID | NEWNET | NEWIPC | NEWUTS), "unshare")
    parent = os.getpid()
    child = os.fork()
    if child == 0:
        try:
            build_root(options["root"], options)
            enter(options["root"])
            raise_loopback()
            if user == 0:
                # A number of its own, so that processes are counted for this box alone.
                own = 100_000 + parent
                own_everything(own)
                os.setgroups([])
                os.setresgid(own, own, own)
                os.setresuid(own, own, own)
                libc.prctl(PR_SET_DUMPABLE, 1, 0, 0, 0)
                check(libc.unshare(NEWUSER), "unshare user")
                map_ids(inner, own, inner, own)
            libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
            told = {"error": None, **supervise(options)}
        except BaseException as error:
            told = {"error": f"{type(error).__name__}: {error}"}
        data = json.dumps(told).encode()
        while data:
            data = data[os.write(options["report"], data) :]
        os._exit(0)
    libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    os.close(options["report"])
    os.waitpid(child, 0)


if __name__ == "__main__":
    main()
