"""doctor: what this machine can do, found out by doing it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from autograder.errors import SystemFault
from autograder.sandbox import launch

from .conftest import Run


def test_all_holds_here(run: Run, desk: Path) -> None:
    told = run("doctor", "--json")
    rows = json.loads(told.out)
    assert told.code == 0, rows
    assert all(row.keys() == {"ok", "what", "found", "remedy"} for row in rows)
    found = {row["what"]: row["found"] for row in rows}
    assert "tiny, 1 assignments, with solutions" in found["course"]
    assert "after 1" in found["an endless loop"]
    assert found["isolation"].startswith(("level A:", "level B:"))
    stopped, _of, tried, *_rest = found["canaries"].split()
    assert stopped == tried
    assert int(tried) >= 20


def test_each_canary_can_be_seen(run: Run, desk: Path) -> None:
    told = run("doctor", "--canaries")
    canaries = [line for line in told.out.splitlines() if "canary" in line]
    assert len(canaries) >= 20
    assert all(line.startswith("✓") for line in canaries)
    assert "✓ canary open passwd: EPERM" in canaries


def test_the_named_course_is_the_one_that_is_looked_at(run: Run, desk: Path) -> None:
    told = run("doctor", "--course", str(desk))
    assert told.code == 1
    assert "✗ course: --course names" in told.out
    assert "✓ workers" in told.out


def test_without_workers_it_fails_and_says_so(run: Run, desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*arguments: object) -> None:
        raise SystemFault("no processes today")

    monkeypatch.setattr(launch, "best_launcher", broken)
    told = run("doctor")
    assert told.code == 1
    assert "✗ workers: no processes today" in told.out
    assert "nothing can be checked or graded" in told.out
