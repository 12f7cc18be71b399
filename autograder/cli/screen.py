"""How does `watch` look? What is known becomes lines for a whole terminal, or for a pipe.

Everything is put into `rich.text.Text` and cleaned before: nothing that a student wrote, or their code printed, can
become an escape sequence, a colour or a line of ours.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.segment import Segment
from rich.text import Text

from autograder.cleaning import clean, clean_line
from autograder.cli import told
from autograder.cli.watched import Watched
from autograder.cli.work import place_of
from autograder.course.manifest import Assignment
from autograder.language import _, translate
from autograder.model import FunctionResult, Outcome
from autograder.reports.words import line

_LONGEST_BAR = 20
_FEWEST_LINES = 3
"""Lines that what is shown has at least, before anything else is left out."""

Lines = list[RenderableType]


def keys() -> list[tuple[str, str, str]]:
    """Each key, its name in a word, and what it does."""
    return [
        ("h", _("hint"), _("Where to look; once more, which formula.")),
        ("n", _("next"), _("The next function.")),
        ("p", _("previous"), _("The function before.")),
        ("l", _("list"), _("All functions and how they stand; once more, back.")),
        ("a", _("all"), _("Check everything and show every failure; once more, back.")),
        ("r", _("run again"), _("Check once more without a save.")),
        ("?", _("help"), _("This list; once more, back.")),
        ("q", _("quit"), _("The end. Your file stays as it is.")),
    ]


class View:
    """Turns what is known into lines.

    path      the file that is watched
    language  of the assignment's title
    """

    def __init__(self, watched: Watched, assignment: Assignment, path: Path, language: str) -> None:
        self._watched = watched
        self._assignment = assignment
        self.path = path
        self.title = clean_line(assignment.title_in(language))

    # -- parts --------------------------------------------------------------------------------------------------

    def progress(self) -> str:
        """How many functions pass, in words and as a bar."""
        passing, total = self._watched.passing, len(self._watched.checked)
        size = min(total, _LONGEST_BAR)
        # Full only where nothing is left.
        full = passing * size // total if total else 0
        bar = "#" * full + "-" * (size - full)
        return _("{k} of {n} functions pass [{bar}]", k=passing, n=total, bar=bar)

    def news(self) -> Lines:
        """What the last save changed."""
        watched = self._watched
        lines: Lines = []
        if watched.passed:
            text = _("✓ {function} passes the checks that you may see.", function=watched.passed)
            lines.append(Text(text, style="bold green"))
        for name in watched.broken:
            text = _("✗ {function} passed before this save and does not any more.", function=name)
            lines.append(Text(text, style="bold yellow"))
        return lines

    def body(self) -> Lines:
        """What is shown at the moment."""
        watched = self._watched
        if watched.helping:
            return [Text.assemble((f"  {key}  ", "bold"), does) for key, _name, does in keys()]
        if watched.problem is not None and watched.problem.error is not None:
            why = told.not_loaded(watched.problem.error, self.path)
            return [*why, *self._printed()]
        if watched.fault:
            text = _("This is our fault, not yours: {reason} Press r to try again.", reason=watched.fault)
            return [Text(clean(text), style="magenta")]
        news = self.news()
        if news:
            news.append(Text())
        if watched.view == "list":
            return [*news, *self._list()]
        if watched.view == "all":
            return [*news, *self._all()]
        if watched.complete:
            return [*news, *self._complete(), *self._printed()]
        if watched.current is None:
            return [*news, Text(_("Looking for the first function that does not pass."))]
        return [*news, *self._function(watched.current), *self._printed()]

    def _worth(self, name: str) -> str:
        points = float(self._assignment.function(name).points)
        return _("{name} ({points} points)", name=name, points=f"{points:g}")

    def _function(self, name: str) -> Lines:
        watched = self._watched
        place = place_of(self.path, name)
        result = watched.results.get(name)
        if result is None:
            text = _("It has no check that you may see.") if name not in watched.checked else ""
            return [Text(self._worth(name), style="bold"), *([told.moved(4, text)] if text else [])]
        lines: Lines = [told.head(result, self._worth(name))]
        if result.outcome is Outcome.NOT_WRITTEN:
            lines.append(told.moved(2, _("What it will be checked for:")))
            lines += [told.marked("•", line(translate(one.label))) for one in result.checks]
            if place:
                lines.append(told.moved(4, place, "dim"))
        else:
            lines += told.diagnosed(result)
            lines += self._checks(result, place)
        if watched.asked:
            lines.append(Text())
            if result.outcome is Outcome.PASSED:
                lines.append(
                    told.moved(4, _("It passes every check that you may see: there is nothing to hint at."))
                )
            else:
                lines += told.ladder(watched.rungs(), watched.asked, name)
        return lines

    def _checks(self, result: FunctionResult, place: str) -> Lines:
        lines: Lines = []
        for one in result.checks:
            if one.outcome.costs_points:
                lines += told.failure(one, place)
            else:
                lines.append(told.marked("✓", line(translate(one.label)), "green"))
        return lines

    def _list(self) -> Lines:
        lines: Lines = []
        for name in self._watched.names:
            result = self._watched.results.get(name)
            worth = self._worth(name)
            text = Text("> " if name == self._watched.current else "  ", style="bold")
            text.append_text(told.head(result, worth) if result is not None else Text(f"  {worth}"))
            lines.append(text)
        return lines

    def _all(self) -> Lines:
        lines: Lines = []
        for name in self._watched.names:
            result = self._watched.results.get(name)
            if result is None:
                continue
            lines.append(told.head(result, self._worth(name)))
            if result.outcome not in (Outcome.PASSED, Outcome.NOT_WRITTEN):
                lines += self._checks(result, place_of(self.path, name))
        return lines

    def _complete(self) -> Lines:
        return [
            Text(
                _("All {n} functions pass the checks that you may see.", n=self._watched.passing),
                style="bold green",
            ),
            Text(
                _(
                    "Hidden checks decide the mark: other inputs, other sizes, the special cases that the statement names."
                )
            ),
            Text(_("Hand in with: autograde submit {assignment}", assignment=self._assignment.id)),
        ]

    def _printed(self) -> Lines:
        lines = told.printed(self._watched.output)
        return [Text(), *lines] if lines else []


class Screen:
    """The whole terminal: progress above, status and keys below, between them what is shown, as much as fits."""

    def __init__(self, view: View, watched: Watched) -> None:
        self._view = view
        self._watched = watched

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        width = options.max_width
        height = options.height or options.size.height
        options = options.update(width=width, height=None)

        def rendered(parts: Lines) -> list[list[Segment]]:
            return [row for part in parts for row in console.render_lines(part, options, pad=False)]

        rule = Text("─" * width, style="dim")
        above, below = (
            rendered([*self._head(width), rule]),
            rendered([rule, self._status(), self._keys(width)]),
        )
        spare = height - _FEWEST_LINES
        if len(above) + len(below) > spare:  # a very small terminal: progress and status are enough
            above, below = rendered([Text(self._view.progress(), style="bold")]), rendered([self._status()])
        if len(above) + len(below) > spare:
            above = []
        room = max(height - len(above) - len(below), 1)
        rows = above + self._fitted(rendered(self._view.body()), room) + below
        yield from _joined(rows[:height])

    def _head(self, width: int) -> Lines:
        progress = Text(self._view.progress(), style="bold")
        title = Text(self._view.title, no_wrap=True, overflow="ellipsis")
        gap = width - title.cell_len - progress.cell_len
        return [Text.assemble(title, " " * gap, progress)] if gap > 1 else [title, progress]

    def _status(self) -> Text:
        return Text(self._watched.status, style="dim", no_wrap=True, overflow="ellipsis")

    def _keys(self, width: int) -> Text:
        """On as many lines as it takes; none breaks between a key and its name."""
        text, used = Text(), 0
        for key, name, _does in keys():
            part = Text.assemble((key, "bold"), f" {name}")
            if used and used + 2 + part.cell_len > width:
                text.append("\n")
                used = 0
            elif used:
                text.append("  ")
                used += 2
            text.append_text(part)
            used += part.cell_len
        return text

    def _fitted(self, rows: list[list[Segment]], room: int) -> list[list[Segment]]:
        watched = self._watched
        watched.page = max(room - 1, 1)
        if len(rows) <= room:
            watched.top = 0
            return rows + [[]] * (room - len(rows))
        watched.top = max(0, min(watched.top, len(rows) - watched.page))
        shown = rows[watched.top : watched.top + watched.page]
        left = len(rows) - watched.top - len(shown)
        more = _("{n} more lines: space shows them", n=left) if left else _("the end; ↑ goes back")
        return [*shown, [Segment(f"… {more}")]]


def _joined(rows: list[list[Segment]]) -> Iterator[Segment]:
    for number, row in enumerate(rows):
        if number:
            yield Segment.line()
        yield from row
