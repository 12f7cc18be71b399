"""How does the class report look on a page? It stands alone as all pages do: no script, no address outside itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from markupsafe import Markup

from autograder.language import _
from autograder.model import Outcome
from autograder.reports.class_report import counts, plots
from autograder.reports.class_report.data import CheckFigures, ClassReport
from autograder.reports.html import _render
from autograder.reports.similar import ALIKE, MOST_IN_GROUP, TRIVIAL, SameSource
from autograder.reports.words import MARK, line, outcome_word

MOST_ROWS = 25
"""Mistakes, and groups of like answers, that the page shows; the other files hold all of them."""

MOST_NAMES = 30
"""Students named in one row."""


def page(
    report: ClassReport,
    language: str,
    who: Callable[[str], str] = str,
    *,
    files: Sequence[str] = (),
    overview: str = "",
) -> str:
    """The page.

    who       id → what students are called on it; ids themselves by default, and in an edition to share
    files     names of files beside it with the same figures
    overview  name of the page beside it that `autograde grade` wrote, which leads to each student's report, or ""
    """
    similar = report.similar
    return _render(
        "class_report.html",
        language,
        report=report,
        about=report.about,
        title=line(report.about.title or report.about.assignment),
        n=lambda count: counts.told(report, count),
        rest=lambda part, whole: counts.rest_told(report, part, whole),
        share=lambda part, whole: _percent(counts.share(report, part, whole)),
        many=lambda count: count >= report.least,
        has_bar=lambda one: not any(0 < part < report.least for part in (one.full, one.part, one.none)),
        correlation=lambda check: _correlation(report, check, language),
        outcomes=lambda check: _outcomes(report, check, language),
        by_function=_by_function(report.checks),
        groups=[(_bound(bound, language), count) for bound, count in report.lateness.groups],
        attempt_labels=_attempt_labels(report),
        plots={
            "marks": Markup(plots.marks(report, language)),
            "checks": Markup(plots.checks(report, language)),
            "attempts": Markup(_attempts_plot(report, language)),
            "lateness": Markup(_lateness_plot(report, language)),
        },
        mistakes=report.mistakes[:MOST_ROWS],
        more_mistakes=len(report.mistakes[MOST_ROWS:]),
        similar=similar,
        sources=() if similar is None else similar.sources[:MOST_ROWS],
        values=() if similar is None else similar.values[:MOST_ROWS],
        pairs=() if similar is None else similar.pairs[:MOST_ROWS],
        more_similar={}
        if similar is None
        else {
            "sources": len(similar.sources[MOST_ROWS:]),
            "values": len(similar.values[MOST_ROWS:]),
            "pairs": len(similar.pairs[MOST_ROWS:]) + similar.more_pairs,
        },
        names=lambda students: _names(students, who, language),
        listed=_listed,
        known=_known,
        percentage=_percent,
        least_alike=ALIKE,
        trivial=TRIVIAL,
        most_in_group=MOST_IN_GROUP,
        files=files,
        overview=overview,
    )


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{100 * share:.0f} %"


def _correlation(report: ClassReport, check: CheckFigures, language: str) -> str:
    value = counts.discrimination(report, check)
    if value is not None:
        return f"{value:.2f}".replace("-", "−")
    match check.undefined:
        case "few":
            return _("too few students", language)
        case "all":
            return _("all have it", language)
        case "none":
            return _("nobody has it", language)
        case "alike":
            return _("all else is alike", language)
    return "–"


def _outcomes(report: ClassReport, check: CheckFigures, language: str) -> str:
    """How the points were lost other than by a wrong answer, e.g. "◷ timed out: 3"."""
    told = []
    for name, count in check.lost:
        outcome = Outcome(name)
        if outcome is not Outcome.FAILED:
            told.append(f"{MARK[outcome]} {outcome_word(outcome, language)}: {counts.told(report, count)}")
    return "; ".join(told)


def _by_function(checks: Sequence[CheckFigures]) -> list[tuple[str, list[CheckFigures]]]:
    found: dict[str, list[CheckFigures]] = {}
    for check in checks:
        found.setdefault(check.function, []).append(check)
    return list(found.items())


def _bound(bound: int | None, language: str) -> str:
    if bound is None:
        return _("later", language)
    if bound < 86_400:
        return _("up to {n} h", language, n=bound // 3600)
    if bound == 86_400:
        return _("up to 1 day", language)
    return _("up to {n} days", language, n=bound // 86_400)


def _attempt_labels(report: ClassReport) -> list[tuple[str, int]]:
    from autograder.reports.class_report.data import MOST_ATTEMPTS_APART

    return [
        (f"{number}+" if number == MOST_ATTEMPTS_APART else str(number), count)
        for number, count in report.attempts.counts
    ]


def _attempts_plot(report: ClassReport, language: str) -> str:
    bars = _attempt_labels(report)
    if len(bars) < 2:
        return ""
    return plots.columns(
        report,
        bars,
        "attempts",
        _("Number of attempts", language),
        _("A bar for each number of attempts; the number above it is that of students.", language),
    )


def _lateness_plot(report: ClassReport, language: str) -> str:
    late = report.lateness
    if not late.late:
        return ""
    bars = [(_("in time", language), late.in_time)]
    bars += [(_bound(bound, language), count) for bound, count in late.groups]
    return plots.columns(
        report,
        bars,
        "lateness",
        _("Lateness", language),
        _(
            "A bar for those in time and for each span of lateness; the number above it is that of students.",
            language,
        ),
    )


def _names(students: Sequence[str], who: Callable[[str], str], language: str) -> list[str]:
    told = [line(who(student)) for student in students[:MOST_NAMES]]
    if len(students) > MOST_NAMES:
        told.append(_("and {n} more", language, n=len(students) - MOST_NAMES))
    return told


def _listed(functions: Sequence[str], checks: Sequence[int]) -> list[tuple[str, int]]:
    return [(line(name), count) for name, count in zip(functions, checks, strict=True)]


def _known(one: SameSource) -> list[str]:
    """Known mistakes of the course that the sources of a group are."""
    return [line(name) for name in dict.fromkeys(one.mistakes) if name]
