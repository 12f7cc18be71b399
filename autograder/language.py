"""In which language people are spoken to.

Texts are whole sentences with named fields, `_("{count} files", count=3)`; the English text is the key of the
Babel catalogues in `autograder/locale/`. A text without a translation is shown in English.
"""

from __future__ import annotations

import gettext as _gettext
import os
import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from autograder.model import Message, type_of_field

LANGUAGES = ("en", "vi")
_FIELD = re.compile(r"\{(\w+)\}")
_current = "en"
_learned: dict[str, dict[str, str]] = {}


def choose(requested: str | None = None) -> str:
    """The language to speak: `requested` (`--lang`), else AUTOGRADE_LANG, else the locale, else English."""
    for candidate in (
        requested,
        os.environ.get("AUTOGRADE_LANG"),
        os.environ.get("LC_ALL"),
        os.environ.get("LC_MESSAGES"),
        os.environ.get("LANG"),
    ):
        if candidate and candidate[:2].lower() in LANGUAGES:
            return candidate[:2].lower()
    return "en"


def use(language: str) -> None:
    """Make `language` the one that `_` speaks in this process."""
    global _current
    _current = language


def learn(texts: Mapping[str, Mapping[str, str]]) -> None:
    """Make translations of a course's own texts known: language → English → translation."""
    for language, translations in texts.items():
        _learned.setdefault(language, {}).update(translations)


@lru_cache
def _catalogue(language: str) -> _gettext.NullTranslations:
    return _gettext.translation(
        "autograder", Path(__file__).parent / "locale", languages=[language], fallback=True
    )


def translate(text: str, language: str | None = None, /, **fields: type_of_field) -> str:
    """`text` in `language` (default: the current one) with its named fields filled in."""
    chosen = language or _current
    # What a course says of itself comes first: it is more particular than the engine.
    translated = _learned.get(chosen, {}).get(text) or (_catalogue(chosen).gettext(text) if text else "")
    # Not str.format, and in one pass: a field may hold student text, which is never a template.
    return _FIELD.sub(lambda found: str(fields.get(found[1], found[0])), translated)


_ = translate


def say(message: Message, language: str | None = None) -> str:
    """A `Message` as a sentence."""
    return translate(message.id, language, **message.fields)
