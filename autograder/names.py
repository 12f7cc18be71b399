"""Which name was meant, and what may a folder for this id be called?

Ids of students are opaque and may be hostile; ids of assignments are typed by people. Several rooms ask both
questions, so they are answered once, here.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import unicodedata
from collections.abc import Iterable
from pathlib import Path

from autograder.cleaning import clean_line
from autograder.language import say
from autograder.model import Message, message

STUDENT_FILE = ".student.json"
RECEIPT_FILE = ".receipt.json"
"""What lies beside a submission in the exchange: whose it is, and its receipt."""

LONGEST_ID = 255
"""Characters of an id: what a folder's name may have. Databases, and people, want an end to it."""

_PLAIN = re.compile(r"[a-z0-9][a-z0-9._-]{0,62}[a-z0-9]|[a-z0-9]")
_HASHED = re.compile(r".*-[0-9a-f]{12}")
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com[0-9]|lpt[0-9]|class|marks|results|index)(?:\..*)?")


def is_plain(id: str) -> bool:
    """Whether `id` is itself a safe folder name that no other id can be given on any file system.

    Lower-case ASCII only: "An" and "an" are one folder on macOS and Windows. Names that Windows reserves,
    that the reports use themselves, or that look like the hashed form below are not plain.
    """
    return (
        _PLAIN.fullmatch(id) is not None
        and ".." not in id
        and not _RESERVED.fullmatch(id)
        and not _HASHED.fullmatch(id)
    )


def folder_name(student: str) -> str:
    """A name for a folder or a file's stem that belongs to this student alone.

    student  any text, also with surrogates from undecodable bytes (os.fsdecode)
    Returns  the id itself where it is plain, else a lower-case ASCII slug and 12 hex digits of the id's
             SHA-256; at most 64 characters, never starting with "." or "-"
    """
    if is_plain(student):
        return student
    # Not normalised before hashing: two ids that differ only in NFC/NFD are two students.
    digest = hashlib.sha256(student.encode("utf-8", "surrogatepass")).hexdigest()[:12]
    ascii_text = unicodedata.normalize("NFKD", student.replace("đ", "d").replace("Đ", "D"))
    ascii_text = ascii_text.encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", ascii_text).strip("-")[:48].strip("-") or "student"
    return f"{slug}-{digest}"


def student_id(folder: Path) -> str:
    """The id of the student whose submission lies in `folder`: what its `.student.json` says, else its name.

    The file is believed only where this folder is the one that `folder_name` gives that id, so that nobody
    can hand in under another's name by writing the file.
    """
    try:
        # Not blocking: someone may have put a pipe there.
        with open(folder / STUDENT_FILE, "rb", opener=_without_waiting) as file:
            id = json.loads(file.read(65536))["student"]
        if isinstance(id, str) and len(id) <= LONGEST_ID and folder_name(id) == folder.name:
            return id
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        pass
    return folder.name


def _without_waiting(path: str, flags: int) -> int:
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known name that `word` is most likely a misspelling of, or None."""
    import difflib

    by_folded = {name.casefold().replace("-", "_"): name for name in known}
    found = difflib.get_close_matches(word.casefold().replace("-", "_"), by_folded, n=1, cutoff=0.6)
    return by_folded[found[0]] if found else None


def meant(word: str, known: Iterable[str]) -> Message | None:
    """'Did you mean "x"?', or None when nothing is close."""
    name = nearest(word, known)
    return message('Did you mean "{name}"?', name=clean_line(name)) if name is not None else None


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """' Did you mean "x"?', in English, with a leading space, or "" when nothing is close."""
    found = meant(word, known)
    return f" {say(found, 'en')}" if found is not None else ""
