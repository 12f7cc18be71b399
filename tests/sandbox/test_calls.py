"""What a call is told and charged, where student code would like it otherwise."""

from __future__ import annotations

import numpy as np
import pytest

from autograder.course.manifest import Limits
from autograder.errors import CallTimedOut, StudentError, StudentFault, WorkerEnded
from autograder.sandbox import worker
from autograder.sandbox.bench import Bench
from autograder.sandbox.inside import wire
from autograder.sandbox.launch import Launcher
from autograder.sandbox.worker import Outcome, Program

from .conftest import LIMITS, Submit
from .test_hostile import DIG


def _load(launcher: Launcher, source: str) -> Outcome:
    bench = Bench(launcher, LIMITS, Program({"work.py": source}, "work.py"))
    try:
        return bench.load()
    finally:
        bench.close()


# -- a file that cannot be compiled ---------------------------------------------------------------------------------


@pytest.mark.parametrize("source", ["def f(:\n", "x = (\n", "  x = 1\n", "x = 1\0\n", "(" * 400])
def test_a_file_that_does_not_compile_is_said_to(launcher: Launcher, source: str) -> None:
    outcome = _load(launcher, source)
    assert outcome.stage == "compile"
    assert isinstance(outcome.error, StudentFault)


@pytest.mark.parametrize(
    "attack",
    [
        # Such a file is not graded, which would be better than 0.
        "raise SyntaxError('not really')",
        "compile('x = (', 'work.py', 'exec')",
        "send(['done', dig('seq'), 0, ['error', 'SyntaxError', ['SyntaxError'], '', 'work.py', 1, [], []]]); os._exit(0)",
        "send(['done', dig('seq'), 1, ['error', 'SyntaxError', ['SyntaxError'], '', 'work.py', 1, [], []]]); os._exit(0)",
        "reply(['error', 'SyntaxError', ['SyntaxError'], '', 'work.py', 1, 'compile', [], []]); os._exit(0)",
    ],
)
def test_a_file_that_compiles_cannot_say_that_it_does_not(zygote: Launcher, attack: str) -> None:
    outcome = _load(zygote, f"{DIG}\n{attack}\n")
    assert isinstance(outcome.error, StudentFault)
    assert outcome.stage == "run"


def test_a_file_that_keeps_the_compiler_busy_counts_as_run(
    zygote: Launcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only what the compiler says is believed, and here it says nothing."""
    monkeypatch.setattr(worker, "_LOAD_SECONDS_AT_LEAST", 0.03)
    limits = Limits(call_seconds=0.015, submission_seconds=20, memory_mib=1024)
    bench = Bench(zygote, limits, Program({"work.py": "x = [1, 2, 3]\n" * 200_000}, "work.py"))
    outcome = bench.load()
    bench.close()
    assert isinstance(outcome.error, CallTimedOut)
    assert outcome.stage == "run"


def test_what_the_file_prints_is_kept(launcher: Launcher) -> None:
    assert _load(launcher, "print('loading')\n").output == "loading\n"
    failed = _load(launcher, "print('loading')\n1 / 0\n")
    assert failed.output == "loading\n"
    assert isinstance(failed.error, StudentError)


# -- what callbacks are given ---------------------------------------------------------------------------------------


def test_one_callback_is_not_given_too_much(submit: Submit, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "MAX_QUESTION", 2**20)
    student = submit("def f(g, n):\n    return g([0] * n)\ndef fine():\n    return 2\n")
    assert student.f(len, 10_000) == 10_000
    call = student.call("f", len, 20_000)
    assert isinstance(call.error, WorkerEnded)
    assert student.fine() == 2


def test_all_callbacks_of_a_call_are_not_given_too_much(
    submit: Submit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "MAX_QUESTIONS", 2**20)
    student = submit(
        "import numpy as np\ndef f(g, n):\n    return sum(g(np.ones(10_000)) for _ in range(n))\n"
    )
    given: list[float] = []

    def count(x: np.ndarray) -> float:
        given.append(x.size)
        return float(x[0])

    assert student.f(count, 10) == 10.0
    assert student.f(count, 10) == 10.0  # each call has its own
    assert isinstance(student.call("f", count, 10**6).error, WorkerEnded)
    assert len(given) < 20 + 14


# -- what is read in one glance -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "value",
    [
        [1, 2.5, True, None],
        [2**63, -(2**63), 2**64 - 1, 1.0],
        [2**64, 1],
        [-(2**63) - 1, float("inf")],
        [float("nan"), 10**30],
        [True, 10**30],
        (1, 2),
        [1, [2, [3, "x"]]],
        ["a", b"b"],
        range(5),
    ],
)
def test_lists_of_numbers_arrive_as_they_are(submit: Submit, value: object) -> None:
    student = submit("def same(x):\n    return x\ndef kinds(x):\n    return [type(v).__name__ for v in x]\n")
    expected = list(value) if isinstance(value, range) else value
    arrived = student.same(value)
    assert repr(arrived) == repr(expected)
    assert student.kinds(value) == [type(item).__name__ for item in expected]


@pytest.mark.parametrize(
    ("change", "changed"),
    [
        ("x[0] = 1", True),
        ("x[0] = True", True),
        ("x[0] = 1.0", False),
        ("x[1] = -0.0", True),
        ("x[1] = 0.0", False),
        ("x[2] = float('nan')", False),
        ("x.append(1)", True),
        ("x.reverse()", True),
    ],
)
def test_a_change_of_a_list_is_noticed_to_the_byte(submit: Submit, change: str, changed: bool) -> None:
    student = submit(f"def f(x):\n    {change}\n")
    call = student.call("f", [1.0, 0.0, float("nan")])
    assert (call.mutated == ("argument 1",)) == changed


@pytest.mark.parametrize(
    ("change", "changed"),
    [
        ("x[0] = -0.0", True),
        ("x[0] = 0.0", False),
        ("x.shape = (2, 2)", True),
        ("x.dtype = np.int64", True),
        ("x.flags.writeable = False", True),
        ("x += 0", False),
        ("x = x + 1", False),
    ],
)
def test_a_change_of_an_array_is_noticed_to_the_byte(submit: Submit, change: str, changed: bool) -> None:
    student = submit(f"import numpy as np\ndef f(x, y=None):\n    {change}\n")
    call = student.call("f", np.zeros(4), y=[1])
    assert (call.mutated == ("argument 1",)) == changed


def test_the_values_of_a_small_body_need_no_counting() -> None:
    assert wire.unpack_counted(wire.pack([0] * 500)) == ([0] * 500, 0)
    assert wire.unpack_counted(wire.pack([[0]] * 2_000)) == ([[0]] * 2_000, 4_000)


def test_many_small_callbacks_are_not_too_much(submit: Submit) -> None:
    """Their number has its own limit: weighing them like large ones would take it from honest loops."""
    student = submit(
        "import numpy as np\ndef f(g):\n    x = np.ones(100)\n    return sum(g(x) for _ in range(3_000))\n"
    )
    assert student.f(lambda x: 1) == 3_000
    asked = student.bench.worker()._asked_bytes
    assert asked < 3_000 * 2 * 100 * 8
