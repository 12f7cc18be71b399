"""The zygote's walls, seen from outside: processes, namespaces, mounts, and what is left when one of them is killed."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from autograder.errors import CourseError, StudentFault
from autograder.sandbox.bench import Bench
from autograder.sandbox.launch import Zygote
from autograder.sandbox.student import Student
from autograder.sandbox.worker import Program
from tests.sandbox.conftest import LIMITS
from tests.sandbox.processes import (
    children,
    gone,
    is_running,
    lineage,
    linux_only,
    soon,
    status,
    walled,
)

pytestmark = linux_only
Submit = Callable[[Zygote, str], Student]
SPINS = "def spin():\n    while True:\n        pass\n"


@pytest.fixture(scope="module")
def closed() -> Iterator[Zygote]:
    zygote = Zygote()
    yield walled(zygote)
    zygote.close()


@pytest.fixture(scope="module")
def running(closed: Zygote) -> Iterator[dict[str, int]]:
    """The ids of all processes, a worker among them."""
    worker = closed.start(LIMITS)
    yield {**lineage(closed), "worker": worker.pid}
    worker.end(False)
    worker.channel.close()


def _namespaces(pid: int) -> dict[str, str]:
    try:
        return {name: os.readlink(f"/proc/{pid}/ns/{name}") for name in os.listdir(f"/proc/{pid}/ns")}
    except PermissionError:
        pytest.skip("only root may look into a process that is not dumpable")


def _mounts(pid: int) -> list[tuple[str, set[str], str]]:
    """(mount point, options, kind of file system)"""
    found = []
    for line in Path(f"/proc/{pid}/mountinfo").read_text().splitlines():
        before, _dash, after = line.partition(" - ")
        fields = before.split()
        found.append((fields[4], set(fields[5].split(",")), after.split()[0]))
    return found


# -- processes ------------------------------------------------------------------------------------------------


def test_an_init_of_their_own_stands_above_zygote_and_workers(running: dict[str, int]) -> None:
    parents = {name: int(status(pid)["PPid"]) for name, pid in running.items()}
    assert parents == {
        "outer": os.getpid(),
        "init": running["outer"],
        "zygote": running["init"],
        "worker": running["zygote"],
    }
    inner = {name: status(pid)["NSpid"].split()[-1] for name, pid in running.items()}
    assert inner["init"] == "1"
    assert inner["outer"] == str(running["outer"])  # stays outside: its children are the first ones inside
    for name in ("zygote", "worker"):
        assert status(running[name])["NSpid"].split() == [str(running[name]), inner[name]]
        assert int(inner[name]) > 1


@pytest.mark.parametrize("name", ["zygote", "worker", "init"])
def test_each_has_namespaces_apart_from_ours(running: dict[str, int], name: str) -> None:
    ours, theirs = _namespaces(os.getpid()), _namespaces(running[name])
    apart = {"mnt", "net", "ipc", "uts", "pid", *(() if os.getuid() == 0 else ("user",))}
    assert {kind for kind in apart if ours[kind] == theirs[kind]} == set()


def test_their_network_has_no_way_out(running: dict[str, int]) -> None:
    lines = Path(f"/proc/{running['zygote']}/net/dev").read_text().splitlines()[2:]
    assert [line.split(":")[0].strip() for line in lines] == ["lo"]
    routes = Path(f"/proc/{running['zygote']}/net/route").read_text().splitlines()
    assert len(routes) <= 1  # the heading


@pytest.mark.parametrize("name", ["outer", "init", "zygote", "worker"])
def test_there_is_one_mount_which_is_empty_and_read_only(running: dict[str, int], name: str) -> None:
    ((place, options, kind),) = _mounts(running[name])
    assert (place, kind) == ("/", "tmpfs")
    assert {"ro", "nosuid", "nodev", "noexec"} <= options
    if os.getuid() == 0:  # others may not look through there
        assert os.listdir(f"/proc/{running[name]}/root/") == []


def test_nothing_of_it_is_mounted_here(closed: Zygote) -> None:
    assert closed.facts["root"] == "empty"
    assert not [place for place, _options, _kind in _mounts(os.getpid()) if "autograde-" in place]


def test_the_machine_that_grades_has_no_name(submit_to: Submit, closed: Zygote) -> None:
    before = socket.gethostname()
    student = submit_to(
        closed, "import platform, os\ndef name(): return platform.node(), os.uname().nodename"
    )
    assert student.name() == ("worker", "worker")
    assert socket.gethostname() == before


# -- nothing is left ------------------------------------------------------------------------------------------


def test_the_folder_is_gone_as_soon_as_the_zygote_is_ready() -> None:
    zygote = Zygote()
    try:
        assert os.path.isdir(zygote._folder)
        walled(zygote)
        assert not os.path.exists(zygote._folder)
        zygote.start(LIMITS).end(False)
    finally:
        zygote.close()


def _kill_one_of(victim: str) -> None:
    """Kill one process of four while a worker computes; all of them must end, and the next worker must start."""
    zygote = Zygote()
    try:
        bench = Bench(walled(zygote), LIMITS, Program({"work.py": SPINS}, "work.py"))
        bench.worker()
        pids = lineage(zygote)
        pids["worker"] = children(pids["zygote"])[0]
        os.kill(pids[victim], signal.SIGKILL)
        ends = [pids["worker"]] if victim == "worker" else pids.values()
        if victim != "outer":
            assert gone(set(ends) - {pids["outer"]}), pids
        with pytest.raises(StudentFault):
            Student(bench.worker).spin()
        bench.close()
        again = zygote.start(LIMITS)
        assert is_running(again.pid)
        if victim != "worker":
            assert gone(pids.values()), pids
        again.end(False)
        again.channel.close()
    finally:
        zygote.close()
    assert gone(pids.values())
    assert not os.path.exists(zygote._folder)


@pytest.mark.parametrize("victim", ["outer", "init", "zygote", "worker"])
def test_killing_any_process_leaves_none_behind(victim: str) -> None:
    _kill_one_of(victim)


@pytest.mark.slow
@pytest.mark.parametrize("victim", ["outer", "init", "zygote", "worker"])
def test_killing_any_process_leaves_none_behind_twenty_times(victim: str) -> None:
    for _round in range(20):
        _kill_one_of(victim)


_LANE = """
    import sys, time
    from autograder.sandbox.bench import Bench
    from autograder.sandbox.launch import Zygote
    from autograder.sandbox.student import Student
    from autograder.sandbox.worker import Program
    from tests.sandbox.conftest import LIMITS
    from tests.sandbox.processes import children, lineage

    zygote = Zygote()
    bench = Bench(zygote, LIMITS, Program({"work.py": "def spin():\\n    while True: pass\\n"}, "work.py"))
    bench.worker()
    pids = lineage(zygote)
    print(*pids.values(), *children(pids["zygote"]), zygote._folder, flush=True)
    Student(bench.worker).spin()
