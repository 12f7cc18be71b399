"""Where do the renderings of a class lie on disk, and how do they get there whole?

DIRECTORY/results.json, marks.csv, class.html (in a large class also class.2.html, …), and one page for each student,
named by `autograder.names`. Every file is written beside its place and moved into it, so that a reader and an
interruption meet the old file or the new one, never half of one.

Reports may come in any order and in any number: what is to be written at the end, in order of the students, waits in
files without a name, which are gone with the process, however it ends.
"""

from __future__ import annotations

import os
import tempfile
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import fields, replace
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import IO, Any

import msgpack

from autograder.cleaning import clean_line
from autograder.errors import SystemFault, UsageError
from autograder.language import choose
from autograder.model import ClassResults, FunctionResult, GradeReport, Message, message
from autograder.names import folder_name
from autograder.reports import html, marks_csv, results_json
from autograder.reports.alike import NOTHING, Alike
from autograder.reports.summary import Tally

RESULTS = "results.json"
MARKS = "marks.csv"
CLASS = html.class_file(1)


def write_all(
    results: ClassResults,
    directory: Path,
    language: str | None = None,
    languages: Mapping[str, str] | None = None,
) -> dict[str, Path]:
    """Write every rendering of `results` into `directory`, which is made where it is missing.

    language   of the class's page, and of students' pages that `languages` does not name; default: as chosen
    languages  student → language, from a roster
    Returns    student → that student's page
    Raises     UsageError when the directory cannot be written; SystemFault when two pages would have one name
    """
    students = sorted({report.student for report in results.reports})
    with ClassWriter(students, results, directory, language, languages, texts=results.texts) as writer:
        for report in results.reports:
            writer.add(report)
        writer.finish()
    return {student: directory / page_name(student) for student in students}


class ClassWriter:
    """Writes the renderings of one class while its reports come; a context manager.

    students   the ids of all whose reports may come, in order of code points
    about      title, versions, isolation; its reports are not looked at
    texts      all translations of the course; results.json is given those that are used; default: those of `about`
    pages      whether each student gets a page
    language, languages  as in `write_all`
    Raises     as `write_all`
    """

    def __init__(
        self,
        students: Sequence[str],
        about: ClassResults,
        directory: Path,
        language: str | None = None,
        languages: Mapping[str, str] | None = None,
        *,
        texts: Mapping[str, Mapping[str, str]] | None = None,
        pages: bool = True,
    ) -> None:
        _no_two_pages_alike(students)
        self._students = students
        self._about = about
        self._directory = directory
        self._language = language or choose()
        self._languages = languages or {}
        self._pages = pages
        self._alike = Alike()
        self._told = Told(about.texts if texts is None else texts, about.title)
        self._tally = Tally(self._language)
        with _writing(directory):
            directory.mkdir(parents=True, exist_ok=True)
            self._lines = _Spool(directory, len(students))
            self._rows = _Spool(directory, len(students))

    def __enter__(self) -> ClassWriter:
        return self

    def __exit__(self, *error: object) -> None:
        self._lines.close()
        self._rows.close()

    @property
    def alike(self) -> Alike:
        """What was made of functions' results that were met."""
        return self._alike

    def add(self, report: GradeReport) -> None:
        """Take a report, and write the student's page. Raises SystemFault for a student who has one already."""
        place = bisect_left(self._students, report.student)
        if place == len(self._students) or self._students[place] != report.student:
            raise ValueError(f"nobody expected a report of {report.student!r}")
        if self._lines.has(place):
            raise results_json.twice(report.student)
        report = self._alike.report(report)
        file_name = page_name(report.student) if self._pages else ""
        row = html.row(report, file_name, self._language)
        marks = marks_csv.marks(report)
        with _writing(self._directory):
            self._lines.add(place, results_json.render_report(report, self._alike).encode("utf-8"))
            self._rows.add(place, msgpack.packb([_packed(_values(row)), _packed(_values(marks))]))
        self._told.add(report, self._alike)
        self._tally.add(report, place, self._alike)
        if self._pages:
            language = self._languages.get(report.student, self._language)
            page = html.student_page(report, self._about, language, self._alike)
            write_text(self._directory / file_name, page)

    def finish(self) -> None:
        """Write what is about the class as a whole."""
        about = replace(self._about, reports=(), texts=self._told.texts)
        # results.json first: everything else can be made from it again.
        _write(self._directory / RESULTS, self._results(about))
        _write(self._directory / MARKS, self._marks())
        rows = _Rows(self._rows)
        number = 0
        for number, page in enumerate(
            html.class_pages(about, self._tally.summary(), rows, self._language), 1
        ):
            write_text(self._directory / html.class_file(number), page)
        self._remove_pages_after(number)

    def _results(self, about: ClassResults) -> Iterator[bytes]:
        yield results_json.head(about).encode("utf-8")
        between = b""
        for place in self._lines.places():
            yield between
            yield self._lines.get(place)
            between = b",\n"
        yield b"\n" if between else b""
        yield results_json.TAIL.encode("utf-8")

    def _marks(self) -> Iterator[bytes]:
        names = self._tally.all_functions
        yield marks_csv.header(names).encode("utf-8")
        for place in self._rows.places():
            _row, marks = msgpack.unpackb(self._rows.get(place))
            yield marks_csv.row(marks_csv.Marks(*_unpacked(marks)), names).encode("utf-8")

    def _remove_pages_after(self, number: int) -> None:
        """Pages that a larger class has left."""
        with suppress(OSError):
            while True:
                number += 1
                (self._directory / html.class_file(number)).unlink()


