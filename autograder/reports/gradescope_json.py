"""How does a graded report look as Gradescope's `results.json`? Pure functions of the report.

The fields are those of Gradescope's specification of autograders. All text is plain text: Gradescope escapes it and
keeps its lines. One entry a function; `score` at the top is the exact sum, and overrides theirs.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any

from autograder.cleaning import clean, few_lines, indented
from autograder.language import _, say
from autograder.model import CheckResult, FunctionResult, GradeReport, Message, Outcome, Status, points
from autograder.reports.escapes import json_text
from autograder.reports.words import (
    MARK,
    MOST_LINES,
    OURS,
    encouragement,
    follow_through_note,
    hint,
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
    status_word,
)

_HUNDREDTHS = 10_000
"""Of an assignment, whatever it counts on Gradescope."""


def render(
    report: GradeReport,
    language: str | None = None,
    *,
    total: Fraction = Fraction(100),
    about: Mapping[str, Any] | None = None,
) -> str:
    """A graded or ungradable report as the text of results.json.

    total   what the assignment counts on Gradescope, in its points
    about   plain data for `extra_data`: versions and the like
    Raises  ValueError for a system_error, which has no score: `fault` says it
    """
    if report.score is None:
        raise ValueError("a report without a score is told by `fault`")
    extra = dict(about or {}) | {
        "status": report.status.value,
        "input_set": report.input_set,
        "isolation": report.isolation,
        "files": {line(name): report.files[name] for name in sorted(report.files)},
    }
    tree: dict[str, Any] = {
        "score": _scaled(report.score, total),
        "execution_time": round(report.seconds, 1) if math.isfinite(report.seconds) else 0.0,
        "output": _overall(report, language),
        **_COMMON,
        "tests": [
            _test(function, number, language, total) for number, function in enumerate(report.functions, 1)
        ],
        "extra_data": extra,
    }
    return json_text(tree) + "\n"


def fault(
    parts: Iterable[Message | str], language: str | None = None, *, about: Mapping[str, Any] | None = None
) -> str:
    """What Gradescope is told where nothing was graded by our fault.

    Neither `score` nor `tests`: Gradescope takes that for an error of the autograder, which is no zero and no attempt.
    """
    told = (part if isinstance(part, str) else say(part, language) for part in parts)
    tree = {"output": clean("\n".join(told)), **_COMMON, "extra_data": dict(about or {})}
    return json_text(tree) + "\n"


_COMMON = {
    "output_format": "text",
    "test_output_format": "text",
    "test_name_format": "text",
    "visibility": "visible",
    # What was printed while grading is the instructor's.
    "stdout_visibility": "hidden",
}


def _scaled(cents: int, total: Fraction) -> float:
    # Otherwise thirds would show all digits of a float.
    return round(float(Fraction(cents, _HUNDREDTHS) * total), 5)


def _overall(report: GradeReport, language: str | None) -> str:
    parts: list[str] = []
    if report.status is not Status.GRADED:
        parts.append(status_word(report.status, language).capitalize())
    if report.message is not None:
        # Indented, as everything is that may hold a student's lines: none can pass for one of ours.
        parts.append(indented(sentence(report.message, language), "  "))
    parts.append(encouragement(report, language))
    if report.status is Status.UNGRADABLE:
        parts.append(_("Nothing was judged. Mend the file and submit again.", language))
    if report.public:
        checks = [check for function in report.public for check in function.checks]
        passed = sum(check.outcome is Outcome.PASSED for check in checks)
        told = _(
            "Public checks passed: {passed} of {total} (no points).",
            language,
            passed=passed,
            total=len(checks),
        )
        parts.append(told)
    parts += (_hanging("•", sentence(notice, language)) for notice in report.notices)
    if report.output:
        printed = few_lines(clean(report.output).rstrip(), MOST_LINES)
        parts.append(f"{_('What your file printed:', language)}\n{indented(printed, '  ')}")
    return "\n\n".join(part for part in parts if part)


def _test(function: FunctionResult, number: int, language: str | None, total: Fraction) -> dict[str, Any]:
    return {
        "name": line(function.name),
        "number": str(number),
        "score": _scaled(function.score, total),
        "max_score": _scaled(function.max_score, total),
        # Points that a fault of ours left with the student are not lost, and Gradescope knows two words only.
        "status": "passed" if function.score == function.max_score else "failed",
        "output": "\n\n".join(part for part in _of_function(function, language) if part),
        "output_format": "text",
        "name_format": "text",
        "visibility": "visible",
    }


def _of_function(function: FunctionResult, language: str | None) -> list[str]:
    fared = state(function, language)
    parts = [f"{fared.mark} {fared.word}"]
    explanation = "" if function.diagnosis is None else sentence(function.diagnosis.text, language)
    parts.append(indented(explanation, "  ") if explanation else "")
    if is_untouched(function):
        labels = [_hanging("•", label(check.label, language)) for check in function.checks]
        head = _("Not written yet. What it will be checked for:", language)
        parts.append("\n".join([head, *labels]))
        return parts
    parts += _paragraphs(_of_check(check, explanation, language) for check in function.checks)
    # The first rung only: Gradescope cannot fold the others away.
    for question, answer in rungs(function.diagnosis, language)[:1]:
        parts.append(f"{question}\n{indented(answer, '  ')}")
    return parts


def _paragraphs(texts: Iterable[str]) -> list[str]:
    """What has one line stands together, what has more stands by itself."""
    found: list[str] = []
    together = False
    for text in texts:
        short = "\n" not in text
        if short and together:
            found[-1] += f"\n{text}"
        else:
            found.append(text)
        together = short
    return found


def _of_check(check: CheckResult, explanation: str, language: str | None) -> str:
    head = label(check.label, language)
    if not is_lost(check):
        if check.follow_through:
            return f"{_hanging('↪', head)}\n{indented(follow_through_note(language), '    ')}"
        if check.outcome in OURS:
            return f"{_hanging(MARK[check.outcome], head)}\n{indented(ours_note(language), '    ')}"
        return _hanging(MARK[check.outcome], head)
    word = outcome_word(check.outcome, language)
    if check.max_score:
        gained = _(
            "{score} of {max_score} points",
            language,
            score=points(check.score),
            max_score=points(check.max_score),
        )
        word = f"{word}, {gained}"
    parts = [_hanging(MARK[check.outcome], f"{head} ({word})")]
    if check.call:
        parts.append(indented(few_lines(clean(check.call), MOST_LINES), "      "))
    parts += (indented(text, "    ") for text in sentences(check.messages, language) if text != explanation)
    if check.hint:
        parts.append(indented(_("Hint: {hint}", language, hint=hint(check.hint, language)), "    "))
    return "\n".join(parts)


def _hanging(mark: str, text: str) -> str:
    """`text` after `mark`, with its further lines below its first."""
    return f"{mark} {indented(text, '  ')[2:]}" if text else ""
