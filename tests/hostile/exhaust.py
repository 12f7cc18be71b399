"""Family X: submissions that use up time, memory, processes, descriptors, the disk, or the patience of a reader."""

from __future__ import annotations

import shutil
import time
from pathlib import Path

import numpy as np

from autograder.course import load_course
from autograder.errors import CallTimedOut
from autograder.grading.many import grade_many
from autograder.grading.submission import read
from autograder.model import Outcome, Status
from tests.hostile.attempts import assert_all, descendants, in_worker, told
from tests.hostile.controls import in_process, unsandboxed
from tests.hostile.entry import SUBMISSIONS, Entry
from tests.hostile.graded import COURSE, Graded

LONGEST = 45.0
"""Seconds: more than the hidden checks, what explains them and the public ones may take, by the manifest of `course`."""


def _outcomes(graded: Graded, **expected: str) -> None:
    """Assert the outcome of each function named ("a|b" for alternatives), and full marks for the others."""
    for function, outcome in graded.outcomes.items():
        allowed = expected.get(function, "passed").split("|")
        assert outcome.value in allowed, f"{function}: {outcome}, not {allowed}"
    assert graded.seconds < LONGEST, f"{graded.seconds:.1f} s"


# -- time ---------------------------------------------------------------------------------------------------------


def _x01(graded: Graded) -> None:
    _outcomes(graded, double="timed_out", mean_square="timed_out")


def _x02(graded: Graded) -> None:
    _outcomes(graded, double="timed_out", mean_square="timed_out", shift="timed_out")


def _hangs(path: Path) -> None:
    ran = unsandboxed(path, seconds=4)
    assert "hangs" in ran.stderr
    assert ran.timed_out


def _x03(graded: Graded) -> None:
    _outcomes(graded, double="timed_out")
    assert_all(told(graded.report.output), "outlived")


def _x03_control(path: Path) -> None:
    ran = unsandboxed(path, seconds=4)
    assert_all(told(ran.stderr), "outlived")
    assert ran.timed_out


# -- memory -------------------------------------------------------------------------------------------------------


def _x04(graded: Graded) -> None:
    _outcomes(graded, double="out_of_memory", mean_square="out_of_memory")
    filled = int(told(graded.report.output)["filled"])
    assert 0 < filled <= load_course(COURSE).assignment("hw").limits.memory_mib


def _x04_control(path: Path) -> None:
    # All that the box gives, less what Python and NumPy take.
    assert int(told(unsandboxed(path).stderr)["filled"]) >= 64


# -- processes and threads ----------------------------------------------------------------------------------------


def _x05(graded: Graded) -> None:
    _outcomes(graded)
    assert_all(
        told(graded.report.output), "EPERM", but={"children": "0", "clone3": "ENOSYS", "system": "failed"}
    )


def _x05_control(path: Path) -> None:
    results = told(unsandboxed(path).stderr)
    assert 16 <= int(results["children"]) <= 64, results
    assert_all(results, "done", but={"fork": "EAGAIN", "children": results["children"]})


def _x06(graded: Graded) -> None:
    # What so many threads leave for its own other functions is its own affair.
    assert graded.outcomes["double"].costs_points
    assert graded.seconds < LONGEST
    results = told(graded.report.output)
    assert "threads" in results, (graded.outcomes, graded.report)
    assert 0 < int(results["threads"]) <= 64


def _x06_control(path: Path) -> None:
    ran = unsandboxed(path)
    assert int(told(ran.stderr)["threads"]) >= 16
    assert "can't start new thread" in ran.stdout or ran.timed_out


# -- descriptors and the disk ---------------------------------------------------------------------------------------


def _x07(graded: Graded) -> None:
    _outcomes(graded)
    results = told(graded.report.output)
    assert 0 < int(results.pop("copies")) <= 32
    assert_all(results, "EPERM", but={"fcntl": "EMFILE", "dup": "done"})


def _x07_control(path: Path) -> None:
    results = told(unsandboxed(path).stderr)
    assert int(results["copies"]) > 200
    assert_all({"dup": results["dup"], "pipe": results["pipe"]}, "done")


def _x08(graded: Graded) -> None:
    _outcomes(graded)
    assert_all(told(graded.report.output), "EPERM")


def _x08_control(path: Path) -> None:
    ran = unsandboxed(path)
    assert_all(told(ran.stderr), "done")
    assert len([name for name in ran.files if name.startswith("work/bomb/")]) > 100


# -- what is read on the trusted side ---------------------------------------------------------------------------------


def _x09(graded: Graded) -> None:
    # On a slow machine the time is over before the cap on output is reached.
    _outcomes(graded, double="crashed|timed_out")
    assert 0 < len(graded.report.output) < 10_000
    assert len(graded.released) < 500_000


