"""Family R: reading secrets."""

from __future__ import annotations

import ast
import math
import re
import tempfile
from collections.abc import Callable
from pathlib import Path

from autograder.model import Status
from tests.hostile.controls import Weak, in_process, unsandboxed
from tests.hostile.entry import SUBMISSIONS, Entry
from tests.hostile.forge import shown
from tests.hostile.graded import CANARY, COURSE, Graded

_NUMBER = re.compile(r"\d+\.\d{3,}")

Safe = Callable[[Graded], None]
Control = Callable[[Path], None]


def placed(name: str) -> Callable[[Path], Path]:
    """That submission, told where the course and earlier reports lie: a wall must not rest on their places being unknown."""

    def make(folder: Path) -> Path:
        text = (SUBMISSIONS / name).read_text(encoding="utf-8")
        text = text.replace("@COURSE@", str(COURSE)).replace("@REPORTS@", tempfile.gettempdir())
        path = folder / name
        path.write_text(text, encoding="utf-8")
        return path

    return make


def says(**expected: str) -> Safe:
    """That the submission, whose functions are right, printed these lines and has full marks."""

    def safe(graded: Graded) -> None:
        assert graded.report.status is Status.GRADED
        for label, text in expected.items():
            assert shown(graded, label) == text
        assert graded.score == 100

    return safe


def reads_the_canary(weak: Weak) -> None:
    assert CANARY in weak.said, weak.said[-2000:]


def _opens(path: Path) -> None:
    reads_the_canary(unsandboxed(path))


def _asks(path: Path) -> None:
    weak = unsandboxed(path)
    found = re.search(r"^known: (.*)$", weak.stderr, re.MULTILINE)
    assert found is not None, weak.said
    assert "/box/grader/hidden.py" in ast.literal_eval(found[1])
    assert "reasons: 1\n" not in weak.stderr


def _reads_in_process(path: Path) -> None:
    reads_the_canary(in_process(path))


def _memory_has_no_secret(graded: Graded) -> None:
    says(secrets="[]", names="0", planted="True")(graded)
    # NumPy and the interpreter alone take more than that.
    assert int(shown(graded, "searched")) >= 8


def _only_its_own_pipes(graded: Graded) -> None:
    says(read="[]", secrets="[]")(graded)
    assert int(shown(graded, "open")) <= 2


def _killed_or_refused(graded: Graded) -> None:
    assert graded.report.status is Status.GRADED
    assert "another process" not in graded.released
    # ptrace and process_vm_readv end the worker; pidfd_open is refused, and the function goes on to be right.
    assert graded.points("double") == 0
    assert graded.points("mean_square") == 0
    assert graded.points("shift") == 30
    assert "SIGSYS" in graded.results_json


def _reads_its_parent(path: Path) -> None:
    weak = unsandboxed(path, privileged=True)
    assert re.search(rf"memory of another process: \[.*{CANARY}", weak.stderr), weak.said[-2000:]
    assert "attached to another process" in weak.stderr
    assert "took a descriptor of another process" in weak.stderr


def _one_call_at_a_time(graded: Graded) -> None:
    """What is told comes from one call made once more, alone; it holds no input but those that are shown anyway."""
    assert graded.score == 0
    compared = 0
    for function in graded.report.functions:
        for check in function.checks:
            told = " ".join(str(value) for message in check.messages for value in message.fields.values())
            assert re.findall(r"seen (\d+)", told) == ["1"]
            if "..." in check.call:
                continue  # a large call is shown in short
            shown_numbers = [float(number) for number in _NUMBER.findall(check.call)]
            for number in map(float, _NUMBER.findall(told)):
                assert any(math.isclose(number, one, abs_tol=1e-7) for one in shown_numbers)
                compared += 1
    assert compared >= 5
    # In the worker of the public checks it has met nothing but what the public checks gave it.
    public = [check for function in graded.report.public for check in function.checks]
    kept = " ".join(
        str(field) for check in public for message in check.messages for field in message.fields.values()
    )
    assert {float(number) for number in re.findall(r"\d+\.\d+", kept)} <= {0.0, 1.0, 3.0}
    for page in (graded.html, graded.terminal, graded.results_json):
        assert max(map(int, re.findall(r"seen (\d+)", page))) <= 2


def _tells_all_inputs(path: Path) -> None:
    assert "seen 5" in in_process(path).said


PUBLIC_INPUTS = {"[3.0]", "[[1.0, 3.0], [0.0, 0.0]]"}
"""Of the calls that the public checks of the course make."""


def _only_public_inputs(graded: Graded) -> None:
    assert graded.score == 100
    told = set(re.findall(r"input: (.*)", graded.released))
    assert {text for text in told if text} & PUBLIC_INPUTS
    assert set(re.findall(r"input: (.*)", graded.report.output)) == PUBLIC_INPUTS


def _prints_all_inputs(path: Path) -> None:
    assert len(set(re.findall(r"input: (.*)", in_process(path).stdout))) == 5


