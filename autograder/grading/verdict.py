"""Is what a lane says about a submission a verdict? Only if it answers what is expected, check by check.

The process outside the lanes decides it. A lane has no student code in it, but data from student code; suppose that a
crafted value confused it. A report that leaves a check out, gives one twice or an unknown one, that skips without a
reason, or whose numbers are not those that follow from its outcomes, is refused as a whole: nothing in it is believed.
What then happens is in `many`: one more try on a fresh lane, and after that a person has to look. No points come of a
refused report, and no zero either: the fault may be ours.
"""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Mapping, Sequence
from typing import Any

from autograder.cleaning import clean_line
from autograder.course.version import INPUT_SETS
from autograder.grading import fields
from autograder.grading.expected import Expected, ExpectedCheck
from autograder.grading.fields import Refused
from autograder.grading.record import plain_picture, report_of
from autograder.grading.submission import Submission
from autograder.model import (
    PICTURES,
    CheckResult,
    FunctionResult,
    GradeReport,
    Message,
    Outcome,
    Picture,
    Status,
)
from autograder.pictures.forms import NotAPicture, form_of

MOST_MESSAGES = 50
"""With one check; the notices of one report may be twenty times as many."""

MOST_TEXT = 64 * 1024
"""Characters of one text."""

_MOST_ITEMS = 4096
_MOST_FIELDS = 32
_MOST_PICTURES = 8
_SHORT = 1000
_LONGEST_SECONDS = 1e6

_REPORT, _FUNCTION, _CHECK = (
    # Under which isolation it was made is not for a lane to say.
    frozenset(field.name for field in dataclasses.fields(kind)) - {"isolation"}
    for kind in (GradeReport, FunctionResult, CheckResult)
)
_HIDDEN = frozenset(Outcome) - {Outcome.SYSTEM_ERROR}
_PUBLIC = _HIDDEN - {Outcome.SKIPPED, Outcome.SUITE_ERROR}


def verdict(tree: Any, expected: Expected, submission: Submission) -> GradeReport:
    """The report that a lane sent about `submission`. Raises Refused where it is not one that `expected` allows."""
    data = dict(
        fields.mapping(fields.mapping(tree, frozenset(("report",)), "the answer")["report"], _REPORT, "it")
    )
    _shape(data)
    # Ids may hold bytes that are no text, so they travel as bytes.
    if data["student"] != os.fsencode(submission.student):
        raise Refused("it is about another student")
    data["student"] = submission.student
    report = report_of(data)
    _same_submission(report, expected, submission)
    if report.status is Status.GRADED:
        _answers(report, expected)
    elif report.functions or report.public or report.message is None:
        raise Refused("it grades nothing, and yet gives results or no reason")
    return report


def suite_errors(report: GradeReport) -> frozenset[str]:
    """The names of the hidden checks that were found at fault themselves."""
    return frozenset(
        check.name
        for function in report.functions
        for check in function.checks
        if check.outcome is Outcome.SUITE_ERROR
    )


def may_be_shown(picture: Picture) -> bool:
    """Whether a report with this picture in it would be believed."""
    try:
        _picture(plain_picture(picture))
    except Refused:
        return False
    return True


# -- types and sizes -----------------------------------------------------------------------------------------


def _shape(data: Mapping[str, Any]) -> None:
    fields.text(data["assignment"], _SHORT, "its assignment")
    _one_of(data["status"], frozenset(Status), "its status")
    for key in ("functions", "public"):
        for function in fields.items(data[key], _MOST_ITEMS, f"its list of {key}"):
            _function(function)
    _message(data["message"])
    fields.whole(data["max_score"], 0, 10_000, "its number of cents")
    if data["input_set"] is not None:
        fields.whole(data["input_set"], 0, INPUT_SETS - 1, "its set of inputs")
    for notice in fields.items(data["notices"], 20 * MOST_MESSAGES, "its list of notices"):
        _message(notice, needed=True)
    fields.text(data["output"], MOST_TEXT, "its output")
    if type(data["files"]) is not dict:
        raise Refused("its files are no table")
    fields.number(data["seconds"], 0.0, _LONGEST_SECONDS, "its time")


def _function(data: Any) -> None:
    parts = fields.mapping(data, _FUNCTION, "the result of a function")
    fields.text(parts["name"], _SHORT, "the name of a function")
    for check in fields.items(parts["checks"], _MOST_ITEMS, "the checks of a function"):
        _check(check)
    if parts["diagnosis"] is not None:
        kind, mistake, why, hints = fields.row(parts["diagnosis"], 4, "a diagnosis")
        fields.text(kind, _SHORT, "the kind of a diagnosis")
        if mistake is not None:
            fields.text(mistake, _SHORT, "the mistake of a diagnosis")
        _message(why, needed=True)
        for hint in fields.items(hints, MOST_MESSAGES, "the hints of a diagnosis"):
            _message(hint, needed=True)
    for picture in fields.items(parts["pictures"], _MOST_PICTURES, "the pictures of a function"):
        _picture(picture)


def _picture(data: Any) -> None:
    kind, title, text, more = fields.row(data, 4, "a picture")
    _one_of(kind, PICTURES, "the kind of a picture")
    _message(title, needed=True)
    _message(text, needed=True)
    if type(more) is not dict:
        raise Refused("what a picture shows is no table")
    fields.plain(more, _MOST_ITEMS, _SHORT, "what a picture shows")
    try:
        form_of(Picture(kind, Message(*title), Message(*text), more))
    except NotAPicture:
        raise Refused("a picture that cannot be drawn") from None


