"""What a submission does to another one that is graded beside it or after it on the same lane: nothing but a little time."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from statistics import median

import pytest

from autograder.grading.record import plain
from autograder.grading.submission import read
from tests.hostile import escape, exhaust, tamper
from tests.hostile.entry import Entry
from tests.hostile.graded import HONEST, Graded, Grading

TIMES = 9

NEIGHBOURS = {
    entry.id: entry
    for entry in (*exhaust.ENTRIES, *tamper.ENTRIES)
    if entry.id[0] == "X" or entry.id == "T08"
}
# Threads and memory, the processor, the pipes: one that is hard on each.
QUICK = ("X04", "X06", "X09")


@pytest.fixture(scope="module")
def second_lane() -> Iterator[Grading]:
    lane = Grading()
    lane.grade(HONEST)
    yield lane
    lane.close()


def content(graded: Graded) -> bytes:
    """All that the report says but for the time that it took."""
    return json.dumps(plain(replace(graded.report, seconds=0.0)), sort_keys=True).encode()


def seconds(graded: list[Graded]) -> float:
    return median(one.seconds for one in graded)


def honest(grading: Grading, times: int) -> list[Graded]:
    return [grading.grade(HONEST) for _ in range(times)]


@contextmanager
def busy(lane: Grading, path: Path) -> Iterator[threading.Event]:
    """Grade this submission on that lane again and again; the event is set once it has begun."""
    begun, enough = threading.Event(), threading.Event()
    failures: list[BaseException] = []
    submission = read("binh", path, lane.assignment)

    def grade() -> None:
        try:
            while not enough.is_set():
                begun.set()
                lane._asked(submission)  # without rendering it, which would take this process's time
        except BaseException as error:
            failures.append(error)

    thread = threading.Thread(target=grade)
    thread.start()
    begun.wait()
    try:
        yield begun
    finally:
        enough.set()
        thread.join()
    assert failures == []


def path_of(entry: Entry, folder: Path) -> Path:
    return entry.paths(folder)[0]


@pytest.mark.parametrize("name", QUICK)
def test_beside_an_exhausting_one_the_report_is_the_same(
    grading: Grading, second_lane: Grading, tmp_path: Path, name: str
) -> None:
    (alone,) = honest(grading, 1)
    assert alone.score == 100
    with busy(second_lane, path_of(NEIGHBOURS[name], tmp_path)):
        beside = honest(grading, 5)
    assert {content(one) for one in beside} == {content(alone)}


@pytest.mark.slow
@pytest.mark.parametrize("name", NEIGHBOURS)
def test_beside_an_exhausting_one_the_report_is_the_same_again_and_again(
    grading: Grading, second_lane: Grading, tmp_path: Path, name: str, record_property: Callable[..., None]
) -> None:
    """How many times the time it takes is recorded, not judged: what else the machine does would decide it."""
    path = path_of(NEIGHBOURS[name], tmp_path)
    alone = honest(grading, TIMES)
    with busy(second_lane, path):
        beside = honest(grading, TIMES)
    assert {content(one) for one in (*alone, *beside)} == {content(alone[0])}
    assert all(one.seconds < exhaust.LONGEST for one in beside)
    record_property("times", seconds(beside) / seconds(alone))


@pytest.mark.parametrize("entry", [*tamper.ENTRIES, *escape.ENTRIES], ids=lambda entry: entry.id)
def test_the_next_one_on_the_same_lane_gets_the_same_report(
    grading: Grading, tmp_path: Path, entry: Entry
) -> None:
    (before,) = honest(grading, 1)
    grading.grade(path_of(entry, tmp_path))
    (after,) = honest(grading, 1)
    assert content(after) == content(before)
