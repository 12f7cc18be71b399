"""Where is the gradebook? An option, the environment, the configuration file, or a file of the course's own."""

from __future__ import annotations

import os
import re
from pathlib import Path

from autograder.gradebook.settings import configured, data_folder
from autograder.names import folder_name

SQLITE = "sqlite:///"
POSTGRESQL = "postgresql+psycopg://"

_SCHEME = re.compile(r"[a-z][a-z0-9+]*://", re.IGNORECASE)
_PASSWORD = re.compile(r"(//[^/@:]*):.*@")
_PASSWORD_BEHIND = re.compile(r"([?&](?:ssl)?password=)[^&]*", re.IGNORECASE)


def address(course_id: str, requested: str | None = None) -> str:
    """The address of a course's gradebook, as a URL; nothing is opened.

    requested  `--gradebook`: a URL or a file. Else AUTOGRADE_GRADEBOOK, else `gradebook` in the configuration file, else
               gradebook.db in the course's folder among the user's own data
    """
    return named(requested) or url(data_folder() / folder_name(course_id) / "gradebook.db")


def named(requested: str | None = None) -> str | None:
    """The address that somebody named, whatever the course; None where it is the course's own."""
    chosen = requested or os.environ.get("AUTOGRADE_GRADEBOOK") or configured("gradebook")
    return url(chosen) if chosen else None


def url(place: str | Path) -> str:
    """A URL as it is, a file as the URL of an SQLite database."""
    if isinstance(place, str) and _SCHEME.match(place):
        return place
    return SQLITE + os.path.abspath(Path(place).expanduser())


def file_of(url: str) -> Path | None:
    """The file of an SQLite database, None for a server's."""
    return Path(url.removeprefix(SQLITE)) if url.startswith(SQLITE) else None


def shown(url: str) -> str:
    """The address as people may see it: without a password, and a file as its path."""
    file = file_of(url)
    if file is not None:
        return str(file)
    return _PASSWORD_BEHIND.sub(r"\1***", _PASSWORD.sub(r"\1:***@", url))
