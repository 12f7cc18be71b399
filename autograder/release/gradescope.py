"""What is uploaded to Gradescope? One zip an assignment: the course's part of it, wheels, and the two scripts.

It installs without a package index: the wheels of the versions that run here are in it. `lms/gradescope.py` is what
then runs for each submission. The zip holds the solutions, and its name says so.
"""

from __future__ import annotations

import importlib.metadata
import os
import platform
import re
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from autograder.course.manifest import Assignment, Course
from autograder.course.version import input_set
from autograder.errors import UsageError
from autograder.lms.gradescope import Settings, not_finished, not_graded
from autograder.model import Message, message
from autograder.release import Released
from autograder.reports import gradescope_json

PYTHONS = "AUTOGRADE_GRADESCOPE_PYTHONS"
"""The environment variable that names the versions of Python to carry wheels for, such as "3.11 3.12"."""

_DEFAULT_IMAGE = "3.11"
"""The newest that the default image's distribution (Ubuntu 22.04) has as a package."""
_NEWEST_GLIBC = 35
"""Minor version of that image's C library; wheels may be made for it or for an older one."""
_FILES = Path(__file__).with_name("gradescope_files")
_FIXED_TIME = (1980, 1, 1, 0, 0, 0)
_PIP_SECONDS = 600


def release(
    course: Course, assignments: Sequence[Assignment], directory: Path, *, language: str, force: bool
) -> Released:
    """Write one zip for each assignment into `directory`.

    language  in which students are told what came out
    force     nothing to overrule: a zip is always written anew
    Raises    UsageError where the course has no solutions, or pip cannot fetch the wheels; CourseError for a course that
              could not be graded
    """
    for assignment in assignments:
        # Neither may turn out to be missing on the first day of submissions.
        assignment.reference_source()
        input_set(course, assignment, {})
    with tempfile.TemporaryDirectory(prefix="autograde-") as folder:
        wheels, carried, notes = _wheels(course, assignments, Path(folder))
        _make_folder(directory)
        paths = tuple(
            _write(course, one, directory, wheels, carried, language=language) for one in assignments
        )
    sizes = [
        message("{file}: {size} MiB", file=path.name, size=f"{path.stat().st_size / 2**20:.1f}")
        for path in paths
    ]
    how = message(
        "On Gradescope: a programming assignment with 100 autograder points, the zip as its autograder, a base image that "
        "has Python {versions} or can install it (Ubuntu 22.04: 3.11). Test it there with the reference.",
        versions=" / ".join(carried),
    )
    return Released(paths, (*notes, *sizes, how), secret=True)


# -- wheels ---------------------------------------------------------------------------------------------------------


def versions() -> list[str]:
    """The versions of Python to carry wheels for. Raises UsageError."""
    asked = os.environ.get(PYTHONS)
    if not asked:
        return list(dict.fromkeys([_running(), _DEFAULT_IMAGE]))
    found = list(dict.fromkeys(asked.replace(",", " ").split()))
    for version in found:
        if not re.fullmatch(r"3\.\d{1,2}", version) or int(version[2:]) < 11:
            raise UsageError(
                message(
                    '{variable} names "{version}": write versions of Python from 3.11 on, such as "3.11 3.12".',
                    variable=PYTHONS,
                    version=version,
                )
            )
    return found


def _running() -> str:
    return ".".join(platform.python_version_tuple()[:2])


def _wheels(
    course: Course, assignments: Sequence[Assignment], folder: Path
) -> tuple[list[Path], list[str], list[Message]]:
    """The wheels of all versions, the versions that they are for, and what to know about the others."""
    from autograder.release.wheel import build

    wheels = folder / "wheels"
    wheels.mkdir()
    engine = build(course, wheels)
    carried: list[str] = []
    notes: list[Message] = []
    wanted = versions()
    for version in wanted:
        try:
            _download(version, engine, _more(assignments), wheels)
            carried.append(version)
        except UsageError as error:
            # What was not asked for is only a kindness.
            if os.environ.get(PYTHONS) or version == _running():
                raise
            notes.append(message("No wheels for Python {version}. {why}", version=version, why=error.said()))
    return sorted(wheels.glob("*.whl")), carried, notes


def _more(assignments: Sequence[Assignment]) -> list[str]:
    """The distributions of the modules that the course lets submissions use. Raises UsageError."""
    there = importlib.metadata.packages_distributions()
    found: dict[str, None] = {}
    for name in (module.partition(".")[0] for one in assignments for module in one.modules):
        if name in sys.stdlib_module_names:
            continue
        if name not in there:
            raise UsageError(
                message(
                    "The course allows the module '{name}', which is not installed here: pip install {name}.",
                    name=name,
                )
            )
        found[there[name][0]] = None
    return list(found)


