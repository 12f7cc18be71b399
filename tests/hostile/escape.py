"""Family E: submissions that want out, to the network, to other programs, past the filter, or to stay."""

from __future__ import annotations

import os
import platform
from pathlib import Path

from tests.hostile.attempts import assert_all, endings, told
from tests.hostile.bounded import run_bounded
from tests.hostile.controls import unsandboxed
from tests.hostile.entry import SUBMISSIONS, Entry
from tests.hostile.graded import Graded

IS_X86 = platform.machine() == "x86_64"
KILLED = "killed by SIGSYS"


def _denied(graded: Graded, **but: str) -> dict[str, str]:
    """Assert that every attempt at loading was denied, and that the honest functions have their points."""
    results = told(graded.report.output)
    assert_all(results, "EPERM", but={label.replace("_", " "): result for label, result in but.items()})
    return results


def _all_killed(file: str) -> dict[str, str]:
    """Assert that each function "fatal_…" is the end of a confined worker of ours."""
    ended = endings(SUBMISSIONS / file)
    assert ended
    assert {name: how for name, how in ended.items() if KILLED not in how} == {}
    return ended


# -- the network, other programs ------------------------------------------------------------------------------------


def _e01(graded: Graded) -> None:
    assert graded.score == 100
    _denied(graded)


def _e01_control(path: Path) -> None:
    results = told(unsandboxed(path).stderr)
    # Not every kernel has the others.
    assert_all(
        {name: results[name] for name in ("inet", "unix", "netlink", "socketpair", "loopback")}, "done"
    )
    assert results["name"] in ("done", "ECONNREFUSED")


def _e02(graded: Graded) -> None:
    assert graded.score == 100
    _denied(graded, system="failed")  # it gives no reason


def _e02_control(path: Path) -> None:
    assert_all(told(unsandboxed(path).stderr), "done")


# -- the kernel's doors ----------------------------------------------------------------------------------------------


def _e03(graded: Graded) -> None:
    assert graded.points("double") == 0
    assert graded.outcomes["double"] == "crashed"
    assert graded.score == 60
    _denied(graded)
    assert len(_all_killed("E03_kernel_doors.py")) == 15


def _e03_control(path: Path) -> None:
    results = told(unsandboxed(path).stderr)
    # The kernel itself decides, and lets these through; others it refuses by itself, or not, as it is set up.
    worked = ["personality", "unshare", "mount", "umount2", "fsopen", "keyctl", "add_key", "ptrace"]
    assert_all({name: results[name] for name in worked}, "done")


def _e04(graded: Graded) -> None:
    if not IS_X86:
        return
    assert graded.outcomes == {"double": "crashed", "mean_square": "crashed", "shift": "passed"}
    _denied(graded)
    assert set(_all_killed("E04_other_instruction_sets.py")) == {"x32", "int_80"}


def _e04_control(path: Path) -> None:
    results = told(unsandboxed(path).stderr)
    assert results["int 0x80"] == "done"
    # The kernel answers, whether or not it has that interface.
    assert results["x32"] in ("done", "ENOSYS")


def _e05(graded: Graded) -> None:
    assert graded.score == 100
    _denied(graded)


def _e05_control(path: Path) -> None:
    assert_all(told(unsandboxed(path).stderr), "done")


# -- rights, terminals, processes that stay -----------------------------------------------------------------------------


def _e06(graded: Graded) -> None:
    assert graded.score == 100
    _denied(graded, setfsuid="denied")


def _e06_control(path: Path) -> None:
    results = told(unsandboxed(path, privileged=True).stderr)
    assert_all(results, "done", but={"setgroups": "done|EPERM"})


def _e07(graded: Graded) -> None:
    assert graded.score == 100
    results = told(graded.report.output)
    assert_all(results, "ENOTTY", but={"session": "EPERM", "tty": "EPERM"})


def _e07_control(path: Path) -> None:
    """A file that runs at somebody's terminal types into it."""
    ours, theirs = os.openpty()
    try:
        files = {"work/hw.py": path.read_bytes()}
        results = told(run_bounded(["-c", "import hw"], files, stdin=theirs).stdout)
        assert results["take 0"] == "done"
        setting = Path("/proc/sys/dev/tty/legacy_tiocsti")
        if not setting.exists() or setting.read_text("ascii").strip() == "1":
            assert results["type 0"] == "done"
            os.set_blocking(ours, False)
            assert b"#" in os.read(ours, 100)  # its echo
    finally:
        os.close(ours)
        os.close(theirs)


def _e08(graded: Graded) -> None:
    assert graded.score == 100
    _denied(graded)


def _e08_control(path: Path) -> None:
    ran = unsandboxed(path)
    assert told(ran.stderr)["daemon"] == "done"
    assert ran.left >= 1


def _e09(graded: Graded) -> None:
    assert graded.score == 100
    _denied(graded)


