"""How do students install it? A wheel of the engine with the public half of this course, made without a network."""

from __future__ import annotations

import importlib.metadata
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from autograder.course.manifest import Assignment, Course
from autograder.errors import CourseError, SystemFault, UsageError
from autograder.model import message
from autograder.proof.leaks import scan_or_raise
from autograder.release import Released
from autograder.release.student_files import cannot_write, remove_empty, unscanned

_ENGINE = Path(__file__).resolve().parent.parent
_NAME = "autograder"
_COURSE = f"{_NAME}._course.assignments"
_BY_PRODUCTS = shutil.ignore_patterns("__pycache__", "*.pyc", "*.pyo", ".*", "_course")
_EXTRA = re.compile(
    r"(?P<what>.*?)\s*;\s*(?:(?P<when>.*)\s+and\s+)?extra\s*==\s*[\"'](?P<extra>[^\"']+)[\"']\s*"
)
_SECONDS = 300
_BUILD = "import sys; from setuptools import build_meta; print(build_meta.build_wheel(sys.argv[1]))"


def release(
    course: Course, assignments: Sequence[Assignment], directory: Path, *, language: str, force: bool
) -> Released:
    """Make the wheel in `directory`.

    assignments  must be all of the course: what course.toml lists has to be there
    language     and force have no part in it
    Raises       CourseError that names each leak; then nothing is made. UsageError where it cannot be made
    """
    left_out = [id for id in course.assignments if id not in {assignment.id for assignment in assignments}]
    if left_out:
        raise UsageError(
            message(
                "The package holds the whole course, so {names} cannot be left out. Leave out --assignment.",
                names=", ".join(left_out),
            )
        )
    try:
        with ExitStack() as undo:
            if not directory.exists():
                directory.mkdir(parents=True)
                undo.callback(remove_empty, directory)
            beside = undo.enter_context(TemporaryDirectory(prefix=".release-", dir=directory))
            built = build(course, Path(beside))
            scan_or_raise(built, course, course.assignments)
            made = directory / built.name
            os.replace(built, made)
    except OSError as error:
        raise cannot_write(directory, error) from None
    return Released((made,), unscanned(course, assignments))


def build(course: Course, directory: Path) -> Path:
    """Build the wheel of this engine with the course's assignments/ in `directory`, not yet scanned.

    Works from a source tree and from an installed package.
    Raises  UsageError without setuptools, SystemFault where it fails
    """
    with TemporaryDirectory(prefix="autograder-wheel-") as temporary:
        tree = Path(temporary)
        shutil.copytree(_ENGINE, tree / _NAME, ignore=_BY_PRODUCTS)
        # A link inside is followed: what it leads to is then scanned as the rest is.
        shutil.copytree(course.assignments_dir, tree / "assignments", ignore=_BY_PRODUCTS)
        packages = [
            ".".join(path.parent.relative_to(tree).parts)
            for path in sorted((tree / _NAME).rglob("__init__.py"))
        ]
        project, documents = _project()
        for name, content in documents.items():
            (tree / name).write_bytes(content)
        (tree / "pyproject.toml").write_text(_pyproject(project, [*packages, _COURSE]), "utf-8")
        out = tree / "out"
        out.mkdir()
        # 1980, where zip files begin: the same course gives the same bytes.
        environment = {**os.environ, "SOURCE_DATE_EPOCH": "315532800", "PYTHONDONTWRITEBYTECODE": "1"}
        environment.pop("PYTHONPATH", None)
        try:
            done = subprocess.run(
                [sys.executable, "-P", "-c", _BUILD, str(out)],
                cwd=tree,
                env=environment,
                capture_output=True,
                text=True,
                errors="replace",
                timeout=_SECONDS,
            )
        except subprocess.TimeoutExpired:
            raise SystemFault(
                message("Building the package took longer than {seconds} s.", seconds=_SECONDS)
            ) from None
        if "No module named 'setuptools'" in done.stderr:
            raise UsageError(message("Building the package needs setuptools: pip install 'setuptools>=77'"))
        found = sorted(out.glob("*.whl"))
        if done.returncode != 0 or len(found) != 1:
            raise SystemFault(
                message("setuptools could not build the package: {text}", text=done.stderr.strip()[-2000:])
            )
        return Path(shutil.copyfile(found[0], directory / found[0].name))


