"""Shared fixtures. `tiny_course` is a complete course of one assignment, in the format of docs/author.md."""

from __future__ import annotations

import atexit
import os
import shutil
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path
from textwrap import dedent

import pytest
from hypothesis import settings

from autograder.course import Course, cut, load_course
from autograder.diagnosis import why
from autograder.grading import grade as grading
from autograder.language import use
from autograder.pictures import draw, public

pytest_plugins = ["pytester"]

# Never the gradebook or the outbox of whoever runs the tests, and none that two processes of tests share.
_data = tempfile.mkdtemp(prefix="autograde-tests-")
os.environ["AUTOGRADE_DATA"] = _data
os.environ.pop("AUTOGRADE_GRADEBOOK", None)
atexit.register(shutil.rmtree, _data, ignore_errors=True)

# No example has a time limit of its own: a machine that stands still for a moment would make it a failure.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # A shell in the background makes its children deaf to Ctrl-C; programs that are tested shall hear it.
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(autouse=True, scope="session")
def unhurried() -> Iterator[None]:
    """What is cut short on a crowded machine differs for that reason alone. Holds in this process only."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("SHRINK_FUNCTION", "SHRINK_SUBMISSION", "EXPLAIN_SECONDS"):
            patch.setattr(grading, name, 300.0)
        for module in (why, draw, public):
            patch.setattr(module, "SECONDS", 300.0)
        yield


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """Whatever language a test has chosen, the next one finds English."""
    yield
    use("en")


_COURSE = """
    [course]
    id = "tiny"
    title = { en = "A tiny course", vi = "Một khóa học nhỏ" }
    languages = ["en", "vi"]
    assignments = ["sums"]

    [defaults.limits]
    call_seconds = 10
"""

_MANIFEST = """
    [assignment]
    id = "sums"
    version = "1"
    feedback = "call"
    files = ["sums.py"]
    deadline = 2099-12-01T23:59:00+07:00
    [assignment.title]
    en = "Sums and means"
    vi = "Tổng và trung bình"

    [limits]
    submission_seconds = 20

    [[function]]
    name = "add"
    points = 40

    [[function]]
    name = "mean_of"
    points = 60
    needs = ["add"]
"""

_REFERENCE = '''
    """Sums and means.  Try it with: autograde check sums"""
    import numpy as np

    # BEGIN SOLUTION
    def _as_floats(x):
        return np.asarray(x, dtype=float)
    # END SOLUTION


    def add(x, y):
        """Element by element, x + y.

        x, y     numbers, lists or arrays of one shape; both stay unchanged
        Returns  array of that shape
        """
        # BEGIN SOLUTION
        return _as_floats(x) + _as_floats(y)
        # END SOLUTION


    def mean_of(x, y):
        """Mean over all elements of x + y, a scalar.

        x, y     numbers, lists or arrays of one shape; both stay unchanged
        """
        # BEGIN SOLUTION
        return np.mean(add(x, y))
        # END SOLUTION
'''

_PUBLIC = '''
    """Public checks for `sums`: no points."""
    import pytest
    from autograder.checks import check_close


    @pytest.mark.function("add")
    def test_two_numbers(student):
        """1 and 2 are 3"""
        check_close(student.add(1.0, 2.0), 3.0)


    @pytest.mark.function("mean_of")
    def test_mean_of_two(student):
        """the mean of 1 + 3 and 2 + 4 is 5"""
        check_close(student.mean_of([1.0, 2.0], [3.0, 4.0]), 5.0)
'''

_HIDDEN = '''
    """Hidden suite for `sums`."""
    import pytest
    from autograder.checks import check_same, check_unchanged


    @pytest.mark.function("add")
    def test_adds(student, reference, rng):
        """element by element"""
        check_same(student, reference, "add", [tuple(rng.uniform(size=(2, n))) for n in (1, 2, 5)])


    @pytest.mark.function("add")
    @pytest.mark.weight(0.5)
    def test_leaves_its_arguments_alone(student, reference, rng):
        """the arguments stay unchanged"""
        check_unchanged(student, reference, "add", [tuple(rng.uniform(size=(2, 4)))])


    @pytest.mark.function("mean_of")
    @pytest.mark.hint("A mean divides by the number of elements.")
    def test_is_the_mean(student, reference, rng):
        """the mean, not the sum"""
        check_same(student, reference, "mean_of", [tuple(rng.uniform(size=(2, n))) for n in (1, 2, 5)])
'''

_MISTAKE = '''
    """The sum instead of the mean."""
    COSTS = ["mean_of"]
    EXPLANATION = {
        "en": "Your function adds up; a mean also divides by the number of elements.",
        "vi": "Hàm của bạn chỉ cộng; trung bình còn phải chia cho số phần tử.",
    }

    import numpy as np


    def mean_of(x, y):
        return np.sum(add(x, y))
'''

_VARIANT = '''
    """With loops."""


    def add(x, y):
        if np.ndim(x) == 0:
            return float(x) + float(y)
        return np.array([add(a, b) for a, b in zip(x, y)])
'''

_STATEMENT = """
    # Sums and means

    Write `add` and `mean_of`.
"""

_SECRET = "00112233445566778899aabbccddeeff"


def write(path: Path, text: str) -> Path:
    """Write an indented text block, its indentation taken off, with the folders it needs."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(dedent(text).lstrip("\n"), encoding="utf-8")
    return path


def make_tiny_course(root: Path) -> Course:
    """A complete course of one assignment, `sums`, with the functions `add` and `mean_of`, under `root`."""
    write(root / "assignments/course.toml", _COURSE)
    write(root / "assignments/sums/assignment.toml", _MANIFEST)
    write(root / "assignments/sums/README.md", _STATEMENT)
    write(root / "assignments/sums/README.vi.md", "# Tổng và trung bình\n")
    write(root / "assignments/sums/test_sums.py", _PUBLIC)
    reference = write(root / "solutions/sums/sums.py", _REFERENCE)
    write(root / "assignments/sums/sums.py", cut(reference.read_text(encoding="utf-8")))
    write(root / "solutions/sums/hidden/test_sums.py", _HIDDEN)
    write(root / "solutions/sums/mistakes/sum_not_mean.py", _MISTAKE)
    write(root / "solutions/sums/variants/loops.py", _VARIANT)
    write(root / "solutions/secret.key", _SECRET)
    return load_course(root)


@pytest.fixture
def tiny_course(tmp_path: Path) -> Course:
    """A fresh copy of the tiny course in `tmp_path / "course"`; the test may change its files."""
    return make_tiny_course(tmp_path / "course")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Attacks use up threads, memory and time, and are measured by what they get of them: nothing else may run then."""
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent / "hostile"):
            item.add_marker("alone")