def _kept_public_calls_only(graded: Graded) -> None:
    assert graded.score == 100
    assert re.findall(r"^kept: (.*)$", graded.report.output, re.MULTILINE) == ["1 0", "2 0"]
    assert shown(graded, "found in files") == "0"


def _keeps_all(path: Path) -> None:
    weak = in_process(path)
    assert "kept: 5 5" in weak.stdout, weak.said


def _kind_follows_from_the_shown_call(graded: Graded) -> None:
    """The kind of an exception says no more than the call that is shown with it, and no page tells how long a call took."""
    assert graded.score == 0
    kinds = (
        "ValueError TypeError KeyError IndexError OverflowError ZeroDivisionError LookupError ArithmeticError"
    )
    compared = 0
    for function in graded.report.functions:
        for check in function.checks:
            first = re.search(r"\d+\.\d+", check.call)
            told = " ".join(str(value) for message in check.messages for value in message.fields.values())
            names = set(re.findall(r"\w+Error", told))
            if first and names:
                assert names == {kinds.split()[int(float(first[0]) * 1000) % 8]}
                compared += 1
    assert compared >= 2
    for page in (graded.html, graded.terminal):
        assert not re.search(r"\d\s?(ms|seconds?|s)\b", page)


def _signals_in_process(path: Path) -> None:
    assert len(re.findall(r"Error: '?bits of an input: \d", in_process(path).said)) == 5


def _no_diff(graded: Graded) -> None:
    assert graded.score == 0
    for page in (graded.html, graded.terminal):
        for word in (
            "DESIRED",
            "ACTUAL",
            "AssertionError",
            "Traceback",
            "test_hw.py",
            "reference",
            "longrepr",
            "<shown>",
        ):
            assert word not in page


def _shows_the_expected(path: Path) -> None:
    weak = in_process(path)
    assert "DESIRED: array([" in weak.stdout
    assert "reference.double(x)" in weak.stdout


ENTRIES = [
    Entry(
        "R01",
        "opens hidden tests, reference, settings, keys, in five ways, at their real places",
        "every open is refused",
        placed("R01_opens_files.py"),
        says(opened="[]", secrets="[]"),
        _opens,
    ),
    Entry(
        "R02",
        "stat, access, listdir, readlink … on hidden files",
        "refused with one errno, whether something is there or not",
        placed("R02_asks_about_files.py"),
        says(known="[]", reasons="1"),
        _asks,
    ),
    Entry(
        "R03",
        "reads /proc of itself, its parent and the first process",
        "there is no /proc",
        "R03_reads_proc.py",
        says(read="[]", secrets="[]"),
        _opens,
    ),
    Entry(
        "R04",
        "reads the environment, as Python and as C keep it",
        "it is empty",
        "R04_reads_the_environment.py",
        says(python="[]", c="[]"),
        _opens,
    ),
    Entry(
        "R05",
        "searches all memory of its process by address",
        "finds what it planted, and neither the canary nor the name of a hidden test",
        "R05_scans_memory.py",
        _memory_has_no_secret,
        _reads_in_process,
    ),
    Entry(
        "R06",
        "uses descriptors that were left open",
        "only its two pipes are open",
        "R06_inherited_descriptors.py",
        _only_its_own_pipes,
        _opens,
    ),
    Entry(
        "R07",
        "process_vm_readv, ptrace and pidfd_getfd on the processes around it",
        "killed by SIGSYS, or refused",
        "R07_reads_other_processes.py",
        _killed_or_refused,
        _reads_its_parent,
    ),
    Entry(
        "R08",
        "imports hidden tests, reference and grader by name, with their folders on the path",
        "no such module",
        placed("R08_imports_the_suite.py"),
        says(imported="[]", secrets="[]"),
        _reads_in_process,
    ),
    Entry(
        "R09",
        "raises exceptions that hold all inputs so far",
        "told is what one call made alone raises, and that call is shown anyway",
        "R09_raises_inputs.py",
        _one_call_at_a_time,
        _tells_all_inputs,
    ),
    Entry(
        "R10",
        "prints its inputs",
        "what is printed in hidden checks is not told",
        "R10_prints_inputs.py",
        _only_public_inputs,
        _prints_all_inputs,
    ),
    Entry(
        "R11",
        "keeps inputs in memory and files, and prints them in a public check",
        "a fresh worker without files: it has kept nothing",
        "R11_keeps_inputs.py",
        _kept_public_calls_only,
        _keeps_all,
    ),
    Entry(
        "R12",
        "tells bits of its inputs by kinds of exceptions and by time",
        "no kind says more than the call shown with it, no time is told (residual: which checks pass)",
        "R12_signals_bits.py",
        _kind_follows_from_the_shown_call,
        _signals_in_process,
    ),
    Entry(
        "R13",
        "provokes a comparison that prints the expected value and the test",
        "no diff, no source, no name of a test on a page",
        "R13_provokes_a_diff.py",
        _no_diff,
        _shows_the_expected,
    ),
    Entry(
        "R14",
        "reads other submissions and results, on disk and in memory",
        "none is there",
        placed("R14_reads_others.py"),
        says(read="[]", loaded="[]"),
        _opens,
    ),
]
