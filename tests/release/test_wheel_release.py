"""The wheel with a course in it: made offline, from source and from an installation, and it works where it is put."""

from __future__ import annotations

import email
import os
import shutil
import subprocess
import sys
import sysconfig
import tomllib
import venv
import zipfile
from importlib.metadata import Distribution
from pathlib import Path

import pytest

from autograder.course import Course, load_course
from autograder.errors import CourseError, UsageError
from autograder.release import wheel

ROOT = Path(__file__).resolve().parents[2]
SECOND = ROOT / "tests" / "second_course"


def release(course: Course, directory: Path, chosen: list[str] | None = None) -> Path:
    assignments = [course.assignment(id) for id in chosen or course.assignments]
    (made,) = wheel.release(course, assignments, directory, language="en", force=False).paths
    return made


def below(folder: Path) -> set[str]:
    return {
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file()
        and not any(part.startswith(".") or part == "__pycache__" for part in path.relative_to(folder).parts)
    }


def test_half_a_course_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="describing_data cannot be left out"):
        release(load_course(SECOND), tmp_path, ["projectile"])


METADATA = """\
Metadata-Version: 2.4
Name: autograder
Version: 3.1
Summary: Grades "everything" there is
License-Expression: MIT
Requires-Python: >=3.11
License-File: LICENSE
Requires-Dist: numpy>=2
Requires-Dist: tomli>=2; python_version < "3.11"
Provides-Extra: dev
Requires-Dist: ruff>=0.12; extra == "dev"
Provides-Extra: fuzz
Requires-Dist: atheris>=3; (sys_platform == "linux" and python_version < "3.14") and extra == "fuzz"
Provides-Extra: all
Requires-Dist: autograder[dev,fuzz]; extra == "all"

# Autograder

Grades.
"""


def test_what_was_installed_is_described_as_its_source_was(tmp_path: Path) -> None:
    about = tmp_path / "autograder-3.1.dist-info"
    (about / "licenses").mkdir(parents=True)
    (about / "METADATA").write_text(METADATA, encoding="utf-8")
    (about / "licenses" / "LICENSE").write_text("As you like.", encoding="utf-8")
    (about / "entry_points.txt").write_text(
        "[console_scripts]\nautograde = a.b:main\n\n[pytest11]\nautograder = a.c\n", encoding="utf-8"
    )
    told, documents = wheel._installed(Distribution.at(about))
    assert told == {
        "name": "autograder",
        "version": "3.1",
        "description": 'Grades "everything" there is',
        "readme": "README.md",
        "license": "MIT",
        "license-files": ["LICENSE"],
        "requires-python": ">=3.11",
        "dependencies": ["numpy>=2", 'tomli>=2; python_version < "3.11"'],
        "optional-dependencies": {
            "dev": ["ruff>=0.12"],
            "fuzz": ['atheris>=3; (sys_platform == "linux" and python_version < "3.14")'],
            "all": ["autograder[dev,fuzz]"],
        },
        "scripts": {"autograde": "a.b:main"},
        "entry-points": {"pytest11": {"autograder": "a.c"}},
    }
    assert documents == {"README.md": b"# Autograder\n\nGrades.\n", "LICENSE": b"As you like."}
    # It is valid TOML, whatever stands in it.
    again = tomllib.loads(wheel._pyproject(told, ["autograder", "autograder.cli"]))
    assert again["project"] == told
    assert again["tool"]["setuptools"]["packages"] == ["autograder", "autograder.cli"]


