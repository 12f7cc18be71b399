"""What runs on Gradescope: a folder laid out as there, one submission, results.json. The slow tests run the real zip."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from autograder import language
from autograder.course import Course, compose, find_course, mistakes
from autograder.errors import CourseError, SystemFault
from autograder.lms import gradescope
from autograder.model import GradeReport, Status, message
from autograder.sandbox.isolation import Isolation
from autograder.sandbox.level import Level
from tests.conftest import make_tiny_course
from tests.reports.gradescope_rules import broken_rules

PROJECT = Path(__file__).resolve().parent.parent.parent
WITHOUT = PROJECT / "tests" / "ablation" / "without.py"
# Docker's default list: what root in a container may do.
CONTAINER = (
    *(
        "chown",
        "dac_override",
        "fsetid",
        "fowner",
        "mknod",
        "net_raw",
        "setgid",
        "setuid",
        "setfcap",
        "setpcap",
    ),
    *("net_bind_service", "sys_chroot", "kill", "audit_write"),
)
FORGED = """
import json, os, sys
for path in ("results/results.json", "../results/results.json", {target!r}):
    try:
        open(path, "w").write(json.dumps({{"score": 100.0}}))
    except BaseException:
        pass
print('{{"score": 100.0, "tests": []}}')
os.write(1, b'{{"score": 100.0}}')
"""


@pytest.fixture(autouse=True)
def the_language_as_before() -> Iterator[None]:
    before = language.current()
    yield
    language.use(before)
    language.learn({})


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """/autograder with the tiny course, before anything was handed in."""
    root = tmp_path / "autograder"
    make_tiny_course(root / "source" / "course")
    (root / "source" / "settings.json").write_text(gradescope.Settings("sums").text(), "utf-8")
    (root / "submission").mkdir()
    return root


@pytest.fixture
def walls(monkeypatch: pytest.MonkeyPatch) -> None:
    """The canaries take a second; other tests send them out."""
    monkeypatch.setattr(gradescope, "isolation", lambda assignment: Isolation(Level("A"), {}, ()))


def graded(root: Path, code: int = 0) -> dict[str, Any]:
    assert gradescope.main([str(root)]) == code
    found: dict[str, Any] = json.loads((root / "results" / "results.json").read_text("utf-8"))
    return found


def reference(root: Path) -> str:
    return (root / "source" / "course" / "solutions" / "sums" / "sums.py").read_text("utf-8")


def test_a_right_solution_has_all_points(root: Path, walls: None, capsys: pytest.CaptureFixture[str]) -> None:
    (root / "submission" / "sums.py").write_text(reference(root), "utf-8")
    (root / "submission" / "notes.txt").write_text("hello")
    users = {"users": [{"email": "an@example.org", "id": 3, "name": "An"}, {"id": 4}]}
    (root / "submission_metadata.json").write_text(json.dumps(users))
    found = graded(root)
    assert broken_rules(found) == []
    assert found["score"] == 100
    assert [test["name"] for test in found["tests"]] == ["add", "mean_of"]
    assert found["extra_data"]["isolation"] == "A"
    assert found["extra_data"]["suite_version"].startswith("1+")
    assert "notes.txt" in found["output"]
    told = capsys.readouterr().out
    assert "Isolation: level A." in told
    assert "an@example.org, 4: 100 of 100 points" in told
    assert "an@example.org" not in json.dumps(found)


def test_a_wrong_one_in_vietnamese_from_a_folder_inside(root: Path, walls: None) -> None:
    text = gradescope.Settings("sums", "vi").text().replace('"points": 100', '"points": 10')
    (root / "source" / "settings.json").write_text(text)
    inside = root / "submission" / "my-repository" / "week 1"
    inside.mkdir(parents=True)
    wrong = reference(root).replace("np.mean(add(x, y))", "np.sum(add(x, y))")
    (inside / "sums.py").write_text(wrong, "utf-8")
    # It holds a right answer too, which was not handed in as one.
    (root / "submission" / "results.json").write_text('{"score": 100}')
    found = graded(root)
    assert broken_rules(found) == []
    assert [(test["score"], test["max_score"]) for test in found["tests"]] == [(4.0, 4.0), (0.0, 6.0)]
    assert found["score"] == 4
    assert "trung bình còn phải chia cho số phần tử" in found["tests"][1]["output"]
    assert "week 1" in found["output"]


def test_what_cannot_be_read_is_a_zero_with_its_reason(root: Path, walls: None) -> None:
    (root / "submission" / "sums.py").write_text("def add(x, y:\n")
    found = graded(root)
    assert (found["score"], found["tests"]) == (0, [])
    assert "SyntaxError" in found["output"]
    assert broken_rules(found) == []


@pytest.mark.parametrize("level", ["B-", "C", "D", "-"])
def test_weak_walls_are_our_error_and_no_zero(
    root: Path, monkeypatch: pytest.MonkeyPatch, level: str, capsys: pytest.CaptureFixture[str]
) -> None:
    weak = Isolation(Level(level, ("seccomp",)), {}, ())
    monkeypatch.setattr(gradescope, "isolation", lambda assignment: weak)
    (root / "submission" / "sums.py").write_text(reference(root), "utf-8")
    found = graded(root, code=3)
    assert broken_rules(found) == ["no score"]
    assert f"isolation is level {level}, without seccomp" in found["output"]
    told = capsys.readouterr().out
    assert f"isolation is level {level}, without seccomp" in told
    assert ("allow_weak_isolation" in told) == (level == "B-")


@pytest.mark.parametrize(
    ("level", "accepted"),
    [("A", True), ("B", True), ("B-", True), ("C", False), ("D", False), ("-", False)],
)
def test_only_a_missing_landlock_may_be_allowed(level: str, accepted: bool) -> None:
    found = Isolation(Level(level), {}, ())
    if accepted:
        assert gradescope._accepted(found, True)["level"] == level
    else:
        with pytest.raises(SystemFault):
            gradescope._accepted(found, True)


def test_a_broken_suite_is_our_error_and_stays_secret(
    root: Path, walls: None, capsys: pytest.CaptureFixture[str]
) -> None:
    hidden = root / "source" / "course" / "solutions" / "sums" / "hidden" / "test_sums.py"
    hidden.write_text(hidden.read_text("utf-8") + "\nSECRET_ANSWER = 41 / 0\n", "utf-8")
    (root / "submission" / "sums.py").write_text(reference(root), "utf-8")
    found = graded(root, code=3)
    assert broken_rules(found) == ["no score"]
    told = capsys.readouterr().out
    assert "ZeroDivisionError" in told
    for secret in ("ZeroDivisionError", "SECRET_ANSWER", "test_sums"):
        assert secret not in json.dumps(found)


def test_a_report_without_a_score_is_our_error(
    root: Path, walls: None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def failed(*arguments: object, **options: object) -> Iterator[GradeReport]:
        why = message("The grading process failed twice: {reason}.", reason="test_hidden_thing broke it")
        yield GradeReport("an", "sums", Status.SYSTEM_ERROR, message=why, max_score=10_000)

    monkeypatch.setattr(gradescope, "grade_many", failed)
    found = graded(root, code=3)
    assert broken_rules(found) == ["no score"]
    assert "test_hidden_thing" not in json.dumps(found)
    assert "test_hidden_thing broke it" in capsys.readouterr().out


def test_an_error_that_nobody_thought_of_is_ours_too(
    root: Path, walls: None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(gradescope, "grade_many", lambda *arguments, **options: 1 / 0)
    found = graded(root, code=3)
    assert broken_rules(found) == ["no score"]
    assert "ZeroDivisionError" not in json.dumps(found)
    assert "in _graded" in capsys.readouterr().out


def test_grading_is_given_up_before_gradescope_does(root: Path, walls: None) -> None:
    text = gradescope.Settings("sums", seconds=0.3).text()
    (root / "source" / "settings.json").write_text(text)
    (root / "submission" / "sums.py").write_text("while True: pass\n")
    before = signal.getsignal(signal.SIGALRM)
    began = time.monotonic()
    found = graded(root, code=3)
    assert time.monotonic() - began < 15
    assert broken_rules(found) == ["no score"]
    assert "took longer than 0.3 s" in found["output"]
    assert signal.getsignal(signal.SIGALRM) == before
    assert signal.getitimer(signal.ITIMER_REAL)[0] == 0


def test_results_that_cannot_be_written_are_an_error(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (root / "source" / "settings.json").unlink()
    (root / "results").write_text("a file")
    assert gradescope.main([str(root)]) == 3
    assert "Cannot write" in capsys.readouterr().out


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "null",
        "{}",
        '{"assignment": 3}',
        '{"assignment": "sums", "points": 0}',
        '{"assignment": "sums", "points": "a"}',
        '{"assignment": "sums", "points": null}',
        '{"assignment": "sums", "points": NaN}',
        '{"assignment": "sums", "points": "1/0"}',
        '{"assignment": "sums", "seconds": -1}',
        '{"assignment": "sums", "seconds": NaN}',
        '{"assignment": "sums", "seconds": "x"}',
        '{"assignment": "sums", "language": "tlh"}',
        '{"assignment": "sums", "language": []}',
        '{"assignment": "sums", "allow_weak_isolation": "no"}',
        '{"assignment": "sums", "colour": 1}',
    ],
)
def test_settings_that_cannot_be_used_are_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "settings.json").write_text(text)
    with pytest.raises(CourseError, match=r"settings\.json cannot be used"):
        gradescope.settings(tmp_path / "settings.json")


@pytest.mark.parametrize(
    ("text", "student"),
    [
        (None, "student"),
        ("", "student"),
        ("[]", "student"),
        ("[" * 100_000, "student"),
        ('{"users": 1}', "student"),
        ('{"users": [1, {}, {"id": null}]}', "student"),
        ('{"users": [{"email": "\\ud800\\n=x"}]}', "\\ud800\\n=x"),
        ('{"users": [{"id": 12}]}', "12"),
    ],
)
def test_metadata_never_matters(tmp_path: Path, text: str | None, student: str) -> None:
    path = tmp_path / "submission_metadata.json"
    if text is not None:
        path.write_text(text)
    found = gradescope._student(gradescope._metadata(path))
    assert found == student
    os.fsencode(found)


def test_too_few_points_on_gradescope_are_noted(capsys: pytest.CaptureFixture[str]) -> None:
    report = GradeReport("an", "sums", Status.UNGRADABLE, max_score=10_000)
    for total, noted in (("10.0", True), ("100.0", False), ("nan", False), (None, False), ([], False)):
        gradescope._tell(report, gradescope.Settings("sums"), {"assignment": {"total_points": total}})
        assert ("counts 10 points on Gradescope" in capsys.readouterr().out) == noted


@pytest.mark.parametrize(
    ("files", "graded_file"),
    [
        (["sums.py"], "sums.py"),
        (["a/sums.py"], "a/sums.py"),
        (["a/b/c/sums.ipynb"], "a/b/c/sums.ipynb"),
        (["sums.py", "old/sums.py"], "sums.py"),
        (["setup.py", "week/sums.py"], "week/sums.py"),
        (["a/sums.py", "__MACOSX/sums.py"], "a/sums.py"),
        (["a/sums.py", "b/sums.py"], None),
        (["a/b/c/d/sums.py"], None),
        ([".git/sums.py"], None),
    ],
)
def test_which_folder_is_graded(
    tiny_course: Course, tmp_path: Path, files: list[str], graded_file: str | None
) -> None:
    folder = tmp_path / "submission"
    for name in files:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"# {name}\n")
    found = gradescope.submitted(folder, tiny_course.assignment("sums"), "an")
    assert [data.decode() for data in found.files.values()] == ([f"# {graded_file}\n"] if graded_file else [])
    assert (found.problem is None) == (graded_file is not None)


def test_an_older_file_in_a_folder_does_not_stand_in_for_a_renamed_one(
    tiny_course: Course, tmp_path: Path
) -> None:
    folder = tmp_path / "submission"
    (folder / "old").mkdir(parents=True)
    (folder / "old" / "sums.py").write_text("# old\n")
    (folder / "Sums (1).py").write_text("# new\n")
    found = gradescope.submitted(folder, tiny_course.assignment("sums"), "an")
    assert b"# old\n" not in found.files.values()


def test_a_link_out_of_what_was_handed_in_is_not_followed(tiny_course: Course, tmp_path: Path) -> None:
    folder = tmp_path / "submission"
    folder.mkdir()
    (folder / "a").symlink_to(tiny_course.solutions_dir / "sums")
    found = gradescope.submitted(folder, tiny_course.assignment("sums"), "an")
    assert not found.files
    (folder / "b").mkdir()
    (folder / "b" / "sums.py").symlink_to(tiny_course.assignment("sums").reference_path)
    assert not gradescope.submitted(folder, tiny_course.assignment("sums"), "an").files


@pytest.mark.parametrize(("mebibytes", "limit"), [(768, 448), (300, 256), (4096, 1024), (float("inf"), 1024)])
def test_a_worker_gets_what_the_container_has_left(
    tiny_course: Course, monkeypatch: pytest.MonkeyPatch, mebibytes: float, limit: int
) -> None:
    monkeypatch.setattr(gradescope, "memory_bytes", lambda: mebibytes * 2**20)
    assignment = gradescope._with_the_memory_here(tiny_course.assignment("sums"))
    assert assignment.limits.memory_mib == limit


# -- the real zip -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Place:
    """A folder laid out as /autograder, set up, and who runs there."""

    root: Path
    course: Course
    before: tuple[str, ...] = ()

    def command(self, *program: str | Path, through: tuple[str, ...] = ()) -> list[str]:
        plain = ("env", "-i", "PATH=/usr/bin:/bin", f"AUTOGRADER_ROOT={self.root}")
        return [*self.before, *plain, *through, *map(str, program)]

    def hand_in(self, files: dict[str, str]) -> None:
        for name in ("submission", "results"):
            shutil.rmtree(self.root / name, ignore_errors=True)
            (self.root / name).mkdir()
        for name, text in files.items():
            (self.root / "submission" / name).write_text(text, "utf-8")
        if self.before:
            for path in (self.root / "results", self.root / "submission"):
                shutil.chown(path, 1001, 1001)

    def grade(self, files: dict[str, str], *through: str, code: int = 0) -> dict[str, Any]:
        self.hand_in(files)
        command = self.command(self.root / "run_autograder", through=through)
        done = subprocess.run(command, cwd=self.root, capture_output=True, text=True, timeout=300)
        assert done.returncode == code, done.stdout + done.stderr
        return self.results()

    def results(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((self.root / "results" / "results.json").read_text("utf-8"))
        return found


@pytest.fixture(scope="module")
def real_zip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The zip of this project's first assignment, as `autograde release` makes it."""
    out = tmp_path_factory.mktemp("out")
    id = find_course(PROJECT).assignments[0]
    command = [sys.executable, "-m", "autograder", "--course", str(PROJECT), "release", str(out)]
    done = subprocess.run(
        [*command, "--format", "gradescope", "--assignment", id],
        env={
            **os.environ,
            "AUTOGRADE_GRADESCOPE_PYTHONS": "{}.{}".format(*sys.version_info),
            "AUTOGRADE_LANG": "en",
        },
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "For instructors only" in done.stdout
    (made,) = out.iterdir()
    return made


@pytest.fixture(scope="module", params=["as whoever runs the tests", "as an ordinary user"])
def place(
    real_zip: Path, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Place]:
    """/autograder with the real zip, set up offline in a bare virtual environment."""
    ordinary = request.param == "as an ordinary user"
    if ordinary and os.geteuid() != 0:
        pytest.skip("only root may become somebody else")
    # pytest's own folders are closed to others.
    base = Path("/var/tmp") if ordinary else tmp_path_factory.mktemp("gradescope")
    root = base / f"autograder-{os.getpid()}"
    before = ("setpriv", "--reuid=1001", "--regid=1001", "--clear-groups") if ordinary else ()
    try:
        with zipfile.ZipFile(real_zip) as archive:
            for entry in archive.infolist():
                archive.extract(entry, root / "source")
                (root / "source" / entry.filename).chmod(entry.external_attr >> 16 & 0o777)
        shutil.copy(root / "source" / "run_autograder", root / "run_autograder")
        shutil.copy(WITHOUT, root / "without.py")
        if ordinary:
            root.chmod(0o755)
            for path in (root, *root.rglob("*")):
                os.chown(path, 1001, 1001)
        here = Place(root, find_course(PROJECT), before)
        python = f"PATH={Path(sys.executable).resolve().parent}:/usr/bin:/bin"
        done = subprocess.run(
            here.command("env", python, "bash", root / "source" / "setup.sh"),
            cwd=root, capture_output=True, text=True, timeout=300,
        )  # fmt: skip
        assert (root / "venv" / "bin" / "python").exists(), done.stdout + done.stderr
        yield here
    finally:
        shutil.rmtree(root, ignore_errors=True)


@pytest.mark.slow
def test_the_real_zip_grades_as_the_course_does(place: Place) -> None:
    assignment = place.course.assignment(place.course.assignments[0])
    main, source = assignment.files[0], assignment.reference_source()
    found = place.grade({main: source})
    assert broken_rules(found) == []
    assert found["score"] == 100
    assert found["extra_data"]["isolation"] in ("A", "B")
    stub = place.grade({main: assignment.stub_path.read_text("utf-8")})
    assert (stub["score"], broken_rules(stub)) == (0, [])
    cells = [{"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None, "source": source}]
    notebook = {"nbformat": 4, "nbformat_minor": 4, "metadata": {}, "cells": cells}
    name = f"{assignment.main_module}.ipynb"
    assert place.grade({name: json.dumps(notebook)})["score"] == 100
    unreadable = place.grade({main: "def f(:\n"})
    assert (unreadable["score"], unreadable["tests"]) == (0, [])
    assert place.grade({})["score"] == 0
    mistake = next(iter(mistakes(assignment)))
    wrong = place.grade({main: compose(source, mistake.source)})
    assert 0 < wrong["score"] < 100
    assert {test["name"] for test in wrong["tests"] if test["status"] == "failed"} == set(mistake.costs)


@pytest.mark.slow
def test_the_real_zip_is_not_talked_into_points(place: Place) -> None:
    assignment = place.course.assignment(place.course.assignments[0])
    stub = assignment.stub_path.read_text("utf-8")
    target = str(place.root / "results" / "results.json")
    found = place.grade({assignment.files[0]: stub + FORGED.format(target=target)})
    assert (found["score"], broken_rules(found)) == (0, [])
    assert len(found["tests"]) == len(assignment.functions)


@pytest.mark.slow
def test_a_real_run_that_is_killed_is_no_zero(place: Place) -> None:
    assignment = place.course.assignment(place.course.assignments[0])
    place.hand_in({assignment.files[0]: "while True: pass\n"})
    command = place.command(place.root / "run_autograder")
    running = subprocess.Popen(command, cwd=place.root, stdout=subprocess.PIPE, text=True)
    assert running.stdout is not None
    assert "Isolation" in running.stdout.readline()
    # bash and env have become Python by exec, so this is the grader itself.
    running.kill()
    running.wait(60)
    running.stdout.close()
    assert broken_rules(place.results()) == ["no score"]
    assert "Grading was cut off" in place.results()["output"]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("missing", "level"),
    [(("namespaces",), "B"), (("namespaces", "landlock"), None), (("seccomp",), None)],
)
def test_the_real_zip_on_a_kernel_that_lacks_something(
    place: Place, missing: tuple[str, ...], level: str | None
) -> None:
    assignment = place.course.assignment(place.course.assignments[0])
    through: tuple[str, ...] = ()
    if not place.before and os.geteuid() == 0:
        through = ("setpriv", "--bounding-set", ",".join(["-all", *(f"+{one}" for one in CONTAINER)]))
    through += (str(place.root / "venv" / "bin" / "python"), str(place.root / "without.py"), *missing, "--")
    found = place.grade(
        {assignment.files[0]: assignment.reference_source()}, *through, code=0 if level else 3
    )
    if level:
        assert (found["score"], found["extra_data"]["isolation"]) == (100, level)
    else:
        assert broken_rules(found) == ["no score"]
        assert missing[-1] in found["output"]
