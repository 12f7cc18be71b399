"""Of which parts is an answer below a cell made? Each part as HTML for Jupyter's pages, and as text for everyone else.

No style sheet and no script: Jupyter, VS Code and nbgrader let only plain elements with a style of their own through, and
a notebook that is not trusted loses the rest. Colours are Jupyter's own, else ones that can be made out on white and on
black, and no colour is the only sign. `Markup.format` escapes whatever is no Markup.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from autograder.cleaning import clean, clean_line, indented

GOOD, BAD, OPEN = "good", "bad", "open"
"""How something stands: it passes, it fails, it is not there yet."""

_COLOURS = {
    GOOD: "var(--jp-success-color1, #2e9e5b)",
    BAD: "var(--jp-error-color1, #e0504a)",
    OPEN: "var(--jp-ui-font-color2, #8a8a8a)",
}
_FRAME = (
    "font-family: var(--jp-ui-font-family, system-ui, sans-serif); line-height: 1.5; max-width: 60em; "
    "margin: 2px 0 6px 0; padding: 1px 0 1px 12px; border-left: 4px solid {}"
)
_CODE = (
    "font-family: var(--jp-code-font-family, monospace); font-size: 92%; line-height: 1.4; white-space: pre-wrap; "
    "overflow-wrap: anywhere; background-color: rgba(128, 128, 128, 0.14); color: inherit; border-radius: 3px; "
    "padding: 4px 8px; margin: 3px 0; max-height: 24em; overflow: auto"
)
_FAINT = "opacity: 0.8; font-size: 92%"


@dataclass(frozen=True)
class Part:
    """One piece of an answer, twice: nothing in either acts."""

    html: Markup
    text: str


def answer(parts: Iterable[Part], state: str) -> dict[str, str]:
    """Parts one below the other, as Jupyter takes an output: MIME type → text."""
    shown = list(parts)
    style = _FRAME.format(_COLOURS[state])
    html = Markup('<div style="{}">{}</div>').format(style, Markup("").join(part.html for part in shown))
    return {"text/html": str(html), "text/plain": "\n".join(part.text for part in shown if part.text)}


def headed(mark: str, state: str, title: str, word: str) -> Part:
    """What it is about, and how that stands."""
    title, word = clean_line(title), clean_line(word)
    html = Markup(
        '<div><span style="color: {}; font-weight: 700">{}</span> <b>{}</b> '
        '<span style="opacity: 0.8">{}</span></div>'
    ).format(_COLOURS[state], mark, title, word)
    return Part(html, f"{mark} {title}: {word}" if word else f"{mark} {title}")


def said(text: str, *, strong: bool = False, faint: bool = False) -> Part:
    """A sentence; its own line breaks are kept."""
    text = clean(text)
    style = (
        "white-space: pre-line" + ("; font-weight: 600" if strong else "") + ("; " + _FAINT if faint else "")
    )
    return Part(Markup('<div style="{}">{}</div>').format(style, text), text)


def code(text: str, prompt: str = "") -> Part:
    """What is code, or what a program printed."""
    text = clean(text).strip("\n")
    return Part(Markup('<pre style="{}">{}</pre>').format(_CODE, text), indented(text, prompt))


def marked(mark: str, state: str, title: str, inner: Sequence[Part] = ()) -> Part:
    """One thing of several, with what there is to say about it."""
    title = clean_line(title)
    html = Markup(
        '<div style="padding-left: 1.5em"><span style="color: {}; font-weight: 700; margin-left: -1.3em; '
        'display: inline-block; width: 1.3em">{}</span><span style="{}">{}</span>{}</div>'
    ).format(
        _COLOURS[state],
        mark,
        "font-weight: 600" if inner else "",
        title,
        Markup("").join(part.html for part in inner),
    )
    return Part(
        html,
        "\n".join([f"  {mark} {title}", *(indented(part.text, "      ") for part in inner if part.text)]),
    )


def folded(title: str, inner: Sequence[Part], *, in_text: bool = True) -> Part:
    """Shown to who asks for it by a click. in_text: whether the text has it too, where nobody can click."""
    title = clean_line(title)
    html = Markup(
        '<details style="margin: 2px 0"><summary style="cursor: pointer">{}</summary>{}</details>'
    ).format(title, Markup("").join(part.html for part in inner))
    text = "\n".join([title, *(indented(part.text, "  ") for part in inner)]) if in_text else ""
    return Part(html, text)


def picture(svg: str, told: str) -> Part:
    """A picture, which as an image can neither run nor fetch anything; and the same in words."""
    told = clean(told)
    data = b64encode(svg.encode()).decode("ascii")
    html = Markup('<img style="max-width: 100%" alt="{}" src="data:image/svg+xml;base64,{}">').format(
        told, data
    )
    return Part(html, told)
