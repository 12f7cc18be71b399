"""How is a text written so that JSON and XML take it for nothing but text?

The other sinks have theirs where they are written: pages by the templates' autoescape (`html`), tables by
`marks_csv.text_cell`, the terminal by `rich.text.Text` and `cleaning`, which never reads markup.
"""

from __future__ import annotations

import json
import re
from typing import Any

from autograder.cleaning import OUTPUT_LIMIT, UNSAFE, clean, clean_line

_XML = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;"}
_XML_SPECIAL = re.compile("[&<>\"']")


def json_text(value: Any, indent: int | None = None) -> str:
    """`value` as strict JSON that does nothing in a terminal either; texts are kept to the character. (JSON has one
    spelling for a character and for its two surrogates side by side; no text from outside holds these.)

    Raises  ValueError for nan and infinity, which JSON does not have
    """
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, indent=indent)
    if text.isascii() and text.isprintable():
        return text
    # All of it stands inside strings, where JSON's own escape says the same.
    return UNSAFE.sub(lambda found: json.dumps(found[0])[1:-1], text).replace("\x7f", "\\u007f")


def xml_text(text: str | bytes, limit: int = OUTPUT_LIMIT) -> str:
    """`text` as the content of an XML element: cleaned, which leaves no character that XML forbids, and escaped.

    limit  in characters, before escaping; see `cleaning.clean`
    """
    return _escaped(clean(text, limit))


def xml_attribute(text: str | bytes) -> str:
    """`text` as the value of an XML attribute, without the quotation marks; newlines and tabs are written as escapes."""
    return _escaped(clean_line(text))


def _escaped(text: str) -> str:
    # ">" too: "]]>" may not stand in text.
    return _XML_SPECIAL.sub(lambda found: _XML[found[0]], text)