def _x09_control(path: Path) -> None:
    # As much as the box lets it write.
    assert len(unsandboxed(path).stderr) >= 15 * 2**20


def _x10(graded: Graded) -> None:
    _outcomes(graded, double="crashed", mean_square="timed_out", shift="timed_out")


def _x10_control(path: Path) -> None:
    ran = unsandboxed(path, seconds=4)
    assert "hangs" in ran.stderr
    assert ran.timed_out or "MemoryError" in ran.stderr
    assert ran.score_printed is None


def _x11(graded: Graded) -> None:
    _outcomes(graded, double="crashed", mean_square="failed|crashed", shift="failed")
    assert len(graded.released) < 500_000


def _x11_control(path: Path) -> None:
    ran = unsandboxed(path)
    assert "RecursionError" in ran.stderr
    assert ran.status == 1
    assert ran.score_printed is None


_TEXT_SUITE = '''
import pytest

TEXT = "\\n".join("".join(chr(97 + (2 * i + 7 * j + i * j) % 23) for j in range(60)) for i in range(400))

@pytest.mark.function("double")
def test_double(student):
    """the text"""
    assert student.double(1.0) == TEXT

@pytest.mark.function("mean_square")
def test_mean_square(student):
    """two texts"""
    assert student.mean_square([1.0], [2.0]) == [TEXT, TEXT]

@pytest.mark.function("shift")
def test_shift(student):
    """texts by name"""
    assert student.shift([1.0]) == {TEXT: TEXT}
'''
_TEXT_REFERENCE = '''
TEXT = "\\n".join("".join(chr(97 + (2 * i + 7 * j + i * j) % 23) for j in range(60)) for i in range(400))

def double(x):
    """The text."""
    # BEGIN SOLUTION
    return TEXT
    # END SOLUTION

def mean_square(p, y):
    """Two texts."""
    # BEGIN SOLUTION
    return [TEXT, TEXT]
    # END SOLUTION

def shift(x):
    """Texts by name."""
    # BEGIN SOLUTION
    return {TEXT: TEXT}
    # END SOLUTION
'''
_TEXT_UNITTEST = """
import unittest
import hw
TEXT = "\\n".join("".join(chr(97 + (2 * i + 7 * j + i * j) % 23) for j in range(60)) for i in range(400))
class Hidden(unittest.TestCase):
    def test_double(self):
        self.assertEqual(hw.double(1.0), TEXT)
"""


def _x12(graded: Graded) -> None:
    _outcomes(graded, double="failed", mean_square="failed", shift="failed")
    assert len(graded.released) < 500_000
    # The same answers to checks that compare texts by a bare assert.
    folder = graded.folder / "texts"
    shutil.copytree(COURSE, folder)
    (folder / "solutions/hw/hidden/test_hw.py").write_text(_TEXT_SUITE, "utf-8")
    (folder / "solutions/hw/hw.py").write_text(_TEXT_REFERENCE, "utf-8")
    course = load_course(folder)
    assignment = course.assignment("hw")
    submission = read("an", SUBMISSIONS / "X12_hangs_the_comparison.py", assignment)
    (report,) = grade_many(course, assignment, [submission], jobs=1)
    assert report.status is Status.GRADED
    assert [function.outcome for function in report.functions] == [Outcome.FAILED] * 3
    assert report.seconds < LONGEST


def _x12_control(path: Path) -> None:
    more = {"grader/hidden.py": _TEXT_UNITTEST.encode()}
    ran = in_process(path, seconds=4, more=more)
    assert "test_double" in ran.stdout
    assert ran.timed_out


def _too_large(folder: Path) -> Path:
    """Just below the largest file that is taken: a list of 300,000 dicts, which the parser takes far more memory for
    than it has characters, then more signs before a number than its stack holds."""
    path = folder / "hw.py"
    path.write_text(f"value = [{'{},' * 150_000}]\nvalue = {'-' * 500_000}1\n", "utf-8")
    return path


def _x13(graded: Graded) -> None:
    assert graded.score == 0
    assert graded.seconds < LONGEST


def _x13_control(path: Path) -> None:
    ran = in_process(path)
    assert ran.status != 0
    assert ran.score_printed is None


# -- an end, or none ------------------------------------------------------------------------------------------------


def _x14(graded: Graded) -> None:
    _outcomes(graded, double="crashed", mean_square="crashed", shift="crashed")


def _x14_control(path: Path) -> None:
    ran = in_process(path)
    assert ran.status is not None
    assert ran.status < 0
    assert ran.score_printed is None


