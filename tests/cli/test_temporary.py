"""No temporary folder stays, whenever a run was killed."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest

from autograder.cli.temporary import own_temporary_folder


@pytest.fixture
def outside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    return tmp_path


def test_it_is_gone_afterwards_and_others_in_use_stay(outside: Path) -> None:
    with own_temporary_folder():
        first = Path(tempfile.gettempdir())
        assert first.parent == outside
        (first / "left").write_text("x")
    assert list(outside.iterdir()) == []


def test_what_was_left_at_any_moment_is_removed(outside: Path) -> None:
    whole, without_lock, half_made, being_made, others = (
        outside / name
        for name in (
            "autograde-run-1",
            "autograde-run-2",
            ".autograde-run-3",
            ".autograde-run-4",
            "autograde-5",
        )
    )
    for folder in (whole, without_lock, half_made, being_made, others):
        (folder / "inside").mkdir(parents=True)
    (whole / "lock").touch()
    os.utime(half_made, (0, 0))
    (outside / "kept").mkdir()
    (outside / "autograde-run-6").symlink_to(outside / "kept")
    (outside / "autograde-run-7").write_text("a file")
    with own_temporary_folder():
        left = {path.name for path in outside.iterdir()} - {Path(tempfile.gettempdir()).name}
    assert left == {".autograde-run-4", "autograde-5", "autograde-run-6", "autograde-run-7", "kept"}


def test_a_run_that_is_under_way_is_left_alone(outside: Path) -> None:
    import fcntl

    (outside / "autograde-run-1").mkdir()
    with open(outside / "autograde-run-1" / "lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with own_temporary_folder():
            pass
        assert (outside / "autograde-run-1").is_dir()
