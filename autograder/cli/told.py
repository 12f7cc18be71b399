"""How are public checks told, in `check` and in `watch`? Results to lines of text, and the hint ladder.

The ladder: what is wrong, which a failed check says by itself; then, for who asks, where to look; then which formula.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.segment import Segment
from rich.text import Text

from autograder.cleaning import clean, few_lines, indented
from autograder.cli.work import short
from autograder.course.texts import Hints
from autograder.language import _, say, translate
from autograder.model import CheckResult, FunctionResult, Message, Outcome
from autograder.reports.words import line, sentence

_MOST_LINES = 40
"""Lines of output that are shown."""


def rungs(function: FunctionResult, hints: Mapping[str, Hints]) -> tuple[str, ...]:
    """What may be asked for after "what is wrong", in order, in the current language; () where nothing is wrong.

    What belongs to this very failure, where a diagnosis knows it, goes before what holds for every one.
    """
    if not function.outcome.costs_points:
        return ()
    if function.diagnosis is not None and function.diagnosis.hints:
        return tuple(say(hint) for hint in function.diagnosis.hints)
    told = hints.get(function.name)
    return () if told is None else (translate(told.where), translate(told.formula))


def ladder(rungs: Sequence[str], asked: int, name: str) -> list[RenderableType]:
    """The first `asked` rungs, and a kind word where more was asked for than there is."""
    lines: list[RenderableType] = []
    for heading, text in steps_of(rungs, name)[:asked]:
        lines += [moved(4, heading, "bold"), moved(6, text)] if heading else [moved(4, text)]
    return lines


def steps_of(rungs: Sequence[str], name: str) -> list[tuple[str, str]]:
    """The ladder from its first rung to its end: (heading, text); what is said at its end has no heading."""
    headings = (_("Where to look"), _("Which formula"), *[_("Another hint")] * len(rungs))
    last = (
        _(
            "There is no further hint for {function}. Work the statement's example through by hand and compare each "
            "step with yours, or tell someone what your code does, line by line: explaining it is half of finding it.",
            function=name,
        )
        if rungs
        else _(
            "There is no hint for {function} yet. README.md says what it must do; or tell someone what your code "
            "does, line by line: explaining it is half of finding it.",
            function=name,
        )
    )
    return [*((heading, clean(text)) for heading, text in zip(headings, rungs, strict=False)), ("", last)]


def failure(one: CheckResult, place: str) -> list[RenderableType]:
    """A failed check in full. place: "file:line" of the function, or ""."""
    lines: list[RenderableType] = [marked("✗", line(translate(one.label)), "bold")]
    if one.call:
        lines.append(moved(6, indented(clean(one.call), "> "), "cyan"))
    lines += [moved(6, sentence(message)) for message in one.messages]
    if place:
        lines.append(moved(6, place, "dim"))
    if one.hint:
        lines.append(moved(6, f"{_('Hint:')} {clean(translate(one.hint))}"))
    return lines


def diagnosed(function: FunctionResult) -> list[RenderableType]:
    """What was misunderstood, where the engine can tell."""
    found = function.diagnosis
    return [] if found is None else [moved(4, sentence(found.text))]


def not_loaded(error: Message, path: Path) -> list[RenderableType]:
    """Why a file could not be loaded, and where."""
    number = error.fields.get("line")
    place = short(path)
    return [
        Text(f"✗ {sentence(error)}", style="red"),
        moved(2, f"{place}:{number}" if number else place),
    ]


def noticed(notices: Sequence[Message]) -> list[RenderableType]:
    """What was left out of a file, and which cells of a notebook did not run."""
    return [moved(2, sentence(notice), "yellow") for notice in notices]


def head(function: FunctionResult, worth: str) -> Text:
    """The function's own line. worth: its name with its points."""
    if function.outcome is Outcome.PASSED:
        return Text(f"✓ {worth}", style="green")
    if function.outcome is Outcome.NOT_WRITTEN:
        return Text(f"· {worth}: {_('not written yet')}", style="dim")
    return Text(f"✗ {worth}", style="red")


def printed(output: str) -> list[RenderableType]:
    """What the file printed; nothing where that is nothing."""
    if not output.strip():
        return []
    text = few_lines(clean(output, 2000), _MOST_LINES).strip("\n")
    return [Text(_("Your file printed:"), style="dim"), moved(2, text)]


class Moved:
    """A text moved to the right with all its lines, so that none of them can pass for one of ours.

    mark  stands before the first one
    """

    def __init__(self, columns: int, text: Text, mark: str = "") -> None:
        self._columns = columns
        self._text = text
        self._mark = mark

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        # On a very narrow terminal the text is worth more than its place.
        columns = min(self._columns, options.max_width // 4)
        inner = options.update(width=options.max_width - columns, height=None)
        mark = f"{self._mark} " if self._mark else ""
        for row in console.render_lines(self._text, inner, pad=False):
            yield Segment(mark.rjust(columns), console.get_style(self._text.style) if mark else None)
            yield from row
            yield Segment.line()
            mark = ""


def moved(columns: int, text: str, style: str = "") -> Moved:
    """`text` so many columns to the right."""
    return Moved(columns, Text(text, style=style))


def marked(mark: str, text: str, style: str = "") -> Moved:
    """`text` beside a mark, as checks stand below their function."""
    return Moved(4, Text(text, style=style), mark)
