"""Family T: submissions that want to harm, slow down or reach others, or to leave something for them."""

from __future__ import annotations

import threading
import time
from pathlib import Path

from tests.hostile.attempts import assert_all, endings, in_worker, told
from tests.hostile.bounded import run_bounded
from tests.hostile.controls import unsandboxed
from tests.hostile.entry import SUBMISSIONS, Entry
from tests.hostile.graded import HONEST, Graded


def _denied(graded: Graded) -> None:
    """Assert that every attempt at loading was denied."""
    assert_all(told(graded.report.output), "EPERM")


def _t01(graded: Graded) -> None:
    assert graded.score == 100
    _denied(graded)


def _t01_control(path: Path) -> None:
    ran = unsandboxed(path, seconds=4)
    results = told(ran.stderr)
    assert_all(results, "done", but={"first": "done|EPERM"})
    assert ran.timed_out, "the grader was not stopped"


def _t02(graded: Graded) -> None:
    assert graded.score == 100
    _denied(graded)


def _t02_control(path: Path) -> None:
    assert_all(told(unsandboxed(path).stderr), "done")


def _t03(graded: Graded) -> None:
    assert graded.score == 100
    _denied(graded)


def _t03_control(path: Path) -> None:
    results = told(unsandboxed(path).stderr)
    # Libraries lie on a read-only mount there.
    for name in ("mode of a library", "name of a library", "mode of a descriptor"):
        assert results.pop(name) in ("done", "EROFS", "EPERM", "EBUSY", "EXDEV")
    assert_all(results, "done", but={"attribute": "done|ENOTSUP|EOPNOTSUPP"})


def _t04(graded: Graded) -> None:
    assert graded.outcomes == {"double": "crashed", "mean_square": "passed", "shift": "passed"}
    _denied(graded)
    ended = endings(SUBMISSIONS / "T04_shared_memory.py")
    assert set(ended) == {"add_key", "keyctl"}
    assert {name: how for name, how in ended.items() if "killed by SIGSYS" not in how} == {}


def _t04_control(path: Path) -> None:
    assert_all(told(unsandboxed(path).stderr), "done")


def _t05(graded: Graded) -> None:
    assert graded.score == 100
    assert_all(told(graded.report.output), "EPERM", but={"futex": "EPERM|EAGAIN"})
    path = SUBMISSIONS / "T05_file_locks.py"
    with in_worker(path) as one, in_worker(path) as other:
        woken: list[bool] = []
        waiting = threading.Thread(target=lambda: woken.append(one.wait(0.3)))
        waiting.start()
        time.sleep(0.1)
        assert other.wake() == -1
        waiting.join()
        assert woken == [False]


_T05_GRADER = """
import os, time, hw
reading, writing = os.pipe()
if os.fork() == 0:
    os.write(writing, str(hw.wait(0.9)).encode())
    os._exit(0)
time.sleep(0.2)
print("wakes:", hw.wake())
print("woken:", os.read(reading, 10).decode())
"""


def _t05_control(path: Path) -> None:
    results = told(unsandboxed(path).stderr)
    assert_all({name: results[name] for name in ("flock", "inotify", "futex")}, "done")
    met = told(run_bounded(["-c", _T05_GRADER], {"work/hw.py": path.read_bytes()}).stdout)
    assert met["woken"] == "True", met


def _t06(graded: Graded) -> None:
    assert graded.score == 100
    _denied(graded)


def _t06_control(path: Path) -> None:
    assert_all(told(unsandboxed(path).stderr), "done")


def _t07(graded: Graded) -> None:
    # What comes after it is in test_interference.py: the same bytes as before.
    assert graded.score == 100


_T07_GRADER = """
import numpy as np
import honest
x = np.array([1.0, 2.0])
import hw
try:
    print("next:", honest.shift(x))
except Exception as error:
    print("next:", error)
"""


def _t07_control(path: Path) -> None:
    """Where one process grades one submission after the other, an honest one fails after this one."""
    files = {"work/hw.py": path.read_bytes(), "work/honest.py": HONEST.read_bytes()}
    assert told(run_bounded(["-c", _T07_GRADER], files).stdout)["next"] == "spoiled"


def _t08(graded: Graded) -> None:
    # An honest submission graded beside it is in test_interference.py. Its own time is its own affair.
    assert graded.points("mean_square") + graded.points("shift") == 60
    assert graded.seconds < 45


_T08_GRADER = """
import os, subprocess, sys, time
os.sched_setaffinity(0, [min(os.sched_getaffinity(0))])

def wall_time():
    began, cpu = time.monotonic(), time.process_time()
    while time.process_time() - cpu < 0.05:
        pass
    return time.monotonic() - began

hog = subprocess.Popen([sys.executable, "-c", "import hw; hw.SECONDS = 4; hw.hog()"], stdout=subprocess.PIPE)
hog.stdout.readline()
beside = wall_time()
hog.kill()
print("slowed:", beside / 0.05)
"""


def _t08_control(path: Path) -> None:
    """Beside it an honest call takes many times its processor time: a limit in wall time would end it."""
    ran = run_bounded(["-c", _T08_GRADER], {"work/hw.py": path.read_bytes()})
    assert float(told(ran.stdout)["slowed"]) > 3


ENTRIES = [
    Entry(
        "T01",
        "kill to everybody, the parent, groups, by queue, thread and pidfd",
        "EPERM for each; full marks for the rest",
        "T01_signals.py",
        _t01,
        _t01_control,
    ),
    Entry(
        "T02",
        "prlimit, sched_setaffinity, sched_setscheduler, setpriority, ioprio_set on itself and its parent",
        "EPERM for each",
        "T02_priorities.py",
        _t02,
        _t02_control,
    ),
    Entry(
        "T03",
        "changes mode, owner, times, attributes, length, name and links of files",
        "EPERM for each",
        "T03_changes_files.py",
        _t03,
        _t03_control,
    ),
    Entry(
        "T04",
        "SysV memory, queues and semaphores, POSIX queues, /dev/shm, memfd, key rings",
        "EPERM for each; SIGSYS for keys",
        "T04_shared_memory.py",
        _t04,
        _t04_control,
    ),
    Entry(
        "T05",
        "flock, record locks, inotify and shared futexes on files that others have too",
        "EPERM (EAGAIN for the futex); nobody is woken",
        "T05_file_locks.py",
        _t05,
        _t05_control,
    ),
    Entry(
        "T06",
        "meets another submission at an abstract socket",
        "EPERM",
        "T06_rendezvous.py",
        _t06,
        _t06_control,
    ),
    Entry(
        "T07",
        "spoils NumPy, the standard library and the random generators for whoever comes next",
        "only its own worker is spoiled; the next report has the same bytes as before",
        "T07_poisons_caches.py",
        _t07,
        _t07_control,
    ),
    Entry(
        "T08",
        "uses every processor and much memory for as long as it may",
        "bounded by its own limits; verdicts on others go by processor time",
        "T08_hogs.py",
        _t08,
        _t08_control,
    ),
]
