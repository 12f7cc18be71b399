"""The zip for Gradescope: what is in it, what is not, and what its two scripts do before any Python of ours runs."""

from __future__ import annotations

import json
import os
import re
import shutil
import stat
import subprocess
import zipfile
from pathlib import Path

import pytest

from autograder.course import Course, input_set, load_course, suite_version
from autograder.errors import CourseError, UsageError
from autograder.language import say
from autograder.lms.gradescope import settings
from autograder.release import gradescope
from tests.reports.gradescope_rules import broken_rules

SECOND = Path(__file__).resolve().parent.parent / "second_course"
needs_bash = pytest.mark.skipif(shutil.which("bash") is None, reason="Gradescope's scripts are for bash")


@pytest.fixture
def wheels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Stand-ins: building and fetching the real ones takes seconds, and a slow test does."""
    folder = tmp_path / "wheels"
    folder.mkdir()
    made = [folder / f"{name}-1-py3-none-any.whl" for name in ("autograder", "pip")]
    for path in made:
        path.write_bytes(path.name.encode())
    monkeypatch.setattr(gradescope, "_wheels", lambda course, assignments, folder: (made, ["3.11"], []))
    return made


def released(course: Course, directory: Path, id: str | None = None, language: str = "en") -> Path:
    chosen = [course.assignment(id or course.assignments[0])]
    return gradescope.release(course, chosen, directory, language=language, force=False).paths[0]


def unpacked(path: Path, root: Path) -> Path:
    """As Gradescope lays it out."""
    with zipfile.ZipFile(path) as archive:
        for entry in archive.infolist():
            archive.extract(entry, root / "source")
            (root / "source" / entry.filename).chmod(entry.external_attr >> 16 & 0o777)
    shutil.copy(root / "source" / "run_autograder", root / "run_autograder")
    (root / "submission").mkdir()
    return root


def run(root: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [root / "run_autograder"],
        env={"PATH": os.environ["PATH"], "AUTOGRADER_ROOT": str(root)},
        capture_output=True,
        text=True,
        timeout=180,
    )


def results(root: Path) -> dict[str, object]:
    found: dict[str, object] = json.loads((root / "results" / "results.json").read_text("utf-8"))
    return found


def test_the_scripts_stand_at_the_root_and_can_be_run(
    tiny_course: Course, wheels: list[Path], tmp_path: Path
) -> None:
    with zipfile.ZipFile(released(tiny_course, tmp_path / "out")) as archive:
        for name in ("setup.sh", "run_autograder"):
            assert archive.getinfo(name).external_attr >> 16 == stat.S_IFREG | 0o755
            text = archive.read(name).decode()
            assert text.startswith("#!/usr/bin/env bash\n")
            assert not re.search(r"@\w+@", text), "a field was not filled in"
            assert "3.11" in text
        assert {f"wheels/{wheel.name}" for wheel in wheels} <= set(archive.namelist())


@needs_bash
def test_the_scripts_are_bash(tiny_course: Course, wheels: list[Path], tmp_path: Path) -> None:
    root = unpacked(released(tiny_course, tmp_path / "out"), tmp_path / "root")
    for name in ("setup.sh", "run_autograder"):
        checked = subprocess.run(["bash", "-n", root / "source" / name], capture_output=True, text=True)
        assert (checked.returncode, checked.stderr) == (0, "")


def test_it_holds_what_grading_one_assignment_needs_and_nothing_of_the_others(
    wheels: list[Path], tmp_path: Path
) -> None:
    shutil.copytree(SECOND, tmp_path / "course")
    course = load_course(tmp_path / "course")
    one, other = (course.assignment(id) for id in course.assignments)
    for left_over in ("hidden/__pycache__/test_x.pyc", "hidden/.pytest_cache/x", ".hypothesis/x", "old.pyc"):
        path = course.solutions_dir / one.id / left_over
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("left over")
    root = unpacked(released(course, tmp_path / "out", one.id), tmp_path / "root")
    copy = load_course(root / "source" / "course")
    same = copy.assignment(one.id)
    assert suite_version(same) == suite_version(one)
    files = {"a.py": b"1"}
    assert input_set(copy, same, files) == input_set(course, one, files)
    for folder in ("hidden", "mistakes", "variants"):
        there = sorted(path.name for path in (course.solutions_dir / one.id / folder).glob("*.py"))
        assert there == sorted(path.name for path in (same.hidden_dir.parent / folder).iterdir())
    names = [path.relative_to(root).as_posix() for path in (root / "source" / "course").rglob("*")]
    assert not [name for name in names if "__pycache__" in name or ".pyc" in name or "/." in name]
    assert copy.assignment(other.id).secret_dir is None
    assert [name for name in names if f"/{other.id}/" in name] == [
        f"source/course/assignments/{other.id}/assignment.toml"
    ]


def test_the_same_course_gives_the_same_bytes(
    tiny_course: Course, wheels: list[Path], tmp_path: Path
) -> None:
    first = released(tiny_course, tmp_path / "first")
    os.utime(tiny_course.assignments_dir / "sums" / "README.md", (1, 1))
    assert first.read_bytes() == released(tiny_course, tmp_path / "second").read_bytes()


def test_its_name_and_its_notes_say_what_it_is(
    tiny_course: Course, wheels: list[Path], tmp_path: Path
) -> None:
    out = tmp_path / "out"
    made = gradescope.release(tiny_course, [tiny_course.assignment("sums")], out, language="en", force=False)
    assert made.secret
    assert made.paths == (out / "sums-gradescope-INSTRUCTORS-ONLY.zip",)
    assert list(out.iterdir()) == list(made.paths)
    told = "\n".join(map(say, made.notes))
    assert "sums-gradescope-INSTRUCTORS-ONLY.zip: 0.0 MiB" in told
    assert "100 autograder points" in told


def test_the_settings_are_for_people_and_read_back(
    tiny_course: Course, wheels: list[Path], tmp_path: Path
) -> None:
    root = unpacked(released(tiny_course, tmp_path / "out", language="vi"), tmp_path / "root")
    found = settings(root / "source" / "settings.json")
    assert (found.assignment, found.language, found.points, found.seconds, found.allow_weak_isolation) == (
        "sums", "vi", 100, 540, False,
    )  # fmt: skip


@pytest.mark.parametrize("name", ["not_finished.json", "not_installed.json"])
@pytest.mark.parametrize("language", ["en", "vi"])
def test_what_is_said_before_grading_is_an_error_and_no_zero(
    tiny_course: Course, wheels: list[Path], tmp_path: Path, name: str, language: str
) -> None:
    with zipfile.ZipFile(released(tiny_course, tmp_path / "out", language=language)) as archive:
        assert broken_rules(json.loads(archive.read(name))) == ["no score"]


@needs_bash
def test_where_no_python_was_found_that_is_said(
    tiny_course: Course, wheels: list[Path], tmp_path: Path
) -> None:
    root = unpacked(released(tiny_course, tmp_path / "out"), tmp_path / "root")
    done = run(root)
    assert done.returncode == 3
    assert "setup.sh found no Python" in done.stdout
    assert broken_rules(results(root)) == ["no score"]
    assert "could not be set up" in str(results(root)["output"])
    assert [path.name for path in (root / "results").iterdir()] == ["results.json"]


@needs_bash
def test_a_run_that_is_killed_leaves_what_was_said_first(
    tiny_course: Course, wheels: list[Path], tmp_path: Path
) -> None:
    root = unpacked(released(tiny_course, tmp_path / "out"), tmp_path / "root")
    python = root / "venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text(
        "#!/usr/bin/env bash\n"
        'test -f "$AUTOGRADER_ROOT/results/results.json" && echo early\n'
        'echo "$@" "${PYTHONPATH-unset}"; pwd; kill -9 $$\n'
    )
    python.chmod(0o755)
    done = run(root)
    assert done.returncode == -9
    assert done.stdout.splitlines() == [
        "early", f"-P -m autograder.lms.gradescope {root} unset", str(root),
    ]  # fmt: skip
    assert broken_rules(results(root)) == ["no score"]
    assert "Grading was cut off" in str(results(root)["output"])


_APT = """#!/usr/bin/env bash
echo "apt-get $*" >> "$LOG"
if [ "$1" = install ]; then
    [ "$APT" = broken ] && exit 100
    [[ "$*" == *-venv* && "$APT" = old ]] && exit 100
    cp "$FAKE/a-python" "$FAKE/python3.77"
