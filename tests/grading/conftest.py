"""A course whose one assignment has what the engine must get right: prerequisites, a class, weights, a faulty check."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from textwrap import dedent

import pytest

from autograder.course import Course, cut, load_course
from autograder.grading.grade import Grader
from autograder.grading.submission import Submission
from autograder.model import GradeReport
from autograder.runner.session import collected
from autograder.sandbox.launch import Launcher, Zygote

MANIFEST = """
[assignment]
id = "chain"
title = { en = "Chain", vi = "Chuỗi" }
version = "1"
files = ["chain.py"]
[limits]
call_seconds = 10
submission_seconds = 60
memory_mib = 512
[[function]]
name = "half"
points = 33
[[function]]
name = "quarter"
points = 30
needs = ["half"]
[[function]]
name = "eighth"
points = 17
needs = ["quarter"]
[[function]]
name = "Box"
points = 10
[[function]]
name = "Box.doubled"
points = 5
needs = ["Box"]
[[function]]
name = "empty"
points = 5
needs = ["Box"]
"""

REFERENCE = '''
"""Chain."""

def half(x):
    """Half of x."""
    # BEGIN SOLUTION
    if x != x:
        raise ValueError("not a number")
    return x / 2
    # END SOLUTION

def quarter(x):
    """A quarter of x."""
    # BEGIN SOLUTION
    return half(half(x))
    # END SOLUTION

def eighth(x):
    """An eighth of x."""
    # BEGIN SOLUTION
    return half(quarter(x))
    # END SOLUTION

class Box:
    """Holds a value."""

    def __init__(self, value):
        """Keep the value."""
        # BEGIN SOLUTION
        self.value = value
        # END SOLUTION

    def doubled(self):
        """Twice the value."""
        # BEGIN SOLUTION
        return 2 * self.value
        # END SOLUTION

def empty(boxes):
    """Set each value to 0.0."""
    # BEGIN SOLUTION
    for box in boxes:
        box.value = 0.0
    # END SOLUTION
'''

HIDDEN = '''
import pytest
from autograder.checks import check_close, check_same, fail

@pytest.mark.function("half")
@pytest.mark.weight(2)
def test_half(student, reference, rng):
    """half of it"""
    check_same(student, reference, "half", [(4.0,), (float(rng.uniform(1, 9)),)])

@pytest.mark.function("half")
def test_half_of_negatives(student, reference):
    """also of negative numbers"""
    check_same(student, reference, "half", [(-4.0,)])

@pytest.mark.function("quarter")
@pytest.mark.hint("Half of a half.")
@pytest.mark.parametrize("x", [8.0, 16.0, -8.0])
def test_quarter(student, reference, x):
    """a quarter of it"""
    check_same(student, reference, "quarter", [(x,)])

@pytest.mark.function("eighth")
def test_eighth(student, reference):
    """an eighth of it"""
    check_same(student, reference, "eighth", [(8.0,)])

@pytest.mark.function("eighth")
@pytest.mark.weight(0.5)
def test_eighth_shrinks(student, reference):
    """it is smaller"""
    if not student.eighth(8.0) < 8.0:
        fail("It is not smaller.")

@pytest.mark.function("Box")
def test_box(student):
    """a box keeps its value"""
    check_close(student.Box(3.0).value, 3.0)

@pytest.mark.function("Box.doubled")
def test_doubled(student):
    """twice the value"""
    batch = student.batch()
    check_close(batch.run(batch.Box(3.0).doubled()), 6.0, call=batch.call)

@pytest.mark.function("empty")
def test_empty(student):
    """each value is 0 afterwards"""
    batch = student.batch()
    one, two = batch.Box(3.0), batch.Box(4.0)
    batch.empty([one, two])
    check_close(batch.run(one.value, two.value), [0.0, 0.0], call=batch.call)
'''

PUBLIC = '''
import pytest
from autograder.checks import check_close

@pytest.mark.function("half")
def test_half_of_two(student):
    """half of 2 is 1"""
    check_close(student.half(2.0), 1.0)
'''

RIGHT = """
print("loaded")
def half(x):
    return x / 2
def quarter(x):
    return half(half(x))
def eighth(x):
    return half(quarter(x))
class Box:
    def __init__(self, value):
        self.value = value
    def doubled(self):
        return self.value + self.value
def empty(boxes):
    for box in boxes:
        box.value = 0.0
"""

Grade = Callable[..., GradeReport]


def make_course(root: Path, hidden: str = HIDDEN, manifest: str = MANIFEST) -> Course:
    files = {
        "assignments/course.toml": '[course]\nid = "test"\ntitle = { en = "T" }\nassignments = ["chain"]\n',
        "assignments/chain/assignment.toml": manifest,
        "assignments/chain/chain.py": cut(REFERENCE),
        "assignments/chain/test_chain.py": PUBLIC,
        "solutions/secret.key": "0123456789abcdef0123456789abcdef",
        "solutions/chain/chain.py": REFERENCE,
        "solutions/chain/hidden/test_chain.py": hidden,
    }
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dedent(text), encoding="utf-8")
    return load_course(root)


@pytest.fixture(scope="session")
def zygote() -> Iterator[Launcher]:
    launcher = Zygote()
    yield launcher
    launcher.close()


@pytest.fixture(scope="session")
def course(tmp_path_factory: pytest.TempPathFactory) -> Course:
    return make_course(tmp_path_factory.mktemp("course"))


@pytest.fixture
def grade(course: Course, zygote: Launcher) -> Grade:
    """`grade(source)` gives the report on a submission with that text."""
    return grader_of(course, zygote)


@pytest.fixture(scope="session")
def impatient(tmp_path_factory: pytest.TempPathFactory) -> Course:
    """The same course for what hangs: a call has one second, which is little on a busy machine."""
    manifest = MANIFEST.replace("call_seconds = 10", "call_seconds = 1")
    return make_course(tmp_path_factory.mktemp("impatient"), manifest=manifest)


@pytest.fixture
def grade_impatiently(impatient: Course, zygote: Launcher) -> Grade:
    return grader_of(impatient, zygote)


def grader_of(course: Course, launcher: Launcher) -> Grade:
    assignment = course.assignment("chain")

    def grade(source: str | bytes, **more: object) -> GradeReport:
        data = source if isinstance(source, bytes) else source.encode()
        found: list[GradeReport] = []
        collected(
            [assignment.hidden_dir, assignment.public_checks],
            lambda suite: found.append(
                Grader(course, assignment, suite, launcher).grade(
                    Submission("an", {"chain.py": data}, **more)
                )
            ),
        )
        return found[0]

    return grade
