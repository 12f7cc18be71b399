"""A `GradeReport` as plain data and back, between our own processes and in the journal; a `Submission` likewise."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from autograder.grading.submission import Submission
from autograder.model import (
    CheckResult,
    Diagnosis,
    FunctionResult,
    GradeReport,
    Message,
    Outcome,
    Picture,
    Status,
)


def plain(report: GradeReport) -> dict[str, Any]:
    """The report as dicts, lists, texts and numbers."""
    return {
        "student": report.student,
        "assignment": report.assignment,
        "status": report.status.value,
        "functions": [plain_function(function) for function in report.functions],
        "message": _plain_message(report.message),
        "max_score": report.max_score,
        "input_set": report.input_set,
        "notices": [_plain_message(notice) for notice in report.notices],
        "public": [plain_function(function) for function in report.public],
        "output": report.output,
        "files": dict(report.files),
        "seconds": report.seconds,
        # A lane does not know it; the journal keeps it.
        **({"isolation": report.isolation} if report.isolation else {}),
    }


def report_of(data: Mapping[str, Any]) -> GradeReport:
    """The report that `plain` made this of. Raises KeyError, TypeError or ValueError for anything else."""
    return GradeReport(
        student=data["student"],
        assignment=data["assignment"],
        status=Status(data["status"]),
        functions=tuple(function_of(function) for function in data["functions"]),
        message=_message(data["message"]),
        max_score=int(data["max_score"]),
        input_set=data["input_set"],
        notices=tuple(notice for notice in map(_message, data["notices"]) if notice is not None),
        public=tuple(function_of(function) for function in data["public"]),
        output=data["output"],
        files=dict(data["files"]),
        seconds=float(data["seconds"]),
        isolation=str(data.get("isolation", "")),
    )


def job(submission: Submission) -> dict[str, Any]:
    """A submission as plain data. Ids may hold bytes that are no text."""
    return {
        "student": os.fsencode(submission.student),
        "files": dict(submission.files),
        "problem": _plain_message(submission.problem),
        "notices": [_plain_message(notice) for notice in submission.notices],
        "input_set": submission.input_set,
        "brief": submission.brief,
    }


def job_of(data: Mapping[str, Any]) -> Submission:
    """The submission that `job` made this of."""
    return Submission(
        os.fsdecode(data["student"]),
        data["files"],
        _message(data["problem"]),
        tuple(notice for notice in map(_message, data["notices"]) if notice is not None),
        data["input_set"],
        data["brief"],
    )


def _plain_message(message: Message | None) -> list[Any] | None:
    return None if message is None else [message.id, dict(message.fields)]


def _message(data: Any) -> Message | None:
    return None if data is None else Message(data[0], dict(data[1]))


def _said(data: Any) -> Message:
    return Message(data[0], dict(data[1]))


def plain_function(function: FunctionResult) -> dict[str, Any]:
    """The result of a function as dicts, lists, texts and numbers."""
    found = function.diagnosis
    return {
        "name": function.name,
        "checks": [_plain_check(check) for check in function.checks],
        "diagnosis": None
        if found is None
        else [
            found.kind,
            found.mistake,
            _plain_message(found.text),
            [_plain_message(hint) for hint in found.hints],
        ],
        "pictures": list(map(plain_picture, function.pictures)),
    }


def plain_picture(picture: Picture) -> list[Any]:
    """A picture as lists, texts and numbers."""
    return [picture.kind, _plain_message(picture.title), _plain_message(picture.text), dict(picture.data)]


def function_of(data: Mapping[str, Any]) -> FunctionResult:
    """The result that `plain_function` made this of. Raises as `report_of`."""
    found = data["diagnosis"]
    diagnosis = (
        None
        if found is None
        else Diagnosis(found[0], found[1], _said(found[2]), tuple(_said(hint) for hint in found[3]))
    )
    return FunctionResult(
        data["name"],
        tuple(_check(check) for check in data["checks"]),
        diagnosis,
        tuple(Picture(kind, _said(title), _said(text), more) for kind, title, text, more in data["pictures"]),
    )


def _plain_check(check: CheckResult) -> dict[str, Any]:
    return {
        "label": check.label,
        "outcome": check.outcome.value,
        "score": check.score,
        "max_score": check.max_score,
        "messages": [_plain_message(message) for message in check.messages],
        "call": check.call,
        "hint": check.hint,
        "follow_through": check.follow_through,
        "name": check.name,
    }


def _check(data: Mapping[str, Any]) -> CheckResult:
    return CheckResult(
        label=data["label"],
        outcome=Outcome(data["outcome"]),
        score=int(data["score"]),
        max_score=int(data["max_score"]),
        messages=tuple(message for message in map(_message, data["messages"]) if message is not None),
        call=data["call"],
        hint=data["hint"],
        follow_through=bool(data["follow_through"]),
        name=data["name"],
    )