"""


def _python(program: str, *, before: str = "", executable: str = sys.executable) -> subprocess.Popen[str]:
    """A Python of its own that can import what this one can."""
    return subprocess.Popen(
        [executable, "-c", dedent(before) + dedent(program)],
        env={
            **os.environ,
            "PYTHONPATH": os.pathsep.join(entry for entry in (os.getcwd(), *sys.path) if entry),
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def _kill_the_lane() -> None:
    lane = _python(_LANE)
    try:
        assert lane.stdout is not None
        assert lane.stderr is not None
        *pids, folder = lane.stdout.readline().split() or [lane.stderr.read()]
        assert len(pids) == 4, folder
        lane.kill()
        lane.wait()
        assert gone(map(int, pids)), pids
        assert not os.path.exists(folder)
    finally:
        lane.kill()
        lane.communicate()


def test_killing_the_trusted_side_leaves_nothing_behind(closed: Zygote) -> None:
    _kill_the_lane()


@pytest.mark.slow
def test_killing_the_trusted_side_leaves_nothing_behind_twenty_times(closed: Zygote) -> None:
    for _round in range(20):
        _kill_the_lane()


def test_closing_ends_all_of_them() -> None:
    zygote = Zygote()
    walled(zygote)
    worker = zygote.start(LIMITS)
    pids = [*lineage(zygote).values(), worker.pid]
    zygote.close()
    worker.channel.close()
    assert gone(pids)


# -- where it cannot be had -----------------------------------------------------------------------------------

# A user namespace whose limit for every kind of further namespace is 0: what a strict container looks like.
_NO_NAMESPACES = """
    import os
    from autograder.sandbox.inside import linux
    user, group = os.getuid(), os.getgid()
    try:
        linux.unshare(linux.CLONE_NEWUSER)
        for path, text in (("setgroups", "deny"), ("uid_map", f"{user} {user} 1"), ("gid_map", f"{group} {group} 1")):
            open("/proc/self/" + path, "w").write(text)
        for name in os.listdir("/proc/sys/user"):
            if name.endswith("_namespaces"):
                open("/proc/sys/user/" + name, "w").write("0")
    except OSError as error:
        print("skip", error)
        raise SystemExit(0)
