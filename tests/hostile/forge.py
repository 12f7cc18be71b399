"""Family F: forging a score."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

from autograder.model import Outcome, Status
from tests.hostile.controls import WEAK, in_process, unsandboxed
from tests.hostile.entry import Entry
from tests.hostile.graded import Graded


def earns(double: int = 0, mean_square: int = 0, shift: int = 0) -> Callable[[Graded], None]:
    """That the functions earned exactly these points, and each was judged."""

    def safe(graded: Graded) -> None:
        assert graded.report.status is Status.GRADED
        earned = {function.name: function.score / 100 for function in graded.report.functions}
        assert earned == {"double": double, "mean_square": mean_square, "shift": shift}
        assert Outcome.SKIPPED not in graded.outcomes.values()

    return safe


def gains(at_least: float) -> Callable[[Path], None]:
    """That the grader in the process of the code gives points for nothing."""

    def control(path: Path) -> None:
        weak = in_process(path)
        assert weak.score_in_file is not None, weak.said
        assert weak.score_in_file >= at_least, weak.said

    return control


def shown(graded: Graded, label: str) -> str:
    """The rest of the line that the submission printed with this label."""
    found = re.search(rf"^{label}: (.*)$", graded.report.output, re.MULTILINE)
    assert found is not None, graded.report.output
    return found[1]


def _news_is_only_text(graded: Graded) -> None:
    earns()(graded)
    assert "score: 100" in graded.report.output
    assert json.loads(graded.results_json)["reports"][0]["score"] == 0
    assert "<testsuite" not in graded.html


def _nothing_written(graded: Graded) -> None:
    earns()(graded)
    assert shown(graded, "written") == "[]"
    assert json.loads(graded.results_json)["reports"][0]["score"] == 0


def _believes_the_print(path: Path) -> None:
    weak = in_process(path)
    assert weak.score_in_file is not None
    assert weak.score_in_file < 50
    assert weak.score_printed == 100


def _believes_the_status(path: Path) -> None:
    weak = in_process(path)
    assert weak.score_by_status == 100
    assert weak.score_in_file is None, "the run went on"


def _run_is_cut_short(path: Path) -> None:
    weak = in_process(path)
    assert weak.score_printed is None
    assert "test_4_shift" not in weak.stdout


def _finds_no_tester(graded: Graded) -> None:
    earns()(graded)
    assert shown(graded, "functions") == "[]"
    assert shown(graded, "values") == "[]"


def _sees_nothing_of_a_grader(graded: Graded) -> None:
    earns()(graded)
    seen = json.loads(shown(graded, "seen"))
    assert seen["argv"] == [""]
    assert seen["orig_argv"] == []
    assert seen["environment"] == {}
    assert seen["folder"] in ("/", "PermissionError", "FileNotFoundError")
    assert seen["testers"] == []
    assert seen["login"] in ("OSError", "PermissionError", "FileNotFoundError")


def _sees_the_grader(path: Path) -> None:
    weak = in_process(path)
    assert '"testers": ["hidden", "reference"]' in weak.stdout, weak.said
    assert weak.score_in_file == 100


def _visible_examples_only(path: Path) -> None:
    weak = in_process(path, more={"grader/hidden.py": (WEAK / "visible.py").read_bytes()})
    assert weak.score_in_file == 100, weak.said


def _only_examples_pass(graded: Graded) -> None:
    earns()(graded)
    assert [function.outcome for function in graded.report.public] == [Outcome.PASSED] * 2


def _worker_says_that_it_passed(path: Path) -> None:
    weak = unsandboxed(path)
    assert weak.score_in_file == 100, weak.said


def _answers_twice(graded: Graded) -> None:
    assert graded.report.status is Status.GRADED
    assert graded.points("double") == 0
    # A second reply is noticed by whoever reads next, so the last call of a check may have counted: it was right.
    assert graded.points("mean_square") < 30
    assert Outcome.CRASHED in graded.outcomes.values()


def _no_earlier_score(graded: Graded) -> None:
    earns()(graded)
    assert set(graded.outcomes.values()) <= {Outcome.CRASHED, Outcome.FAILED}


def _earlier_score_stays(path: Path) -> None:
    weak = in_process(path, more={"work/results.json": b'{"score": 90}'})
    assert weak.status != 0
    assert weak.score_in_file == 90, weak.said


ENTRIES = [
    Entry(
        "F01",
        "prints a results file, a summary of pytest, a JUnit report",
        "text like any other; 0 points",
        "F01_prints_results.py",
        _news_is_only_text,
        _believes_the_print,
    ),
    Entry(
        "F02",
        "writes results.json, reports and caches wherever graders keep them",
        "no file can be written; 0 points",
        "F02_writes_results.py",
        _nothing_written,
        gains(100),
    ),
    Entry(
        "F03",
        "ends the process with status 0 on import, by os._exit and by sys.exit",
        "the file does not load; 0 points",
        "F03_exits_on_import.py",
        earns(),
        _believes_the_status,
        variants=("F03_exits_politely.py",),
    ),
    Entry(
        "F04",
        "os._exit(0) within a tested call",
        "that function fails, the others count",
        "F04_exits_in_a_call.py",
        earns(double=40, shift=30),
        _believes_the_status,
    ),
    Entry(
        "F05",
        "raises SkipTest, pytest's Skipped, XFailed and Exit",
        "exceptions like others: failed, never skipped",
        "F05_raises_skip.py",
        earns(),
        gains(100),
    ),
    Entry(
        "F06",
        "raises SystemExit, KeyboardInterrupt and GeneratorExit from a call",
        "these functions fail, the run goes on",
        "F06_raises_what_is_not_caught.py",
        earns(shift=30),
        _run_is_cut_short,
    ),
    Entry(
        "F07",
        "returns an object that equals everything",
        "no plain data: failed",
        "F07_equals_everything.py",
        earns(),
        gains(60),
    ),
    Entry(
        "F08",
        "returns a subclass of ndarray that answers NumPy's comparisons",
        "arrives as a plain array: fails on its values",
        "F08_array_subclass.py",
        earns(),
        gains(60),
    ),
    Entry(
        "F09",
        "returns arrays with everything masked",
        "refused as masked: failed",
        "F09_masked.py",
        earns(),
        gains(40),
    ),
    Entry(
        "F10",
        "returns empty arrays, shapes (0,) and (0, 1)",
        "the shape is exact: failed",
        "F10_empty.py",
        earns(),
        gains(20),
    ),
    Entry(
        "F11",
        "returns a number for an array, and arrays that broadcast",
        "the shape is exact: failed",
        "F11_broadcasts.py",
        earns(),
        gains(20),
    ),
    Entry(
        "F12",
        "returns NaN and infinity",
        "not finite: failed",
        "F12_nan.py",
        earns(),
        gains(20),
    ),
    Entry(
        "F13",
        "returns numbers with operators of their own, object arrays, digits as text",
        "base values only, no objects, no text: failed",
        "F13_odd_numbers.py",
        earns(),
        gains(40),
    ),
    Entry(
        "F14",
        "returns endless iterators and sequences that change on each read",
        "no plain data, or read once: failed, at once",
        "F14_changes_on_each_read.py",
        earns(),
        gains(20),
        seconds=8,
    ),
    Entry(
        "F15",
        "replaces numpy.testing, np.allclose, abs, all, unittest, pytest",
        "replaced in its own process, where nothing is compared; 0 points",
        "F15_patches_the_comparison.py",
        earns(),
        gains(100),
    ),
    Entry(
        "F16",
        "searches frames, modules and all objects for the reference and expected values",
        "finds none; 0 points",
        "F16_borrows_the_reference.py",
        _finds_no_tester,
        gains(100),
    ),
    Entry(
        "F17",
        "writes forged, early, late and doubled replies into its pipes",
        "a reply that was not asked for ends the worker: failed",
        "F17_forges_frames.py",
        _answers_twice,
        _worker_says_that_it_passed,
    ),
    Entry(
        "F18",
        "changes its arguments so that its answer becomes right",
        "arguments are copies; 0 points",
        "F18_changes_its_input.py",
        earns(),
        gains(40),
    ),
    Entry(
        "F19",
        "gives answers learnt from an earlier run, in the order of the calls",
        "other inputs for other bytes; 0 points",
        "F19_counts_calls.py",
        earns(),
        gains(100),
    ),
    Entry(
        "F20",
        "looks for signs of a grader and works only where it finds them",
        "sees no argument, variable, folder or module of the grader (residual: that it is some worker)",
        "F20_looks_around.py",
        _sees_nothing_of_a_grader,
        _sees_the_grader,
    ),
    Entry(
        "F21",
        "knows the visible examples by heart",
        "the public checks pass, for no points; the hidden ones fail",
        "F21_hard_codes_examples.py",
        _only_examples_pass,
        _visible_examples_only,
    ),
    Entry(
        "F22",
        "crashes whatever grades it, to keep an earlier score",
        "graded, with 0 points",
        "F22_crashes_the_grader.py",
        _no_earlier_score,
        _earlier_score_stays,
    ),
]
