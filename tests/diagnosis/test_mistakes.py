"""A function that behaves exactly like a known mistake is told so; one that does not never is."""

from __future__ import annotations

from dataclasses import replace

import pytest

from autograder.course import Course
from autograder.course.bank import mistakes
from autograder.course.texts import texts
from autograder.diagnosis import mistakes as known
from autograder.errors import CourseError
from autograder.grading.grade import Grader
from autograder.grading.submission import Submission
from autograder.language import say
from autograder.reports.write import Told
from autograder.runner.session import collected
from autograder.sandbox.bench import Bench
from autograder.sandbox.launch import Launcher
from autograder.sandbox.worker import Outcome, Program
from tests.diagnosis.conftest import Diagnosed, diagnosis_of, graded
from tests.grading.conftest import RIGHT


def with_half(body: str) -> str:
    return RIGHT.replace("def half(x):\n    return x / 2", f"def half(x):\n    {body}")


def test_another_way_to_write_a_known_mistake(diagnosed: Diagnosed) -> None:
    found = diagnosed(with_half("return x + x"))
    assert found is not None
    assert (found.kind, found.mistake) == ("mistake", "twice")
    assert say(found.text, "en") == "You multiply where you should divide."
    assert [say(hint, "en") for hint in found.hints] == ["Look at the operator."]


def test_one_call_that_differs_is_enough_for_no_match(diagnosed: Diagnosed) -> None:
    found = diagnosed(with_half("return x + x if x > 0 else x - 1"))
    assert found is None or found.mistake != "twice"


def test_a_right_function_has_no_diagnosis(diagnosed: Diagnosed) -> None:
    assert diagnosed(RIGHT) is None


def test_of_two_that_match_the_one_that_explains_what_was_lost(diagnosed: Diagnosed) -> None:
    alone = diagnosed(with_half("return x // 2"))
    both = diagnosed(
        with_half("return x // 2").replace("return half(half(x))", "return 1 + x // 4"),
    )
    assert alone is not None
    assert both is not None
    assert alone.mistake == "floor_only"
    assert both.mistake == "floor"


def test_a_mistake_that_never_ends(diagnosed: Diagnosed) -> None:
    found = diagnosed(with_half("while x < 0: x = x - 1\n    return x / 2"))
    assert found is not None
    assert found.mistake == "endless"


def test_a_mistake_that_remembers_is_named_before_it_is_said_to_remember(diagnosed: Diagnosed) -> None:
    source = "seen = 0\n" + with_half("global seen; seen += 1; return x / 2 if seen < 2 else x / 3")
    found = diagnosed(source)
    assert found is not None
    assert found.mistake == "counts"


def test_what_is_left_out_is_told_otherwise(diagnosed: Diagnosed) -> None:
    found = diagnosed(with_half("return x + x"), left_out=("twice",))
    assert found is not None
    assert found.mistake is None
    assert found.kind in ("ratio", "formula")


def test_what_is_left_out_is_not_named_from_memory(course: Course, zygote: Launcher) -> None:
    assignment = course.assignment("chain")
    submission = Submission("an", {"chain.py": with_half("return x + x").encode()})
    named = []

    def use(suite: object) -> None:
        grader = Grader(course, assignment, suite, zygote)  # type: ignore[arg-type]
        for left_out in ((), ("twice",), ()):
            grader._why.mistakes.left_out = left_out
            found = diagnosis_of(grader.grade(submission))
            assert found is not None
            named.append(found.mistake)

    collected([assignment.hidden_dir, assignment.public_checks], use)
    assert named == ["twice", None, "twice"]


DISTURBING = {
    "aa_ends": "import os\ndef half(x):\n    os._exit(0)",
    "ab_raises": "raise RuntimeError('it does not even load')\ndef half(x):\n    return 0",
    "ac_hangs": "def half(x):\n    while True:\n        pass",
    "ad_leaves_names": "OLD = 1\ndef half(x):\n    return 2 * x + 1\ndef quarter(x):\n    return half(x)",
}


