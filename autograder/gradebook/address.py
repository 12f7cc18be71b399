"""Where is the gradebook? An option, the environment, the configuration file, or a file of the course's own."""

from __future__ import annotations

import os
import re
from pathlib import Path
from urllib.parse import unquote

from autograder.gradebook.settings import configured, data_folder
from autograder.names import folder_name

SQLITE = "sqlite:///"
POSTGRESQL = "postgresql+psycopg://"

# A URL that was mistyped is not taken for a file, whose name would be shown with the password in it.
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]+:(?://|[^/\\]*@)|(?:\w+\s*=.*\s)?(?:ssl)?password\s*=", re.IGNORECASE)
_PASSWORD = re.compile(r"(:(?://)?[^/@:]*):(.*)@", re.DOTALL)
_VALUE = re.compile(r"([?&][^=&]*=)([^&]*)", re.DOTALL)
_TOLD = {"host", "hostaddr", "port", "user", "dbname", "sslmode", "application_name", "options", "passfile"}
_PASSWORD_OF_PAIRS = re.compile(r"(password\s*=\s*)('[^']*'?|\S+)", re.IGNORECASE)
_SHORTEST = 3


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
    if "://" not in url:
        url = _PASSWORD_OF_PAIRS.sub(r"\1***", url)
    return _VALUE.sub(_hidden, _PASSWORD.sub(r"\1:***@", url))


def without_password(text: str, url: str) -> str:
    """What a database or its driver says, without a password that stands in the address. It may quote a part of one that
    holds an "@"."""
    found = _PASSWORD.search(url)
    parts = found[2].split("@") if found else []
    parts += [value for name, value in _VALUE.findall(url) if name[1:-1].lower() not in _TOLD]
    for part in {*parts, *map(unquote, parts)}:
        if len(part) >= _SHORTEST:
            text = text.replace(part, "***")
    return text


def _hidden(found: re.Match[str]) -> str:
    return found[0] if found[1][1:-1].lower() in _TOLD else found[1] + "***"
