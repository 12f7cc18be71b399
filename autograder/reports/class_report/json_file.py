"""The class report as JSON, for programs. The schema `autograde/class-report/1` is described in docs/class-report.md.

Points are numbers with at most two decimals, shares and correlations numbers; None where there is nothing to say. In an
edition to share a number of students may be the text "1–2" or "≥ N".
"""

from __future__ import annotations

from typing import Any

from autograder.reports.class_report import counts
from autograder.reports.class_report.data import ClassReport, Figures
from autograder.reports.escapes import json_text
from autograder.reports.similar import Similar

SCHEMA = "autograde/class-report/1"


def render(report: ClassReport) -> str:
    """`report` as the text of class-report.json; the same report, the same bytes."""
    lines = ",\n".join(f"{json_text(key)}: {json_text(value)}" for key, value in plain(report).items())
    return "{\n" + lines + "\n}\n"


def plain(report: ClassReport) -> dict[str, Any]:
    """`report` as plain data."""

    def n(count: int) -> int | str:
        return counts.told(report, count)

    def rest(part: int, whole: int) -> int | str:
        return counts.rest_told(report, part, whole)

    about, attempts, late = report.about, report.attempts, report.lateness
    return {
        "schema": SCHEMA,
        "edition": "shared" if report.least else "full",
        "course": about.course,
        "assignment": about.assignment,
        "title": about.title,
        "made_at": about.now or None,
        "max_score": _points(about.max_score),
        "students": {
            "total": report.students,
            "with_mark": rest(report.marks.count, report.students),
            "missing": n(report.missing),
            "excused": n(report.excused),
            "graded": rest(report.graded, report.students),
            "ungradable": n(report.ungradable),
            "system_errors": n(report.system_errors),
            "adjusted": n(report.adjusted),
        },
        "suite_versions": [
            {"suite_version": version, "reports": n(count)} for version, count in report.suites
        ],
        "marks": _figures(report, report.marks),
        "scores": _figures(report, report.scores),
        "functions": [
            {
                "name": one.name,
                "max_score": _points(one.max_score),
                "students": one.students,
                "full": rest(one.full, one.students),
                "part": n(one.part),
                "none": n(one.none),
                "untouched": n(one.untouched),
                "mean": _points(one.mean),
            }
            for one in report.functions
        ],
        "checks": [
            {
                "number": one.number,
                "function": one.function,
                "name": one.name,
                "label": one.label,
                "max_score": _points(one.max_score),
                "students": one.students,
                "passed": rest(one.passed, one.students),
                "counted": n(one.counted),
                "missed": n(one.missed),
                "outcomes": {outcome: n(count) for outcome, count in one.lost},
                "success": counts.share(report, one.earned, one.students),
                "discrimination": counts.discrimination(report, one),
                "undefined": one.undefined or None,
            }
            for one in report.checks
        ],
        "mistakes": [
            {
                "function": one.function,
                "kind": one.kind,
                "mistake": one.mistake or None,
                "text": one.text,
                "students": n(one.students),
                "share": counts.share(report, one.students, report.graded),
                "share_of_missed": counts.share(report, one.students, one.missed),
            }
            for one in report.mistakes
        ],
        "attempts": {
            "students": [{"attempts": number, "students": n(count)} for number, count in attempts.counts],
            "with_two_or_more": n(attempts.more),
            "better": n(attempts.better),
            "same": n(attempts.same),
            "worse": n(attempts.worse),
            "mean_first": _mean(report, attempts.more, attempts.first),
            "mean_last": _mean(report, attempts.more, attempts.last),
        },
        "lateness": {
            "in_time": n(late.in_time),
            "late": n(late.late),
            "groups": [{"up_to_seconds": bound, "students": n(count)} for bound, count in late.groups],
            "unknown": n(late.unknown),
            "no_deadline": n(late.no_deadline),
            "penalised": n(late.penalised),
            "penalty": _mean(report, late.penalised, late.penalty),
            "slipped": n(late.slipped),
            "slip_days": None if 0 < late.slipped < report.least else late.slip_days,
        },
        "similar": None if report.similar is None else _similar(report.similar),
    }


def _figures(report: ClassReport, figures: Figures) -> dict[str, Any]:
    return {
        "count": figures.count,
        "mean": _mean(report, figures.count, figures.mean),
        "lower_quartile": _mean(report, figures.count, figures.lower_quartile),
        "median": _mean(report, figures.count, figures.median),
        "upper_quartile": _mean(report, figures.count, figures.upper_quartile),
        "bins": [
            {"from": _points(bin.low), "to": _points(bin.high), "students": counts.told(report, bin.count)}
            for bin in figures.bins
        ],
    }


def _mean(report: ClassReport, count: int, cents: int | None) -> int | float | None:
    """A figure over `count` students; of one or two of them it may be the very mark of one."""
    return None if 0 < count < report.least else _points(cents)


def _similar(similar: Similar) -> dict[str, Any]:
    return {
        "looked": similar.looked,
        "unread": similar.unread,
        "same_source": [
            {
                "students": list(one.students),
                "functions": [
                    {"name": name, "failed_checks": failed, "known_mistake": mistake or None}
                    for name, failed, mistake in zip(one.functions, one.checks, one.mistakes, strict=True)
                ],
                "statements": one.statements,
                "sources": list(one.texts),
            }
            for one in similar.sources
        ],
        "same_values": [
            {
                "students": list(one.students),
                "functions": [
                    {"name": name, "checks": checks}
                    for name, checks in zip(one.functions, one.checks, strict=True)
                ],
                "input_set": one.input_set,
            }
            for one in similar.values
        ],
        "same_values_explained": similar.explained,
        "nearly_same_source": [
            {
                "function": one.function,
                "one": list(one.one),
                "other": list(one.other),
                "shares": list(one.shares),
                "failed_checks": one.checks,
            }
            for one in similar.pairs
        ],
        "nearly_same_source_more": similar.more_pairs,
        "nearly_same_source_left_out": similar.left_out,
        "nearly_same_source_without": similar.without or None,
    }


def _points(cents: int | None) -> int | float | None:
    if cents is None:
        return None
    return cents // 100 if cents % 100 == 0 else cents / 100