def _project() -> tuple[dict[str, Any], dict[str, bytes]]:
    """The `[project]` table of this engine, and the files that it names; from its source, else as it was installed."""
    source = _ENGINE.parent / "pyproject.toml"
    if source.is_file():
        project = tomllib.loads(source.read_text("utf-8")).get("project", {})
        if project.get("name") == _NAME:
            names = [project["readme"], *project.get("license-files", ())]
            return project, {name: (_ENGINE.parent / name).read_bytes() for name in names}
    try:
        installed = importlib.metadata.distribution(_NAME)
    except importlib.metadata.PackageNotFoundError:
        raise CourseError(
            message("{path} has neither a pyproject.toml beside it nor was it installed.", path=str(_ENGINE))
        ) from None
    return _installed(installed)


def _installed(installed: importlib.metadata.Distribution) -> tuple[dict[str, Any], dict[str, bytes]]:
    about = installed.metadata
    dependencies: list[str] = []
    extras: dict[str, list[str]] = {name: [] for name in about.get_all("Provides-Extra") or ()}
    for requirement in installed.requires or ():
        found = _EXTRA.fullmatch(requirement)
        if found:
            when = f"; {found['when']}" if found["when"] else ""
            extras.setdefault(found["extra"], []).append(found["what"] + when)
        else:
            dependencies.append(requirement)
    entries: dict[str, dict[str, str]] = {}
    for point in installed.entry_points:
        entries.setdefault(point.group, {})[point.name] = point.value
    project: dict[str, Any] = {
        "name": _NAME,
        "version": about["Version"],
        "description": about["Summary"] or "",
        "readme": "README.md",
        "requires-python": about["Requires-Python"],
        "dependencies": dependencies,
        "optional-dependencies": extras,
        "scripts": entries.pop("console_scripts", {}),
        "entry-points": entries,
    }
    documents = {"README.md": str(about["Description"] or "").encode("utf-8")}
    license_text = installed.read_text("licenses/LICENSE")
    if license_text:
        documents["LICENSE"] = license_text.encode("utf-8")
        project["license-files"] = ["LICENSE"]
    if about["License-Expression"]:
        project["license"] = about["License-Expression"]
    return project, documents


def _pyproject(project: Mapping[str, Any], packages: Sequence[str]) -> str:
    """A pyproject.toml that packages exactly these, with all their files but what Python and editors leave."""
    tables: dict[str, Mapping[str, Any]] = {
        "build-system": {"requires": ["setuptools>=77"], "build-backend": "setuptools.build_meta"},
        "project": project,
        "tool.setuptools": {"include-package-data": False, "packages": packages},
        "tool.setuptools.package-dir": {_NAME: _NAME, _COURSE: "assignments"},
        "tool.setuptools.package-data": {"*": ["**/*"]},
        "tool.setuptools.exclude-package-data": {"*": ["**/__pycache__/*", "**/*.pyc", "**/.*"]},
    }
    return "\n".join(f"[{name}]\n" + "".join(_toml(table)) for name, table in tables.items())


def _toml(table: Mapping[str, Any]) -> list[str]:
    return [f"{json.dumps(key)} = {_toml_value(value)}\n" for key, value in table.items()]


def _toml_value(value: Any) -> str:
    if isinstance(value, Mapping):
        inner = ", ".join(f"{json.dumps(key)} = {_toml_value(one)}" for key, one in value.items())
        return f"{{ {inner} }}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_toml_value, value))}]"
    # A JSON text or truth value is written as TOML writes it.
    return json.dumps(value)