def look_at(directory: Path) -> None:
    """Make the directory where it is missing. Raises UsageError where nothing can be written into it."""
    try:
        directory.mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=directory).close()
    except OSError as error:
        raise UsageError(
            message(
                "{folder} cannot be written: {reason}. Choose another folder: --output DIR.",
                folder=clean_line(str(directory)),
                reason=str(error.strerror),
            )
        ) from None


def page_name(student: str) -> str:
    """The file name of a student's page."""
    return f"{folder_name(student)}.html"


def write_text(path: Path, text: str) -> None:
    """Write `text` to `path` as UTF-8, whole or not at all; line ends stay as they are."""
    _write(path, [text.encode("utf-8")])


def _write(path: Path, parts: Iterable[bytes]) -> None:
    beside = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    with _writing(path):
        try:
            with _new(beside) as file:
                file.writelines(parts)
            os.replace(beside, path)
        except BaseException:
            beside.unlink(missing_ok=True)
            raise


def _new(path: Path) -> IO[bytes]:
    try:
        return path.open("wb")
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True)
        return path.open("wb")


@contextmanager
def _writing(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise UsageError(
            message(
                'Cannot write "{path}": {reason}. Name another folder, or make room in this one.',
                path=str(path),
                reason=str(error.strerror),
            )
        ) from error


class _Spool:
    """Pieces of bytes by place, in a file that has no name."""

    def __init__(self, directory: Path, places: int) -> None:
        self._file: IO[bytes] = tempfile.TemporaryFile(dir=directory)  # noqa: SIM115 - open as long as this
        self._starts = array("q", [-1]) * places
        self._lengths = array("q", [0]) * places
        self._end = 0

    def has(self, place: int) -> bool:
        return self._starts[place] >= 0

    def add(self, place: int, data: bytes) -> None:
        """Only before the first `get`."""
        self._file.write(data)
        self._starts[place], self._lengths[place] = self._end, len(data)
        self._end += len(data)

    def places(self) -> Iterator[int]:
        """Those that have a piece, in order."""
        return (place for place, start in enumerate(self._starts) if start >= 0)

    def get(self, place: int) -> bytes:
        self._file.seek(self._starts[place])
        return self._file.read(self._lengths[place])

    def close(self) -> None:
        with suppress(OSError):
            self._file.close()


class _Rows(Sequence[html.Row]):
    """The rows of the tables, read from where they wait."""

    def __init__(self, spool: _Spool) -> None:
        self._spool = spool
        self._places = array("q", spool.places())

    def __len__(self) -> int:
        return len(self._places)

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, slice):
            return [self._row(place) for place in self._places[index]]
        return self._row(self._places[index])

    def _row(self, place: int) -> html.Row:
        row, _marks = msgpack.unpackb(self._spool.get(place))
        return html.Row(*_unpacked(row))


def _values(row: html.Row | marks_csv.Marks) -> list[Any]:
    """What a row says, in the order of its fields."""
    return [getattr(row, field.name) for field in fields(row)]


def _packed(values: Sequence[Any]) -> list[Any]:
    """msgpack has no lone surrogates; a student's id may."""
    return [value.encode("utf-8", "surrogatepass") if isinstance(value, str) else value for value in values]


def _unpacked(values: Sequence[Any]) -> list[Any]:
    return [value.decode("utf-8", "surrogatepass") if isinstance(value, bytes) else value for value in values]


class Told:
    """Those translations that the reports need. The others belong to mistakes that nobody made.

    texts  language → English text → its translation
    """

    def __init__(self, texts: Mapping[str, Mapping[str, str]], title: str) -> None:
        self._texts = texts
        self._known = {english for of in texts.values() for english in of}
        self._used: set[str] = set()
        self._use(title)

    def add(self, report: GradeReport, alike: Alike = NOTHING) -> None:
        """Note what a report says. alike: of one `Told`, for which what was met is noted already."""
        if not self._known:
            return
        for function in (*report.functions, *report.public):
            alike.once(function, "told", partial(self._use_of, function))

    def _use_of(self, function: FunctionResult) -> None:
        for check in function.checks:
            self._use((check.label, check.hint))
        if function.diagnosis is not None:
            self._use((function.diagnosis.text, function.diagnosis.hints))
        for picture in function.pictures:
            self._use((picture.title, picture.text, picture.data))

    def _use(self, value: object) -> None:
        if isinstance(value, str):
            if value in self._known:
                self._used.add(value)
        elif isinstance(value, Message):
            self._use(value.id)
        elif isinstance(value, Mapping):
            for part in value.values():
                self._use(part)
        elif isinstance(value, (list, tuple)):
            for part in value:
                # A curve has hundreds of numbers.
                if not isinstance(part, float):
                    self._use(part)

    @property
    def texts(self) -> dict[str, dict[str, str]]:
        """Those that are needed."""
        return {
            language: {english: text for english, text in of.items() if english in self._used}
            for language, of in self._texts.items()
        }


def _no_two_pages_alike(students: Sequence[str]) -> None:
    """Raises SystemFault where two files would have one name, as file systems that ignore case compare them."""
    ours = {hash(name): name for name in (CLASS, MARKS, RESULTS)}
    hashes = array("q", (hash(page_name(student).casefold()) for student in students))
    in_order = sorted(range(len(hashes)), key=hashes.__getitem__)
    for one, other in pairwise(in_order):
        if hashes[one] == hashes[other]:
            raise _alike(repr(students[min(one, other)]), students[max(one, other)])
    for place, found in enumerate(hashes):
        if found in ours:
            raise _alike(ours[found], students[place])


def _alike(one: str, student: str) -> SystemFault:
    return SystemFault(
        message(
            'The pages of {student} and {other} would both be "{name}".',
            student=repr(student),
            other=one,
            name=page_name(student),
        )
    )