fi
"""
_PYTHON = """#!/usr/bin/env bash
echo "python $*" >> "$LOG"
if [ "$1" = -m ]; then
    mkdir -p "$4/bin"
    cp "$FAKE/a-python" "$4/bin/python"
elif [ "$1" = -P ]; then
    exit "$PIP"
fi
"""


@needs_bash
@pytest.mark.parametrize(
    ("apt", "pip", "installed"),
    [("new", "0", True), ("old", "0", True), ("broken", "0", False), ("new", "1", False)],
)
def test_an_image_without_a_fitting_python_gets_one(
    tiny_course: Course, wheels: list[Path], tmp_path: Path, apt: str, pip: str, installed: bool
) -> None:
    """Everything that setup.sh calls is a stand-in here, so that nothing is installed on this machine."""
    root = unpacked(released(tiny_course, tmp_path / "out"), tmp_path / "root")
    script = root / "source" / "setup.sh"
    # A version that no machine has.
    script.write_text(script.read_text().replace('versions="3.11"', 'versions="3.77"'))
    fake, log = tmp_path / "bin", tmp_path / "log"
    fake.mkdir()
    for tool in ("bash", "env", "chmod", "cp", "mkdir", "rm"):
        (fake / tool).symlink_to(str(shutil.which(tool)))
    for name, text in (("apt-get", _APT), ("a-python", _PYTHON)):
        (fake / name).write_text(text)
        (fake / name).chmod(0o755)
    done = subprocess.run(
        ["bash", script],
        env={
            **{"PATH": str(fake), "FAKE": str(fake), "LOG": str(log), "APT": apt, "PIP": pip},
            "AUTOGRADER_ROOT": str(root),
        },
        capture_output=True,
        text=True,
        timeout=180,
    )
    # Where it could not install anything, run_autograder says so to whoever submits.
    assert done.returncode == 0, done.stdout + done.stderr
    said = log.read_text()
    assert "apt-get install -y --no-install-recommends python3.77 python3.77-venv\n" in said
    assert ("install -y --no-install-recommends python3.77\n" in said) == (apt in ("old", "broken"))
    assert (root / "venv" / "bin" / "python").exists() == installed
    assert ("Installed." in done.stdout) == installed
    if installed:
        wheel = root / "source" / "wheels"
        assert f"python -P {wheel}/pip-1-py3-none-any.whl/pip install --no-index --find-links {wheel}" in said
        assert stat.S_IMODE((root / "source" / "course").stat().st_mode) & 0o077 == 0
        assert (
            stat.S_IMODE((root / "source" / "course" / "solutions" / "secret.key").stat().st_mode) & 0o077
            == 0
        )


def test_without_solutions_nothing_is_made(tiny_course: Course, wheels: list[Path], tmp_path: Path) -> None:
    shutil.rmtree(tiny_course.solutions_dir)
    with pytest.raises(UsageError, match="no solutions"):
        released(load_course(tiny_course.root), tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_without_a_secret_nothing_is_made(tiny_course: Course, wheels: list[Path], tmp_path: Path) -> None:
    tiny_course.secret_key_path.unlink()
    with pytest.raises(CourseError, match=r"secret\.key"):
        released(tiny_course, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_folder_that_cannot_be_is_said(tiny_course: Course, wheels: list[Path], tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match="Cannot write"):
        released(tiny_course, tmp_path / "file" / "out")


# -- wheels -----------------------------------------------------------------------------------------------------


def test_wheels_are_for_this_python_and_for_the_one_of_gradescope(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(gradescope.PYTHONS, raising=False)
    monkeypatch.setattr(gradescope, "_running", lambda: "3.13")
    assert gradescope.versions() == ["3.13", "3.11"]
    monkeypatch.setattr(gradescope, "_running", lambda: "3.11")
    assert gradescope.versions() == ["3.11"]
    monkeypatch.setenv(gradescope.PYTHONS, "3.12, 3.14 3.12")
    assert gradescope.versions() == ["3.12", "3.14"]


@pytest.mark.parametrize("wrong", ["3.10", "3", "2.7", "3.x", "3.11; rm -rf /", "python3.12"])
def test_a_version_that_is_none_is_refused(monkeypatch: pytest.MonkeyPatch, wrong: str) -> None:
    monkeypatch.setenv(gradescope.PYTHONS, wrong)
    with pytest.raises(UsageError, match=r"write versions of Python from 3\.11 on"):
        gradescope.versions()


def test_what_was_not_asked_for_may_be_missing(
    tiny_course: Course, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from autograder.release import wheel

    def download(version: str, engine: Path, more: list[str], folder: Path) -> None:
        if version == "3.11":
            raise UsageError("No NumPy for it.")
        (folder / f"numpy-{version}.whl").write_bytes(b"")

    def build(course: Course, directory: Path) -> Path:
        path = directory / "autograder-1-py3-none-any.whl"
        path.write_bytes(b"")
        return path

    monkeypatch.setattr(gradescope, "_download", download)
    monkeypatch.setattr(wheel, "build", build)
    monkeypatch.setattr(gradescope, "_running", lambda: "3.13")
    monkeypatch.delenv(gradescope.PYTHONS, raising=False)
    chosen = [tiny_course.assignment("sums")]
    made = gradescope.release(tiny_course, chosen, tmp_path / "out", language="en", force=False)
    assert "No wheels for Python 3.11. No NumPy for it." in map(say, made.notes)
    with zipfile.ZipFile(made.paths[0]) as archive:
        assert [name for name in archive.namelist() if name.startswith("wheels/")] == [
            "wheels/autograder-1-py3-none-any.whl", "wheels/numpy-3.13.whl",
        ]  # fmt: skip
        assert 'versions="3.13"' in archive.read("setup.sh").decode()
    monkeypatch.setenv(gradescope.PYTHONS, "3.11 3.13")
    with pytest.raises(UsageError, match=r"No NumPy for it\."):
        gradescope.release(tiny_course, chosen, tmp_path / "again", language="en", force=False)


def test_pip_s_own_words_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Failed:
        returncode = 1
        stderr = "WARNING: noise\nERROR: No matching distribution found for numpy\n"

    monkeypatch.setattr(subprocess, "run", lambda *arguments, **options: Failed)
    (tmp_path / "wheels").mkdir()
    with pytest.raises(UsageError, match=r"said: ERROR: No matching distribution found for numpy$"):
        gradescope._download("3.12", tmp_path / "engine.whl", [], tmp_path / "wheels")
