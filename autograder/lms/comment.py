"""What is a student told in a platform's column of comments? The mark, how it came about, and where each function stands."""

from __future__ import annotations

import re

from autograder.cleaning import clean
from autograder.language import _
from autograder.lms.given import Given
from autograder.model import Status, points
from autograder.reports.words import (
    encouragement,
    is_untouched,
    line,
    lost,
    sentence,
    state,
    status_word,
)

LONGEST = 20_000
"""Characters of one comment."""

_ESCAPES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;", "\\": "&#92;"}
_SPECIAL = re.compile(r"""[&<>"'\\]""")


def text(given: Given, language: str) -> str:
    """The comment as plain text. Like a student's page it holds nothing of a hidden check."""
    parts: list[str] = []
    if given.score is not None:
        parts.append(
            _(
                "{score} of {max_score} points",
                language,
                score=points(given.score),
                max_score=points(given.max_score),
            )
        )
    parts += changed(given, language)
    report = given.report
    if report is not None:
        if report.status is not Status.GRADED:
            parts.append(status_word(report.status, language).capitalize())
            parts.append(sentence(report.message, language))
        for function in report.functions:
            fared = state(function, language)
            got = f"{points(function.score)} / {points(function.max_score)}"
            parts.append(f"{fared.mark} {line(function.name)}: {got}, {fared.word}")
            if lost(function) and not is_untouched(function) and function.diagnosis is not None:
                parts.append(f"  {sentence(function.diagnosis.text, language)}")
        parts.append(encouragement(report, language))
    return clean("\n".join(part for part in parts if part), LONGEST)


def changed(given: Given, language: str) -> list[str]:
    """Why the mark is not what the work earned, for the student: an adjustment's author and reason are not told."""
    told: list[str] = []
    if given.score is None or given.raw is None or given.raw == given.score:
        return told
    told.append(_("Your work earned {points} points.", language, points=points(given.raw)))
    if given.late_penalty:
        told.append(
            _("Because it was late, {points} were taken away.", language, points=points(given.late_penalty))
        )
    if given.adjusted:
        told.append(
            _(
                "Your instructor changed the mark by {points} points.",
                language,
                points=points(given.adjusted),
            )
        )
    return told


def html(given: Given, language: str) -> str:
    """The comment as HTML on one line.

    No backslash and no quotation mark stands in it: PHP's reader of CSV takes a backslash before a quotation mark for
    an escape, which no other reader does.
    """
    escaped = _SPECIAL.sub(lambda found: _ESCAPES[found[0]], text(given, language))
    return "<br>".join(row.strip() for row in escaped.split("\n"))