def _e09_control(path: Path) -> None:
    ran = unsandboxed(path)
    for name in (".bashrc", "sitecustomize.py", "start.pth", "__pycache__/hw.cpython-311.pyc", "crontab"):
        assert ran.files[f"work/{name}"] == b"raise SystemExit\n"


# -- what is shared with the grader ------------------------------------------------------------------------------------


def _e10(graded: Graded) -> None:
    assert graded.score == 100
    results = told(graded.report.output)
    for name in ("owner", "signal", "size", "lease"):
        assert_all({n: r for n, r in results.items() if n.startswith(name)}, "EPERM")
    # Flags are those of the worker's own ends of pipes: a later worker, and this is one, finds nothing of them.
    assert results["left by another"] == "[0, 0, 0]"
    assert_all({n: r for n, r in results.items() if n.startswith("position")}, "ESPIPE")


_E10_GRADER = """
import fcntl, os, subprocess, sys
shared = os.open("log", os.O_CREAT | os.O_RDWR | os.O_TRUNC)
subprocess.run([sys.executable, "-c", "import hw"], stdin=shared)
print("flags changed:", fcntl.fcntl(shared, fcntl.F_GETFL) & os.O_APPEND != 0)
print("owner changed:", fcntl.fcntl(shared, fcntl.F_GETOWN) != 0)
print("position:", os.lseek(shared, 0, os.SEEK_CUR))
"""


def _e10_control(path: Path) -> None:
    """A grader that gives its worker a descriptor of its own finds it changed afterwards."""
    files = {"work/hw.py": path.read_bytes()}
    results = told(run_bounded(["-c", _E10_GRADER], files).stdout)
    assert results["flags changed"] == "True"
    assert results["owner changed"] == "True"
    assert results["position"] == "1000000"


def _e11(graded: Graded) -> None:
    assert graded.score == 100
    results = _denied(graded, descriptors="5")
    assert results["order"] == "EPERM"


_E11_GRADER = """
import os, socket
ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
if os.fork() == 0:
    import hw
    os._exit(0)
theirs.close()
print("ordered:", ours.recv(4096).decode())
"""


def _e11_control(path: Path) -> None:
    """A zygote that forgets to close its socket in the worker gets orders from there."""
    files = {"work/hw.py": path.read_bytes()}
    assert '"layers": []' in told(run_bounded(["-c", _E11_GRADER], files).stdout)["ordered"]


ENTRIES = [
    Entry(
        "E01",
        "sockets of every kind; a conversation over loopback; a question to a name server there",
        "EPERM for each",
        "E01_sockets.py",
        _e01,
        _e01_control,
    ),
    Entry(
        "E02",
        "execve, execveat, a program in memory, posix_spawn, a shell",
        "EPERM for each",
        "E02_other_programs.py",
        _e02,
        _e02_control,
    ),
    Entry(
        "E03",
        "unshare, setns, mounts, pivot_root, bpf, perf, userfaultfd, keys, modules, ptrace, io_uring, chroot",
        "SIGSYS ends the worker; EPERM for io_uring, chroot, personality, clone",
        "E03_kernel_doors.py",
        _e03,
        _e03_control,
    ),
    Entry(
        "E04",
        "int 0x80 in memory of its own and in the C library's, numbers of x32",
        "no executable memory; SIGSYS",
        "E04_other_instruction_sets.py",
        _e04,
        _e04_control if IS_X86 else None,
        "" if IS_X86 else "these interfaces exist on x86-64 only",
    ),
    Entry(
        "E05",
        "machine code in fresh memory, in memory made executable, over the C library, in an uploaded library",
        "EPERM for each",
        "E05_own_machine_code.py",
        _e05,
        _e05_control,
    ),
    Entry(
        "E06",
        "changes its ids, groups, capabilities, looks for programs that run as root",
        "EPERM for each",
        "E06_other_rights.py",
        _e06,
        _e06_control,
    ),
    Entry(
        "E07",
        "takes a terminal, types into it (TIOCSTI, TIOCLINUX), opens /dev/tty",
        "ENOTTY, EPERM: there is none",
        "E07_terminal.py",
        _e07,
        _e07_control,
    ),
    Entry(
        "E08",
        "forks twice into a session of its own, to stay behind",
        "EPERM for fork and setsid",
        "E08_daemon.py",
        _e08,
        _e08_control,
    ),
    Entry(
        "E09",
        "writes start-up files, compiled modules, a crontab, into folders of the system",
        "EPERM for each",
        "E09_stays_on_disk.py",
        _e09,
        _e09_control,
    ),
    Entry(
        "E10",
        "changes flags, owner, signal, position and size of descriptors 0, 1, 2",
        "EPERM but for the flags of the worker's own pipes; the answers arrive",
        "E10_shared_descriptions.py",
        _e10,
        _e10_control,
    ),
    Entry(
        "E11",
        "looks for the socket on which workers are ordered, and orders one without confinement",
        "5 descriptors, its own pipes; EPERM for each",
        "E11_command_pipe.py",
        _e11,
        _e11_control,
    ),
]
