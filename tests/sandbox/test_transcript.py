"""A conclusion comes again only where every answer is the same, and every submission is asked itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from autograder.errors import CallTimedOut, StudentFault
from autograder.sandbox.student import Student
from autograder.sandbox.transcript import Concluded, Transcripts
from autograder.sandbox.worker import Worker

from .conftest import LIMITS, Submit

COUNTS = (
    "asked = 0\ndef f(x):\n    global asked\n    asked += 1\n    return {}\ndef times():\n    return asked\n"
)


IMPATIENT = replace(LIMITS, call_seconds=1)


class Work:
    """Adds up f(1), f(f(1)) and f(3) of a submission, one question after the other, and counts how often it does so."""

    def __init__(self) -> None:
        self.done = 0

    def __call__(self, student: Student) -> float:
        self.done += 1
        first = student.f(1.0)
        return float(first + student.f(first) + student.f(3.0))


def conclude(
    transcripts: Transcripts, student: Student, work: Callable[[Student], Any], **options: Any
) -> Concluded[Any]:
    worker: Callable[[], Worker] = vars(student)["bench"].worker
    return transcripts.conclude("work", worker, lambda: work(student), **options)


def test_the_same_answers_lead_to_the_same_conclusion_without_the_work(submit: Submit) -> None:
    transcripts, work = Transcripts(), Work()
    first = conclude(transcripts, submit(COUNTS.format("2 * x")), work)
    other = submit(COUNTS.format("x + x"))
    second = conclude(transcripts, other, work)
    assert (first.value, second.value, work.done) == (12.0, 12.0, 1)
    assert first.mark is not None
    assert second.mark is first.mark
    assert first.answers == second.answers == 3
    assert other.times() == 3


@pytest.mark.parametrize(
    ("formula", "total"), [("x + 2", 3.0 + 5.0 + 5.0), ("2 * x if x < 3 else 7", 2.0 + 4.0 + 7.0)]
)
def test_at_the_first_answer_that_differs_the_work_is_done_and_nothing_is_asked_twice(
    submit: Submit, formula: str, total: float
) -> None:
    transcripts, work = Transcripts(), Work()
    mark = conclude(transcripts, submit(COUNTS.format("2 * x")), work).mark
    other = submit(COUNTS.format(formula))
    found = conclude(transcripts, other, work)
    assert (found.value, work.done) == (total, 2)
    assert found.mark is not None
    assert found.mark is not mark
    assert other.times() == 3
    assert conclude(transcripts, submit(COUNTS.format(formula)), work).mark is found.mark


def test_who_answers_by_what_was_asked_before_is_told_apart(submit: Submit) -> None:
    transcripts, work = Transcripts(), Work()
    student = submit(COUNTS.format("2 * x if asked < 4 else 0.0"))
    assert [conclude(transcripts, student, work).value for _ in range(3)] == [12.0, 0.0, 0.0]


def test_what_else_comes_with_an_answer_counts(submit: Submit) -> None:
    transcripts = Transcripts()

    def facts(student: Student) -> tuple[Any, ...]:
        call = student.call("f", [1.0])
        return call.value, call.output, call.mutated, [kind for kind, _text in call.warnings]

    bodies = {
        "return 1": (1, "", (), []),
        "return 1.0": (1.0, "", (), []),
        "print('hm')\n    return 1": (1, "hm\n", (), []),
        "x[0] = 2.0\n    return 1": (1, "", ("argument 1",), []),
        "import warnings\n    warnings.warn('hm')\n    return 1": (1, "", (), ["UserWarning"]),
    }
    for body, expected in [*bodies.items(), *bodies.items()]:
        found = conclude(transcripts, submit(f"def f(x):\n    {body}\n"), facts).value
        assert found == expected
        assert type(found[0]) is type(expected[0])


@pytest.mark.parametrize("what", ["a callback", "how long it took", "whether a name is there"])
def test_work_that_depends_on_more_than_answers_is_always_done(submit: Submit, what: str) -> None:
    transcripts = Transcripts()
    numbers = iter([1.0, 2.0, 3.0, 4.0])

    def work(student: Student) -> Any:
        if what == "a callback":
            return student.g(lambda: next(numbers))
        if what == "how long it took":
            return student.call("f", 1.0).seconds, next(numbers)
        return student.f(1.0), student.has("g"), next(numbers)

    source = "def f(x):\n    return 0 * x\ndef g(ask):\n    return ask()\n"
    found = [conclude(transcripts, submit(source), work) for _ in range(2)]
    assert [one.mark for one in found] == [None, None]
    assert found[0].value != found[1].value


def test_what_ended_a_worker_is_no_answer(submit: Submit) -> None:
    transcripts, work = Transcripts(), Work()
    endless = COUNTS.format("2 * x") + "def f(x):\n    while x == 3.0:\n        pass\n    return 2 * x\n"
    for _again in range(2):
        with pytest.raises(CallTimedOut):
            conclude(transcripts, submit(endless, limits=IMPATIENT), work)
    assert conclude(transcripts, submit(COUNTS.format("2 * x"), limits=IMPATIENT), work).value == 12.0
    with pytest.raises(CallTimedOut):
        conclude(transcripts, submit(endless, limits=IMPATIENT), work)
    assert work.done == 4


def test_a_question_is_asked_once_where_another_had_more_time(submit: Submit) -> None:
    transcripts = Transcripts()

    def work(student: Student) -> Any:
        return student.f(1.0), student.f(1.0)

    source = "asked = 0\ndef f(x):\n    global asked\n    asked += 1\n    return asked{more}\n"
    patient = submit(source.format(more=" + 10.0"))
    hurried = submit(source.format(more=""), limits=IMPATIENT)
    again = submit(source.format(more=" + 10.0"), limits=IMPATIENT)
    assert vars(patient)["bench"]._limits.call_seconds != IMPATIENT.call_seconds
    first = conclude(transcripts, patient, work)
    assert first.value == (11.0, 12.0)
    # What it is asked as the other was is not asked again: it would answer otherwise.
    assert conclude(transcripts, hurried, work).value == (1, 2)
    # And what answers alike is remembered, however much time it had.
    assert conclude(transcripts, again, work).mark is first.mark is not None


def test_a_submission_that_does_not_load_is_left_to_the_work(submit: Submit) -> None:
    transcripts, work = Transcripts(), Work()
    student = submit(COUNTS.format("2 * x"))
    bench = vars(student)["bench"]
    bench.close()
    bench._program.files["work.py"] = "1/0"
    with pytest.raises(StudentFault):
        conclude(transcripts, student, work)
    assert work.done == 1


def test_what_may_not_be_kept_is_not(submit: Submit) -> None:
    transcripts, work = Transcripts(), Work()
    for _again in range(2):
        found = conclude(transcripts, submit(COUNTS.format("x")), work, keep=lambda value: value > 100)
        assert found.mark is None
    assert work.done == 2


def test_memory_is_bounded(submit: Submit) -> None:
    transcripts = Transcripts(most_bytes=20_000)
    student = submit("def f(x):\n    return x\ndef g(n):\n    return 'a' * n\n")
    worker = vars(student)["bench"].worker
    for key in range(200):
        transcripts.conclude(key, worker, lambda key=key: student.f(float(key)))  # type: ignore[misc]
        assert transcripts._bytes <= 20_000
    assert 10 < len(transcripts._works) < 200
    assert transcripts.conclude("long", worker, lambda: student.g(10**6)).mark is None


def test_work_that_is_answered_in_ever_other_ways_is_kept_within_bounds(submit: Submit) -> None:
    transcripts = Transcripts()
    student = submit(COUNTS.format("asked"))
    for _other in range(150):
        conclude(transcripts, student, lambda student: student.f(1.0))
    assert transcripts._works["work"].endings <= 64
