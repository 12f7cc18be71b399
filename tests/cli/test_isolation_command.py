"""grade and doctor where the kernel lacks something: what is said, what is refused, what goes on record.

The kernel is not changed: `tests.ablation.without` makes the calls in question fail for the command alone.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from autograder.course import Course
from tests.kernel import needs_namespaces

from .conftest import Told, command, environment, recorded

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux can hold anybody back")

RIGHT = "def double(x):\n    return 2 * x\n\n\ndef total(xs):\n    return sum(xs)\n"


@pytest.fixture
def submissions(tiny_course: Course, tmp_path: Path) -> Path:
    folder = tmp_path / "submissions"
    (folder / "an").mkdir(parents=True)
    name = tiny_course.assignment("sums").files[0]
    shutil.copy(tiny_course.assignment("sums").reference_path, folder / "an" / name)
    return folder


def told_without(missing: str, *arguments: str | Path, prefix: tuple[str, ...] = ()) -> Told:
    wrapped = [sys.executable, "-m", "tests.ablation.without", missing, "--", *command(*arguments)]
    done = subprocess.run([*prefix, *wrapped], capture_output=True, text=True, env=environment(), timeout=120)
    return Told(done.returncode, done.stdout, done.stderr)


def grade(course: Course, submissions: Path, output: Path, *more: str) -> tuple[str | Path, ...]:
    return (
        "grade",
        submissions,
        "-a",
        "sums",
        "-o",
        output,
        "--course",
        course.root,
        "--gradebook",
        beside(output),
        *more,
    )


def beside(output: Path) -> Path:
    return output.with_name("gradebook.db")


def record(output: Path) -> dict[str, object]:
    loaded: dict[str, object] = json.loads((output / "results.json").read_text("utf-8"))
    return loaded


def test_without_namespaces_it_grades_and_says_so(
    tiny_course: Course, submissions: Path, tmp_path: Path
) -> None:
    told = told_without("namespaces", *grade(tiny_course, submissions, tmp_path / "out"))
    assert told.code == 0, told.err
    assert "level B, without namespaces, root" in told.err
    assert ("Allow user namespaces" if os.geteuid() else "Root may make no namespaces") in told.err
    results = record(tmp_path / "out")
    isolation = results["isolation"]
    assert isinstance(isolation, dict)
    assert isolation["level"] == "B"
    assert isolation["missing"] == "namespaces, root"
    assert "weak" not in isolation
    reports = results["reports"]
    assert isinstance(reports, list)
    assert [(report["isolation"], report["score"]) for report in reports] == [("B", 100)]


@needs_namespaces
def test_without_landlock_it_refuses_and_leaves_nothing(
    tiny_course: Course, submissions: Path, tmp_path: Path
) -> None:
    told = told_without("landlock", *grade(tiny_course, submissions, tmp_path / "out"))
    assert told.code == 3
    assert "Other people's code is not graded here: isolation is level B-, without landlock" in told.err
    assert "lsm=" in told.err, "the remedy"
    assert "--allow-weak-isolation" in told.err
    assert not (tmp_path / "out" / "results.json").exists()


@needs_namespaces
def test_weak_isolation_is_allowed_loudly_and_stamped_on_every_record(
    tiny_course: Course, submissions: Path, tmp_path: Path
) -> None:
    allowed = grade(tiny_course, submissions, tmp_path / "out", "--allow-weak-isolation")
    told = told_without("landlock", *allowed)
    assert told.code == 0, told.err
    assert "WEAK ISOLATION (level B-, without landlock)" in told.err
    results = record(tmp_path / "out")
    isolation, reports = results["isolation"], results["reports"]
    assert isinstance(isolation, dict)
    assert isinstance(reports, list)
    assert (isolation["level"], isolation["weak"]) == ("B-", "allowed")
    for report in reports:
        assert report["isolation"] == "B-"
        assert "Graded under weak isolation" in report["notices"][0]["id"]
    assert 'class="alarm"' in (tmp_path / "out" / "class.html").read_text("utf-8")
    page = (tmp_path / "out" / reports[0]["file"]).read_text("utf-8")
    assert "Graded under weak isolation (level B-)" in page


def test_what_was_graded_weakly_is_graded_again_where_it_is_strong(
    tiny_course: Course, submissions: Path, tmp_path: Path
) -> None:
    output = tmp_path / "out"
    told_without("landlock", *grade(tiny_course, submissions, output, "--allow-weak-isolation"))
    assert [row[:2] for row in recorded(beside(output))] == [("an", "current")]
    told = told_without("namespaces", *grade(tiny_course, submissions, output))
    assert told.code == 0, told.err
    assert sorted(row[:2] for row in recorded(beside(output))) == [("an", "current"), ("an", "superseded")]
    assert "WEAK" not in (output / "class.html").read_text("utf-8").upper()


def test_without_a_filter_of_system_calls_it_refuses(
    tiny_course: Course, submissions: Path, tmp_path: Path
) -> None:
    told = told_without("seccomp", *grade(tiny_course, submissions, tmp_path / "out"))
    assert told.code == 3
    assert "isolation is level D, without seccomp" in told.err


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has ids to give up")
def test_root_that_cannot_give_up_its_ids_is_refused_whatever_is_allowed(
    tiny_course: Course, submissions: Path, tmp_path: Path
) -> None:
    if not shutil.which("setpriv"):
        pytest.skip("setpriv (util-linux) takes the right to change ids away from root")
    poor = ("setpriv", "--bounding-set=-setuid,-setgid", "--inh-caps=-setuid,-setgid")
    allowed = grade(tiny_course, submissions, tmp_path / "out", "--allow-weak-isolation")
    told = told_without("namespaces", *allowed, prefix=poor)
    assert told.code == 3, told.err
    assert "isolation is level -, without ids" in told.err
    assert "Run as an ordinary user" in told.err
    assert "--allow-weak-isolation." not in told.err, "it would not help"


@needs_namespaces
def test_doctor_names_what_is_missing_and_the_remedy() -> None:
    told = told_without("landlock", "doctor")
    assert told.code == 1
    (line,) = (line for line in told.out.splitlines() if "isolation" in line)
    assert line.startswith("✗ isolation: level B-")
    assert "missing: landlock" in line
    assert "lsm=" in told.out


def test_doctor_says_what_to_do_for_more_where_it_is_good_enough() -> None:
    told = told_without("namespaces", "doctor")
    assert told.code == 0
    lines = told.out.splitlines()
    (place,) = (number for number, line in enumerate(lines) if "isolation" in line)
    assert lines[place].startswith("✓ isolation: level B")
    remedy = lines[place + 1]
    if os.geteuid() == 0:
        assert "as in most containers" in remedy
        assert "run as root" not in remedy
    else:
        assert remedy.startswith("    Allow user namespaces")
    rows = json.loads(told_without("namespaces", "doctor", "--json").out)
    assert [row["what"] for row in rows if row["remedy"]] == ["isolation"]


def test_where_nothing_can_be_written_it_asks_for_a_folder(
    tiny_course: Course, submissions: Path, tmp_path: Path
) -> None:
    # No file may have a byte: for Python no folder will do then, as on a read-only disk.
    no_files = ("sh", "-c", 'ulimit -f 0; exec "$@"', "sh")
    done = subprocess.run(
        [*no_files, *command(*grade(tiny_course, submissions, tmp_path / "out"))],
        capture_output=True,
        text=True,
        env=environment(),
        timeout=120,
    )
    assert done.returncode == 3
    assert "Set TMPDIR to one that can be written" in done.stderr
    assert "our fault" not in done.stderr
