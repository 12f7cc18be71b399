"""One submission: outcomes, marks, follow-through, what is told, and whose fault it is."""

from __future__ import annotations

import os
import signal
from dataclasses import replace
from pathlib import Path
from typing import NoReturn

import pytest

from autograder.course.manifest import Limits
from autograder.language import say
from autograder.model import GradeReport, Outcome, Status
from autograder.sandbox.launch import Launcher, Process, Zygote

from .conftest import HIDDEN, RIGHT, Grade, grader_of, make_course


def scores(report: GradeReport) -> dict[str, int]:
    return {function.name: function.score for function in report.functions}


def outcomes(report: GradeReport) -> dict[str, Outcome]:
    return {function.name: function.outcome for function in report.functions}


def told(report: GradeReport, function: str) -> str:
    chosen = next(f for f in report.functions if f.name == function)
    return " | ".join(say(m, "en") for check in chosen.checks for m in check.messages)


FULL = {"half": 3300, "quarter": 3000, "eighth": 1700, "Box": 1000, "Box.doubled": 500, "empty": 500}


def test_a_right_solution_gets_everything(grade: Grade) -> None:
    report = grade(RIGHT)
    assert report.status is Status.GRADED
    assert scores(report) == FULL
    assert report.score == report.max_score == 10_000
    assert report.output == "loaded\n"
    assert report.public[0].outcome is Outcome.PASSED


def test_an_empty_file_is_graded_and_not_written(grade: Grade) -> None:
    report = grade("")
    assert report.status is Status.GRADED
    assert report.score == 0
    assert set(outcomes(report).values()) <= {Outcome.NOT_WRITTEN, Outcome.SKIPPED}
    assert {f.diagnosis.kind for f in report.functions if f.diagnosis} == {"not_found"}


def test_the_stub_is_not_written(grade: Grade, course) -> None:
    report = grade(course.assignment("chain").stub_path.read_text())
    assert report.score == 0
    assert outcomes(report)["half"] is Outcome.NOT_WRITTEN


def test_a_wrong_function_loses_its_checks_and_says_why(grade: Grade) -> None:
    report = grade(RIGHT.replace("return x / 2", "return abs(x) / 2"))
    assert scores(report) == {**FULL, "half": 2200}
    (failed,) = [check for check in report.functions[0].checks if check.outcome is Outcome.FAILED]
    assert failed.call == "half(-4.0)"
    assert "is 2," in told(report, "half")
    assert "-2 is expected" in told(report, "half")


def test_one_bug_costs_once_through_two_levels(grade: Grade) -> None:
    report = grade(RIGHT.replace("return x / 2", "return x / 3"))
    assert scores(report) == {**FULL, "half": 0}
    followed = [c for f in report.functions for c in f.checks if c.follow_through]
    assert {c.label for c in followed} >= {"a quarter of it", "an eighth of it"}


def test_an_own_bug_is_not_hidden_by_follow_through(grade: Grade) -> None:
    report = grade(
        RIGHT.replace("return x / 2", "return x / 3").replace("return half(half(x))", "return half(x)")
    )
    assert scores(report) == {**FULL, "half": 0, "quarter": 0}


def test_a_check_that_cannot_be_judged_is_skipped_and_costs(grade: Grade) -> None:
    report = grade(RIGHT.replace("self.value = value", "self.value = value + 1"))
    assert scores(report) == {**FULL, "Box": 0, "Box.doubled": 0}
    assert outcomes(report)["Box.doubled"] is Outcome.SKIPPED
    assert "Box" in told(report, "Box.doubled")


def test_a_class_stands_in_for_a_broken_one(grade: Grade) -> None:
    broken = RIGHT.replace("self.value = value", "raise RuntimeError('no')")
    assert scores(grade(broken))["empty"] == 500


def test_a_hanging_function_loses_its_own_checks_only(grade_impatiently: Grade) -> None:
    report = grade_impatiently(RIGHT.replace("return half(quarter(x))", "\n    while True: pass"))
    assert scores(report) == {**FULL, "eighth": 0}
    assert outcomes(report)["eighth"] is Outcome.TIMED_OUT
    assert "1 s" in told(report, "eighth")


@pytest.mark.parametrize(
    ("body", "outcome"),
    [
        ("import os; os._exit(0)", Outcome.CRASHED),
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", Outcome.CRASHED),
        ("import sys; sys.exit(0)", Outcome.FAILED),
        ("import numpy as np; return np.ones(1 << 40)", Outcome.OUT_OF_MEMORY),
        ("raise NotImplementedError", Outcome.NOT_WRITTEN),
        ("raise KeyboardInterrupt", Outcome.FAILED),
        ("return (i for i in [])", Outcome.FAILED),
        ("return Box", Outcome.FAILED),
        ("return None", Outcome.FAILED),
        ("return 1e999", Outcome.FAILED),
    ],
)
def test_whatever_a_function_does_costs_that_function(grade: Grade, body: str, outcome: Outcome) -> None:
    report = grade(RIGHT.replace("return half(quarter(x))", body))
    assert scores(report) == {**FULL, "eighth": 0}
    assert outcomes(report)["eighth"] is outcome