"""


def _tell(program: str, **options: Any) -> str:
    process = _python(program, **options)
    said, complained = process.communicate(timeout=180)
    assert process.returncode == 0, complained
    if said.startswith("skip"):
        pytest.skip(said)
    return said.strip()


_TELLS_FACTS = """
    from autograder.sandbox.launch import Zygote
    from tests.sandbox.conftest import LIMITS

    zygote = Zygote()
    facts = zygote.facts
    worker = zygote.start(LIMITS)
    print(*sorted(facts["refused"]), "|", *facts["layers"], "|", facts["root"], *facts["namespaces"])
    worker.end(False)
    zygote.close()
"""


def test_without_namespaces_it_starts_and_says_what_is_missing() -> None:
    refused, layers, root = _tell(_TELLS_FACTS, before=_NO_NAMESPACES).split("|")
    assert "namespaces" in refused.split()
    assert {"seccomp", "no_new_privs", "rlimits"} <= set(layers.split())
    assert not {"namespaces", "root"} & set(layers.split())
    assert root.split() == ["host"]


def test_what_is_missing_is_still_said_after_a_restart() -> None:
    """A worker may kill its zygote; the next one must not look as if nothing had been refused."""
    program = dedent(_TELLS_FACTS).replace(
        "facts = zygote.facts", "zygote.facts; zygote._give_up(); facts = zygote.facts"
    )
    assert "namespaces" in _tell(program, before=_NO_NAMESPACES).split("|")[0].split()


def test_an_exact_one_does_not_start_with_less() -> None:
    program = """
        from autograder.errors import SystemFault
        from autograder.sandbox.launch import Zygote

        zygote = Zygote(exact=True)
        try:
            zygote.facts
        except SystemFault as error:
            print("refused")
        zygote.close()
    """
    assert _tell(program, before=_NO_NAMESPACES) == "refused"


def test_an_interpreter_that_was_reached_through_a_link(tmp_path: Path, closed: Zygote) -> None:
    """Managers of Python versions link "3.11" to "3.11.7"; the modules loaded so far know the first name only."""
    (tmp_path / "linked").symlink_to(sys.base_prefix)
    executable = tmp_path / "linked" / "bin" / f"python{sys.version_info.major}.{sys.version_info.minor}"
    if not executable.exists():
        pytest.skip("this interpreter does not lie in bin/")
    refused, layers, root = _tell(_TELLS_FACTS, executable=str(executable)).split("|")
    assert refused.split() == []
    assert {"namespaces", "root"} <= set(layers.split())
    assert root.split()[0] == "empty"


# -- the files profile ----------------------------------------------------------------------------------------


@pytest.fixture
def submit_to() -> Iterator[Submit]:
    benches: list[Bench] = []

    def submit(zygote: Zygote, source: str) -> Student:
        bench = Bench(zygote, LIMITS, Program({"work.py": dedent(source)}, "work.py"))
        benches.append(bench)
        outcome = bench.load()
        if outcome.error is not None:
            raise outcome.error
        return Student(bench.worker)

    yield submit
    for bench in benches:
        bench.close()


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("course") / "data"
    folder.mkdir(mode=0o755)
    (folder / "points.csv").write_text("1,2\n3,4\n")
    (folder / "tool").write_text("#!/bin/sh\necho ran\n")
    (folder / "tool").chmod(0o755)
    (folder.parent / "secret.txt").write_text("hidden")
    (folder / "out").symlink_to("../secret.txt")
    # The id of a worker owns nothing: what lies above may stay private, the folder itself may not.
    folder.parent.chmod(0o700)
    return folder


@pytest.fixture(scope="module")
def with_files(data: Path) -> Iterator[Zygote]:
    zygote = Zygote(files=True, data=data)
    yield walled(zygote)
    zygote.close()


FILES = """
    import errno, glob, os, subprocess, numpy as np

    def attempt(what, *args):
        try:
            return str(ACTS[what](*args))
        except OSError as error:
            return errno.errorcode[error.errno]

    def save(path, size):
        with open(path, "wb") as file:
            return file.write(b"x" * size)

    def many(count):
        for number in range(count):
            open(f"/scratch/{number}", "w").close()

    ACTS = {
        "read": lambda path: open(path).read(),
        "list": lambda path: sorted(os.listdir(path)),
        "where": os.getcwd,
        "save": save,
        "many": many,
        # Opens through numpy.lib._datasource, which imports bz2 and lzma only now.
        "numbers": lambda: np.loadtxt("/data/points.csv", delimiter=",").sum(),
        "packed": lambda: __import__("lzma").decompress(__import__("lzma").compress(b"abc")),
        "arrays": lambda: (np.save("a.npy", np.arange(3)), np.load("a.npy").tolist())[1],
        "mkdir": os.mkdir,
        "remove": os.remove,
        "symlink": lambda path: os.symlink("/data/points.csv", path),
        "link": lambda path: os.link("/data/points.csv", path),
        "rename": lambda path: os.rename("/data/points.csv", path),
        "chmod": lambda path: os.chmod(path, 0o777),
        "execute": lambda path: os.execv(path, [path]),
        "start": lambda path: subprocess.run([path]),
        "listed": lambda: [f for f in glob.glob("/**", recursive=True) if not f.startswith(("/usr", "/lib"))],
    }
