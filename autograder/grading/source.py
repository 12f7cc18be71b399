"""What does a source file of one's own say? A submission of others is read by `sandbox.ingest`."""

from __future__ import annotations

from autograder.cleaning import clean_line
from autograder.model import Message, message
from autograder.sandbox.inside.ingest import text
from autograder.sandbox.inside.ingest.said import Said, Unreadable


def decode(name: str, data: bytes) -> str | Message:
    """The text of a source file: UTF-8 (with a mark or without), else the encoding that it declares.

    Returns  the text with newlines as "\\n", or a Message that says where it cannot be read
    """
    try:
        return text.decode(name, data)
    except Unreadable as error:
        return told(error.said)


def told(said: Said) -> Message:
    """A sentence about a submission, as everyone speaks in."""
    sentence, fields = said
    return message(
        sentence,
        **{name: clean_line(value) if isinstance(value, str) else value for name, value in fields.items()},
    )
