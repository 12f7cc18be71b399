"""What do course.toml and assignment.toml say? Read, checked, and frozen.

Everything that could be wrong in them is refused here, with the file, the key, the value and the remedy, so
that no other room has to doubt a manifest.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction
from pathlib import Path
from typing import Any

from autograder.errors import CourseError, UsageError
from autograder.model import message
from autograder.names import did_you_mean, meant

FEEDBACK = ("call", "hint", "outcome")
PROFILES = ("closed", "files")
TOTAL_POINTS = 100

_ID = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")
_FUNCTION = re.compile(r"[^\W\d]\w*(?:\.[^\W\d]\w*)?")
_FILE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\.py")
_LANGUAGE = re.compile(r"[a-z]{2,3}(?:[-_][A-Za-z]+)?")


@dataclass(frozen=True)
class Limits:
    """What one submission may use.

    call_seconds        wall time of one call
    submission_seconds  wall time of all calls together
    memory_mib          address space of the worker
    """

    call_seconds: float = 5.0
    submission_seconds: float = 60.0
    memory_mib: int = 1024


@dataclass(frozen=True)
class Function:
    """One row of the contract.

    name    `f`, or `Node.backward` for a method with points of its own
    points  exact; the points of an assignment sum to 100
    needs   names of the functions of this assignment that it builds on, directly
    """

    name: str
    points: Fraction
    needs: tuple[str, ...] = ()


@dataclass(frozen=True)
class Assignment:
    """One assignment of a course, as its manifest and its place on disk describe it.

    feedback    what a hidden check may tell: "call", "hint" or "outcome"
    files       what a submission consists of; the first is the one that is imported
    modules     full names of modules that submissions may import besides what the engine allows by itself
    deadline    with an offset, or None
    profile     "closed": submissions see no file; "files": they may read `data_dir` and use a scratch folder
    data_dir    what they may read, as /data, or None
    public_dir  assignments/<id>
    secret_dir  solutions/<id>, or None where this copy of the course has no solutions
    """

    id: str
    title: Mapping[str, str]
    version: str
    feedback: str
    files: tuple[str, ...]
    modules: tuple[str, ...]
    limits: Limits
    functions: tuple[Function, ...]
    deadline: datetime | None
    public_dir: Path
    secret_dir: Path | None
    profile: str = "closed"
    data_dir: Path | None = None

    @property
    def main_module(self) -> str:
        """Name under which the first file is imported."""
        return Path(self.files[0]).stem

    @property
    def manifest_path(self) -> Path:
        return self.public_dir / "assignment.toml"

    @property
    def stub_path(self) -> Path:
        return self.public_dir / self.files[0]

    @property
    def public_checks(self) -> Path:
        return self.public_dir / f"test_{self.id}.py"

    @property
    def statements(self) -> tuple[Path, ...]:
        """README.md first, then its translations README.<language>.md."""
        return tuple(sorted(self.public_dir.glob("README*.md"), key=lambda path: (len(path.name), path.name)))

    @property
    def reference_path(self) -> Path:
        return self._secret() / self.files[0]

    def reference_source(self) -> str:
        """The reference's text. Raises CourseError where it cannot be read."""
        try:
            return self.reference_path.read_text("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise CourseError(
                message(
                    "The reference {path} cannot be read: {error}.",
                    path=str(self.reference_path),
                    error=str(error),
                )
            ) from None

    @property
    def hidden_dir(self) -> Path:
        return self._secret() / "hidden"

    @property
    def mistakes_dir(self) -> Path:
        return self._secret() / "mistakes"

    @property
    def variants_dir(self) -> Path:
        return self._secret() / "variants"

    def title_in(self, language: str) -> str:
        """The title in `language`, else in English, else in the first one given."""
        return _in_language(self.title, language)

    def function(self, name: str) -> Function:
        """The row of that name. Raises UsageError for a name that the contract does not have."""
        for function in self.functions:
            if function.name == name:
                return function
        names = [function.name for function in self.functions]
        raise UsageError(
            message('{assignment} has no function "{name}".', assignment=self.id, name=name),
            meant(name, names),
            message("It has: {names}.", names=", ".join(names)),
        )

    def prerequisites(self, name: str) -> tuple[str, ...]:
        """All functions that `name` builds on, directly or through others, in the contract's order."""
        wanted: set[str] = set()
        waiting = list(self.function(name).needs)
        while waiting:
            need = waiting.pop()
            if need not in wanted:
                wanted.add(need)
                waiting.extend(self.function(need).needs)
        return tuple(function.name for function in self.functions if function.name in wanted)

    def _secret(self) -> Path:
        if self.secret_dir is None:
            raise UsageError(
                message(
                    "This copy of the course has no solutions/{assignment}, which is needed here. "
                    "Use the author's copy: --course DIR.",
                    assignment=self.id,
                )
            )
        return self.secret_dir


