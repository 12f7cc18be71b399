"""From a `Picture` to what stands on a page, or in a file: the drawing, its title, and what it says in words."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

from autograder.cleaning import clean
from autograder.language import _, say, translate
from autograder.model import Picture
from autograder.pictures import Form, Graph, Grids, Lines, form_of
from autograder.reports.draw.graph import draw_graph
from autograder.reports.draw.grids import draw_grids
from autograder.reports.draw.lines import draw_lines
from autograder.reports.draw.numbers import short
from autograder.reports.draw.svg import SIZE, Svg, figure, width_of

_STYLE = Path(__file__).parent.parent / "templates" / "picture.css"
_SCALE = 1.15
"""How large a unit of the drawing is in pixels, where there is room; on a phone it is as wide as the page."""

_WIDEST = 350.0
"""What is wider does not become narrower on a phone, where it could not be read; it is moved under the finger."""

_MARGIN = 14.0
_COLOURS = """:root { color-scheme: light dark; --paper: #ffffff; --card: #ffffff; --ink: #20242a; --soft: #5a626c; \
--line: #dcd8d0; --none: #b02a20; --accent: #1c5a9c; --part: #855400; --full: #1b6b3f; --ours: #6a3fa0; }
@media screen and (prefers-color-scheme: dark) { :root { --paper: #1c2026; --card: #1c2026; --ink: #e4e6e9; \
--soft: #a2aab4; --line: #353b43; --none: #ff9c91; --accent: #8dbbf3; --part: #e6b65c; --full: #74cf93; --ours: #c9a9f4; } }
text { font-family: system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif; }
.paper { fill: var(--paper); }
"""


@dataclass(frozen=True)
class Drawn:
    """A picture, ready for a page.

    svg    the element, with a title and a description for those who cannot see it
    title  what it shows
    facts  what it says in words: where yours differs, and by how much
    """

    svg: str
    title: str
    facts: tuple[str, ...]


def drawn(picture: Picture, identifier: str, language: str) -> Drawn:
    """The picture as an element of a page, whose style includes picture.css.

    identifier  unique on the page; the ids of its title and description begin with it
    Raises      NotAPicture where the data are not those of a picture
    """
    form = form_of(picture)
    svg, width, height = _drawing(form, language)
    title, facts = clean(say(picture.title, language)), facts_of(form, language)
    told = " ".join([clean(say(picture.text, language)), *facts])
    kind = "drawing" if width <= _WIDEST else "drawing wide"
    head = (
        f'<svg class="{kind}" viewBox="0 0 {figure(width)} {figure(height)}" width="{figure(width * _SCALE)}" '
        f'role="img" aria-labelledby={quoteattr(f"{identifier}-title {identifier}-text")}>'
        f"<title id={quoteattr(f'{identifier}-title')}>{escape(title)}</title>"
        f"<desc id={quoteattr(f'{identifier}-text')}>{escape(told)}</desc>"
    )
    return Drawn(f"{head}{''.join(svg.parts)}</svg>", title, facts)


def file_of(picture: Picture, language: str) -> str:
    """The picture as an SVG file that stands alone: light or dark as its reader likes, its title above it."""
    form = form_of(picture)
    svg, width, height = _drawing(form, language)
    title = clean(say(picture.title, language))
    told = " ".join([clean(say(picture.text, language)), *facts_of(form, language)])
    lines = _broken(title, width)
    top = _MARGIN + 18.0 * len(lines) + 6
    full_width, full_height = width + 2 * _MARGIN, top + height + _MARGIN
    heading = Svg()
    heading.add("rect", "paper", x=0, y=0, width=full_width, height=full_height, rx=8)
    for number, line in enumerate(lines):
        heading.text(_MARGIN, _MARGIN + 10 + 18 * number, line, "t strong", size=SIZE + 1)
    body = "\n".join(svg.parts)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="drawing" '
        f'viewBox="0 0 {figure(full_width)} {figure(full_height)}" '
        f'width="{figure(full_width * _SCALE)}" height="{figure(full_height * _SCALE)}" '
        f'role="img" aria-labelledby="title text" xml:lang={quoteattr(language)}>\n'
        f'<title id="title">{escape(title)}</title>\n<desc id="text">{escape(told)}</desc>\n'
        f"<style>\n{_COLOURS}{_style()}</style>\n"
        + "\n".join(heading.parts)
        + f'\n<g transform="translate({figure(_MARGIN)} {figure(top)})">\n{body}\n</g>\n</svg>\n'
    )


def facts_of(form: Form, language: str) -> tuple[str, ...]:
    """Where yours differs, in sentences; none where nothing is compared, as in a statement."""
    if isinstance(form, Lines):
        return _facts_of_lines(form, language)
    if isinstance(form, Grids):
        return _facts_of_grids(form, language)
    return _facts_of_graph(form, language)


def _drawing(form: Form, language: str) -> tuple[Svg, float, float]:
    if isinstance(form, Lines):
        return draw_lines(form, language)
    if isinstance(form, Grids):
        return draw_grids(form, language)
    return draw_graph(form, language)


def _facts_of_lines(form: Lines, language: str) -> tuple[str, ...]:
    axis = translate(form.x, language)
    ends = form.ends()
    if ends is not None:
        return (
            _(
                "{label}: yours ends at {axis} = {yours}; {expected} is expected.",
                language,
                label=translate(ends.label, language),
                axis=axis,
                yours=short(ends.yours),
                expected=short(ends.expected),
            ),
        )
    worst = form.worst()
    if worst is None:
        return ()
    fields = {"label": translate(worst.label, language), "axis": axis, "x": short(worst.x)}
    yours, expected = short(worst.yours, 4), short(worst.expected, 4)
    if worst.yours is None:
        return (
            _(
                "{label}: at {axis} = {x} yours gives no number; {expected} is expected.",
                language,
                expected=expected,
                **fields,
            ),
        )
    if worst.expected is None:
        return (
            _(
                "{label}: at {axis} = {x} yours is {yours}; nothing is expected there.",
                language,
                yours=yours,
                **fields,
            ),
        )
    return (
        _(
            "{label}: at {axis} = {x} yours is {yours}; {expected} is expected.",
            language,
            yours=yours,
            expected=expected,
            **fields,
        ),
    )


def _facts_of_grids(form: Grids, language: str) -> tuple[str, ...]:
    due = form.expected
    yours = next((grid for grid in form.grids if grid.of == "yours"), None)
    if due is None or yours is None:
        return ()
    if not all(yours.shape):
        return (_("Yours is no array that could be shown here.", language),)
    if yours.shape != due.shape:
        return (
            _(
                "Yours has another shape: {yours}; {expected} is expected.",
                language,
                yours=_shape(yours.shape),
                expected=_shape(due.shape),
            ),
        )
    wrong = len(form.wrong(yours))
    depth, rows, columns = due.shape
    if not wrong:
        return ()
    return (
        _(
            "Hatched: {wrong} of {all} entries are not as expected.",
            language,
            wrong=wrong,
            all=depth * rows * columns,
        ),
    )


def _facts_of_graph(form: Graph, language: str) -> tuple[str, ...]:
    wrong, compared = form.wrong(), form.compared()
    if not wrong:
        return ()
    return (
        _(
            "{wrong} of {all} numbers are not as expected.",
            language,
            wrong=len(wrong),
            all=len(compared),
        ),
    )


def _shape(shape: tuple[int, int, int]) -> str:
    depth, rows, columns = shape
    return f"{rows} × {columns} × {depth}" if depth > 1 else f"{rows} × {columns}"


def _broken(text: str, width: float) -> list[str]:
    """A title in as few lines as it needs, of about one length."""
    lines = _filled(text, width)
    while len(lines) > 1 and len(narrower := _filled(text, width - 8)) == len(lines):
        width, lines = width - 8, narrower
    return lines


def _filled(text: str, width: float) -> list[str]:
    lines = [""]
    for word in text.replace(" = ", "\u00a0=\u00a0").split(" "):
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and width_of(longer, SIZE + 1, bold=True) > width:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines


@cache
def _style() -> str:
    return _STYLE.read_text("utf-8")
