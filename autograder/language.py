"""In which language people are spoken to.

Texts are whole sentences with named fields, `_("{count} files", count=3)`; the English text is the key of the
Babel catalogues in `autograder/locale/`. A text without a translation is shown in English.
`make messages` collects the texts: those of `_`, `message`, `later`, of templates, and the help of all commands.
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
_CODE = re.compile(r"[A-Za-z]+")
_NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")
_OF_TYPE = re.compile(r"an? (\S+)")
_DESCRIBED = frozenset({"what", "how", "why", "reason"})
"""Fields that hold a description of ours, in English, which has a translation as well."""
_current = "en"
_learned: dict[str, dict[str, str]] = {}


def known(code: str | None) -> str | None:
    """The language that "vi", "VI" or "vi_VN.UTF-8" names; None where it is none that we speak."""
    found = _CODE.match(code or "")
    language = found[0].lower() if found else ""
    return language if language in LANGUAGES else None


def choose(requested: str | None = None) -> str:
    """The language to speak: `requested` (`--lang`), else AUTOGRADE_LANG, else the locale, else English."""
    return known(requested) or known(os.environ.get("AUTOGRADE_LANG")) or _of_locale() or "en"


def _of_locale() -> str | None:
    # As gettext does: the first that is set is the locale, and LANGUAGE is a list of wishes for any locale but C.
    set_ = (os.environ.get(name) for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    locale = next(filter(None, set_), "")
    if locale.partition(".")[0] in ("C", "POSIX"):
        return None
    wishes = os.environ.get("LANGUAGE", "").split(":")
    return next(filter(None, map(known, wishes)), None) or known(locale)


def use(language: str) -> None:
    """Make `language` the one that `_` speaks in this process."""
    global _current
    _current = language


def current() -> str:
    """The language that `_` speaks."""
    return _current


def learn(texts: Mapping[str, Mapping[str, str]]) -> None:
    """Make the translations of a course's own texts known, in place of those known before: language → English →
    translation. Two assignments may translate one word differently."""
    _learned.clear()
    _learned.update({language: dict(translations) for language, translations in texts.items()})


@lru_cache
def _catalogue(language: str) -> _gettext.NullTranslations:
    return _gettext.translation(
        "autograder", Path(__file__).parent / "locale", languages=[language], fallback=True
    )


def translate(text: str, language: str | None = None, /, **fields: type_of_field) -> str:
    """`text` in `language` (default: the current one) with its named fields filled in."""
    chosen = language or _current
    translated = _looked_up(text, chosen)
    if "{" not in translated:
        return translated

    # Not str.format, and in one pass: a field may hold student text, which is never a template.
    def filled(found: re.Match[str]) -> str:
        name = found[1]
        if name in _DESCRIBED and chosen != "en":
            return _description(str(fields.get(name, found[0])), chosen)
        return str(fields.get(name, found[0]))

    return _FIELD.sub(filled, translated)


_ = translate


def _looked_up(text: str, language: str) -> str:
    # What a course says of itself comes first: it is more particular than the engine.
    return _learned.get(language, {}).get(text) or (_catalogue(language).gettext(text) if text else "")


def _description(text: str, language: str) -> str:
    """A description such as "a generator", "an array of 80 MiB" or "a set" in `language`, where it has one."""
    exact = _looked_up(text, language)
    if exact != text:
        return exact
    numbers = _NUMBER.findall(text)
    if len(numbers) == 1:
        pattern = text.replace(numbers[0], "{n}")
        found = _looked_up(pattern, language)
        return found.replace("{n}", numbers[0]) if found != pattern else text
    kind = _OF_TYPE.fullmatch(text)
    return _looked_up("a value of type {name}", language).replace("{name}", kind[1]) if kind else text


def later(text: str) -> str:
    """`text` as it is: marks a text for the catalogues that `_` or `say` is given somewhere else."""
    return text


def say(message: Message, language: str | None = None) -> str:
    """A `Message` as a sentence."""
    return translate(message.id, language, **message.fields)