@pytest.fixture(scope="module")
def second(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The engine with a course of another author."""
    return release(load_course(SECOND), tmp_path_factory.mktemp("second"))


@pytest.mark.slow
def test_it_holds_the_engine_and_the_public_half_of_any_course(second: Path) -> None:
    archive = zipfile.ZipFile(second)
    names = set(archive.namelist())
    expected = {f"autograder/{name}" for name in below(ROOT / "autograder")}
    expected |= {f"autograder/_course/assignments/{name}" for name in below(SECOND / "assignments")}
    assert {name for name in names if ".dist-info/" not in name} == expected
    assert not any(name.endswith((".pyc", ".pyo")) or "solutions" in name for name in names)
    (metadata,) = [name for name in names if name.endswith(".dist-info/METADATA")]
    about = email.message_from_bytes(archive.read(metadata))
    assert about["Name"] == "autograder"
    assert any(one.startswith("numpy") for one in about.get_all("Requires-Dist") or ())


@pytest.mark.slow
def test_the_same_course_gives_the_same_bytes(second: Path, tmp_path: Path) -> None:
    assert release(load_course(SECOND), tmp_path).read_bytes() == second.read_bytes()


@pytest.mark.slow
def test_a_leak_leaves_nothing(tmp_path: Path) -> None:
    shutil.copytree(SECOND, tmp_path / "course")
    secret = (SECOND / "solutions/projectile/mistakes/steep_angle.py").read_bytes()
    (tmp_path / "course/assignments/projectile/notes.txt").write_bytes(secret)
    with pytest.raises(
        CourseError, match=r"projectile/notes\.txt, line \d+ shows solutions/projectile/mistakes"
    ):
        release(load_course(tmp_path / "course"), tmp_path / "out")
    assert not (tmp_path / "out").exists()


def installed(wheel: Path, folder: Path) -> Path:
    """The Python of a new environment with nothing but this wheel, and the packages that it needs from here."""
    venv.create(folder, with_pip=False, symlinks=True)
    python = folder / "bin" / "python"
    packages = folder / "lib" / f"python{sys.version_info[0]}.{sys.version_info[1]}" / "site-packages"
    subprocess.run(
        [
            sys.executable,
            "-m",
            "pip",
            "--python",
            str(python),
            "install",
            "--no-deps",
            "--no-index",
            str(wheel),
        ],
        check=True,
        capture_output=True,
        timeout=120,
    )
    # Only a path: what was installed here for editing is not found through it.
    (packages / "needed.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    return python


@pytest.mark.slow
def test_installed_it_is_the_course_without_its_solutions(second: Path, tmp_path: Path) -> None:
    python = installed(second, tmp_path / "venv")
    desk = tmp_path / "desk"
    desk.mkdir()
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith(("AUTOGRADE", "PYTHON"))},
        "AUTOGRADE_LANG": "en",
        "AUTOGRADE_DATA": str(tmp_path / "data"),
    }

    def autograde(*arguments: str, at: Path = desk) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(python.with_name("autograde")), *arguments],
            cwd=at,
            env=environment,
            capture_output=True,
            text=True,
            timeout=120,
        )

    told = autograde("list")
    assert told.returncode == 0, told.stderr
    assert "projectile" in told.stdout
    assert autograde("start", "projectile").returncode == 0
    told = autograde("check", at=desk / "projectile")
    assert told.returncode == 1, told.stderr
    shutil.copy(SECOND / "solutions/projectile/projectile.py", desk / "projectile")
    told = autograde("check", at=desk / "projectile")
    assert told.returncode == 0, told.stdout + told.stderr
    for command in (
        ["grade", "-a", "projectile", "projectile/projectile.py"],
        ["verify", "--input-sets", "1"],
    ):
        told = autograde(*command)
        assert told.returncode == 2, told.stdout + told.stderr
        assert "no solutions" in told.stdout + told.stderr
    told = autograde("leaks", "projectile")
    assert (told.returncode, "no solutions" in told.stderr) == (2, True)

    # A wheel can be made from it again, for the course that it holds: the same files.
    made = subprocess.run(
        [
            str(python),
            "-c",
            "from pathlib import Path; from autograder.course import find_course; import autograder.release.wheel as w;"
            "import autograder; assert 'venv' in autograder.__file__;"
            "c = find_course(); a = [c.assignment(i) for i in c.assignments];"
            "print(w.release(c, a, Path('again'), language='en', force=False).paths[0])",
        ],
        cwd=desk,
        env=environment,
        capture_output=True,
        text=True,
        timeout=200,
    )
    assert made.returncode == 0, made.stderr
    again = zipfile.ZipFile(desk / made.stdout.strip())
    first = zipfile.ZipFile(second)
    assert set(again.namelist()) == set(first.namelist())
    for name in first.namelist():
        if ".dist-info/" not in name or name.endswith("entry_points.txt"):
            assert again.read(name) == first.read(name), name
        if name.endswith("METADATA"):
            one, other = (email.message_from_bytes(archive.read(name)) for archive in (first, again))
            assert sorted(one.items()) == sorted(other.items())