@pytest.mark.parametrize(
    ("value", "why"),
    [
        ("'a' * 10", "a text that cannot be compared"),
        ("[]", "a list has no <"),
        ("Box(1.0)", "comparing a handle is refused"),
        ("1j", "a complex number has no order"),
    ],
)
def test_a_value_that_makes_the_test_itself_raise_gains_nothing(grade: Grade, value: str, why: str) -> None:
    report = grade(RIGHT.replace("return half(quarter(x))", f"return {value}"))
    assert scores(report)["eighth"] == 0, why
    assert Outcome.SUITE_ERROR not in {c.outcome for f in report.functions for c in f.checks}


def test_a_function_that_remembers_is_noticed_and_wrong(grade: Grade) -> None:
    report = grade(
        "seen = []\n"
        + RIGHT.replace("return half(quarter(x))", "seen.append(x)\n    return x / 8 + 9 * (len(seen) > 1)")
    )
    assert 0 < scores(report)["eighth"] < 1700
    assert "remembers" in told(report, "eighth")
    assert any("eighth" in say(n, "en") and "remembers" in say(n, "en") for n in report.notices)


def test_only_the_replayed_call_is_told(grade: Grade) -> None:
    """Nothing that was seen during the hidden run may come out: not in an exception's text, not in a print."""
    source = "seen = []\n" + RIGHT.replace(
        "return half(half(x))",
        "seen.append(x)\n    print('stolen', seen)\n    raise ValueError(f'stolen {seen}')",
    )
    report = grade(source)
    text = told(report, "quarter")
    assert "stolen [8.0]" in text
    assert "16.0" not in text
    assert "stolen" not in report.output


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("def half(x)\n    return x\n", ["chain.py", "line 1"]),
        ("x = (\n", ["chain.py", "line 1"]),
        ("  x = 1\n", ["line 1"]),
    ],
)
def test_what_is_not_python_is_ungradable_with_the_line(grade: Grade, source: str, words: list[str]) -> None:
    report = grade(source)
    assert report.status is Status.UNGRADABLE
    assert report.score == 0
    assert report.message is not None
    assert all(word in say(report.message, "en") for word in words)


@pytest.mark.parametrize(
    ("line", "outcome", "words"),
    [
        ("1 / 0", Outcome.CRASHED, ["line 1", "ZeroDivisionError"]),
        ("import sys; sys.exit(0)", Outcome.CRASHED, ["SystemExit"]),
        ("import os; os._exit(0)", Outcome.CRASHED, ["status 0"]),
        ("import torch", Outcome.CRASHED, ["'torch' is not available in this course", "line 1"]),
        ("while True: pass", Outcome.TIMED_OUT, ["loop"]),
        ("import numpy; x = numpy.ones(1 << 40)", Outcome.OUT_OF_MEMORY, ["512 MiB"]),
    ],
)
def test_an_import_that_fails_is_graded_with_0_and_says_so(
    grade_impatiently: Grade, line: str, outcome: Outcome, words: list[str]
) -> None:
    report = grade_impatiently(f"{line}\n{RIGHT}")
    assert report.status is Status.GRADED
    assert report.score == 0
    assert set(outcomes(report).values()) == {outcome}
    assert report.message is not None
    assert all(word in say(report.message, "en") for word in words)


def test_a_faulty_check_costs_nothing(tmp_path: Path, zygote: Launcher) -> None:
    faulty = HIDDEN + (
        "\n@pytest.mark.function('Box')\ndef test_faulty(student):\n    '''it is faulty'''\n    student.Box(1.0) == 1\n"
    )
    report = grader_of(make_course(tmp_path, faulty), zygote)(RIGHT)
    assert report.score == 10_000
    assert outcomes(report)["Box"] is Outcome.SUITE_ERROR
    assert "not your work" in told(report, "Box")


@pytest.mark.parametrize("feedback", ["hint", "outcome"])
def test_the_course_decides_how_much_is_told(tmp_path: Path, zygote: Launcher, feedback: str) -> None:
    from .conftest import MANIFEST

    manifest = MANIFEST.replace('version = "1"', f'version = "1"\nfeedback = "{feedback}"')
    report = grader_of(make_course(tmp_path, manifest=manifest), zygote)(
        RIGHT.replace("half(half(x))", "half(x)")
    )
    check = report.functions[1].checks[0]
    assert check.outcome is Outcome.FAILED
    assert check.messages == ()
    assert check.call == ""
    assert check.hint == ("Half of a half." if feedback == "hint" else "")


