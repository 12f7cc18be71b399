"""Runs our own grader where a hole in its confinement can do no harm: `python guard.py COMMAND…`.

The catalogue is there to notice when a wall is missing, and then its attacks succeed: once, one of them ended every process
of the machine. So the lane that they are graded by runs in pid, mount, net, ipc and uts namespaces of its own, sees
all files read-only, and cannot restart the machine, set its clock or load modules. As root its workers are still root there.
"""

import ctypes
import os
import signal
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from box import (
    MS_BIND,
    MS_NODEV,
    MS_NOSUID,
    MS_PRIVATE,
    MS_RDONLY,
    MS_REC,
    MS_REMOUNT,
    NEWIPC,
    NEWNET,
    NEWNS,
    NEWPID,
    NEWUSER,
    NEWUTS,
    PR_SET_PDEATHSIG,
    check,
    libc,
    map_ids,
    mount,
    write,
)

MOUNT_SETATTR = 442
AT_FDCWD, AT_RECURSIVE = -100, 0x8000
MOUNT_ATTR_RDONLY = 1
PR_CAPBSET_DROP = 24
# SYS_MODULE, SYS_RAWIO, SYS_BOOT, SYS_TIME, MKNOD
DANGEROUS = (16, 17, 22, 25, 27)
NOT_HERE = 77
DEVICES = ("null", "zero", "urandom", "random")


def make_read_only() -> None:
    mount("", "/", "", MS_REC | MS_PRIVATE)
    attributes = (ctypes.c_uint64 * 4)(MOUNT_ATTR_RDONLY, 0, 0, 0)
    result = libc.syscall(
        MOUNT_SETATTR, AT_FDCWD, b"/", AT_RECURSIVE, attributes, ctypes.c_size_t(ctypes.sizeof(attributes))
    )
    check(result, "mount_setattr")
    # Built where there always is a folder, and nothing that is needed yet; /tmp may hold the project itself.
    mount("dev", "/proc", "tmpfs", MS_NOSUID | MS_NODEV, "size=64m,nr_inodes=8k,mode=755")
    for name in DEVICES:
        write(f"/proc/{name}", "")
        mount(f"/dev/{name}", f"/proc/{name}", "", MS_BIND)
    os.mkdir("/proc/shm")
    os.chmod("/proc/shm", 0o1777)
    mount("/proc", "/dev", "", MS_BIND | MS_REC)
    mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV)
    for path in ("/proc/sys", "/proc/sysrq-trigger"):
        if os.path.exists(path):
            mount(path, path, "", MS_BIND)
            mount("", path, "", MS_BIND | MS_REMOUNT | MS_RDONLY | MS_NOSUID | MS_NODEV)


def main() -> None:
    user, group = os.geteuid(), os.getegid()
    try:
        if user != 0:
            check(libc.unshare(NEWUSER), "unshare user")
            map_ids(user, user, group, group)
        check(libc.unshare(NEWNS | NEWPID | NEWNET | NEWIPC | NEWUTS), "unshare")
    except OSError as error:
        print(error, file=sys.stderr)
        sys.exit(NOT_HERE)
    init = os.fork()
    if init != 0:
        libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        for descriptor in (0, 1):
            os.close(descriptor)
        _pid, status = os.waitpid(init, 0)
        sys.exit(os.waitstatus_to_exitcode(status) & 0xFF)
    libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    try:
        make_read_only()
    except OSError as error:
        print(error, file=sys.stderr)
        os._exit(NOT_HERE)
    for capability in DANGEROUS:
        libc.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0)
    command = os.fork()
    if command == 0:
        # The only folder in which something can be written.
        os.environ["TMPDIR"] = "/dev/shm"
        os.chdir("/dev/shm")
        os.execv(sys.argv[1], sys.argv[1:])
    for descriptor in (0, 1):
        os.close(descriptor)
    while True:
        ended, status = os.wait()
        if ended == command:
            os._exit(os.waitstatus_to_exitcode(status) & 0xFF)


if __name__ == "__main__":
    main()
