"""How is a student's text shown so that it can only be read? nbgrader's pages run what stands in it as HTML.

Formgrader shows it on the instructor's own Jupyter server, where a script could do whatever the instructor can. Its
templates clean nothing, whatever `HTMLExporter.sanitize_html` says. So a text that would become more than text, pictures
and links is shown as it was typed.
"""

from __future__ import annotations

import re
from collections.abc import Collection

_TAGS = frozenset(
    [
        "a",
        "abbr",
        "b",
        "blockquote",
        "br",
        "center",
        "code",
        "dd",
        "del",
        "details",
        "div",
        "dl",
        "dt",
        "em",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "hr",
        "i",
        "img",
        "kbd",
        "li",
        "mark",
        "ol",
        "p",
        "pre",
        "s",
        "small",
        "span",
        "strong",
        "sub",
        "summary",
        "sup",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "tr",
        "tt",
        "u",
        "ul",
    ]
)
_ATTRIBUTES = frozenset(
    ["align", "alt", "class", "colspan", "height", "href", "id", "rowspan", "src", "start", "title", "width"]
)
_ADDRESS = re.compile(
    r"(?:https?://|mailto:|attachment:|data:image/(?:png|jpe?g|gif);base64,|#|(?![\w+.-]*:)[\w./%-])", re.I
)
_PHOTO = re.compile(r"(data:image/(?:png|jpe?g|gif);base64,)[A-Za-z0-9+/=]*")
_ATTACHMENT = re.compile(r"attachment:([^\s\"'<>]*[\w.%+@,-])")
_MAY_BE_MORE = re.compile(r"<|\]\s*[(:\[]")
_LONGEST = 20_000
"""Characters, without those of pictures, that are looked at: what turns Markdown into HTML may take long over a text that
is meant to."""


def inert(source: str, pictures: Collection[str] = ()) -> str:
    """The same Markdown where it becomes nothing but text, pictures and links; else a block that shows it as typed.

    pictures  the names of its attachments; for one that is not there nbgrader would show no page at all
    """
    return source if _is_inert(source, pictures) else as_typed(source)


def as_typed(source: str) -> str:
    """A block of Markdown that shows a text as it is."""
    fence = "`" * max(3, 1 + max(map(len, re.findall(r"`+", source)), default=0))
    return f"{fence}\n{source}\n{fence}"


def _is_inert(source: str, pictures: Collection[str]) -> bool:
    if not _MAY_BE_MORE.search(source):
        return True
    short = _PHOTO.sub(r"\1AA", source)
    if len(short) > _LONGEST:
        return False
    from bleach import clean  # type: ignore[import-untyped]
    from nbconvert.filters import markdown2html

    if any(name not in pictures for name in _ATTACHMENT.findall(short)):
        return False
    try:
        page = markdown2html(_ATTACHMENT.sub("https://attachment.invalid/", short))
    except Exception:  # whatever its libraries make of it: nbgrader would show no page either
        return False
    refused: list[str] = []

    def allowed(_tag: str, name: str, value: str) -> bool:
        fits = name in _ATTRIBUTES and (name not in ("href", "src") or _ADDRESS.match(value) is not None)
        if not fits:
            refused.append(name)
        return fits

    cleaned = clean(
        page, tags=_TAGS, attributes=allowed, protocols=["http", "https", "mailto", "data", "attachment"]
    )
    # It writes a tag that it does not know as text. A comment it leaves out.
    return not refused and "<!" not in page and cleaned.count("&lt;") == page.count("&lt;")
