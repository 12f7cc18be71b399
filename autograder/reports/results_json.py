"""The class's results as `results.json`, and back. The schema is described in docs/results.md.

Besides the English sentences it holds the messages that they were made from, so that every other
rendering can be made from the file alone, in any language.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any, NoReturn, TextIO

from autograder.errors import SystemFault, UsageError
from autograder.model import (
    PICTURES,
    CheckResult,
    ClassResults,
    Diagnosis,
    FunctionResult,
    GradeReport,
    Message,
    Outcome,
    Picture,
    Status,
    message,
    type_of_field,
)
from autograder.names import folder_name
from autograder.reports.alike import NOTHING, Alike
from autograder.reports.escapes import json_text
from autograder.reports.words import sentence, sentences

SCHEMA = "autograde/results/1"

_NOTHING = object()


def render(results: ClassResults) -> str:
    """`results` as the text of results.json: one line a report, sorted by code point of the student's id.

    Raises  SystemFault when two reports are of one student
    """
    reports = sorted(results.reports, key=lambda report: report.student)
    for one, other in pairwise(reports):
        if one.student == other.student:
            raise twice(one.student)
    body = ",\n".join(render_report(report) for report in reports)
    return head(results) + body + ("\n" if body else "") + TAIL


_BEFORE_REPORTS = '"reports": [\n'
TAIL = "]\n}\n"
"""What stands behind the reports."""


def head(about: ClassResults) -> str:
    """What stands before the reports: all that they have in common. The reports of `about` are not looked at."""
    told = {
        "schema": SCHEMA,
        "assignment": about.assignment,
        "title": about.title,
        "course_version": about.course_version,
        "suite_version": about.suite_version,
        "isolation": _plain_fields(about.isolation),
        "texts": {language: dict(sorted(texts.items())) for language, texts in sorted(about.texts.items())},
    }
    lines = [f"{json_text(key)}: {json_text(value)},\n" for key, value in told.items()]
    return "{\n" + "".join(lines) + _BEFORE_REPORTS


def twice(student: str) -> SystemFault:
    """What to raise where a student has two reports."""
    return SystemFault(
        message("Two reports of one student, {student}: one of them would be lost.", student=repr(student))
    )


def render_report(report: GradeReport, alike: Alike = NOTHING) -> str:
    """One report as a JSON object on one line. alike: what was made for others."""
    told: dict[str, Any] = {
        "student": report.student,
        "status": report.status.value,
        "message": sentence(report.message, "en") or None,
        "reason": None if report.message is None else _message(report.message),
        "score": None if report.score is None else _number(report.score),
        "max_score": _number(report.max_score),
        "input_set": report.input_set,
        "isolation": report.isolation,
        "file": f"{folder_name(report.student)}.html",
    }
    more: dict[str, Any] = {
        "notices": [_message(notice) for notice in report.notices],
        "output": report.output,
        "files": {name: report.files[name] for name in sorted(report.files)},
        "seconds": round(report.seconds, 3) if math.isfinite(report.seconds) else 0.0,
    }
    functions, public = _functions(report.functions, alike), _functions(report.public, alike)
    return f'{json_text(told)[:-1]}, "functions": {functions}, "public": {public}, {json_text(more)[1:]}'


def _functions(functions: Iterable[FunctionResult], alike: Alike) -> str:
    return f"[{', '.join([alike.once(one, 'json', partial(_json_of, one)) for one in functions])}]"


def _json_of(function: FunctionResult) -> str:
    return json_text(_function(function))


def _function(function: FunctionResult) -> dict[str, Any]:
    diagnosis = function.diagnosis
    return {
        "name": function.name,
        "score": _number(function.score),
        "max_score": _number(function.max_score),
        "outcome": function.outcome.value,
        "checks": [_check(check) for check in function.checks],
        "diagnosis": None
        if diagnosis is None
        else {
            "kind": diagnosis.kind,
            "mistake": diagnosis.mistake,
            "text": sentence(diagnosis.text, "en"),
            "message": _message(diagnosis.text),
            "hints": [_message(hint) for hint in diagnosis.hints],
        },
        "pictures": [
            {
                "kind": picture.kind,
                "title": _message(picture.title),
                "text": _message(picture.text),
                "data": picture.data,
            }
            for picture in function.pictures
        ],
    }


def _check(check: CheckResult) -> dict[str, Any]:
    return {
        "name": check.name,
        "label": check.label,
        "outcome": check.outcome.value,
        "score": _number(check.score),
        "max_score": _number(check.max_score),
        "message": "\n".join(sentences(check.messages, "en")) or None,
        "messages": [_message(message) for message in check.messages],
        "call": check.call,
        "hint": check.hint,
        "follow_through": check.follow_through,
    }


def _message(message: Message) -> dict[str, Any]:
    return {"id": message.id, "fields": _plain_fields(message.fields)}


def _plain_fields(fields: Mapping[str, type_of_field]) -> dict[str, type_of_field]:
    # JSON has no nan and no infinity; as text they read the same in a sentence.
    return {
        name: str(value) if isinstance(value, float) and not math.isfinite(value) else value
        for name, value in sorted(fields.items())
    }


def _number(cents: int) -> int | float:
    return cents // 100 if cents % 100 == 0 else cents / 100


def load(text: str) -> ClassResults:
    """The results that `render` wrote.

    Raises  UsageError when the text is not such a file, with the place and what is wrong there
    """
    top = _top(_value(text))
    assignment = top.text("assignment")
    reports = tuple(_in_order(_report(item, assignment) for item in top.objects("reports")))
    return replace(_about(top), reports=reports)


def stream(path: Path) -> tuple[ClassResults, Iterator[GradeReport]]:
    """As `load`, from a file and report by report, so that a class need not fit into memory.

    Returns  the results without their reports; the reports, read as they are asked for
    Raises   as `load` does, also while the reports are read; OSError and UnicodeDecodeError
    """
    file = path.open(encoding="utf-8", newline="")
    try:
        before: list[str] = []
        for line in file:
            before.append(line)
            if line == _BEFORE_REPORTS:
                break
        else:
            # Somebody has set it in other lines than ours.
            whole = load("".join(before))
            file.close()
            return replace(whole, reports=()), iter(whole.reports)
        about = _about(_top(_value("".join(before) + TAIL)))
    except BaseException:
        file.close()
        raise
    return about, _in_order(_lines(file, about.assignment))


def _lines(file: TextIO, assignment: str) -> Iterator[GradeReport]:
    with file:
        for line in file:
            if line == "]\n":
                if file.read() != "}\n":
                    break
                return
            value = _value(line.removesuffix("\n").removesuffix(","))
            yield _report(_Object(value, "results.reports"), assignment)
    raise _not_ours("the end is missing, or there is something behind it")


def _in_order(reports: Iterable[GradeReport]) -> Iterator[GradeReport]:
    before = None
    for report in reports:
        if before is not None and before >= report.student:
            _broken(
                "reports",
                f"{report.student!r} follows {before!r}; reports are sorted by student, one for each",
            )
        before = report.student
        yield report


def _value(text: str) -> Any:
    try:
        return json.loads(text, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise _not_ours(str(error)) from error


def _not_ours(why: str) -> UsageError:
    return UsageError(
        message("This is not a results.json: {error}. Grade again to make a new one.", error=why)
    )


def _top(value: Any) -> _Object:
    if not isinstance(value, dict) or "schema" not in value:
        raise UsageError(
            message('This is JSON without a "schema", so not a results.json. Name a file that grade wrote.')
        )
    if value["schema"] != SCHEMA:
        raise UsageError(
            message(
                "The results have the schema {schema}; this program reads {ours}. "
                "Use the version of the program that wrote them, or grade again.",
                schema=repr(value["schema"]),
                ours=repr(SCHEMA),
            )
        )
    return _Object(value, "results")


def _about(top: _Object) -> ClassResults:
    assignment = top.text("assignment")
    return ClassResults(
        assignment=assignment,
        title=top.text("title", assignment),
        course_version=top.text("course_version"),
        suite_version=top.text("suite_version"),
        isolation=top.fields("isolation"),
        reports=(),
        texts={
            language: {english: _text(told, f"results.texts.{language}") for english, told in texts.items()}
            for language, texts in (
                (language, _Object(texts, f"results.texts.{language}").value)
                for language, texts in top.get("texts", (dict,), {}).items()
            )
        },
    )


def _text(value: Any, where: str) -> str:
    if not isinstance(value, str):
        _broken(where, f"{_shown(value)} where a text is due")
    return value


class _Object:
    """A JSON object that knows where it stands in the file, so that an error can name the place."""

    def __init__(self, value: Any, where: str) -> None:
        if not isinstance(value, dict):
            _broken(where, f"{_shown(value)} where an object is due")
        self.value: dict[str, Any] = value
        self.where = where

    def at(self, key: str) -> str:
        return f"{self.where}.{key}"

    def get(self, key: str, kinds: tuple[type, ...], default: Any = _NOTHING) -> Any:
        found = self.value.get(key, default)
        if found is _NOTHING:
            _broken(self.where, f'"{key}" is missing')
        if not isinstance(found, kinds) or (isinstance(found, bool) and bool not in kinds):
            _broken(self.at(key), f"{_shown(found)} is of the wrong type")
        return found

    def text(self, key: str, default: Any = _NOTHING) -> str:
        return str(self.get(key, (str,), default))

    def cents(self, key: str) -> int:
        number: int | float = self.get(key, (int, float))
        # Not an int times 100 first: an integer of a million digits is no score either.
        if not 0 <= number < 1e9 or abs(number * 100 - round(number * 100)) > 1e-6:
            _broken(self.at(key), f"{_shown(number)} is no score: 0 or more, at most two decimals")
        return round(number * 100)

    def objects(self, key: str, default: Any = _NOTHING) -> list[_Object]:
        items = self.get(key, (list,), default)
        return [_Object(item, f"{self.at(key)}[{index}]") for index, item in enumerate(items)]

    def fields(self, key: str, default: Any = _NOTHING) -> dict[str, type_of_field]:
        found = self.get(key, (dict,), default)
        for name, value in found.items():
            if not isinstance(value, str | int | float):
                _broken(f"{self.at(key)}.{_shown(name)}", f"{_shown(value)} is neither text nor a number")
        return dict(found)

    def messages(self, key: str, default: Iterable[Message]) -> tuple[Message, ...]:
        if key not in self.value:
            return tuple(default)
        return tuple(_read_message(item) for item in self.objects(key))


def _report(item: _Object, assignment: str) -> GradeReport:
    where = f"report of {_shown(item.text('student'))}"
    item = _Object(item.value, where)
    files = item.get("files", (dict,), {})
    for name, digest in files.items():
        if not isinstance(digest, str):
            _broken(f"{item.at('files')}.{_shown(name)}", f"{_shown(digest)} where a SHA-256 is due")
    report = GradeReport(
        student=item.text("student"),
        assignment=assignment,
        status=_one_of(Status, item, "status"),
        functions=tuple(_read_function(function) for function in item.objects("functions")),
        message=_read_reason(item),
        max_score=item.cents("max_score"),
        input_set=item.get("input_set", (int, type(None))),
        notices=item.messages("notices", ()),
        public=tuple(_read_function(function) for function in item.objects("public", [])),
        output=item.text("output"),
        files=dict(files),
        seconds=float(item.get("seconds", (int, float))),
        isolation=item.get("isolation", (str,), ""),
    )
    stated = None if item.value.get("score") is None else item.cents("score")
    if "score" not in item.value or stated != report.score:
        _broken(where, f'the functions add up to {report.score} hundredths, "score" says {stated}')
    at_most = sum(function.max_score for function in report.functions)
    if report.functions and at_most != report.max_score:
        _broken(where, f'the functions are worth {at_most} hundredths, "max_score" says {report.max_score}')
    return report


def _read_function(item: _Object) -> FunctionResult:
    diagnosis = None
    if item.value.get("diagnosis") is not None:
        told = _Object(item.value["diagnosis"], item.at("diagnosis"))
        message = told.value.get("message")
        diagnosis = Diagnosis(
            kind=told.text("kind"),
            mistake=told.get("mistake", (str, type(None))),
            text=Message(told.text("text"))
            if message is None
            else _read_message(_Object(message, told.at("message"))),
            hints=told.messages("hints", ()),
        )
    checks = tuple(_read_check(check) for check in item.objects("checks"))
    pictures = tuple(_read_picture(picture) for picture in item.objects("pictures", []))
    function = FunctionResult(item.text("name"), checks, diagnosis, pictures)
    for key, actual in (("score", function.score), ("max_score", function.max_score)):
        if item.cents(key) != actual:
            _broken(item.where, f'the checks add up to {actual} hundredths, "{key}" says {item.cents(key)}')
    stated = _one_of(Outcome, item, "outcome")
    if stated is not function.outcome:
        _broken(item.where, f'the worst check is {function.outcome.value}, "outcome" says {stated.value}')
    return function


def _read_picture(item: _Object) -> Picture:
    kind = item.text("kind")
    if kind not in PICTURES:
        _broken(item.at("kind"), f"{_shown(kind)} is none of {', '.join(sorted(PICTURES))}")
    title, text = (_read_message(_Object(item.get(key, (dict,)), item.at(key))) for key in ("title", "text"))
    return Picture(kind, title, text, item.get("data", (dict,)))


def _read_check(item: _Object) -> CheckResult:
    told = item.get("message", (str, type(None)))
    check = CheckResult(
        label=item.text("label"),
        outcome=_one_of(Outcome, item, "outcome"),
        score=item.cents("score"),
        max_score=item.cents("max_score"),
        messages=item.messages("messages", [Message(told)] if told else []),
        call=item.text("call", ""),
        hint=item.text("hint", ""),
        follow_through=item.get("follow_through", (bool,)),
        name=item.text("name", ""),
    )
    if check.score > check.max_score:
        _broken(item.where, f"{check.score} of {check.max_score} hundredths is more than all")
    return check


def _read_reason(item: _Object) -> Message | None:
    if item.value.get("reason") is not None:
        return _read_message(_Object(item.value["reason"], item.at("reason")))
    told = item.get("message", (str, type(None)))
    return None if told is None else Message(told)


def _read_message(item: _Object) -> Message:
    return Message(item.text("id"), item.fields("fields", {}))


def _one_of(kind: Any, item: _Object, key: str) -> Any:
    name = item.text(key)
    try:
        return kind(name)
    except ValueError:
        known = ", ".join(member.value for member in kind)
        _broken(item.at(key), f"{_shown(name)} is none of {known}")


def _broken(where: str, what: str) -> NoReturn:
    raise UsageError(
        message(
            "results.json is damaged or was changed by hand, at {where}: {problem}. Grade again to make a new one.",
            where=where,
            problem=what,
        )
    )


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a number")


def _shown(value: Any) -> str:
    text = ascii(value) if isinstance(value, str | float | bool | None) else type(value).__name__
    return text if len(text) <= 60 else f"{text[:59]}…"
