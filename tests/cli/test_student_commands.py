"""list, start, submit, status: the student's path, from the course to the receipt."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from autograder.course import Course
from autograder.gradebook.outbox import saved_receipts, waiting

from .conftest import ROOT, Run, Told


def submit(run: Run, *arguments: str) -> Told:
    return run("submit", "--yes", "--no-check", *arguments)


def test_start_gives_the_public_files_and_never_overwrites(run: Run, desk: Path) -> None:
    assert run("start", "sums").code == 0
    given = sorted(path.name for path in (desk / "sums").iterdir())
    assert given == ["README.md", "README.vi.md", "sums.py", "test_sums.py"]
    mine = desk / "sums" / "sums.py"
    mine.write_text("mine", encoding="utf-8")
    told = run("start", "sums")
    assert told.code == 2
    assert "--force" in told.err
    assert mine.read_text(encoding="utf-8") == "mine"
    assert run("start", "sums", "--force").code == 0
    assert "NotImplementedError" in mine.read_text(encoding="utf-8")
    (backup,) = desk.glob("sums-backup-*")
    assert (backup / "sums.py").read_text(encoding="utf-8") == "mine"
    mine.write_text("mine again", encoding="utf-8")
    assert run("start", "sums", "--force").code == 0
    assert {path.joinpath("sums.py").read_text(encoding="utf-8") for path in desk.glob("sums-backup-*")} == {
        "mine",
        "mine again",
    }


def test_start_suggests_and_refuses_the_courses_own_folder(
    run: Run, tiny_course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = run("start", "sum")
    assert told.code == 2
    assert 'Did you mean "sums"?' in told.err
    monkeypatch.chdir(tiny_course.assignments_dir)
    before = (tiny_course.assignments_dir / "sums" / "sums.py").read_bytes()
    assert run("start", "sums", "--force").code == 2
    assert (tiny_course.assignments_dir / "sums" / "sums.py").read_bytes() == before


def test_list_counts_what_is_written(run: Run, desk: Path) -> None:
    def state() -> tuple[object, object]:
        (row,) = run("list", "--json").json["assignments"]  # type: ignore[misc]
        return row["state"], row["written"]  # type: ignore[index]

    assert state() == ("not started", None)
    run("start", "sums")
    assert state() == ("started", 0)
    mine = desk / "sums" / "sums.py"
    mine.write_text("def add(x, y):\n    return x + y\n", encoding="utf-8")
    assert state() == ("started", 1)
    mine.write_text("def add(x, y:\n", encoding="utf-8")
    assert state() == ("unreadable", None)
    shown = run("list").out
    for piece in ("sums", "Sums and means", "100", "2099-12-01 23:59 +07:00"):
        assert piece in shown
    assert "Tổng và trung bình" in run("list", "--lang", "vi").out
    assert "Tổng và trung bình" in run("--lang", "vi", "list").out


@pytest.mark.parametrize("inside", [True, False])
def test_submit_stores_and_gives_a_receipt(
    run: Run, desk: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, inside: bool
) -> None:
    run("start", "sums")
    (desk / "sums" / "notes.txt").write_text("private", encoding="utf-8")
    if inside:
        monkeypatch.chdir(desk / "sums")
    told = submit(run)
    assert told.code == 0, told.err
    stored = tmp_path / "exchange" / "sums" / "an"
    assert (stored / "sums.py").read_bytes() == (desk / "sums" / "sums.py").read_bytes()
    assert not (stored / "notes.txt").exists()
    assert "notes.txt" in told.out
    assert "README" not in told.out
    assert "2099-12-01 23:59 +07:00" in told.out
    (receipt,) = saved_receipts(desk / "sums")
    content = json.loads(receipt.read_text(encoding="utf-8"))
    assert content["id"] in told.out
    assert content["files"][0]["sha256"] in told.out
    assert not waiting(tmp_path / "data" / "outbox")


def test_status_shows_all_and_verifies(run: Run, desk: Path) -> None:
    assert "nothing handed in" in run("status").out
    run("start", "sums")
    first = submit(run, "--json").json["receipt"]
    (desk / "sums" / "sums.py").write_text("x = 1\n", encoding="utf-8")
    second = submit(run, "sums", "--json").json["receipt"]
    rows = run("status", "sums", "--json").json["assignments"]["sums"]  # type: ignore[index]
    assert [(row["latest"], row["receipt"]["id"]) for row in rows] == [
        (True, second["id"]),  # type: ignore[index]
        (False, first["id"]),  # type: ignore[index]
    ]
    older, newer = saved_receipts(desk / "sums")
    assert run("status", "--verify", str(newer)).code == 0
    told = run("status", "--verify", str(older))
    assert told.code == 1
    assert "Changed since: sums.py" in told.out
    assert run("status", "--verify", str(desk / "sums" / "sums.py")).code == 2


def test_offline_it_waits_and_is_sent_later(run: Run, desk: Path, tmp_path: Path) -> None:
    run("start", "sums")
    (tmp_path / "exchange").rmdir()
    told = submit(run)
    assert told.code == 1
    assert "NOT DELIVERED YET" in told.err
    assert not saved_receipts(desk / "sums")
    assert "NOT DELIVERED YET" in run("status").out
    handed_in = (desk / "sums" / "sums.py").read_bytes()
    (desk / "sums" / "sums.py").write_text("changed afterwards\n", encoding="utf-8")
    (tmp_path / "exchange").mkdir()
    assert "Sent now: sums" in run("status").out
    assert (tmp_path / "exchange" / "sums" / "an" / "sums.py").read_bytes() == handed_in
    assert len(saved_receipts(desk / "sums")) == 1


def test_late_is_said(run: Run, tiny_course: Course) -> None:
    manifest = tiny_course.assignments_dir / "sums" / "assignment.toml"
    manifest.write_text(manifest.read_text(encoding="utf-8").replace("2099", "2020"), encoding="utf-8")
    run("start", "sums")
    told = submit(run)
    assert told.code == 0
    assert "this is late" in told.out
    assert "Late by" in told.out


def test_nobody_to_ask_and_nothing_to_send(run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    told = submit(run, "sums")
    assert told.code == 2
    assert "autograde start sums" in told.err
    run("start", "sums")
    with open(os.devnull, encoding="utf-8") as nothing:
        monkeypatch.setattr(sys, "stdin", nothing)
        told = run("submit", "--no-check")
    assert told.code == 2
    assert "--yes" in told.err
    assert not list((tmp_path / "exchange").iterdir())


def test_a_link_or_a_huge_file_is_refused(run: Run, desk: Path) -> None:
    run("start", "sums")
    mine = desk / "sums" / "sums.py"
    mine.write_bytes(b"#" * (11 * 1024 * 1024))
    told = submit(run)
    assert told.code == 2
    assert "larger than" in told.err
    mine.unlink()
    mine.symlink_to("/etc/hostname")
    told = submit(run)
    assert told.code == 2
    assert "not a regular file" in told.err


def test_works_without_fork_resource_and_fcntl(run: Run, desk: Path) -> None:
    run("start", "sums")
    code = (
        "import os, sys\n"
        "for name in ('fork', 'forkpty'):\n"
        "    if hasattr(os, name): delattr(os, name)\n"
        "for name in ('resource', 'fcntl', 'pwd', 'grp', 'termios'): sys.modules[name] = None\n"
        "from autograder.cli.main import main\n"
        "codes = [main(['list']), main(['submit', 'sums', '--yes', '--no-check']), main(['status'])]\n"
        "print(codes)\n"
    )
    told = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        timeout=180,
    )
    assert told.stdout.splitlines()[-1] == "[0, 0, 0]", told.stderr


BARE = """
import os, sys, select
for name in ("fork", "forkpty", "register_at_fork", "sched_getaffinity", "setsid", "posix_spawn"):
    if hasattr(os, name): delattr(os, name)
