"""How does a class look as JUnit XML, for a build server? One suite a student, one case a check.

The elements and attributes are those that pytest writes by default and that Jenkins' schema knows. It holds labels and
explanations only: no source of a check, no path, no time of day; the same results give the same bytes but for `time`.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator

from autograder.model import CheckResult, FunctionResult, GradeReport, Outcome, Status, points
from autograder.reports.escapes import xml_attribute, xml_text
from autograder.reports.words import (
    OURS,
    hint,
    is_lost,
    label,
    outcome_word,
    sentence,
    sentences,
    status_word,
)


def render(
    reports: Iterable[GradeReport],
    name: str,
    language: str | None = None,
    scores: dict[str, int | None] | None = None,
) -> str:
    """`reports` as the text of an XML file.

    name    of the whole, e.g. the assignment's title
    scores  student → final mark in cents, where it differs from what the checks add up to
    """
    suites: list[str] = []
    tests = failures = errors = 0
    for report in reports:
        lines, counted = _suite(report, language, scores)
        suites += lines
        tests, failures, errors = tests + counted[0], failures + counted[1], errors + counted[2]
    head = (
        f'<testsuites name="{xml_attribute(name)}" tests="{tests}" failures="{failures}" errors="{errors}">'
    )
    return "\n".join(['<?xml version="1.0" encoding="utf-8"?>', head, *suites, "</testsuites>", ""])


def _suite(
    report: GradeReport, language: str | None, scores: dict[str, int | None] | None
) -> tuple[list[str], tuple[int, int, int]]:
    kinds: list[str] = []
    cases: list[str] = []
    for kind, text in _cases(report, language):
        kinds.append(kind)
        cases.append(text)
    failures, errors, skipped = (kinds.count(kind) for kind in ("failure", "error", "skipped"))
    seconds = report.seconds if math.isfinite(report.seconds) and report.seconds > 0 else 0.0
    score = report.score if scores is None else scores.get(report.student, report.score)
    said = {
        "status": report.status.value,
        "score": "" if score is None else points(score),
        "max_score": points(report.max_score),
    }
    lines = [
        f'<testsuite name="{xml_attribute(report.student) or "-"}" tests="{len(kinds)}" failures="{failures}" '
        f'errors="{errors}" skipped="{skipped}" time="{seconds:.3f}">',
        "<properties>",
        *(f'<property name="{key}" value="{xml_attribute(value)}"/>' for key, value in said.items()),
        "</properties>",
        *cases,
        "</testsuite>",
    ]
    return lines, (len(kinds), failures, errors)


def _cases(report: GradeReport, language: str | None) -> Iterator[tuple[str, str]]:
    if report.status is not Status.GRADED:
        kind = "error" if report.status is Status.SYSTEM_ERROR else "failure"
        told = sentence(report.message, language) or status_word(report.status, language)
        yield kind, _case(report, "submission", kind, report.status.value, told, told)
    for function in report.functions:
        for check in function.checks:
            yield _check(report, function, check, language)


def _check(
    report: GradeReport, function: FunctionResult, check: CheckResult, language: str | None
) -> tuple[str, str]:
    name = f"{function.name}: {label(check.label, language)}"
    if check.outcome in OURS:
        kind = "error"
    elif check.outcome is Outcome.SKIPPED and is_lost(check):
        kind = "skipped"
    elif is_lost(check):
        kind = "failure"
    else:
        return "", _case(report, name, "", "", "", "")
    word = f"{outcome_word(check.outcome, language)}, {points(check.score)} / {points(check.max_score)}"
    told = [word, check.call, *sentences(check.messages, language), hint(check.hint, language)]
    text = "\n".join(part for part in told if part)
    return kind, _case(report, name, kind, check.outcome.value, word, text)


def _case(report: GradeReport, name: str, kind: str, type_: str, short: str, text: str) -> str:
    where = f'classname="{xml_attribute(report.assignment) or "-"}" name="{xml_attribute(name)}" time="0.000"'
    if not kind:
        return f"<testcase {where}/>"
    inner = (
        f'<{kind} type="{xml_attribute(type_)}" message="{xml_attribute(short)}">{xml_text(text)}</{kind}>'
    )
    return f"<testcase {where}>{inner}</testcase>"
