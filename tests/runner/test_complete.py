"""What pytest would leave out in silence is said to the author; nothing of the machine takes part in a collection."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from textwrap import dedent

import pytest

from autograder.course.manifest import Limits
from autograder.errors import CourseError
from autograder.runner.session import collected
from autograder.runner.suite import Suite
from autograder.sandbox.student import Student, local
from autograder.sandbox.worker import LocalWorker, Program

ONE = "@pytest.mark.function('f')\ndef test_x(student):\n    '''label'''\n"
METHOD = "    def test_y(self):\n        '''label'''\n"


def write(folder: Path, text: str, name: str = "test_it.py") -> None:
    folder.mkdir(exist_ok=True)
    (folder / name).write_text("import pytest\n" + dedent(text), encoding="utf-8")


def names(folder: Path) -> list[str]:
    found: list[str] = []
    collected([folder], lambda suite: found.extend(check.name for check in suite.checks))
    return found


def student(source: str) -> Student:
    return local(LocalWorker(Limits()), Program({"work.py": source}, "work.py"))


LEFT_OUT = {
    "a skip mark": ("@pytest.mark.skip\n" + ONE, "is marked skip"),
    "a skipif mark": ("@pytest.mark.skipif(False, reason='never')\n" + ONE, "is marked skipif"),
    "an xfail mark": ("@pytest.mark.xfail\n" + ONE, "is marked xfail"),
    "a mark for the file": ("pytestmark = pytest.mark.skipif('True')\n" + ONE, "is marked skipif"),
    "no parameters": (
        "@pytest.mark.parametrize('x', [])\n" + ONE.replace("(student)", "(student, x)"),
        "is marked skip",
    ),
    "a skip of the file": ("pytest.skip('all', allow_module_level=True)\n" + ONE, "skips itself"),
    "an import or a skip": ("pytest.importorskip('nothing_of_this_name')\n" + ONE, "skips itself"),
    "a skip inside": (ONE + "    pytest.skip('now')\n", r"test_it.py:5: pytest.skip\(\)"),
    "an xfail inside": (ONE + "    pytest.xfail('now')\n", r"pytest.xfail\(\)"),
    "two of one name": (ONE + ONE, "has test_x 2 times"),
    "two of one name in a class": (ONE + "class TestIt:\n" + METHOD + METHOD, "has test_y 2 times"),
    "a class with a constructor": (
        ONE + "class TestIt:\n    def __init__(self): pass\n" + METHOD,
        "has test_y, which pytest does not collect",
    ),
    "a class of another name": (ONE + "class It:\n" + METHOD, "has test_y"),
    "a test case": (ONE + "import unittest\nclass TestIt(unittest.TestCase):\n" + METHOD, "has test_y"),
    "a condition": (ONE + "if not pytest:\n    def test_y(): pass\n", "has test_y"),
}


@pytest.mark.filterwarnings("ignore::pytest.PytestCollectionWarning")
@pytest.mark.parametrize(("suite", "complaint"), LEFT_OUT.values(), ids=LEFT_OUT)
def test_a_check_that_would_be_left_out_is_the_authors_to_mend(
    tmp_path: Path, suite: str, complaint: str
) -> None:
    write(tmp_path, suite)
    with pytest.raises(CourseError, match=complaint):
        names(tmp_path)


def test_a_file_that_pytest_does_not_look_into_is_noticed(tmp_path: Path) -> None:
    write(tmp_path, ONE)
    assert names(tmp_path) == ["test_it.py::test_x"]
    write(tmp_path, ONE, "more.py")
    with pytest.raises(CourseError, match=r"more\.py has test_x"):
        names(tmp_path)


@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        ("config.hook.pytest_deselected(items=[items.pop()])", "test_x was deselected"),
        ("items.clear()", "has test_x, which pytest does not collect"),
    ],
)
def test_what_a_conftest_takes_away_is_noticed(tmp_path: Path, body: str, complaint: str) -> None:
    write(tmp_path, ONE)
    write(tmp_path, f"def pytest_collection_modifyitems(config, items):\n    {body}\n", "conftest.py")
    with pytest.raises(CourseError, match=complaint):
        names(tmp_path)


def test_what_is_written_in_other_ways_is_collected(tmp_path: Path) -> None:
    write(
        tmp_path,
        """
        pytestmark = pytest.mark.function("f")

        class Both:
            def test_one(self):
                '''from the base'''

        class TestIt(Both):
            def test_two(self):
                '''its own'''

        if pytest:
            def test_three():
                '''here'''
        else:
            def test_three():
                '''there'''

        def helper():
            def test_no_test(): ...

        @pytest.mark.parametrize("x", [1, 2])
        def test_four(x):
            '''many'''
        """,
    )
    assert sorted(name.rpartition("::")[2] for name in names(tmp_path)) == [
        "test_four",
        "test_one",
        "test_three",
        "test_two",
    ]


def test_a_hidden_and_a_public_check_of_one_name_stay_two(tmp_path: Path) -> None:
    write(tmp_path / "hidden", ONE.replace("label", "hidden") + "    assert student.f(1) == 2\n")
    write(tmp_path / "public", ONE.replace("label", "public") + "    assert student.f(1) == 1\n")
    found = []

    def use(suite: Suite) -> None:
        for folder in ("hidden", "public"):
            (check,) = suite.under(tmp_path / folder)
            found.append((check.label, suite.run(check, student("def f(x): return x"), None, "s").passed))

    collected([tmp_path / "hidden", tmp_path / "public"], use)
    assert found == [("hidden", False), ("public", True)]


TEXTS = r"""
LINES = ["".join(chr(97 + (i * j) % 23) for j in range(1, 64)) for i in range(1, 401)]
def expected(): return "\n".join(LINES)
def f(): return "\n".join(line[::-1] + "!" for line in LINES)
"""

COMPARES = """
import pytest
from helper import compare
pytestmark = pytest.mark.function("f")