"""


def test_data_can_be_read(with_files: Zygote, submit_to: Submit) -> None:
    student = submit_to(with_files, FILES)
    assert student.attempt("list", "/data") == "['out', 'points.csv', 'tool']"
    assert student.attempt("read", "/data/points.csv") == "1,2\n3,4\n"
    assert student.attempt("numbers") == "10.0"
    assert student.attempt("packed") == "b'abc'"


def test_data_cannot_be_changed(with_files: Zygote, submit_to: Submit, data: Path) -> None:
    student = submit_to(with_files, FILES)
    answers = {
        "save": student.attempt("save", "/data/points.csv", 3),
        "new": student.attempt("save", "/data/new", 3),
        "mkdir": student.attempt("mkdir", "/data/dir"),
        "remove": student.attempt("remove", "/data/points.csv"),
        "rename": student.attempt("rename", "/scratch/points.csv"),
        "link": student.attempt("link", "/scratch/points.csv"),
        "chmod": student.attempt("chmod", "/data/points.csv"),
    }
    assert set(answers.values()) <= {"EACCES", "EPERM", "EROFS", "EXDEV"}, answers
    assert (data / "points.csv").read_text() == "1,2\n3,4\n"
    assert sorted(os.listdir(data)) == ["out", "points.csv", "tool"]


@pytest.mark.skipif(os.getuid() != 0, reason="only root's workers have another id")
@pytest.mark.parametrize("private", ["data", "data/folder", "data/folder/file"])
def test_data_that_a_worker_could_not_read_is_the_authors_to_mend(tmp_path: Path, private: str) -> None:
    folder = tmp_path / "data" / "folder"
    folder.mkdir(parents=True)
    (folder / "file").write_text("x")
    (tmp_path / private).chmod(0o700)
    with pytest.raises(CourseError, match=r"chmod -R o\+rX"):
        Zygote(files=True, data=tmp_path / "data")


def test_a_link_in_the_data_leads_nowhere(with_files: Zygote, submit_to: Submit) -> None:
    assert submit_to(with_files, FILES).attempt("read", "/data/out") in ("EACCES", "ENOENT")


def test_scratch_is_where_a_worker_begins_and_may_write(with_files: Zygote, submit_to: Submit) -> None:
    student = submit_to(with_files, FILES)
    assert student.attempt("where") == "/scratch"
    assert student.attempt("list", "/scratch") == "[]"
    assert student.attempt("arrays") == "[0, 1, 2]"
    assert student.attempt("mkdir", "folder") == "None"
    assert student.attempt("save", "folder/file", 1000) == "1000"
    assert student.attempt("list", ".") == "['a.npy', 'folder']"
    assert student.attempt("remove", "a.npy") == "None"


def test_scratch_has_a_quota(with_files: Zygote, submit_to: Submit) -> None:
    student = submit_to(with_files, FILES)
    assert student.attempt("save", "big", 17 * 2**20) in ("EFBIG", "ENOSPC")
    student.attempt("remove", "big")
    assert student.attempt("save", "one", 10 * 2**20) == str(10 * 2**20)
    assert student.attempt("save", "two", 10 * 2**20) == "ENOSPC"
    student.attempt("remove", "one")
    student.attempt("remove", "two")
    assert student.attempt("many", 200) == "None"
    assert student.attempt("many", 1000) == "ENOSPC"


def test_each_worker_has_a_scratch_of_its_own(with_files: Zygote, submit_to: Submit) -> None:
    first, second = submit_to(with_files, FILES), submit_to(with_files, FILES)
    assert first.attempt("save", "/scratch/answer", 7) == "7"
    assert second.attempt("list", "/scratch") == "[]"
    assert second.attempt("save", "/scratch/other", 7) == "7"
    assert first.attempt("list", "/scratch") == "['answer']"
    third = submit_to(with_files, FILES)
    assert third.attempt("list", "/scratch") == "[]"


@pytest.mark.parametrize(
    "path",
    ["/", "/etc", "/etc/passwd", "/proc", "/proc/self/maps", "/dev/null", "/dev/urandom", "/home", "/root", "/tmp",
     "/usr/lib", "/empty", "/scratch/..", "/data/..", "/etc/ld.so.cache"],
)  # fmt: skip
def test_nothing_else_can_be_opened(with_files: Zygote, submit_to: Submit, path: str) -> None:
    student = submit_to(with_files, FILES)
    act = "list" if os.path.isdir(path) or path.endswith("..") else "read"
    assert student.attempt(act, path) in ("EACCES", "ENOENT", "EPERM")


def test_nothing_can_be_executed_or_linked(with_files: Zygote, submit_to: Submit) -> None:
    student = submit_to(with_files, FILES)
    assert student.attempt("save", "/scratch/tool", 10) == "10"
    for path in ("/data/tool", "/scratch/tool", sys.executable, "/bin/true"):
        assert student.attempt("execute", path) == "EPERM", path
    assert student.attempt("symlink", "/scratch/link") == "EPERM"


def test_the_mounts_of_the_files_profile(with_files: Zygote) -> None:
    """Nothing can be written but scratch, which each worker mounts for itself; data is no place for programs."""
    mounts = _mounts(lineage(with_files)["zygote"])
    writable = [
        place for place, options, _kind in mounts if "ro" not in options and not place.startswith("/dev/")
    ]
    assert writable == []
    (data_options,) = [options for place, options, _kind in mounts if place == "/data"]
    assert {"ro", "noexec", "nosuid", "nodev"} <= data_options
    for place, options, _kind in mounts:
        assert "nosuid" in options, place
    worker = with_files.start(LIMITS)
    (scratch,) = [options for place, options, _kind in _mounts(worker.pid) if place == "/scratch"]
    assert {"rw", "noexec", "nosuid", "nodev"} <= scratch
    worker.end(False)
    worker.channel.close()


def test_scratch_goes_with_its_worker(with_files: Zygote, submit_to: Submit) -> None:
    before = len(_mounts(lineage(with_files)["zygote"]))
    submit_to(with_files, FILES).attempt("save", "/scratch/answer", 7)
    assert soon(lambda: len(_mounts(lineage(with_files)["zygote"])) == before)


def test_in_the_closed_profile_there_is_no_path_at_all(closed: Zygote, submit_to: Submit) -> None:
    student = submit_to(closed, FILES)
    for path in ("/", "/data", "/scratch", "."):
        assert student.attempt("list", path) == "EPERM"
    assert student.attempt("save", "/scratch/x", 1) == "EPERM"
