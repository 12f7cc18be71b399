"""The zips for students: what is in them, that it works, and that nothing is made where a secret would get out."""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import nbformat
import pytest

from autograder.course import Course, load_course
from autograder.errors import CourseError, UsageError
from autograder.proof.leaks import leaks, secrets
from autograder.release import Released, student_files

ROOT = Path(__file__).resolve().parents[2]
SECOND = ROOT / "tests" / "second_course"


def release(course: Course, directory: Path, *, force: bool = False) -> Released:
    chosen = [course.assignment(id) for id in course.assignments]
    return student_files.release(course, chosen, directory, language="en", force=force)


def everything(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*"))


def with_stub(course: Course) -> Course:
    """The tiny course with a statement and pictures in two languages."""
    folder = course.assignments_dir / "sums"
    (folder / "README.md").write_text("# Sums\n\n![A sum](pictures/sum.svg)\n", encoding="utf-8")
    (folder / "README.vi.md").write_text("# Tổng\n\n![Tổng](pictures/sum.vi.svg)\n", encoding="utf-8")
    (folder / "pictures").mkdir()
    for name in ("sum.svg", "sum.vi.svg"):
        (folder / "pictures" / name).write_text("<svg xmlns='http://www.w3.org/2000/svg'/>", encoding="utf-8")
    return course


def run(folder: Path, *command: str, course: Course) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "AUTOGRADE_COURSE": str(course.root), "AUTOGRADE_LANG": "en"}
    return subprocess.run(
        [sys.executable, "-m", *command],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
    )


def test_each_assignment_has_one_zip_with_one_folder(tiny_course: Course, tmp_path: Path) -> None:
    course = with_stub(tiny_course)
    released = release(course, tmp_path / "out")
    assert released == Released((tmp_path / "out" / "sums.zip",))
    assert everything(tmp_path / "out") == ["sums.zip"]
    with zipfile.ZipFile(tmp_path / "out" / "sums.zip") as archive:
        assert archive.testzip() is None
        assert archive.namelist() == [
            "sums/README.md",
            "sums/README.vi.md",
            "sums/notebook.vi/sums.ipynb",
            "sums/notebook/sums.ipynb",
            "sums/pictures/sum.svg",
            "sums/pictures/sum.vi.svg",
            "sums/sums.py",
            "sums/test_sums.py",
        ]
        for name in ("README.md", "sums.py", "test_sums.py", "pictures/sum.svg"):
            assert archive.read(f"sums/{name}") == (course.assignments_dir / "sums" / name).read_bytes()
        for language, name in (("en", "notebook"), ("vi", "notebook.vi")):
            held = nbformat.reads(archive.read(f"sums/{name}/sums.ipynb").decode("utf-8"), as_version=4)
            nbformat.validate(held)
            assert f"%assignment sums --lang {language}" in "".join(cell.source for cell in held.cells)
            assert ("# Tổng" in held.cells[0].source) == (language == "vi")


def test_releasing_twice_gives_the_same_bytes(tiny_course: Course, tmp_path: Path) -> None:
    course = with_stub(tiny_course)
    (one,) = release(course, tmp_path / "one").paths
    first = one.read_bytes()
    for path in sorted(course.assignments_dir.rglob("*"), reverse=True):
        # Another time, other rights, as after another checkout.
        os.utime(path, (1_000_000_000, 1_000_000_000))
        path.chmod(0o700)
    (two,) = release(course, tmp_path / "two").paths
    assert two.read_bytes() == first
    release(course, tmp_path / "one")
    assert one.read_bytes() == first
    with zipfile.ZipFile(one) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert {entry.external_attr >> 16 for entry in archive.infolist()} == {0o100644}


LINE = "    return np.mean(add(x, y))\n"


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("README.md", f"# Sums\n\n```python\n{LINE}```\n"),
        ("README.vi.md", f"# Tổng\n\n{LINE}"),
        ("pictures/sum.svg", f"<svg><desc>{LINE}</desc></svg>"),
        ("test_sums.py", f'"""Public checks."""\n# {LINE}'),
    ],
)
def test_a_leak_stops_all_of_it(file: str, text: str, tiny_course: Course, tmp_path: Path) -> None:
    course = with_stub(tiny_course)
    (course.assignments_dir / "sums" / file).write_text(text, encoding="utf-8")
    with pytest.raises(CourseError) as told:
        release(course, tmp_path / "new" / "out")
    assert f"sums.zip!sums/{file}" in str(told.value)
    assert "solutions/sums/sums.py" in str(told.value)
    assert "return np.mean(add(x, y))" in str(told.value)
    assert not (tmp_path / "new" / "out").exists()