def test_mistakes_tried_in_one_worker_do_not_disturb_each_other(course: Course, zygote: Launcher) -> None:
    about = '"""It comes first."""\nCOSTS = ["half"]\nEXPLANATION = {"en": "It comes first.", "vi": "Nó đứng đầu."}\n'
    folder = course.assignment("chain").mistakes_dir
    try:
        for name, source in DISTURBING.items():
            (folder / f"{name}.py").write_text(about + source, encoding="utf-8")
        reports = graded(course, zygote, with_half("return x + x"), with_half("return x // 2"))
    finally:
        for name in DISTURBING:
            (folder / f"{name}.py").unlink()
    assert [found and found.mistake for found in map(diagnosis_of, reports)] == ["twice", "floor_only"]


def test_mistakes_are_tried_in_one_worker(
    course: Course, zygote: Launcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Counted(Bench):
        loads = another = 0

        def load(self) -> Outcome:
            Counted.loads += 1
            return super().load()

        def load_another(self, program: Program) -> Outcome:
            Counted.another += 1
            return super().load_another(program)

    monkeypatch.setattr(known, "Bench", Counted)
    (report,) = graded(course, zygote, with_half("return 7 * x"))
    found = diagnosis_of(report)
    assert found is not None
    assert found.mistake is None
    # Five cost points in half: one hangs for negative numbers, and takes its worker with it.
    assert Counted.loads <= 2
    assert Counted.loads + Counted.another == 5


def test_answers_are_the_same_when_they_are_kept(course: Course, zygote: Launcher) -> None:
    sources = [with_half("return x + x"), with_half("return x // 2"), with_half("return x * 3")] * 3
    kinds = [diagnosis_of(report) for report in graded(course, zygote, *sources)]
    assert kinds[:3] == kinds[3:6] == kinds[6:]


def test_nothing_is_told_where_only_the_outcome_may_be(course: Course, zygote: Launcher) -> None:
    told = {}
    for feedback in ("call", "hint", "outcome"):
        assignment = replace(course.assignment("chain"), feedback=feedback)

        def use(suite: object, assignment: object = assignment, feedback: str = feedback) -> None:
            grader = Grader(course, assignment, suite, zygote)  # type: ignore[arg-type]
            for number, body in enumerate(("return x + x", "return 0.75 * x")):
                report = grader.grade(Submission("an", {"chain.py": with_half(body).encode()}))
                told[feedback, number] = diagnosis_of(report)

        collected([assignment.hidden_dir, assignment.public_checks], use)
    assert told["outcome", 0] is None
    assert told["outcome", 1] is None
    assert told["hint", 0] == told["call", 0]
    # What is made of hidden values belongs to the call.
    assert told["call", 1] is not None
    assert told["hint", 1] is None or told["hint", 1].kind not in ("ratio", "formula")


def test_a_fast_proof_is_not_slowed_down(course: Course, zygote: Launcher) -> None:
    assignment = course.assignment("chain")
    found = []

    def use(suite: object) -> None:
        grader = Grader(course, assignment, suite, zygote)  # type: ignore[arg-type]
        source = with_half("return x + x").encode()
        found.append(grader.grade(Submission("an", {"chain.py": source}, brief=True)))

    collected([assignment.hidden_dir, assignment.public_checks], use)
    assert diagnosis_of(found[0]) is None


def test_a_slip_in_the_bank_stops_nobodys_grading(course: Course, zygote: Launcher) -> None:
    assignment = course.assignment("chain")
    broken = assignment.mistakes_dir / "broken.py"
    broken.write_text('"""No COSTS."""\n', encoding="utf-8")
    try:
        with pytest.raises(CourseError, match="COSTS is missing"):
            mistakes(assignment)
        (report,) = graded(course, zygote, with_half("return x + x"))
    finally:
        broken.unlink()
    found = diagnosis_of(report)
    assert found is not None
    assert found.mistake == "twice"


def test_results_hold_the_translations_that_they_need_and_no_others(course: Course, zygote: Launcher) -> None:
    (report,) = graded(course, zygote, with_half("return x + x"))
    used = Told(texts(course.assignment("chain")), "")
    used.add(report)
    kept = used.texts
    assert "Bạn nhân thay vì chia." in kept["vi"].values()
    assert "Vòng lặp không dừng với số âm." not in kept["vi"].values()