def _check(data: Any) -> None:
    parts = fields.mapping(data, _CHECK, "the result of a check")
    for key in ("label", "call", "hint", "name"):
        fields.text(parts[key], MOST_TEXT, f"the {key} of a check")
    _one_of(parts["outcome"], frozenset(Outcome), "the outcome of a check")
    for key in ("score", "max_score"):
        fields.whole(parts[key], 0, 10_000, f"the {key} of a check")
    for each in fields.items(parts["messages"], MOST_MESSAGES, "the messages of a check"):
        _message(each, needed=True)
    fields.truth(parts["follow_through"], "whether a check followed through")


def _message(data: Any, *, needed: bool = False) -> None:
    if data is None and not needed:
        return
    template, values = fields.row(data, 2, "a message")
    fields.text(template, MOST_TEXT, "a message")
    if type(values) is not dict or len(values) > _MOST_FIELDS:
        raise Refused("the fields of a message are no table, or too many")
    for name, value in values.items():
        fields.text(name, _SHORT, "the name of a field")
        if type(value) is str:
            fields.text(value, MOST_TEXT, "a field")
        elif type(value) is int:
            fields.whole(value, -(2**63), 2**64, "a field")
        else:
            fields.number(value, float("-inf"), float("inf"), "a field")
    # A short text may name a long field any number of times; filled in, it has to be short as well.
    filled = sum(template.count(f"{{{name}}}") * len(str(value)) for name, value in values.items())
    if len(template) + filled > 2 * MOST_TEXT:
        raise Refused("a message that is too long once its fields are filled in")


def _one_of(data: Any, allowed: frozenset[Any], what: str) -> None:
    if type(data) is not str or data not in allowed:
        raise Refused(f"{what} is none that there is")


# -- what it has to say --------------------------------------------------------------------------------------


def _same_submission(report: GradeReport, expected: Expected, submission: Submission) -> None:
    if report.assignment != expected.assignment.id:
        raise Refused("it is about another assignment")
    if report.max_score != expected.max_score:
        raise Refused(f"its maximum is {report.max_score} cents instead of {expected.max_score}")
    if report.files != submission.hashes:
        raise Refused("it is about other files")
    forced = submission.input_set
    if report.status is Status.GRADED and (
        report.input_set is None or forced not in (None, report.input_set)
    ):
        raise Refused("it used another set of inputs")
    if report.notices[: len(submission.notices)] != submission.notices:
        raise Refused("it leaves out what was noticed before")
    if report.status is Status.GRADED and submission.problem is not None:
        raise Refused("it grades what cannot be graded")


def _answers(report: GradeReport, expected: Expected) -> None:
    worth = expected.worth
    _each_once(report.functions, {name: list(checks) for name, checks in worth.items()})
    losers = {
        function.name
        for function in report.functions
        if any(check.outcome.costs_points for check in function.checks)
    }
    for function in report.functions:
        needs = expected.assignment.prerequisites(function.name)
        excused = any(need in losers for need in needs)
        for check, (known, cents) in zip(function.checks, worth[function.name].items(), strict=True):
            _hidden_check(check, known, cents, excused)
    # Where the file does not load for the public checks, none of them is run. They carry no points.
    if report.public:
        public: dict[str, list[ExpectedCheck]] = {}
        for known in expected.public:
            public.setdefault(known.function, []).append(known)
        _each_once(report.public, public)
        for function in report.public:
            for check, known in zip(function.checks, public[function.name], strict=True):
                _public_check(check, known)


def _each_once(found: Sequence[FunctionResult], due: Mapping[str, Sequence[ExpectedCheck]]) -> None:
    """Each function and each of its checks once, in order, and no other."""
    if [function.name for function in found] != list(due):
        missing = [name for name in due if name not in {function.name for function in found}]
        raise Refused(
            f"it lacks the function {missing[0]}"
            if missing
            else "it has functions twice, unknown or out of order"
        )
    for function in found:
        names = [check.name for check in function.checks]
        for known in due[function.name]:
            if (times := names.count(known.name)) != 1:
                label = clean_line(known.label, 80)
                raise Refused(
                    f'{function.name}: "{label}" is there {times} times' if times
                    else f'{function.name}: "{label}" is missing'
                )  # fmt: skip
        if names != [known.name for known in due[function.name]]:
            raise Refused(f"{function.name}: it has a check that nobody knows, or they are out of order")


def _hidden_check(check: CheckResult, known: ExpectedCheck, cents: int, excused: bool) -> None:
    where = f'{known.function}: "{clean_line(known.label, 80)}"'
    _known(check, known, where)
    if check.outcome not in _HIDDEN:
        raise Refused(f"{where} is {check.outcome.value}, which no hidden check can be")
    if check.outcome is Outcome.SKIPPED and not excused:
        raise Refused(f"{where} was skipped without a reason")
    if check.follow_through and not (excused and check.outcome is Outcome.PASSED):
        raise Refused(f"{where} followed through, and nothing was wrong before it")
    if check.max_score != cents:
        raise Refused(f"{where} is worth {check.max_score} cents instead of {cents}")
    if check.score != (0 if check.outcome.costs_points else cents):
        raise Refused(f"{where} is {check.outcome.value} and has {check.score} of {cents} cents")


def _public_check(check: CheckResult, known: ExpectedCheck) -> None:
    where = f'the public check "{clean_line(known.label, 80)}"'
    _known(check, known, where)
    if check.outcome not in _PUBLIC:
        raise Refused(f"{where} is {check.outcome.value}, which no public check can be")
    if check.score or check.max_score or check.follow_through:
        raise Refused(f"{where} has points")


def _known(check: CheckResult, known: ExpectedCheck, where: str) -> None:
    if check.label != known.label or check.hint not in ("", known.hint):
        raise Refused(f"{where} is not worded as it was collected")


__all__ = ["MOST_MESSAGES", "MOST_TEXT", "Refused", "may_be_shown", "suite_errors", "verdict"]