def test_a_leak_leaves_an_earlier_release_as_it_was(tmp_path: Path) -> None:
    shutil.copytree(SECOND, tmp_path / "course")
    course = load_course(tmp_path / "course")
    paths = release(course, tmp_path / "out").paths
    assert [path.name for path in paths] == ["projectile.zip", "describing_data.zip"]
    before = {path: path.read_bytes() for path in paths}
    statement = course.assignments_dir / "describing_data" / "README.md"
    reference = (course.solutions_dir / "describing_data" / "describing_data.py").read_text(encoding="utf-8")
    first = course.assignments_dir / "projectile" / "README.md"
    first.write_text(first.read_text(encoding="utf-8") + "\nA new sentence.\n", encoding="utf-8")
    statement.write_text(reference, encoding="utf-8")
    with pytest.raises(CourseError, match="describing_data"):
        release(course, tmp_path / "out")
    # Not even the assignment that leaks nothing was replaced: what students are given fits together.
    assert {path: path.read_bytes() for path in paths} == before
    assert everything(tmp_path / "out") == ["describing_data.zip", "projectile.zip"]


def test_a_stub_that_is_not_the_generated_one_is_refused(tiny_course: Course, tmp_path: Path) -> None:
    stub = tiny_course.assignments_dir / "sums" / "sums.py"
    stub.write_text(stub.read_text(encoding="utf-8") + "\nEXTRA = 1\n", encoding="utf-8")
    with pytest.raises(CourseError, match=r"sums/sums\.py is not what the reference generates.*stubs sums"):
        release(tiny_course, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_file_of_another_maker_stays_unless_forced(tiny_course: Course, tmp_path: Path) -> None:
    mine = tmp_path / "sums.zip"
    mine.write_bytes(b"my own sums")
    with pytest.raises(UsageError, match="--force"):
        release(tiny_course, tmp_path)
    assert mine.read_bytes() == b"my own sums"
    release(tiny_course, tmp_path, force=True)
    assert zipfile.is_zipfile(mine)


def test_a_folder_that_cannot_be_made_is_said(tiny_course: Course, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(UsageError, match="Cannot write"):
        release(tiny_course, tmp_path / "file" / "out")


def test_without_solutions_it_is_made_and_says_that_it_was_not_scanned(
    tiny_course: Course, tmp_path: Path
) -> None:
    shutil.rmtree(tiny_course.solutions_dir)
    released = release(load_course(tiny_course.root), tmp_path / "out")
    assert [path.name for path in released.paths] == ["sums.zip"]
    assert "could not be scanned" in released.notes[0].id


def test_the_data_that_submissions_may_read_is_in_it(tiny_course: Course, tmp_path: Path) -> None:
    folder = tiny_course.assignments_dir / "sums"
    (folder / "given" / "deep").mkdir(parents=True)
    (folder / "given" / "deep" / "table.csv").write_text("1,2\n", encoding="utf-8")
    (folder / "given" / ".hidden").write_text("", encoding="utf-8")
    manifest = folder / "assignment.toml"
    text = manifest.read_text(encoding="utf-8")
    manifest.write_text(
        text.replace('version = "1"', 'version = "1"\nprofile = "files"\ndata = "given"'), "utf-8"
    )
    (made,) = release(tiny_course, tmp_path / "out").paths
    with zipfile.ZipFile(made) as archive:
        inside = [name for name in archive.namelist() if "given" in name]
        assert inside == ["sums/given/deep/table.csv"]


def test_the_real_course_is_released_without_a_leak(tmp_path: Path) -> None:
    course = load_course(ROOT)
    released = release(course, tmp_path)
    assert [path.stem for path in released.paths] == list(course.assignments)
    # The scan of the release is not the only one that finds nothing: neither does it in what is unpacked.
    for path in released.paths:
        zipfile.ZipFile(path).extractall(tmp_path / "unpacked")
    assert leaks(tmp_path / "unpacked", secrets(course, course.assignments)) == []


@pytest.fixture
def unpacked(tiny_course: Course, tmp_path: Path) -> Path:
    (made,) = release(with_stub(tiny_course), tmp_path / "out").paths
    zipfile.ZipFile(io.BytesIO(made.read_bytes())).extractall(tmp_path / "desk")
    return tmp_path / "desk" / "sums"


RIGHT = "def add(x, y):\n    return x + y\n\n\ndef mean_of(x, y):\n    return sum(map(add, x, y)) / len(x)\n"


def test_a_student_can_check_in_what_they_unpacked(unpacked: Path, tiny_course: Course) -> None:
    told = run(unpacked, "autograder", "check", "--json", course=tiny_course)
    assert told.returncode == 1, told.stderr
    (unpacked / "sums.py").write_text(RIGHT, encoding="utf-8")
    told = run(unpacked, "autograder", "check", "--json", course=tiny_course)
    assert told.returncode == 0, told.stdout + told.stderr
    json.loads(told.stdout)


@pytest.mark.slow
def test_a_student_can_run_plain_pytest_in_what_they_unpacked(unpacked: Path, tiny_course: Course) -> None:
    told = run(unpacked, "pytest", "-p", "no:cacheprovider", course=tiny_course)
    assert "2 failed" in told.stdout
    (unpacked / "sums.py").write_text(RIGHT, encoding="utf-8")
    told = run(unpacked, "pytest", "-p", "no:cacheprovider", course=tiny_course)
    assert "2 passed" in told.stdout
