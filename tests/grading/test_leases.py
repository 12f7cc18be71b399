"""Leases: nothing is lost, nothing goes out twice at a time, and what is under suspicion ends up alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from autograder.grading.leases import FEWEST, MOST, MOST_BYTES, Lease, Leases
from autograder.grading.submission import Submission
from autograder.model import GradeReport, Status


@dataclass(frozen=True)
class Asked:
    submission: Submission
    identity: str


def asked(count: int, size: int = 10) -> Iterator[Asked]:
    for number in range(count):
        yield Asked(Submission(f"s{number}", {"a.py": b"x" * size}), str(number))


def names(lease: Lease) -> list[str]:
    return [item.task.identity for item in lease.items]


def rest(leases: Leases) -> list[list[str]]:
    found = []
    while not leases.finished:
        if leases.some_alone:
            found.append(names(leases.alone()))
        else:
            found += [names(one) for one in leases.next() if isinstance(one, Lease)]
    return found


def test_every_submission_goes_out_once_in_order() -> None:
    found = rest(Leases(asked(37)))
    assert [name for one in found for name in one] == [str(number) for number in range(37)]
    assert [len(one) for one in found] == [FEWEST, FEWEST, FEWEST, 7]


def test_no_more_is_read_than_one_lease_needs() -> None:
    read: list[str] = []

    def reading() -> Iterator[Asked]:
        for one in asked(1000):
            read.append(one.identity)
            yield one

    leases = Leases(reading())
    list(leases.next())
    assert len(read) == FEWEST


@pytest.mark.parametrize(("seconds", "length"), [(0.01, MOST), (0.2, 25), (3.0, FEWEST)])
def test_cheap_submissions_travel_together(seconds: float, length: int) -> None:
    leases = Leases(asked(200))
    leases.took(seconds * 10, 10)
    (lease,) = leases.next()
    assert isinstance(lease, Lease)
    assert len(lease.items) == length


def test_large_files_make_short_leases() -> None:
    third = MOST_BYTES // 3
    assert [len(one) for one in rest(Leases(asked(7, third)))] == [3, 3, 1]
    assert [len(one) for one in rest(Leases(asked(3, 2 * MOST_BYTES)))] == [1, 1, 1]


def test_reports_that_are_known_pass_through() -> None:
    known = GradeReport("known", "a", Status.GRADED)

    def tasks() -> Iterator[Asked | GradeReport]:
        yield known
        yield from asked(2)
        yield known

    leases = Leases(tasks())
    found = list(leases.next())
    assert found[:2] == [known, known]
    assert isinstance(found[2], Lease)
    assert names(found[2]) == ["0", "1"]
    assert leases.finished


def lease_of(leases: Leases) -> Lease:
    (lease,) = leases.next()
    assert isinstance(lease, Lease)
    return lease


def test_a_lost_lease_is_halved_then_each_goes_alone_then_a_person_looks() -> None:
    leases = Leases(asked(5))
    lease = lease_of(leases)
    assert leases.lost(lease) == ()
    first, second = lease_of(leases), lease_of(leases)
    assert names(first) + names(second) == ["0", "1", "2", "3", "4"]
    assert {len(first.items), len(second.items)} == {2, 3}
    assert leases.exhausted
    assert leases.lost(first) == ()
    assert leases.some_alone
    # Exhausted for workers that do something else, but not finished.
    assert leases.exhausted
    assert not leases.finished
    alone = [leases.alone() for _ in first.items]
    assert [(names(one), one.alone) for one in alone] == [([name], True) for name in names(first)]
    assert leases.finished
    (hopeless,) = leases.lost(alone[0])
    assert hopeless.task.identity == names(first)[0]
    assert leases.finished


def test_a_lease_that_was_not_begun_comes_back_as_it_was() -> None:
    leases = Leases(asked(3))
    lease = lease_of(leases)
    leases.give_back(lease)
    assert lease_of(leases) == lease
    assert {item.times_lost for item in lease.items} == {0}


def test_a_refused_report_gets_one_more_try_alone() -> None:
    leases = Leases(asked(3))
    lease = lease_of(leases)
    assert leases.refused(lease.items[1])
    again = leases.alone()
    assert names(again) == ["1"]
    assert again.alone
    assert not leases.refused(again.items[0])
    assert leases.finished
