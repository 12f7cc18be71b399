"""Until when: how a moment is typed, and which of several deadlines counts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from autograder.errors import UsageError
from autograder.gradebook.deadlines import Deadlines, deadlines, moment, set_deadline
from autograder.gradebook.store import Store
from autograder.gradebook.values import Student

DUE = datetime(2026, 12, 1, 22, 59, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("2026-12-01 23:59 Europe/Berlin", "2026-12-01T22:59"),
        ("2026-07-01 23:59 Europe/Berlin", "2026-07-01T21:59"),
        ("2026-12-01 23:59 Asia/Ho_Chi_Minh", "2026-12-01T16:59"),
        ("2026-12-01T23:59+07:00", "2026-12-01T16:59"),
        ("2026-12-01 23:59:30 +0700", "2026-12-01T16:59:30"),
        ("2026-12-01 23:59Z", "2026-12-01T23:59"),
        ("  2026-12-01   9:05   UTC ", "2026-12-01T09:05"),
    ],
)
def test_a_moment_with_its_zone(text: str, utc: str) -> None:
    found = moment(text)
    assert found.at == datetime.fromisoformat(utc).replace(tzinfo=UTC)
    assert found.told is None


def test_without_a_zone_it_is_the_local_one_which_is_named() -> None:
    hanoi = timezone(timedelta(hours=7), "ICT")
    found = moment("2026-12-01 23:59", local=hanoi)
    assert found.at == datetime(2026, 12, 1, 16, 59, tzinfo=UTC)
    assert found.zone == "ICT"


def test_an_hour_that_the_clock_skips_is_the_later_reading() -> None:
    # 2:30 does not exist in Berlin on that night: as 2:30 winter time it is 1:30 UTC, which the clock shows as 3:30.
    found = moment("2026-03-29 02:30 Europe/Berlin")
    assert found.at == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    assert found.told is not None
    assert dict(found.told.fields) == {"time": "02:30", "zone": "Europe/Berlin", "at": "03:30"}


def test_an_hour_that_the_clock_shows_twice_is_the_later_one() -> None:
    # 2:30 summer time is 0:30 UTC, 2:30 winter time is 1:30 UTC.
    found = moment("2026-10-25 02:30 Europe/Berlin")
    assert found.at == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    assert found.told is not None
    assert "twice" in found.told.id


@pytest.mark.parametrize(
    "text",
    [
        "",
        "tomorrow",
        "2026-13-01 10:00",
        "2026-02-29 10:00",
        "2026-12-01 25:00",
        "01.12.2026 10:00",
        "0001-01-01 00:00",
        "2026-12-01 23:59 +99:00",
        "2026-12-01 23:59 Europe/Berlin; DROP",
    ],
)
def test_what_is_no_moment_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="is no moment in time"):
        moment(text)


@pytest.mark.parametrize("zone", ["Europe/Nowhere", "../../etc/passwd", "Europe", "CE"])
def test_an_unknown_zone_is_named(zone: str) -> None:
    with pytest.raises(UsageError, match=r"time zone|no moment"):
        moment(f"2026-12-01 23:59 {zone}")


def test_a_date_without_a_time_is_asked_about() -> None:
    with pytest.raises(UsageError, match="At which time of that day"):
        moment("2026-12-01")


def test_days_more_are_counted_from_the_deadline() -> None:
    assert moment("+3d", after=DUE).at == DUE + 3 * DAY
    assert moment("+1d 12h", after=DUE).at == DUE + 1.5 * DAY
    with pytest.raises(UsageError, match="there is none yet"):
        moment("+3d")


def test_the_gradebooks_deadline_comes_before_the_manifests() -> None:
    assert Deadlines(DUE).due("an") == DUE
    assert Deadlines(DUE, DUE - DAY).due("an") == DUE - DAY
    assert Deadlines(None, DUE).due("an") == DUE
    assert Deadlines(DUE, DUE + DAY).contradicts
    assert not Deadlines(DUE, DUE.astimezone(ZoneInfo("Asia/Ho_Chi_Minh"))).contradicts


def test_an_extension_never_takes_time_away() -> None:
    # It was later once; then everybody's deadline was moved behind it.
    moved = Deadlines(DUE, DUE + 5 * DAY, {"an": DUE + 2 * DAY})
    assert moved.due("an") == moved.due("binh") == DUE + 5 * DAY
    assert Deadlines(DUE, None, {"an": DUE + 2 * DAY}).due("an") == DUE + 2 * DAY
    assert Deadlines(None, None, {"an": DUE}).due("an") is None


@pytest.fixture
def store(place: str) -> Iterator[Store]:
    with Store.open(place) as opened:
        opened.add_students([Student("an"), Student("binh")], "test")
        yield opened


def test_what_is_set_is_there_with_its_reason_and_in_the_trail(store: Store) -> None:
    assert set_deadline(store, "hw1", DUE, author="chi", reason="snow", announced=DUE - DAY) is None
    set_deadline(store, "hw1", DUE + DAY, student="an", author="chi", reason="ill")
    found = deadlines(store, "hw1", DUE - DAY)
    assert (found.everybody, found.due("an"), found.due("binh")) == (DUE, DUE + DAY, DUE)
    assert found.reasons == {"": "snow", "an": "ill"}
    trail = list(store.audits(assignment="hw1"))
    assert [(one.action, one.author, one.student, one.reason) for one in trail] == [
        ("deadline", "chi", "", "snow"),
        ("extension", "chi", "an", "ill"),
    ]
    assert datetime.fromisoformat(trail[1].after) == DUE + DAY


def test_replacing_and_taking_back_say_what_was_there(store: Store) -> None:
    set_deadline(store, "hw1", DUE, author="chi")
    assert set_deadline(store, "hw1", DUE + DAY, author="chi") == DUE
    assert set_deadline(store, "hw1", None, author="chi", announced=DUE - DAY) == DUE + DAY
    assert deadlines(store, "hw1", DUE - DAY).everybody == DUE - DAY
    assert [one.after for one in store.audits()][-1] is None
    # Another assignment's is not touched, and the same once more is no change.
    set_deadline(store, "hw2", DUE, author="chi")
    set_deadline(store, "hw2", DUE, author="chi")
    assert len(list(store.audits(assignment="hw2"))) == 1


@pytest.mark.parametrize(
    ("student", "due", "reason", "why"),
    [
        ("an", DUE + DAY, " ", "needs a reason"),
        ("anh", DUE + DAY, "ill", 'no student "anh".*Did you mean "an"'),
        ("an", DUE, "ill", "never takes time away"),
        ("an", DUE - DAY, "ill", "never takes time away"),
    ],
)
def test_an_extension_that_cannot_be_is_refused(
    store: Store, student: str, due: datetime, reason: str, why: str
) -> None:
    set_deadline(store, "hw1", DUE, author="chi")
    with pytest.raises(UsageError, match=why):
        set_deadline(store, "hw1", due, student=student, author="chi", reason=reason)
    assert deadlines(store, "hw1").extensions == {}
    assert len(list(store.audits(assignment="hw1"))) == 1


def test_without_a_deadline_there_is_nothing_to_extend(store: Store) -> None:
    with pytest.raises(UsageError, match="nobody is late"):
        set_deadline(store, "hw1", DUE, student="an", author="chi", reason="ill")


def test_no_span_leads_beyond_what_can_be_told() -> None:
    for after in (datetime(8995, 1, 1, tzinfo=UTC), datetime(9995, 1, 1, tzinfo=UTC)):
        with pytest.raises(UsageError, match=r'"\+3660d" is no moment in time'):
            moment("+3660d", after=after)