@dataclass(frozen=True)
class Course:
    """A course: the folder that holds assignments/ and, for those who may have it, solutions/.

    assignments  ids, in the course's order
    """

    root: Path
    id: str
    title: Mapping[str, str]
    languages: tuple[str, ...]
    assignments: tuple[str, ...]
    default_limits: Limits = field(default_factory=Limits)

    @property
    def has_solutions(self) -> bool:
        return self.solutions_dir.is_dir()

    @property
    def assignments_dir(self) -> Path:
        return self.root / "assignments"

    @property
    def solutions_dir(self) -> Path:
        return self.root / "solutions"

    @property
    def secret_key_path(self) -> Path:
        return self.solutions_dir / "secret.key"

    def title_in(self, language: str) -> str:
        """The title in `language`, else in English, else in the first one given."""
        return _in_language(self.title, language)

    def assignment(self, id: str) -> Assignment:
        """The assignment of that id, read from disk now.

        Raises UsageError for an id that course.toml does not list, CourseError for a broken manifest.
        """
        if id not in self.assignments:
            raise UsageError(
                message('There is no assignment "{id}".', id=id),
                meant(id, self.assignments),
                message("This course has: {names}.", names=", ".join(self.assignments))
                if self.assignments
                else message("This course has none yet."),
            )
        return load_assignment(self, id)


def load_course(root: Path) -> Course:
    """The course whose assignments/course.toml lies under `root`. Raises CourseError."""
    path = root / "assignments" / "course.toml"
    top = _Table(_read(path), path, "", known=("course", "defaults"))
    table = top.table("course", known=("id", "title", "languages", "assignments"), required=True)
    defaults = top.table("defaults", known=("limits",))
    languages = table.texts("languages", default=("en",), pattern=_LANGUAGE, like='a code such as "en"')
    if not languages:
        raise table.error("languages", [], 'name at least one, e.g. languages = ["en"]')
    assignments = table.texts("assignments", pattern=_ID, like="the name of a folder of assignments/")
    for id in assignments:
        if not (root / "assignments" / id / "assignment.toml").is_file():
            folders = [entry.parent.name for entry in (root / "assignments").glob("*/assignment.toml")]
            raise table.error(
                "assignments",
                id,
                f"assignments/{id}/assignment.toml does not exist; make it with `autograde new {id}` or take "
                f"the name out of the list.{did_you_mean(id, folders)}",
            )
    return Course(
        root=root,
        id=table.text("id", pattern=_ID, like="letters, digits, - and _"),
        title=table.title(),
        languages=languages,
        assignments=assignments,
        default_limits=_limits(defaults, Limits()),
    )


def load_assignment(course: Course, id: str) -> Assignment:
    """The assignment `id` of `course`, whether or not course.toml lists it. Raises CourseError."""
    public_dir = course.assignments_dir / id
    path = public_dir / "assignment.toml"
    top = _Table(_read(path), path, "", known=("assignment", "limits", "function"))
    table = top.table(
        "assignment",
        known=("id", "title", "version", "feedback", "files", "modules", "deadline", "profile", "data"),
        required=True,
    )
    if table.text("id") != id:
        raise table.error("id", table.text("id"), f'it must be the name of its folder, "{id}"')
    feedback = table.text("feedback", default="call")
    if feedback not in FEEDBACK:
        choices = ", ".join(f'"{choice}"' for choice in FEEDBACK)
        raise table.error("feedback", feedback, f"write one of {choices}.{did_you_mean(feedback, FEEDBACK)}")
    files = table.texts(
        "files", pattern=_FILE, like='a module\'s file name such as "sums.py", without a folder'
    )
    if not files:
        raise table.error("files", [], f'name what a submission consists of, e.g. files = ["{id}.py"]')
    secret_dir = course.solutions_dir / id
    profile, data_dir = _profile(table, public_dir)
    return Assignment(
        id=id,
        title=table.title(),
        version=table.text("version"),
        feedback=feedback,
        files=files,
        modules=table.texts("modules", default=()),
        limits=_limits(top, course.default_limits),
        functions=_functions(top),
        deadline=_deadline(table),
        public_dir=public_dir,
        secret_dir=secret_dir if secret_dir.is_dir() else None,
        profile=profile,
        data_dir=data_dir,
    )


