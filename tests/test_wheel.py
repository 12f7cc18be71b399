"""The wheel carries the engine and assignments/, and not one file of solutions/."""

from __future__ import annotations

import io
import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from gettext import GNUTranslations
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
BY_PRODUCTS = shutil.ignore_patterns("__pycache__", "*.pyc", ".*")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from a copy so that a stale build/ cannot add to it, nor the build leave anything."""
    copy = tmp_path_factory.mktemp("source") / "autograder"
    copy.mkdir()
    for name in ("autograder", "assignments", "solutions"):
        shutil.copytree(ROOT / name, copy / name, ignore=BY_PRODUCTS)
    for name in ("pyproject.toml", "README.md", "LICENSE", "constraints.txt"):
        shutil.copy(ROOT / name, copy / name)
    (copy / "assignments" / "__pycache__").mkdir()
    (copy / "assignments" / "__pycache__" / "stale.pyc").write_bytes(b"")
    built = subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", "dist", "."],
        cwd=copy,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": ""},
        timeout=300,
    )
    assert built.returncode == 0, f"{built.stdout}\n{built.stderr}\nNeeds: pip install -e '.[dev]'"
    (path,) = (copy / "dist").glob("*.whl")
    return path


def files(folder: str) -> set[str]:
    return {
        path.relative_to(ROOT / folder).as_posix()
        for path in (ROOT / folder).rglob("*")
        if path.is_file()
        and not any(part.startswith(".") or part == "__pycache__" for part in path.relative_to(ROOT).parts)
    }


def test_it_holds_the_engine_and_the_public_half_of_the_course(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    content = {name for name in names if ".dist-info/" not in name}
    expected = {f"autograder/{name}" for name in files("autograder")}
    expected |= {f"autograder/_course/assignments/{name}" for name in files("assignments")}
    assert content == expected


def test_it_holds_no_file_of_solutions(wheel: Path) -> None:
    secret = {
        path.read_bytes()
        for path in (ROOT / "solutions").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts and path.stat().st_size > 0
    }
    assert len(secret) > 10
    archive = zipfile.ZipFile(wheel)
    for name in archive.namelist():
        assert "solutions" not in name
        assert "hidden" not in name.split("/")
        assert archive.read(name) not in secret, name


def test_it_speaks_vietnamese(wheel: Path) -> None:
    archive = zipfile.ZipFile(wheel)
    catalogue = GNUTranslations(io.BytesIO(archive.read("autograder/locale/vi/LC_MESSAGES/autograder.mo")))
    assert catalogue.gettext("Points") == "Điểm"


def test_its_course_is_found_where_there_is_no_other(wheel: Path, tmp_path: Path) -> None:
    installed = tmp_path / "site-packages"
    zipfile.ZipFile(wheel).extractall(installed)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    environment = {name: value for name, value in os.environ.items() if name != "AUTOGRADE_COURSE"}
    told = subprocess.run(
        [
            sys.executable,
            "-c",
            "from autograder.course import find_course; course = find_course();"
            "print(course.root, course.has_solutions, *course.assignments)",
        ],
        cwd=elsewhere,
        env={**environment, "PYTHONPATH": str(installed), "PYTHONSAFEPATH": "1"},
        capture_output=True,
        text=True,
        check=True,
        timeout=180,
    ).stdout.split()
    course = tomllib.loads((ROOT / "assignments/course.toml").read_text(encoding="utf-8"))["course"]
    assert told == [str(installed / "autograder" / "_course"), "False", *course["assignments"]]


def project() -> dict[str, object]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def test_every_package_is_listed() -> None:
    listed = set(project()["tool"]["setuptools"]["packages"])  # type: ignore[index]
    there = {
        ".".join(path.parent.relative_to(ROOT).parts)
        for path in (ROOT / "autograder").rglob("__init__.py")
        if "__pycache__" not in path.parts
    }
    assert listed == there | {"autograder._course.assignments"}


def test_everything_is_pinned_and_nothing_says_where_from() -> None:
    pins = {}
    for line in (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            found = re.fullmatch(r"([A-Za-z0-9._-]+)==([A-Za-z0-9.+!]+)(?:; .*)?", line)
            assert found, f"not a plain pin: {line}"
            pins[re.sub(r"[-_.]+", "-", found[1]).lower()] = found[2]
    metadata = project()["project"]
    extras = metadata["optional-dependencies"].values()  # type: ignore[index]
    for requirement in (*metadata["dependencies"], *(one for extra in extras for one in extra)):  # type: ignore[index]
        name = re.match(r"[A-Za-z0-9._-]+", requirement)
        assert name
        assert name[0] == "autograder" or re.sub(r"[-_.]+", "-", name[0]).lower() in pins, requirement
