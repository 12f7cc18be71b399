"""`autograde regrade --engine dask`, typed as an operator does: a real scheduler, two workers, one killed in the middle."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("distributed")

from autograder.course import Course
from autograder.gradebook.address import address, url
from autograder.gradebook.backup import back_up
from autograder.gradebook.store import Store
from autograder.sandbox.isolation import isolation
from tests.cli.conftest import Run, command, environment
from tests.cli.test_regrade_command import KINDS, change, grade_class, shown
from tests.grading.dask_cluster import Cluster

MISBEHAVES = ("--preload", str(Path(__file__).resolve().parents[1] / "grading" / "dask_misbehaves.py"))
STUDENTS = 90
KILLED_AFTER = 12
"""Proposals in the gradebook when a worker is killed: the first leases are not the last ones then."""


@pytest.fixture
def cluster(desk: Path, tiny_course: Course, tmp_path: Path) -> Iterator[Cluster]:
    """Two workers that take a tenth of a second more for each submission."""
    here = {"AUTOGRADE_COURSE": str(tiny_course.root), "AUTOGRADE_TEST_DASK": "slow"}
    made = Cluster(tmp_path / "dask")
    for name in ("a", "b"):
        made.worker(name, *MISBEHAVES, environment=here)
    yield made
    made.close()


def proposed(gradebook: str) -> dict[str, tuple[int | None, object]]:
    """Student → score and checks of what a regrade proposes; nobody has two."""
    with Store.open(gradebook, read_only=True) as store:
        found: dict[str, tuple[int | None, object]] = {}
        for one in store.results("sums", state="proposed"):
            assert one.submission.student not in found
            checks = [
                (function.name, check.name, check.outcome, check.score)
                for function in one.report().functions
                for check in function.checks
            ]
            found[one.submission.student] = (one.score, checks)
    return found


@pytest.mark.slow
@pytest.mark.alone
def test_a_worker_killed_in_a_regrade_costs_time_only(
    run: Run, tiny_course: Course, cluster: Cluster, tmp_path: Path
) -> None:
    if isolation(tiny_course.assignment("sums")).level.letter != "A":
        pytest.skip("this machine has no level A")
    students = {f"s{n:03}": list(KINDS.values())[n % 3] + f"# {n}\n" for n in range(STUDENTS)}
    grade_class(tiny_course, students)
    before = run("marks", "-a", "sums", "--json").out
    with Store.open(address(tiny_course.id)) as store:
        back_up(store, tmp_path / "before.zip")
    change(tiny_course.assignment("sums").reference_path, "np.mean(add(x, y))", "np.sum(add(x, y))")
    running = subprocess.Popen(
        command("regrade", "-a", "sums", "--engine", "dask", "--scheduler", cluster.address),
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        end = time.monotonic() + 100
        while len(proposed(address(tiny_course.id))) < KILLED_AFTER:
            assert running.poll() is None, running.communicate()
            assert time.monotonic() < end
            time.sleep(0.05)
        cluster.kill("b")
        at_the_kill = len(proposed(address(tiny_course.id)))
        out, err = running.communicate(timeout=200)
    finally:
        running.kill()
        running.wait()
    assert at_the_kill < STUDENTS
    assert "was lost." in err
    assert running.returncode == 0, err
    assert f"{STUDENTS} of {STUDENTS} results" in out
    assert "Students who lose: 60" in out
    assert run("marks", "-a", "sums", "--json").out == before
    by_dask = proposed(address(tiny_course.id))
    assert len(by_dask) == STUDENTS
    # The same on lanes of this machine, from the same state.
    place = tmp_path / "lanes.db"
    assert run("restore", str(tmp_path / "before.zip"), "--gradebook", str(place)).code == 0
    assert shown(run, "--gradebook", str(place))["graded"] == STUDENTS
    assert by_dask == proposed(url(place))
    # Published over Dask: nothing is graded for it.
    found = shown(run, "--publish", "--yes", "--engine", "dask", "--scheduler", cluster.address)
    assert (found["graded"], found["results"], found["published"]) == (0, STUDENTS, True)
