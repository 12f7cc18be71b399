"""A run's reports: every submission has one that counts, whatever happened before; and one process at a time writes."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from autograder.errors import SystemFault, UsageError
from autograder.gradebook import lease, recorder, tables
from autograder.gradebook.recorder import Recorder
from autograder.gradebook.store import Store
from autograder.grading.journal import key
from autograder.grading.submission import Submission
from autograder.model import Status, message
from tests.gradebook.made_up import ISOLATION, VERSIONS, grade, marks, report_on, submission
from tests.gradebook.postgres import Postgres

NEW_SUITE = {**VERSIONS, "suite": "s2"}


def test_what_is_graded_is_not_graded_again(store: Store) -> None:
    class_ = [submission(f"s{n}") for n in range(120)]
    assert len(grade(store, class_)) == 120
    before = {result.submission.student: result.id for result in store.results("hw")}
    assert grade(store, class_) == []
    assert grade(store, [*class_, submission("new")]) == ["new"]
    after = {result.submission.student: result.id for result in store.results("hw")}
    assert after.pop("new") not in before.values()
    assert after == before
    assert marks(store, "superseded") == []


def test_another_suite_supersedes_and_the_old_one_is_found_when_it_is_back(store: Store) -> None:
    grade(store, [submission("an")], 3000)
    assert grade(store, [submission("an")], 4000, versions=NEW_SUITE) == ["an"]
    assert marks(store) == [("an", 1, "graded", 4000)]
    assert marks(store, "superseded") == [("an", 1, "graded", 3000)]
    assert grade(store, [submission("an")], 0) == []
    assert marks(store) == [("an", 1, "graded", 3000)]
    assert sorted(mark[3] or 0 for mark in marks(store, "superseded")) == [3000, 4000]


def test_the_same_bytes_handed_in_once_more_get_the_same_report(store: Store) -> None:
    grade(store, [submission("an", "1")], 1000)
    grade(store, [submission("an", "2")], 2000)
    assert grade(store, [submission("an", "1")]) == []
    assert marks(store) == [("an", n + 1, "graded", score) for n, score in enumerate((1000, 2000, 1000))]


def test_another_student_s_report_is_not_taken(store: Store) -> None:
    grade(store, [submission("an", "1")])
    assert grade(store, [submission("binh", "1")]) == ["binh"]


def test_graded_again_on_request(store: Store) -> None:
    grade(store, [submission("an")], 1000)
    grade(store, [submission("an")], 2000, again=True)
    assert marks(store) == [("an", 1, "graded", 2000)]
    assert marks(store, "superseded") == [("an", 1, "graded", 1000)]


def test_a_fault_of_ours_is_no_mark_and_takes_none(store: Store) -> None:
    grade(store, [submission("an")], status=Status.SYSTEM_ERROR)
    assert marks(store) == [("an", 1, "system_error", None)]
    # It is tried again, and a mark takes its place.
    assert grade(store, [submission("an")], status=Status.SYSTEM_ERROR) == ["an"]
    assert grade(store, [submission("an")], 7000) == ["an"]
    assert marks(store) == [("an", 1, "graded", 7000)]
    # A later fault leaves that mark where it is.
    grade(store, [submission("an")], status=Status.SYSTEM_ERROR, versions=NEW_SUITE)
    assert marks(store) == [("an", 1, "graded", 7000)]
    assert marks(store, "failed") == [("an", 1, "system_error", None)]
    assert grade(store, [submission("an")], 8000, versions=NEW_SUITE) == ["an"]
    assert marks(store) == [("an", 1, "graded", 8000)]
    assert marks(store, "failed") == []


def test_proposed_results_leave_those_that_count_alone(store: Store) -> None:
    grade(store, [submission("an"), submission("binh")], 3000)
    ids = {kept.student: kept.id for kept in store.submissions("hw")}
    for _run in range(2):
        with closing(Recorder(store, "course", "hw", NEW_SUITE, ISOLATION, state="proposed")) as proposing:
            one = proposing.expect(ids["an"], store.submission(ids["an"]))
            identity = key(one, NEW_SUITE, ISOLATION)
            if proposing.report(identity) is None:
                assert _run == 0
                proposing.add(identity, report_on(one, 9000))
    assert marks(store) == [("an", 1, "graded", 3000), ("binh", 1, "graded", 3000)]
    assert marks(store, "proposed") == [("an", 1, "graded", 9000)]


def test_what_is_proposed_counts_only_when_it_is_published(store: Store) -> None:
    grade(store, [submission("an")], 3000)
    grade(store, [submission("an")], 9000, versions=NEW_SUITE, state="proposed")
    # Graded, and not taken from the proposal.
    assert grade(store, [submission("an")], 4000, versions=NEW_SUITE) == ["an"]
    assert marks(store) == [("an", 1, "graded", 4000)]
    assert marks(store, "proposed") == [("an", 1, "graded", 9000)]


def test_back_to_the_first_bytes_within_one_batch(store: Store) -> None:
    class_ = [submission("an", text) for text in ("1", "2", "1", "1")]
    grade(store, [*class_, submission("binh", "1")])
    grade(store, class_)
    assert [mark[:2] for mark in marks(store)] == [("an", n + 1) for n in range(5)] + [("binh", 1)]
    assert [kept.number for kept in store.submissions("hw", "an")] == [1, 2, 3, 4, 5]
    # Known already, all of them.
    assert grade(store, [submission("an", "1")], state="proposed") == []
    ids = [kept.id for kept in store.submissions("hw", "an")]
    grade_expected(store, ids)
    assert [mark[1] for mark in marks(store, "proposed")] == [1, 2, 3, 4, 5]


def grade_expected(store: Store, ids: list[int]) -> None:
    """Grade rows of the store again, as a regrade does."""
    with closing(Recorder(store, "course", "hw", NEW_SUITE, ISOLATION, state="proposed")) as proposing:
        waiting = [proposing.expect(id, store.submission(id)) for id in ids]
        for one in waiting:
            proposing.add(key(one, NEW_SUITE, ISOLATION), report_on(one, 9000))


def test_several_attempts_in_a_batch_that_is_written_twice(store: Store) -> None:
    with closing(Recorder(store, "course", "hw", VERSIONS, ISOLATION)) as recording:
        for text in ("1", "2", "1"):
            one = recording.hand_in(submission("an", text))
            recording.add(key(one, VERSIONS, ISOLATION), report_on(one))
            recording._write()  # the commit arrived, and the answer to it was lost
    assert [mark[:2] for mark in marks(store)] == [("an", 1), ("an", 2), ("an", 3)]
    assert marks(store, "superseded") == []


def test_submissions_without_a_file_get_their_report(store: Store) -> None:
    none = Submission("an", {}, message("No file."))
    assert grade(store, [none], 0, Status.UNGRADABLE) == ["an"]
    assert grade(store, [none], 0, Status.UNGRADABLE) == []
    assert marks(store) == [("an", 0, "ungradable", 0)]


def test_a_report_finds_its_submission_without_being_told(store: Store) -> None:
    store.hand_in("hw", submission("an", "1"), source="folder")
    store.hand_in("hw", submission("an", "2"), source="folder")
    with closing(Recorder(store, "course", "hw", VERSIONS, ISOLATION)) as recording:
        recording.add("some key", report_on(submission("an", "1")))
    assert marks(store) == [("an", 1, "graded", 5000)]


def test_what_was_gathered_is_written_soon(store: Store) -> None:
    with closing(Recorder(store, "course", "hw", VERSIONS, ISOLATION)) as recording:
        one = recording.hand_in(submission("an"))
        time.sleep(recorder.MOST_SECONDS)
        recording.add(key(one, VERSIONS, ISOLATION), report_on(one))
        assert len(marks(store)) == 1
        for n in range(recorder.MOST_REPORTS):
            one = recording.hand_in(submission(f"s{n}"))
            recording.add(key(one, VERSIONS, ISOLATION), report_on(one))
        assert len(marks(store)) > recorder.MOST_REPORTS // 2


def test_a_batch_that_is_written_twice_is_there_once(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """The commit arrived, and the answer to it was lost."""
    with closing(Recorder(store, "course", "hw", VERSIONS, ISOLATION)) as recording:
        for n in range(3):
            one = recording.hand_in(submission(f"s{n}"))
            recording.add(key(one, VERSIONS, ISOLATION), report_on(one))
        recording._write()
        recording.flush()
    assert len(marks(store)) == 3
    assert marks(store, "superseded") == []
    assert len(list(store.submissions("hw"))) == 3


def test_a_gradebook_is_of_one_course(store: Store) -> None:
    grade(store, [submission("an")])
    with pytest.raises(UsageError, match='of the course "course", not of "another"'):
        Recorder(store, "another", "hw", VERSIONS)


# -- one process at a time --------------------------------------------------------------------------------------


def test_a_second_grader_is_refused_and_told_who_is_first(store: Store) -> None:
    with closing(Recorder(store, "course", "hw", VERSIONS)):
        with pytest.raises(UsageError, match=rf"hw is being graded already.*process {os.getpid()} on"):
            Recorder(store, "course", "hw", VERSIONS)
        # Another assignment may be graded beside it.
        Recorder(store, "course", "other", VERSIONS).close()
    Recorder(store, "course", "hw", VERSIONS).close()


_HOLDER = """
import sys, time
from autograder.gradebook.store import Store
from autograder.gradebook.recorder import Recorder
store = Store.open(sys.argv[1])
recorder = Recorder(store, "course", "hw", {"engine": "", "course": "", "suite": ""})
print("held", flush=True)
time.sleep(60)
"""


def test_a_dead_grader_s_place_is_free_at_once(store: Store) -> None:
    holder = subprocess.Popen(
        [sys.executable, "-c", _HOLDER, store.url], stdout=subprocess.PIPE, cwd=Path(__file__).parents[2]
    )
    assert holder.stdout is not None
    try:
        assert holder.stdout.readline() == b"held\n"
        with pytest.raises(UsageError, match=f"process {holder.pid} on"):
            Recorder(store, "course", "hw", VERSIONS)
        holder.send_signal(signal.SIGKILL)
        # Not waited for: it is a zombie now, and may stay one.
        os.waitid(os.P_PID, holder.pid, os.WEXITED | os.WNOWAIT)
        Recorder(store, "course", "hw", VERSIONS).close()
    finally:
        holder.kill()
        holder.wait()
        holder.stdout.close()


def _pretend(store: Store, **about: Any) -> None:
    with store.begin() as connection:
        connection.execute(tables.leases.update().values(**about))


def test_a_grader_on_another_machine_is_believed_until_it_is_silent(store: Store) -> None:
    now = datetime.now(UTC)
    with closing(Recorder(store, "course", "hw", VERSIONS)) as first:
        _pretend(store, host="elsewhere", born="another boot 1", beat=now - timedelta(seconds=60))
        with pytest.raises(UsageError, match="on elsewhere"):
            Recorder(store, "course", "hw", VERSIONS)
        _pretend(store, beat=now - timedelta(seconds=lease.SILENT_SECONDS + 30))
        with closing(Recorder(store, "course", "hw", VERSIONS)):
            # It was only asleep: it may not write any more.
            one = first.hand_in(submission("an"))
            first.add(key(one, VERSIONS, ISOLATION), report_on(one))
            with pytest.raises(SystemFault, match="taken over grading hw"):
                first.flush()
            first._handed, first._made = [], []
    assert marks(store) == []


def test_a_time_in_the_future_is_a_clock_set_back(store: Store) -> None:
    with closing(Recorder(store, "course", "hw", VERSIONS)):
        _pretend(store, born="another boot 1", beat=datetime.now(UTC) + timedelta(days=1))
        Recorder(store, "course", "hw", VERSIONS).close()


def test_a_grader_says_now_and_then_that_it_lives(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lease, "BEAT_SECONDS", 0.05)
    with closing(Recorder(store, "course", "hw", VERSIONS)):
        _pretend(store, beat=datetime(2000, 1, 1, tzinfo=UTC))
        end = time.monotonic() + 100
        while time.monotonic() < end:
            with store.read() as connection:
                beat = connection.execute(tables.leases.select()).one().beat
            if beat.year > 2000:
                break
            time.sleep(0.02)
        assert beat.year > 2000


# -- a server that goes away ------------------------------------------------------------------------------------


def test_cut_connections_cost_nothing(postgres: Postgres) -> None:
    with (
        Store.open(postgres.new_schema()) as store,
        closing(Recorder(store, "course", "hw", VERSIONS, ISOLATION)) as recording,
    ):
        for n in range(6):
            one = recording.hand_in(submission(f"s{n}"))
            recording.add(key(one, VERSIONS, ISOLATION), report_on(one))
            postgres.cut_connections()
            recording.flush()
            postgres.cut_connections()
            assert recording.report(key(one, VERSIONS, ISOLATION)) == report_on(one)
        recording.flush()
        assert len(marks(store)) == 6


def test_a_server_that_restarts_in_the_middle_loses_nothing(postgres: Postgres) -> None:
    with (
        Store.open(postgres.new_schema()) as store,
        closing(Recorder(store, "course", "hw", VERSIONS, ISOLATION)) as recording,
    ):
        for n in range(3):
            one = recording.hand_in(submission(f"s{n}"))
            recording.add(key(one, VERSIONS, ISOLATION), report_on(one))
            recording.flush()
            postgres.stop(signal.SIGQUIT)
            postgres.start()
        recording.flush()
        assert len(marks(store)) == 3


def test_a_server_that_stays_away_is_said_and_the_run_continues_later(
    postgres: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recorder, "_RETRIES_SECONDS", (0.01, 0.02))
    with Store.open(postgres.new_schema()) as store:
        recording = Recorder(store, "course", "hw", VERSIONS, ISOLATION)
        one = recording.hand_in(submission("an"))
        recording.add(key(one, VERSIONS, ISOLATION), report_on(one))
        postgres.stop()
        try:
            with pytest.raises(SystemFault, match=r"cannot be reached, or went away.*it continues"):
                recording.flush()
            with pytest.raises(SystemFault):
                recording.close()
        finally:
            postgres.start()
        assert grade(store, [submission("an")]) == ["an"]
        assert marks(store) == [("an", 1, "graded", 5000)]


def test_a_report_s_bytes_that_are_damaged_are_graded_again(store: Store) -> None:
    grade(store, [submission("an")], 1000)
    with store.begin() as connection:
        connection.execute(tables.results.update().values(report=b"rubbish"))
    assert grade(store, [submission("an")], 2000) == ["an"]
    assert marks(store) == [("an", 1, "graded", 2000)]


def test_a_report_keeps_what_it_holds(store: Store) -> None:
    one = Submission("\udcff\n", {"hw.py": b"x"}, notices=(message("{a}", a="\0\udcff"),))
    grade(store, [one])
    [result] = store.results("hw")
    assert result.report() == report_on(one)
    assert json.loads(json.dumps(dict(result.isolation))) == dict(ISOLATION)
    assert (result.course_version, result.suite_version, result.engine_version) == ("c1", "s1", "1")
