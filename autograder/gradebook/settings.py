"""Whose submission is it, and where does it go? Options, environment, configuration file, defaults."""

from __future__ import annotations

import contextlib
import getpass
import os
import tomllib
from pathlib import Path

import platformdirs

from autograder.errors import UsageError
from autograder.model import message

_APP = "autograde"


def data_folder() -> Path:
    """The user's own folder of this program: AUTOGRADE_DATA, else what the system uses for data."""
    chosen = os.environ.get("AUTOGRADE_DATA")
    return Path(chosen).absolute() if chosen else platformdirs.user_data_path(_APP, appauthor=False)


def config_file() -> Path:
    """The configuration file: AUTOGRADE_CONFIG, else config.toml where the system keeps settings."""
    chosen = os.environ.get("AUTOGRADE_CONFIG")
    if chosen:
        return Path(chosen).absolute()
    return platformdirs.user_config_path(_APP, appauthor=False) / "config.toml"


def outbox() -> Path:
    """Where submissions wait that have not arrived."""
    return data_folder() / "outbox"


def student(requested: str | None = None) -> str:
    """Who submits: `--as`, else AUTOGRADE_STUDENT, else the login name. Raises UsageError without any."""
    name = requested or os.environ.get("AUTOGRADE_STUDENT")
    if name:
        return name
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        raise UsageError(
            message("Your login name is not known here. Say who you are with --as NAME.")
        ) from None


def exchange(requested: Path | None = None) -> Path:
    """Where it goes: `--exchange`, else AUTOGRADE_EXCHANGE, else the configuration file, else an own folder.

    The user's own folder is made where it is missing, and one that was named just now if the folder around it exists. One
    that a configuration names is not: where it is missing, a share is not mounted.
    """
    if requested is not None:
        named = requested.expanduser().absolute()
        with contextlib.suppress(OSError):
            named.mkdir(exist_ok=True)
        return named
    chosen = os.environ.get("AUTOGRADE_EXCHANGE") or configured("exchange")
    if chosen:
        return Path(chosen).expanduser().absolute()
    own = data_folder() / "exchange"
    own.mkdir(parents=True, exist_ok=True)
    return own


def configured(key: str) -> str | None:
    """What the configuration file says for `key`, a text. Raises UsageError where it is none."""
    path = config_file()
    try:
        value = tomllib.loads(path.read_text(encoding="utf-8")).get(key)
    except OSError:
        return None
    except ValueError as error:
        raise UsageError(
            message("{path} is not valid TOML: {error}.", path=str(path), error=str(error))
        ) from None
    if value is not None and not isinstance(value, str):
        raise UsageError(
            message(
                '{path}: {key} is {value}; write a text, e.g. {key} = "/srv/exchange".',
                path=str(path),
                key=key,
                value=str(value),
            )
        )
    return value
