"""Fixtures of all tests of the gradebook: one server for the session, and a place for a gradebook in either database."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from autograder.gradebook.address import file_of, url
from autograder.gradebook.store import Store
from tests.gradebook.postgres import Postgres, postgres

__all__ = ["place", "postgres", "store"]


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a gradebook that is not there yet; the test runs once for each kind of database."""
    if request.param == "sqlite":
        return url(tmp_path / "gradebook.db")
    server: Postgres = request.getfixturevalue("postgres")
    return server.new_schema()


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty gradebook in SQLite, to be copied: making one takes a tenth of a second."""
    file = tmp_path_factory.mktemp("made") / "gradebook.db"
    Store.open(url(file)).close()
    return file


@pytest.fixture
def store(place: str, made: Path) -> Iterator[Store]:
    """An open, empty gradebook."""
    file = file_of(place)
    if file is not None:
        shutil.copy(made, file)
    with Store.open(place) as opened:
        yield opened
