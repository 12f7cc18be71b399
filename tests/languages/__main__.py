"""`make messages`: bring the catalogues up to date with the code, and compile them.

`--check` changes nothing. Ends with 1 where texts have no translation yet, and names them.
"""

from __future__ import annotations

import io
import sys
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from autograder.language import LANGUAGES
from tests.languages.collect import ENGINE, engine_texts

LOCALE = ENGINE / "locale"
_HEADER = """\
Language: {language}
MIME-Version: 1.0
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: 8bit
"""
"""Without dates and version, so that the same translations make the same bytes."""
TRANSLATED = tuple(language for language in LANGUAGES if language != "en")


class _Messages(list[Message]):
    """As much of a Catalog as `write_mo` needs; a Catalog makes a header with dates."""

    charset = "utf-8"


def po_path(language: str) -> Path:
    """The catalogue that people edit."""
    return LOCALE / language / "LC_MESSAGES" / "autograder.po"


def mo_path(language: str) -> Path:
    """The catalogue that is read while running."""
    return po_path(language).with_suffix(".mo")


def template() -> Catalog:
    """All texts of the engine, without translations. Files without line numbers: those change too often."""
    made = Catalog(project="autograder", charset="utf-8")
    for text in engine_texts():
        # In files only: a line moves with every change.
        made.add(text.id, locations=[(text.file, None)] if text.line else [])
    for message in made:
        message.locations = sorted(set(message.locations))
    return made


def load(language: str) -> Catalog:
    """The catalogue of one language as it is on disk; an empty one where there is none."""
    path = po_path(language)
    if not path.exists():
        return Catalog(locale=language)
    with path.open("rb") as file:
        return read_po(file, locale=language)


def updated(language: str) -> Catalog:
    """The catalogue with exactly the texts of today; translations are kept, nothing is guessed."""
    old = load(language)
    new = Catalog(locale=language, project="autograder", charset="utf-8", fuzzy=False)
    for message in sorted(template(), key=lambda one: (one.locations, str(one.id))):
        if message.id:
            known = old.get(message.id)
            new.add(message.id, known.string if known else "", locations=message.locations)
    return new


def po_text(catalog: Catalog) -> bytes:
    """The catalogue as a .po file: the same texts, the same bytes."""
    written = io.BytesIO()
    write_po(written, catalog, width=110, omit_header=True)
    head = "".join(f'"{line}\\n"\n' for line in _header(catalog).splitlines())
    about = (
        "# Translations of autograder's own texts: `make messages` brings them up to date with the code.\n"
    )
    return f'{about}msgid ""\nmsgstr ""\n{head}\n'.encode() + written.getvalue()


def mo_bytes(catalog: Catalog) -> bytes:
    """The catalogue compiled."""
    written = io.BytesIO()
    texts = (message for message in catalog if message.id)
    write_mo(written, _Messages((Message("", _header(catalog)), *texts)))
    return written.getvalue()


def _header(catalog: Catalog) -> str:
    return _HEADER.format(language=catalog.locale_identifier)


def untranslated(catalog: Catalog) -> list[str]:
    """Texts without a translation."""
    return [str(message.id) for message in catalog if message.id and not message.string]


def main() -> int:
    left = 0
    for language in TRANSLATED:
        catalog = updated(language)
        missing = untranslated(catalog)
        left += len(missing)
        if "--check" not in sys.argv:
            po_path(language).parent.mkdir(parents=True, exist_ok=True)
            po_path(language).write_bytes(po_text(catalog))
            mo_path(language).write_bytes(mo_bytes(catalog))
        print(f"{language}: {len(list(catalog)) - 1} texts, {len(missing)} without a translation")
        for text in missing:
            print(f"  {text!r}")
    return 1 if left else 0


if __name__ == "__main__":
    sys.exit(main())
