"""A suite is collected once, says what is wrong with itself, and runs check by check."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from textwrap import dedent

import pytest

from autograder.checks import CheckFailure
from autograder.course.manifest import Limits
from autograder.errors import CourseError, StudentError
from autograder.runner.session import collected
from autograder.runner.suite import Suite
from autograder.sandbox.student import Student, local
from autograder.sandbox.worker import LocalWorker, Program

Collect = Callable[[str], Suite]


@pytest.fixture
def suite_of(tmp_path: Path) -> Callable[..., None]:
    """`suite_of(text, use)` writes a suite, collects it and hands it to `use`."""

    def make(text: str, use: Callable[[Suite], None], name: str = "test_it.py") -> None:
        (tmp_path / name).write_text("import pytest\n" + dedent(text), encoding="utf-8")
        collected([tmp_path], use)

    return make


def student(source: str) -> Student:
    return local(LocalWorker(Limits()), Program({"work.py": source}, "work.py"))


def test_marks_and_labels_are_read(suite_of) -> None:
    seen: list[Suite] = []
    suite_of(
        """
        pytestmark = pytest.mark.function("f")

        @pytest.mark.weight(2)
        @pytest.mark.hint("Think.")
        def test_one(student):
            \"\"\"one line
            over two\"\"\"

        @pytest.mark.function("g")
        @pytest.mark.parametrize("x", [1, 2, 3])
        def test_many(student, x):
            \"\"\"many\"\"\"
        """,
        seen.append,
    )
    one, many = seen[0].checks
    assert (one.name, one.label, one.function, one.weight, one.hint) == (
        "test_it.py::test_one",
        "one line over two",
        "f",
        2.0,
        "Think.",
    )
    assert (many.function, many.weight, len(many.items)) == ("g", 1.0, 3)


@pytest.mark.parametrize(
    ("test", "complaint"),
    [
        ("@pytest.mark.function('f')\ndef test_x(student):\n    pass", "no docstring"),
        ("def test_x(student):\n    '''label'''", "whose points"),
        ("@pytest.mark.function('f')\n@pytest.mark.weight(0)\ndef test_x():\n    '''label'''", "weight is 0"),
        (
            "@pytest.mark.function('f')\n@pytest.mark.weight('2')\ndef test_x():\n    '''label'''",
            "weight is '2'",
        ),
        ("@pytest.mark.function('f')\n@pytest.mark.hint(3)\ndef test_x():\n    '''label'''", "hint"),
        ("import nothing_of_this_name", "nothing_of_this_name"),
        ("def test_x(:", "SyntaxError"),
    ],
)
def test_what_is_wrong_with_a_suite_is_said(suite_of, test: str, complaint: str) -> None:
    with pytest.raises(CourseError, match=complaint):
        suite_of(test, lambda suite: None)


def test_two_suites_with_files_of_one_name_do_not_mix(tmp_path: Path) -> None:
    labels = []
    for name in ("one", "two"):
        folder = tmp_path / name
        folder.mkdir()
        (folder / "test_it.py").write_text(
            f"import pytest\n@pytest.mark.function('f')\ndef test_x():\n    '''{name}'''\n"
        )
        collected([folder], lambda suite: labels.append(suite.checks[0].label))
    assert labels == ["one", "two"]
    assert not [name for name in sys.modules if name.endswith("test_it")]


def test_a_check_is_run_again_and_again_with_fresh_fixtures(suite_of) -> None:
    results = []

    def use(suite: Suite) -> None:
        right, wrong = student("def f(x): return x"), student("def f(x): return x + 1")
        for who in (right, wrong, right, wrong):
            results.append(suite.run(suite.checks[0], who, None, "seed").passed)

    suite_of(
        """
        from autograder.checks import check_close

        @pytest.fixture
        def counter():
            return []

        @pytest.mark.function("f")
        def test_x(student, counter):
            '''it is'''
            counter.append(1)
            check_close(student.f(1.0), 1.0)
            assert len(counter) == 1
        """,
        use,
    )
    assert results == [True, False, True, False]


def test_how_a_check_ended_is_told_apart(suite_of) -> None:
    def use(suite: Suite) -> None:
        runs = [suite.run(check, student("def f(x): return 1 / x"), None, "s") for check in suite.checks]
        assert isinstance(runs[0].failure, CheckFailure)
        assert isinstance(runs[1].fault, StudentError)
        assert isinstance(runs[2].error, AssertionError)
        assert runs[3].error is not None  # a skipped check is not a passed one
        assert runs[4].error is not None  # nor is one whose fixture fails

    suite_of(
        """
        from autograder.checks import fail
        pytestmark = pytest.mark.function("f")

        @pytest.fixture
        def broken():
            raise RuntimeError("broken")

        def test_fails(student):
            '''fails'''
            fail("It is wrong.")

        def test_raises(student):
            '''raises'''
            student.f(0)

        def test_asserts(student):
            '''asserts'''
            assert student.f(1) == 2

        def test_skips(student):
            '''skips'''
            raise pytest.skip.Exception("not today")

        def test_fixture(broken):
            '''needs more'''
        """,
        use,
    )


def test_inputs_depend_on_the_seed_and_the_check_only(suite_of) -> None:
    drawn: list[object] = []

    def use(suite: Suite) -> None:
        for seed in ("a", "b", "a"):
            for check in suite.checks:
                ran = suite.run(check, student("def f(x): raise ValueError(x)"), None, seed)
                assert isinstance(ran.fault, StudentError)
                drawn.append(ran.fault.text)

    suite_of(
        """
        pytestmark = pytest.mark.function("f")

        def test_one(student, rng):
            '''one'''
            student.f(float(rng.uniform()))

        def test_two(student, rng):
            '''two'''
            student.f(float(rng.uniform()))
        """,
        use,
    )
    assert drawn[:2] == drawn[4:]
    assert len(set(drawn[:4])) == 4


PUBLIC = """
import pytest
from autograder.checks import check_close

@pytest.mark.function("half")
def test_half(student):
    '''half of 2 is 1'''
    check_close(student.half(2.0), 1.0)
"""


@pytest.mark.parametrize(
    ("source", "passed"), [("def half(x): return x / 2", 1), ("def half(x): return x", 0)]
)
def test_plain_pytest_runs_public_checks(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, source: str, passed: int
) -> None:
    # Named rather than found through its entry point, so that this runs from a source tree too.
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[2]))
    pytester.makepyfile(test_work=PUBLIC, work=source)
    result = pytester.runpytest_subprocess("-p", "autograder.runner.plugin", "test_work.py")
    result.assert_outcomes(passed=passed, failed=1 - passed)