def _profile(table: _Table, public_dir: Path) -> tuple[str, Path | None]:
    profile = table.text("profile", default="closed")
    if profile not in PROFILES:
        choices = " or ".join(f'"{choice}"' for choice in PROFILES)
        raise table.error("profile", profile, f"write {choices}.{did_you_mean(profile, PROFILES)}")
    if "data" not in table.values:
        return profile, None
    data = table.text("data")
    if profile != "files":
        raise table.error("data", data, 'submissions can read it only with profile = "files"')
    folder = (public_dir / data).resolve()
    # A folder above this one would hold the solutions.
    if not folder.is_dir() or public_dir.resolve() not in folder.parents:
        raise table.error("data", data, f"it must be a folder within {public_dir.name}/")
    return profile, folder


def _functions(top: _Table) -> tuple[Function, ...]:
    rows = top.get("function", list, "[[function]] tables", default=[])
    if not rows:
        raise top.error("function", [], "add one [[function]] table with name and points for each function")
    functions: list[Function] = []
    for number, row in enumerate(rows, start=1):
        where = f"function[{number}]"
        if not isinstance(row, dict):
            raise top.error(where, row, "write it as a [[function]] table")
        table = _Table(row, top.path, where, known=("name", "points", "needs"))
        name = table.text("name", pattern=_FUNCTION, like="a function, or Class.method")
        if any(name == other.name for other in functions):
            raise table.error("name", name, "each function has one row; take the second one out")
        points = table.number("points")
        functions.append(Function(name, points, table.texts("needs", default=())))
    total = sum((function.points for function in functions), Fraction())
    if total != TOTAL_POINTS:
        off = total - TOTAL_POINTS
        raise CourseError(
            f"{top.path}: the points of the functions sum to {_decimal(total)}, not {TOTAL_POINTS}; "
            f"take {_decimal(off)} away."
            if off > 0
            else f"{top.path}: the points of the functions sum to {_decimal(total)}, not {TOTAL_POINTS}; "
            f"{_decimal(-off)} are missing."
        )
    names = [function.name for function in functions]
    for number, function in enumerate(functions, start=1):
        for need in function.needs:
            where = f"function[{number}].needs"
            if need not in names:
                raise top.error(where, need, f"no function has this name.{did_you_mean(need, names)}")
            if need == function.name:
                raise top.error(where, need, "a function does not need itself; take it out")
    _refuse_cycle(top, functions)
    return tuple(functions)


def _refuse_cycle(top: _Table, functions: Sequence[Function]) -> None:
    needs = {function.name: function.needs for function in functions}
    finished: set[str] = set()

    def visit(name: str, path: tuple[str, ...]) -> None:
        if name in path:
            cycle = " → ".join((*path[path.index(name) :], name))
            raise CourseError(
                f"{top.path}: needs go round in a circle: {cycle}. Take one of them out; "
                "a function needs only what can be written before it."
            )
        if name not in finished:
            for need in needs[name]:
                visit(need, (*path, name))
            finished.add(name)

    for function in functions:
        visit(function.name, ())


def _limits(table: _Table, defaults: Limits) -> Limits:
    limits = table.table("limits", known=("call_seconds", "submission_seconds", "memory_mib"))
    memory = limits.number("memory_mib", default=Fraction(defaults.memory_mib))
    if memory.denominator != 1:
        raise limits.error("memory_mib", float(memory), "write a whole number of mebibytes")
    return Limits(
        call_seconds=float(limits.number("call_seconds", default=Fraction(defaults.call_seconds))),
        submission_seconds=float(
            limits.number("submission_seconds", default=Fraction(defaults.submission_seconds))
        ),
        memory_mib=int(memory),
    )


def _deadline(table: _Table) -> datetime | None:
    value = table.values.get("deadline")
    if value is None:
        return None
    # Further away it could not be told in every zone.
    if not isinstance(value, datetime) or value.tzinfo is None or not 1970 < value.year < 9000:
        raise table.error(
            "deadline",
            value,
            "write a date, a time and an offset without quotes, e.g. 2026-12-01T23:59:00+07:00",
        )
    return value