def _x15(graded: Graded) -> None:
    _outcomes(graded)
    before = descendants()
    with in_worker(SUBMISSIONS / "X15_stays_alive.py") as student:
        assert student.double(2.0) == 4.0
        began = time.monotonic()
    assert time.monotonic() - began < 30
    assert descendants() <= before


def _x15_control(path: Path) -> None:
    ran = unsandboxed(path, seconds=4)
    assert ran.score_printed == 100
    assert ran.timed_out


def _x16(graded: Graded) -> None:
    assert graded.outcomes["double"] is Outcome.TIMED_OUT
    assert graded.points("shift") == 30
    assert graded.seconds < LONGEST
    with in_worker(SUBMISSIONS / "X16_stops_itself.py") as student:
        assert student.mean_square([1.0], [0.0]) == 1.0
        time.sleep(0.3)
        began = time.monotonic()
        # More than the pipe holds, for one that does not read.
        assert isinstance(student.call("mean_square", np.zeros(10**6), 0.0).error, CallTimedOut)
        assert time.monotonic() - began < 30


ENTRIES = [
    Entry(
        "X01",
        "is busy for ever, sleeps for ever",
        "stopped at the limit of a call: timed out; the other functions keep their points",
        "X01_never_ends.py",
        _x01,
        _hangs,
    ),
    Entry(
        "X02",
        "one operation in C that takes hours: a power, a regular expression, eigenvalues",
        "stopped from outside at the limit of a call: timed out",
        "X02_one_long_operation.py",
        _x02,
        _hangs,
    ),
    Entry(
        "X03",
        "catches SIGXCPU, SIGALRM, SIGTERM, puts timers back",
        "stopped by SIGKILL at the limit of a call",
        "X03_outlives_signals.py",
        _x03,
        _x03_control,
    ),
    Entry(
        "X04",
        "takes all memory: one array, a text that doubles, written pages",
        "no more than the assignment's memory; out of memory; the other function keeps its points",
        "X04_memory_bomb.py",
        _x04,
        _x04_control,
    ),
    Entry(
        "X05",
        "fork bomb: fork, clone, clone3, posix_spawn, a shell",
        "EPERM (ENOSYS for clone3); no process; full marks for the rest",
        "X05_fork_bomb.py",
        _x05,
        _x05_control,
    ),
    Entry(
        "X06",
        "thread bomb: as many busy threads as it gets",
        "no more than 64 threads; the function fails",
        "X06_thread_bomb.py",
        _x06,
        _x06_control,
    ),
    Entry(
        "X07",
        "takes all file descriptors",
        "EMFILE at 32, in the worker only",
        "X07_descriptor_bomb.py",
        _x07,
        _x07_control,
    ),
    Entry(
        "X08",
        "fills the disk: a large file, many files, files without a name",
        "EPERM; nothing is written",
        "X08_disk_bomb.py",
        _x08,
        _x08_control,
    ),
    Entry(
        "X09",
        "prints without end, and a megabyte beside a right answer",
        "ended at the cap; what was printed beside the answer is cut, the answer counts",
        "X09_output_flood.py",
        _x09,
        _x09_control,
    ),
    Entry(
        "X10",
        "answers with a giant frame, a false length, one byte at a time",
        "a violation of the protocol, or timed out: the deadline is for the whole frame",
        "X10_endless_frames.py",
        _x10,
        _x10_control,
    ),
    Entry(
        "X11",
        "answers with endless nesting, millions of lists, a number of a million digits, a shape of 2^40",
        "refused at the decoder's limits; nothing is rendered without a bound",
        "X11_endless_values.py",
        _x11,
        _x11_control,
    ),
    Entry(
        "X12",
        "answers with texts whose difference takes minutes to find",
        "fails at once: no difference is looked for",
        "X12_hangs_the_comparison.py",
        _x12,
        _x12_control,
        seconds=30,
    ),
    Entry(
        "X13",
        "a source that blows the parser: 150,000 dicts in a list, 500,000 signs",
        "the worker fails; 0 points; the grader never parses it",
        _too_large,
        _x13,
        _x13_control,
    ),
    Entry(
        "X14",
        "segmentation fault, endless recursion in C, abort",
        "each is a crash of its own check; the next one runs",
        "X14_crashes.py",
        _x14,
        _x14_control,
    ),
    Entry(
        "X15",
        "leaves threads, exit handlers and finalizers that never end",
        "SIGKILL after the answers; full marks; no process stays",
        "X15_stays_alive.py",
        _x15,
        _x15_control,
    ),
    Entry(
        "X16",
        "stops itself, so that nobody reads its input",
        "timed out: reading and writing have a deadline",
        "X16_stops_itself.py",
        _x16,
        _hangs,
    ),
]
