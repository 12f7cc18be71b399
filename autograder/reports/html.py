"""How does a result look on a page? One page for a student, one for the class.

Pages stand alone: no script, no picture file, no font and no address outside themselves, so that they can be
mailed, printed and opened years later. A content security policy says so to the browser, in case
something slips through. Every value is escaped by the templates and cleaned once more on its way into
them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from markupsafe import Markup

from autograder.cleaning import clean
from autograder.language import _, translate
from autograder.model import (
    CheckResult,
    ClassResults,
    FunctionResult,
    GradeReport,
    Outcome,
    Picture,
    Status,
    points,
)
from autograder.pictures import NotAPicture
from autograder.reports.alike import NOTHING, Alike
from autograder.reports.draw import drawn
from autograder.reports.summary import Summary, reason, summarise
from autograder.reports.words import (
    MARK,
    OURS,
    State,
    encouragement,
    follow_through_note,
    hint,
    is_follow_through,
    is_lost,
    is_untouched,
    label,
    line,
    ours_note,
    outcome_word,
    rungs,
    sentence,
    sentences,
    state,
    status_mark,
    status_word,
)

if TYPE_CHECKING:
    from jinja2 import Environment
    from jinja2.environment import TemplateModule

MOST_ROWS = 12
"""Failures and diagnoses shown on the class's page."""

MOST_STUDENTS = 1000
"""Students in one table: a browser opens, searches and prints that many at once."""

_PAGE_LIMIT = 64 * 1024
"""Characters of any one text on a page; SECURITY: at most 64 KiB of output a submission."""


def student_page(report: GradeReport, about: ClassResults, language: str, alike: Alike = NOTHING) -> str:
    """The page of one report.

    about     what the report belongs to: title, versions, isolation; its own reports are not looked at
    language  of the sentences, e.g. "vi"
    alike     what was made for others; where it is used, the texts of the course stay the same
    """
    graded = report.status is Status.GRADED
    shown: list[_Shown] = []
    pieces = [_piece(index, f, shown, language, alike) for index, f in enumerate(report.functions, 1)]
    return _render(
        "student.html",
        language,
        parts=_parts(language),
        title=label(about.title or about.assignment, language),
        report=report,
        score=report.score,
        about=about,
        rows=_joined(piece.row for piece in pieces),
        details=_joined(piece.detail for piece in pieces),
        complete=_joined(piece.complete for piece in pieces),
        pictures=any(piece.pictures for piece in pieces),
        public=_joined(_public_piece(f, language, alike) for f in report.public),
        reason=sentence(report.message, language),
        status={
            "word": "" if graded else status_word(report.status, language),
            "mark": status_mark(report.status),
            "next": _what_now(report.status, language),
        },
        encouragement=encouragement(report, language),
        notices=sentences(report.notices, language),
        output=clean(report.output, _PAGE_LIMIT).strip("\n"),
    )


def class_page(results: ClassResults, file_names: Mapping[str, str], language: str) -> str:
    """The page of a class, without the further ones that a large class has.

    file_names  student → name of that student's page beside this one; a student without one gets no link
    """
    rows = [row(report, file_names.get(report.student, ""), language) for report in results.reports]
    return next(class_pages(results, summarise(results, language), rows, language))