def test_one(student):
    '''one text'''
    assert student.f() == "x" * 25_000

def test_lines(student, reference):
    '''lines'''
    assert student.f() == reference.expected()

def test_items(student, reference):
    '''items'''
    assert student.f().splitlines() == reference.expected().splitlines()

def test_in_a_helper(student, reference):
    '''by a function of another file'''
    compare(student.f(), reference.expected())
"""

# Not in this process: the pytest that runs this very test rewrites what it finds.
RUNS = """
import sys, time
from pathlib import Path
from autograder.course.manifest import Limits
from autograder.runner.session import collected
from autograder.sandbox.student import local
from autograder.sandbox.worker import LocalWorker, Program

def use(suite):
    hostile = local(LocalWorker(Limits()), Program({"work.py": Path("texts.py").read_text()}, "work.py"))
    assert len(hostile.f()) > 25_000
    for check in suite.checks:
        began = time.process_time()
        ran = suite.run(check, hostile, hostile, "s")
        # Nothing is added to the assertion: no rewriting, no comparison.
        print(type(ran.error).__name__, repr(str(ran.error)), time.process_time() - began < 30)

sys.path.insert(0, ".")
collected([Path("suite")], use)
"""


def test_a_plain_assertion_over_long_texts_is_quick(tmp_path: Path) -> None:
    """pytest's own explanation of two texts of 400 lines has taken minutes (pytest issue 8998)."""
    (tmp_path / "suite").mkdir()
    (tmp_path / "suite" / "test_it.py").write_text(COMPARES)
    (tmp_path / "helper.py").write_text("def compare(a, b):\n    assert a == b\n")
    (tmp_path / "texts.py").write_text(TEXTS)
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    run = subprocess.run(
        [sys.executable, "-c", RUNS],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert run.stdout.splitlines() == ["AssertionError '' True"] * 4, run.stderr


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PYTEST_ADDOPTS", "--assert=rewrite -k nothing"),
        ("PYTEST_ADDOPTS", "-p hostile"),
        ("PYTEST_PLUGINS", "hostile"),
        ("PYTEST_DISABLE_PLUGIN_AUTOLOAD", ""),
    ],
)
def test_settings_of_the_environment_change_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    write(tmp_path, ONE)
    monkeypatch.setenv(name, value)
    assert names(tmp_path) == ["test_it.py::test_x"]
    assert os.environ[name] == value


def test_files_above_and_in_the_current_folder_change_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    suite, elsewhere = tmp_path / "suite", tmp_path / "elsewhere"
    write(suite, ONE)
    for folder in (tmp_path, elsewhere):
        write(folder, "raise SystemExit('hostile')", "conftest.py")
        for file in ("pytest.ini", ".pytest.ini", "tox.ini"):
            (folder / file).write_text("[pytest]\naddopts = --no-such-option\n")
        (folder / "pyproject.toml").write_text("[tool.pytest.ini_options]\naddopts = '--no-such-option'\n")
    monkeypatch.chdir(elsewhere)
    assert names(suite) == ["test_it.py::test_x"]


def test_an_installed_plugin_is_not_loaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    installed = tmp_path / "installed"
    (installed / "hostile-1.dist-info").mkdir(parents=True)
    (installed / "hostile-1.dist-info" / "METADATA").write_text("Name: hostile\nVersion: 1\n")
    (installed / "hostile-1.dist-info" / "entry_points.txt").write_text("[pytest11]\nhostile = hostile\n")
    (installed / "hostile.py").write_text("raise RuntimeError('hostile')\n")
    monkeypatch.syspath_prepend(installed)
    monkeypatch.delenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", raising=False)
    write(tmp_path / "suite", ONE)
    assert names(tmp_path / "suite") == ["test_it.py::test_x"]


def test_a_python_without_assertions_is_refused(tmp_path: Path) -> None:
    write(tmp_path, ONE + "    assert False\n")
    program = (
        "import sys; from pathlib import Path; from autograder.runner.session import collected\n"
        "collected([Path(sys.argv[1])], lambda suite: print('it was collected'))"
    )
    command = [sys.executable, "-O", "-c", program, str(tmp_path)]
    run = subprocess.run(command, capture_output=True, text=True, timeout=180, check=False)
    assert "it was collected" not in run.stdout
    assert "SystemFault: Python leaves assert statements out" in run.stderr