del select.poll
for name in ("resource", "fcntl", "pwd", "grp", "termios"): sys.modules[name] = None
# The process with the student's code is as bare as this one.
from autograder.sandbox import launch
real = launch._command
def bare(*arguments):
    command = real(*arguments)
    at = command.index("-c") + 1
    prologue = ("import os, sys; [delattr(os, n) for n in ('fork', 'setsid') if hasattr(os, n)];"
                "sys.modules['resource'] = sys.modules['fcntl'] = None;")
    command[at] = prologue + command[at]
    return command
launch._command = bare
# subprocess itself needs what it finds here; it was imported before, as on a system without fork it is its own.
from autograder.cli.main import main
print("CODES", [main(arguments.split()) for arguments in sys.argv[1:]])
"""


def test_the_whole_path_works_without_fork_resource_fcntl_and_poll(desk: Path) -> None:
    def bare(*orders: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-c", "import subprocess, selectors, tempfile\n" + BARE, *orders],
            capture_output=True,
            text=True,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            timeout=120,
        )

    told = bare("list", "start sums", "check sums")
    assert told.stdout.splitlines()[-1] == "CODES [0, 0, 1]", told.stderr
    assert "0 of 2 functions written" in told.stdout
    (desk / "sums" / "sums.py").write_text(
        "def add(x, y):\n    return x + y\n\n"
        "def mean_of(x, y):\n    return sum(add(a, b) for a, b in zip(x, y)) / len(x)\n",
        encoding="utf-8",
    )
    told = bare("check sums", "submit sums --yes", "status")
    assert told.stdout.splitlines()[-1] == "CODES [0, 0, 0]", told.stderr
    assert "2 of 2 functions written" in told.stdout
    assert "Warning" not in told.stderr
    assert "could not be run" not in told.stderr
    assert "our fault" not in told.stderr