def _read(path: Path) -> dict[str, Any]:
    try:
        # Fractions, not floats: 33.3 + 33.3 + 33.4 must be 100.
        return tomllib.loads(path.read_bytes().decode("utf-8-sig"), parse_float=_fraction)
    except FileNotFoundError:
        raise CourseError(
            message(
                "{path} does not exist. `autograde new NAME` makes a complete assignment.", path=str(path)
            )
        ) from None
    except OSError as error:
        raise CourseError(
            message("{path} cannot be read: {reason}.", path=str(path), reason=str(error.strerror))
        ) from None
    except UnicodeDecodeError as error:
        raise CourseError(
            message("{path} is not UTF-8 (byte {byte}). Save it as UTF-8.", path=str(path), byte=error.start)
        ) from None
    except ValueError as error:
        raise CourseError(
            message("{path} is not valid TOML: {error}.", path=str(path), error=str(error))
        ) from None


def _fraction(text: str) -> Fraction:
    return Fraction(text.replace("_", ""))


def _decimal(value: Fraction) -> str:
    return f"{float(value):.10g}"


def _in_language(texts: Mapping[str, str], language: str) -> str:
    return texts.get(language) or texts.get("en") or next(iter(texts.values()))


_REQUIRED: Any = object()


class _Table:
    """A TOML table that can say where a value stands."""

    def __init__(self, values: dict[str, Any], path: Path, name: str, known: Sequence[str]) -> None:
        self.values = values
        self.path = path
        self.name = name
        for key in values:
            if key not in known:
                remedy = did_you_mean(key, known).strip() or f"Known here: {', '.join(known)}."
                raise CourseError(f'{path}: unknown key "{self._dotted(key)}". {remedy}')

    def error(self, key: str, value: object, remedy: str) -> CourseError:
        shown = f'"{value}"' if isinstance(value, str) else str(value)
        remedy = remedy if remedy.endswith(("?", ".")) else f"{remedy}."
        return CourseError(f"{self.path}: {self._dotted(key)} is {shown}: {remedy}")

    def get(self, key: str, kind: type, what: str, default: Any = _REQUIRED) -> Any:
        if key not in self.values:
            if default is _REQUIRED:
                raise CourseError(f'{self.path}: "{self._dotted(key)}" is missing. Write {what}.')
            return default
        value = self.values[key]
        if not isinstance(value, kind) or isinstance(value, bool):
            raise self.error(key, value, f"write {what}")
        return value

    def table(self, key: str, known: Sequence[str], required: bool = False) -> _Table:
        values = self.get(key, dict, f"a table [{self._dotted(key)}]", _REQUIRED if required else {})
        return _Table(values, self.path, self._dotted(key), known)

    def text(
        self, key: str, default: Any = _REQUIRED, pattern: re.Pattern[str] | None = None, like: str = ""
    ) -> str:
        value: str = self.get(key, str, like or "a text in quotes", default)
        if not value.strip() or (pattern is not None and not pattern.fullmatch(value)):
            raise self.error(key, value, f"write {like or 'a text that is not empty'}")
        return value

    def texts(
        self, key: str, default: Any = _REQUIRED, pattern: re.Pattern[str] | None = None, like: str = ""
    ) -> tuple[str, ...]:
        values = self.get(key, (list, tuple), 'a list of texts, e.g. ["a", "b"]', default)  # type: ignore[arg-type]
        for value in values:
            if (
                not isinstance(value, str)
                or not value
                or (pattern is not None and not pattern.fullmatch(value))
            ):
                raise self.error(key, value, f"each entry must be {like or 'a text'}")
            if values.count(value) > 1:
                raise self.error(key, value, "it stands there twice; take one out")
        return tuple(values)

    def number(self, key: str, default: Any = _REQUIRED) -> Fraction:
        value = Fraction(self.get(key, (int, Fraction), "a positive number", default))  # type: ignore[arg-type]
        if value <= 0:
            raise self.error(key, _decimal(value), "write a number above 0")
        return value

    def title(self) -> Mapping[str, str]:
        value = self.values.get("title")
        if isinstance(value, str):
            value = {"en": value}
        example = 'write a title for each language, e.g. title = { en = "Sums" }'
        if not isinstance(value, dict) or not value:
            raise self.error("title", value, example)
        for language, text in value.items():
            if not _LANGUAGE.fullmatch(language):
                raise self.error("title", language, 'a language is a code such as "en"')
            if not isinstance(text, str) or not text.strip():
                raise self.error(f"title.{language}", text, example)
        return dict(value)

    def _dotted(self, key: str) -> str:
        return f"{self.name}.{key}" if self.name else key
