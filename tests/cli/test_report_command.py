"""report: a graded class shown again, its pages written again from results.json."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from ..conftest import make_tiny_course
from .conftest import Run, autograde


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    course = make_tiny_course(tmp_path_factory.mktemp("tiny"))
    folder = tmp_path_factory.mktemp("class")
    for student, text in {
        "an": "def add(x, y):\n    return 0.0\n",
        "Bình\x1b[2J": "import numpy as np\ndef add(x, y):\n    return np.add(x, y)\ndef mean_of(x, y):\n    return 1j\n",
        "chi": "def (:\n",
    }.items():
        (folder / "handed_in" / student).mkdir(parents=True)
        (folder / "handed_in" / student / "sums.py").write_text(text, encoding="utf-8")
    told = autograde(
        *("grade", folder / "handed_in", "-a", "sums", "-o", folder / "out", "--course", course.root)
    )
    assert told.code == 0, told.err
    return folder / "out"


@pytest.fixture
def out(graded: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(graded, tmp_path / "out"))


def test_writes_everything_again_as_it_was(run: Run, out: Path, graded: Path) -> None:
    written = {path.name: path.read_bytes() for path in out.iterdir() if not path.name.startswith(".")}
    for path in out.iterdir():
        if path.name != "results.json":
            path.unlink()
    told = run("report", str(out))
    assert told.code == 0
    assert {path.name: path.read_bytes() for path in out.iterdir()} == written
    assert len(written) == 3 + 3
    for word in ("an", "chi", "Sums and means", "ungradable"):
        assert word in told.out
    assert "\x1b" not in told.out
    assert str(out / "class.html") in told.out


def test_one_student(run: Run, out: Path) -> None:
    before = (out / "class.html").stat().st_mtime_ns
    told = run("report", str(out), "--student", "an", "--all")
    assert told.code == 0
    assert "mean_of" in told.out
    assert "chi" not in told.out
    assert "hint" not in told.out
    assert "no hint for add" in run("report", str(out), "--student", "an", "--hint").out
    assert (out / "class.html").stat().st_mtime_ns == before
    told = run("report", str(out), "--student", "chi")
    assert "line 1" in told.out
    told = run("report", str(out), "--student", "ch")
    assert told.code == 2
    assert 'Did you mean "chi"?' in told.err


def test_in_another_language_the_marks_are_the_same(run: Run, out: Path) -> None:
    before = (out / "marks.csv").read_bytes()
    assert run("report", str(out), "--lang", "vi").code == 0
    assert (out / "marks.csv").read_bytes() == before
    assert 'lang="vi"' in (out / "class.html").read_text("utf-8")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, ["does not exist", "autograde grade"]),
        ("{", ["not a results.json", "Grade again"]),
        ("[]", ["schema"]),
        ('{"schema": "autograde/results/99"}', ["autograde/results/99", "autograde/results/1"]),
        (b"\xff\xfe", ["cannot be read"]),
    ],
)
def test_results_that_are_none(run: Run, out: Path, content: str | bytes | None, words: list[str]) -> None:
    path = out / "results.json"
    path.unlink()
    if content is not None:
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    told = run("report", str(out))
    assert told.code == 2
    assert all(word in told.err for word in words)
    assert "Traceback" not in told.err


def test_a_score_changed_by_hand_is_noticed(run: Run, out: Path) -> None:
    path = out / "results.json"
    results = json.loads(path.read_text("utf-8"))
    (chosen,) = [report for report in results["reports"] if report["student"] == "an"]
    chosen["score"] = 100
    path.write_text(json.dumps(results), encoding="utf-8")
    told = run("report", str(out))
    assert told.code == 2
    assert "'an'" in told.err
    assert "changed by hand" in told.err
