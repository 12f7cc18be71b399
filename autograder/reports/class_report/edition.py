"""What may be shared of a class report? An edition in which no student can be named.

- Ids become pseudonyms: the first 60 bits of HMAC-SHA256 of the id under a key. Without the key nobody can try ids out. By
  default the key is drawn for one edition and never written down, so that not even its maker can go back, and two editions
  cannot be joined; with a key of one's own (`key_in`) a student has one pseudonym in all editions.
- Only what the course wrote stays as text: labels of checks, names of functions and known mistakes. Other diagnoses, which
  may quote a student's exception, become their kind; normal forms of sources, which hold a student's words, vanish.
- A count of one or two students is told as "1–2", in all renderings, and rare mistakes are left out.

It is pseudonymous, not anonymous: who knows one student's mark may still find a group in which that student is.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from autograder.errors import SystemFault, UsageError
from autograder.language import _
from autograder.model import message
from autograder.reports.class_report.data import ClassReport, MistakeFigures
from autograder.reports.similar import Similar

LEAST = 3
"""Fewer students than this are not counted out."""

KEY_BYTES = 32
_DIGITS = "0123456789abcdefghjkmnpqrstvwxyz"
_LENGTH = 12


def new_key() -> bytes:
    """A key for one edition."""
    return secrets.token_bytes(KEY_BYTES)


def key_in(path: Path) -> bytes:
    """The key in a file, which is made, for its owner alone, where there is none.

    Raises  UsageError where it cannot be read or made, or is none
    """
    try:
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            key = bytes.fromhex(path.read_text("ascii").strip())
        else:
            key = new_key()
            with os.fdopen(handle, "w") as file:
                file.write(key.hex() + "\n")
    except OSError as error:
        raise UsageError(
            message("{path} cannot be read: {reason}.", path=str(path), reason=str(error.strerror))
        ) from None
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        raise UsageError(
            message(
                "{path} holds no key of pseudonyms: {digits} hexadecimal digits are due. Name a file that does not "
                "exist, and one is made.",
                path=str(path),
                digits=2 * KEY_BYTES,
            )
        )
    return key


class Pseudonyms:
    """id → pseudonym, the same for the same key."""

    def __init__(self, key: bytes) -> None:
        self._key = key
        self._ids: dict[str, str] = {}

    def __call__(self, student: str) -> str:
        digest = hmac.digest(self._key, student.encode("utf-8", "surrogatepass"), hashlib.sha256)
        number = int.from_bytes(digest[:8], "big")
        name = "s-" + "".join(_DIGITS[number >> 5 * place & 31] for place in range(_LENGTH))
        if self._ids.setdefault(name, student) != student:
            raise SystemFault(message("Two students would have one pseudonym. Run it again."))
        return name


def shared(report: ClassReport, key: bytes, language: str | None = None) -> ClassReport:
    """`report` without what could name a student."""
    pseudonym = Pseudonyms(key)
    return replace(
        report,
        least=LEAST,
        mistakes=_mistakes(report, language),
        similar=None if report.similar is None else _similar(report.similar, pseudonym),
    )


def _mistakes(report: ClassReport, language: str | None) -> tuple[MistakeFigures, ...]:
    found: dict[tuple[str, str, str], MistakeFigures] = {}
    for one in report.mistakes:
        key = (one.function, one.kind, one.mistake)
        text = one.text if one.mistake else _("other diagnoses", language)
        before = found.get(key)
        students = one.students + (before.students if before else 0)
        found[key] = replace(one, text=text, students=students)
    kept = [one for one in found.values() if one.students >= LEAST]
    return tuple(sorted(kept, key=lambda one: (-one.students, one.function, one.mistake, one.kind)))


def _similar(similar: Similar, pseudonym: Callable[[str], str]) -> Similar:
    def hidden(students: tuple[str, ...]) -> tuple[str, ...]:
        # Sorted: the order of the ids would tell something about them.
        return tuple(sorted(map(pseudonym, students)))

    return replace(
        similar,
        sources=tuple(replace(one, students=hidden(one.students), texts=()) for one in similar.sources),
        values=tuple(replace(one, students=hidden(one.students)) for one in similar.values),
        pairs=tuple(replace(one, one=hidden(one.one), other=hidden(one.other)) for one in similar.pairs),
    )