def test_the_same_bytes_give_the_same_report(grade: Grade) -> None:
    from dataclasses import replace

    source = RIGHT.replace("return x / 2", "return x / 3")
    assert replace(grade(source), seconds=0) == replace(grade(source), seconds=0)


def test_marks_add_up_to_the_cent(grade: Grade) -> None:
    report = grade(RIGHT.replace("return x / 2", "return abs(x) / 2"))
    for function in report.functions:
        assert sum(check.max_score for check in function.checks) == function.max_score
    assert sum(function.max_score for function in report.functions) == 10_000


CHEATS = {
    "patches the comparison": "import numpy as np\nnp.allclose = np.testing.assert_allclose = lambda *a, **k: True\n",
    "patches builtins": "import builtins\nbuiltins.abs = lambda x: 0\nbuiltins.isinstance = lambda *a: True\n",
    "prints results": "print('5 passed'); print('{\"score\": 100}')\n",
    "skips by name": "import unittest\ndef skip(*a): raise unittest.SkipTest('skipped')\nhalf = skip\n",
}


@pytest.mark.parametrize("prologue", CHEATS.values(), ids=CHEATS)
def test_the_one_line_cheats_gain_nothing(grade: Grade, prologue: str) -> None:
    wrong = (
        "".join(f"def {name}(*a): return 42.0\n" for name in ("half", "quarter", "eighth", "empty"))
        + "class Box: pass\n"
    )
    assert grade(wrong + prologue).score == 0


LIARS = """
import numpy as np
class Liar(np.ndarray):
    def __array_ufunc__(self, *a, **k): return True
    def __array_function__(self, *a, **k): return True
    def __eq__(self, other): return True
class Always:
    def __eq__(self, other): return True
    def __array__(self, *a, **k): return np.array(1.0)
    def __lt__(self, other): return True
    def __float__(self): return 1.0
    __hash__ = None
def half(x): return np.array(0.0).view(Liar)
def quarter(x): return Always()
def eighth(x): return Always()
class Box:
    def __init__(self, value): self.value = Always()
    def doubled(self): return Always()
def empty(boxes):
    for box in boxes: box.value = Always()
"""


def test_objects_that_lie_gain_nothing(grade: Grade) -> None:
    report = grade(LIARS)
    assert report.score == 0
    assert Outcome.SUITE_ERROR not in {c.outcome for f in report.functions for c in f.checks}


SPY = """
import sys, gc, inspect
def look():
    found = []
    frame = sys._getframe()
    while frame:
        found += [repr(v) for v in frame.f_locals.values() if 'chain' in repr(type(v))]
        frame = frame.f_back
    for thing in gc.get_objects():
        if isinstance(thing, str) and ('BEGIN SOLUTION' in thing or 'half of it' in thing):
            found.append(thing)
        if inspect.isfunction(thing) and thing.__name__ in ('test_half', 'check_same', 'half') and thing is not half:
            found.append(repr(thing))
    found += [m for m in sys.modules if m.partition('.')[0] in ('pytest', '_pytest', 'autograder', 'test_chain')]
    return found
def half(x):
    raise ValueError(repr(look()))
"""


def test_there_is_nothing_to_find_in_the_workers_memory(grade: Grade) -> None:
    assert "It raised ValueError: [] " in told(grade(SPY), "half")


def test_a_fault_of_ours_tells_a_student_no_more_than_its_kind(
    grade: Grade, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*arguments: object, **named: object) -> NoReturn:
        raise ValueError("expected 0.6931 in /srv/course/solutions/chain.py")

    monkeypatch.setattr("autograder.grading.grade.ingest_here", broken)
    report = grade("def half(x):\n    return x / 2\n")
    assert report.status is Status.SYSTEM_ERROR
    assert report.score is None
    assert report.message is not None
    assert report.message.fields == {"reason": "ValueError"}


def test_a_worker_that_somebody_else_kills_costs_nothing(
    grade: Grade, zygote: Launcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The machine may, when memory runs out. The submission is graded once more, with the mark of an undisturbed run."""
    undisturbed = grade(RIGHT)
    started: list[int] = []
    start = Zygote.start

    def start_and_kill(self: Zygote, limits: Limits, role: str = "student") -> Process:
        process = start(self, limits, role)
        started.append(process.pid)
        if len(started) == 1:
            os.kill(process.pid, signal.SIGKILL)
        return process

    monkeypatch.setattr(Zygote, "start", start_and_kill)
    assert replace(grade(RIGHT), seconds=0.0) == replace(undisturbed, seconds=0.0)
    assert len(started) > 1


def test_who_kills_itself_gains_nothing_by_it(grade: Grade) -> None:
    report = grade(
        "import os\ndef half(x):\n    os.kill(os.getpid(), 9)\n" + RIGHT[RIGHT.index("def quarter") :]
    )
    assert (report.functions[0].outcome, report.functions[0].score) == (Outcome.CRASHED, 0)