def class_pages(about: ClassResults, summary: Summary, rows: Sequence[Row], language: str) -> Iterator[str]:
    """The page of a class, and further ones with the students that do not fit on it; `class_file` names them.

    about  as in `student_page`
    rows   of all students, in order; read piece by piece
    """
    title = label(about.title or about.assignment, language)
    count = max(1, -(-len(rows) // MOST_STUDENTS))
    pages = _listing(rows) if count > 1 else []
    for number in range(1, count + 1):
        values: dict[str, Any] = {
            "title": title,
            "rows": rows[(number - 1) * MOST_STUDENTS : number * MOST_STUDENTS],
            "number": number,
            "pages": pages,
        }
        if number > 1:
            yield _render("class_more.html", language, **values)
            continue
        yield _render(
            "class.html",
            language,
            results=about,
            summary=summary,
            chart=_chart(summary),
            problems=_problems(rows, language),
            failures=summary.failures[:MOST_ROWS],
            more_failures=len(summary.failures[MOST_ROWS:]),
            diagnoses=summary.diagnoses[:MOST_ROWS],
            **values,
        )


def class_file(number: int) -> str:
    """The file name of the class's page, or of its second, third, … No student's page can have it, see `names`."""
    return "class.html" if number == 1 else f"class.{number}.html"


def _listing(rows: Sequence[Row]) -> list[dict[str, Any]]:
    """Which page has which students."""
    return [
        {
            "number": number,
            "href": class_file(number),
            "first": rows[start].student,
            "last": rows[min(start + MOST_STUDENTS, len(rows)) - 1].student,
        }
        for number, start in enumerate(range(0, len(rows), MOST_STUDENTS), 1)
    ]


def _what_now(status: Status, language: str) -> str:
    match status:
        case Status.GRADED:
            return ""
        case Status.UNGRADABLE:
            return _("This cost no attempt. Mend it and hand in again.", language)
        case Status.SYSTEM_ERROR:
            return _("This is our fault, not yours. Your work is safe and will be graded again.", language)


@dataclass(frozen=True)
class _Check:
    """A check as the templates tell it. `told` says whether there is more to it than that it passed."""

    label: str
    mark: str
    word: str
    kind: str
    score: int
    max_score: int
    messages: tuple[str, ...]
    call: str
    hint: str
    note: str
    told: bool


@dataclass(frozen=True)
class _Picture:
    """A picture as the templates show it; `seen_with` names the function it was shown with before, and `svg` is ""."""

    svg: Markup
    title: str
    facts: tuple[str, ...]
    seen_with: str = ""


@dataclass(frozen=True)
class _Function:
    name: str
    anchor: str
    score: int
    max_score: int
    state: State
    diagnosis: str
    untouched: bool
    checks: tuple[_Check, ...]
    pictures: tuple[_Picture, ...] = ()
    rungs: tuple[tuple[str, str], ...] = ()

    @property
    def passed(self) -> tuple[_Check, ...]:
        return tuple(check for check in self.checks if not check.told)

    @property
    def told(self) -> bool:
        return any(check.told for check in self.checks)


def _told_function(index: int, function: FunctionResult, language: str) -> _Function:
    diagnosis = function.diagnosis
    return _Function(
        name=line(function.name),
        # Not made from the name: an anchor must be unique and plain.
        anchor=f"function-{index}",
        score=function.score,
        max_score=function.max_score,
        state=state(function, language),
        diagnosis="" if diagnosis is None else sentence(diagnosis.text, language),
        untouched=is_untouched(function),
        checks=tuple(
            _told_check(check, language, explained=is_follow_through(diagnosis)) for check in function.checks
        ),
        rungs=rungs(diagnosis, language),
    )


_Shown = tuple[Picture, str]
"""A picture that stands on a page, and the function it stands with."""


@dataclass(frozen=True)
class _Piece:
    """What a page says of one function: its row, and either what is wrong or that all is right; "" for the other.

    shown     the pictures that now stand on the page
    pictures  whether there is a picture, or a line that says where it stands
    """

    row: Markup
    detail: Markup
    complete: Markup
    shown: tuple[_Shown, ...]
    pictures: bool


def _piece(index: int, function: FunctionResult, shown: list[_Shown], language: str, alike: Alike) -> _Piece:
    """The piece of the page of function number `index`. One picture that two functions share is drawn once; `shown`
    remembers those of the page."""
    before = [next((name for one, name in shown if one == picture), "") for picture in function.pictures]

    def make() -> _Piece:
        parts: Any = _parts(language)
        pictures, new = _pictures(function, before, f"picture-{index}", language)
        told = replace(_told_function(index, function, language), pictures=pictures)
        return _Piece(
            row=parts.function_row(told),
            detail=parts.function_detail(told) if told.told else Markup(),
            complete=Markup() if told.told else parts.function_complete(told),
            shown=new,
            pictures=bool(pictures),
        )

    piece = alike.once(function, ("page", index, language, *before), make)
    shown.extend(piece.shown)
    return piece


def _public_piece(function: FunctionResult, language: str, alike: Alike) -> Markup:
    def make() -> Markup:
        parts: Any = _parts(language)
        made: Markup = parts.function_public(_told_function(0, function, language))
        return made

    return alike.once(function, ("public", language), make)


def _joined(pieces: Iterable[Markup]) -> Markup:
    return Markup("".join(pieces))


def _pictures(
    function: FunctionResult, before: Sequence[str], anchor: str, language: str
) -> tuple[tuple[_Picture, ...], tuple[_Shown, ...]]:
    """The pictures of a function, and which of them now stand on the page. before: with whom they did already, or ""."""
    found: list[_Picture] = []
    shown: list[_Shown] = []
    for number, (picture, seen_with) in enumerate(zip(function.pictures, before, strict=True), 1):
        seen_with = seen_with or next((name for one, name in shown if one == picture), "")
        try:
            made = drawn(picture, f"{anchor}-{number}", language)
        except (NotAPicture, ArithmeticError, ValueError):
            # A page without it is still right; results.json may come from anywhere, and a number be any number.
            continue
        shown.append((picture, line(function.name)))
        # The writer has escaped and cleaned every value in it.
        found.append(_Picture(Markup("" if seen_with else made.svg), made.title, made.facts, seen_with))
    return tuple(found), tuple(shown)


def _told_check(check: CheckResult, language: str, *, explained: bool = False) -> _Check:
    """explained: whether it is said of the whole function already why a check counts although it failed."""
    mark, word, kind, note = MARK[check.outcome], outcome_word(check.outcome, language), "none", ""
    if check.outcome in OURS:
        kind, note = "ours", ours_note(language)
    elif check.outcome is Outcome.NOT_WRITTEN:
        kind = "open"
    elif not is_lost(check):
        kind = "full"
        if check.follow_through:
            mark, word = "↪", _("counted", language)
            note = "" if explained else follow_through_note(language)
    return _Check(
        label=label(check.label, language),
        mark=mark,
        word=word,
        kind=kind,
        score=check.score,
        max_score=check.max_score,
        messages=sentences(check.messages, language),
        call=clean(check.call),
        hint=hint(check.hint, language),
        note=note,
        told=is_lost(check) or bool(note) or check.follow_through or check.outcome is not Outcome.PASSED,
    )


@dataclass(frozen=True)
class Row:
    """One student in the tables of the class's page. problem: its status where it was not graded, else ""."""

    student: str
    href: str
    score: int | None
    status: str
    mark: str
    kind: str
    reason: str
    problem: str


def row(report: GradeReport, file_name: str, language: str) -> Row:
    """What the tables say of one report. file_name: of the student's page, "" for none."""
    graded = report.status is Status.GRADED
    return Row(
        student=line(report.student) or "–",
        # Nothing of a name may be read as a scheme, a folder or a query.
        href=quote(file_name, safe="", errors="replace"),
        score=report.score,
        status="" if graded else status_word(report.status, language),
        mark=status_mark(report.status),
        kind="ours" if report.status is Status.SYSTEM_ERROR else "none",
        reason=reason(report, language),
        problem="" if graded else report.status.value,
    )


def _problems(rows: Iterable[Row], language: str) -> list[dict[str, Any]]:
    told = (
        (
            Status.SYSTEM_ERROR,
            _("System errors", language),
            _("These have no score, because the fault is ours. Grade them again.", language),
        ),
        (
            Status.UNGRADABLE,
            _("Ungradable", language),
            _("These score 0 and cost no attempt. The students need to know why.", language),
        ),
    )
    found: dict[str, list[Row]] = {status.value: [] for status, _title, _meaning in told}
    counts = Counter[str]()
    for one in rows:
        if one.problem:
            counts[one.problem] += 1
            if counts[one.problem] <= MOST_STUDENTS:
                found[one.problem].append(one)
    return [
        {
            "anchor": status.value.replace("_", "-"),
            "title": title,
            "meaning": meaning,
            "rows": found[status.value],
            "more": counts[status.value] - len(found[status.value]),
        }
        for status, title, meaning in told
        if counts[status.value]
    ]


@dataclass(frozen=True)
class _Bar:
    x: float
    y: float
    width: float
    height: float
    count: int

    @property
    def middle(self) -> float:
        return round(self.x + self.width / 2, 2)


@dataclass(frozen=True)
class _Tick:
    x: float
    value: int


@dataclass(frozen=True)
class _Chart:
    """The histogram's geometry, in units of the drawing: about one pixel on a phone."""

    bars: tuple[_Bar, ...]
    ticks: tuple[_Tick, ...]
    median: float
    median_label: float
    width: int = 360
    height: int = 190
    left: int = 14
    right: int = 346
    top: int = 34
    bottom: int = 155


def _chart(summary: Summary) -> _Chart | None:
    if not summary.bins or summary.median is None:
        return None
    left, right, top, bottom = _Chart.left, _Chart.right, _Chart.top, _Chart.bottom
    tallest = max(bin.count for bin in summary.bins)

    def across(cents: int) -> float:
        return round(left + (right - left) * cents / summary.max_score, 2)

    bars = tuple(
        _Bar(
            x=across(bin.low) + 1,
            y=round(bottom - (bottom - top) * bin.count / tallest, 2),
            width=round(across(bin.high) - across(bin.low) - 2, 2),
            height=round((bottom - top) * bin.count / tallest, 2),
            count=bin.count,
        )
        for bin in summary.bins
    )
    edges = [summary.bins[0].low, *(bin.high for bin in summary.bins)]
    median = across(summary.median)
    return _Chart(
        bars=bars,
        ticks=tuple(_Tick(across(edge), edge) for edge in edges),
        median=median,
        # Far enough from the margins for the words to fit.
        median_label=min(max(median, left + 40.0), right - 40.0),
    )


def _percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.2f}" if whole else "0"


@cache
def _environment() -> Environment:
    # Only now: whoever hands out submissions names the pages, and lets another process fill them.
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    return Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_second_wall,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )


def _second_wall(value: object) -> object:
    # What templates have made themselves is Markup; everything else that is text may come from anywhere.
    if isinstance(value, str) and not isinstance(value, Markup):
        return clean(value, _PAGE_LIMIT)
    return value


@cache
def _parts(language: str) -> TemplateModule:
    """The pieces that pages share, in one language."""
    return _environment().get_template("parts.html").make_module(_words(language))


@cache
def _words(language: str) -> dict[str, Any]:
    """What every template may use."""

    def speak(text: str, /, **fields: str | int | float) -> str:
        return translate(text, language, **fields)

    return {"language": language, "_": speak, "line": line, "points": points, "percent": _percent}


def _render(template: str, language: str, **values: Any) -> str:
    return _environment().get_template(template).render(_words(language), **values)