def _download(version: str, engine: Path, more: Sequence[str], folder: Path) -> None:
    """Fetch wheels for one version of Python on 64-bit Linux, in the versions that are installed here."""
    tag = version.replace(".", "")
    constraints = folder.with_name("constraints.txt")
    constraints.write_text("".join(f"{pin}\n" for pin in _pins()), "utf-8")
    platforms = [f"manylinux_2_{minor}_x86_64" for minor in range(_NEWEST_GLIBC, 4, -1)]
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check"]
    command += ["--dest", str(folder), "--only-binary=:all:", "--constraint", str(constraints)]
    command += ["--implementation", "cp", "--python-version", version]
    command += [f"--abi={abi}" for abi in (f"cp{tag}", "abi3", "none")]
    command += [f"--platform={one}" for one in (*platforms, "manylinux2014_x86_64", "linux_x86_64", "any")]
    # pip too: a distribution's Python may come without it.
    command += [str(engine), *more, "pip"]
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, errors="replace", timeout=_PIP_SECONDS, check=False
        )
        said = "" if done.returncode == 0 else _complaint(done.stderr) or str(done.returncode)
    except subprocess.TimeoutExpired:
        said = f"{_PIP_SECONDS} s"
    if said:
        raise UsageError(
            message(
                "pip cannot fetch the wheels for Python {version} on Linux. It said: {said}",
                version=version,
                said=said,
            )
        )


def _complaint(said: str) -> str:
    """The end of what pip said; without its warnings where it names errors."""
    lines = said.strip().splitlines()
    errors = [line for line in lines if line.startswith("ERROR")]
    return "\n".join(errors or lines)[-800:]


def _pins() -> Iterator[str]:
    """What is installed here, so that what grades there is what was tried here."""
    for one in importlib.metadata.distributions():
        name = one.metadata["Name"]
        if name and name.lower() not in ("autograder", "pip") and "+" not in one.version:
            yield f"{name}=={one.version}"


# -- the zip --------------------------------------------------------------------------------------------------------


def _write(
    course: Course,
    assignment: Assignment,
    directory: Path,
    wheels: Sequence[Path],
    versions: Sequence[str],
    *,
    language: str,
) -> Path:
    """One assignment's zip, moved to its place when it is whole."""
    path = directory / f"{assignment.id}-gradescope-INSTRUCTORS-ONLY.zip"
    beside = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with zipfile.ZipFile(beside, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, text in _texts(assignment, wheels, versions, language):
                executable = name in ("setup.sh", "run_autograder")
                _add(archive, name, text.encode(), executable=executable)
            for name, source in _course(course, assignment):
                _add(archive, f"course/{name}", source.read_bytes())
            for wheel in wheels:
                _add(archive, f"wheels/{wheel.name}", wheel.read_bytes(), packed=True)
        os.replace(beside, path)
    except OSError as error:
        raise _cannot_write(path, error) from error
    finally:
        beside.unlink(missing_ok=True)
    return path


def _add(
    archive: zipfile.ZipFile, name: str, data: bytes, *, executable: bool = False, packed: bool = False
) -> None:
    entry = zipfile.ZipInfo(name, _FIXED_TIME)
    entry.create_system = 3  # Unix, wherever this runs: the rights of the file are told
    entry.external_attr = (0o100755 if executable else 0o100644) << 16
    entry.compress_type = zipfile.ZIP_STORED if packed else zipfile.ZIP_DEFLATED
    archive.writestr(entry, data)


def _texts(
    assignment: Assignment, wheels: Sequence[Path], versions: Sequence[str], language: str
) -> Iterator[tuple[str, str]]:
    """The files at the root of the zip: name, text."""
    about = {"assignment": assignment.id}
    filled = {"versions": " ".join(versions), "more": " ".join(_more([assignment]))}
    for name in ("setup.sh", "run_autograder"):
        text = (_FILES / name).read_text("utf-8")
        yield name, re.sub(r"@(\w+)@", lambda found: filled[found[1]], text)
    yield "settings.json", Settings(assignment.id, language).text()
    yield "not_finished.json", gradescope_json.fault(not_finished(), language, about=about)
    broken = (*not_graded(), message("The autograder's image could not be set up."))
    yield "not_installed.json", gradescope_json.fault(broken, language, about=about)


def _course(course: Course, assignment: Assignment) -> Iterator[tuple[str, Path]]:
    """What grading one assignment needs of a course: name in the zip, file."""
    chosen: dict[str, Path] = {}
    for folder in (course.assignments_dir, course.solutions_dir):
        # Of the other assignments only that they exist: course.toml lists them.
        found = [path for path in folder.iterdir() if path.is_file()]
        found += (folder / assignment.id).rglob("*")
        for path in found:
            if path.is_file() and not _is_by_product(path.relative_to(folder)):
                chosen[path.relative_to(course.root).as_posix()] = path
    for id in course.assignments:
        manifest = course.assignments_dir / id / "assignment.toml"
        chosen[manifest.relative_to(course.root).as_posix()] = manifest
    yield from sorted(chosen.items())


def _is_by_product(path: Path) -> bool:
    return path.suffix == ".pyc" or any(part.startswith(".") or part == "__pycache__" for part in path.parts)


def _make_folder(directory: Path) -> None:
    try:
        directory.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _cannot_write(directory, error) from error


def _cannot_write(path: Path, error: OSError) -> UsageError:
    return UsageError(
        message(
            'Cannot write "{path}": {reason}. Name another folder, or make room in this one.',
            path=str(path),
            reason=str(error.strerror),
        )
    )
