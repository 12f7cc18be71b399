"""A class on a real Dask cluster: the same marks as on local lanes, whatever is lost on the way."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("distributed")

from autograder.course import Course
from autograder.errors import SystemFault, UsageError
from autograder.grading import dask_engine, dask_worker
from autograder.grading.dask_engine import DaskEngine
from autograder.grading.engine import Record
from autograder.grading.many import grade_many
from autograder.grading.record import plain
from autograder.grading.submission import Submission
from autograder.model import GradeReport, Message, Status, message
from autograder.sandbox.isolation import isolation

from .conftest import RIGHT, make_course
from .dask_cluster import Cluster

HERE = Path(__file__).resolve().parent
MISBEHAVES = ("--preload", str(HERE / "dask_misbehaves.py"))
WRONG = RIGHT.replace("x / 2", "x / 3")
BOX = RIGHT.replace("self.value + self.value", "self.value")


def submissions(count: int) -> list[Submission]:
    """Right and wrong ones, some that cannot be graded, ids that are no text."""
    found = []
    for number in range(count):
        source = (RIGHT, WRONG, RIGHT, BOX, "def half(x:\n")[number % 5]
        found.append(Submission(f"s{number:03d}", {"chain.py": f"{source}# {number}\n".encode()}))
    found[3] = Submission("\udcff\n", found[3].files, notices=(message("Something."),))
    found[4] = Submission("none", problem=message("There is no file."))
    return found


class Remembered:
    """What a run keeps, as a journal does."""

    def __init__(self) -> None:
        self.reports: dict[str, GradeReport] = {}
        self.records: list[Record | None] = []
        self.added = 0

    def report(self, key: str) -> GradeReport | None:
        return self.reports.get(key)

    def add(self, key: str, report: GradeReport, isolation: Any = None) -> None:
        self.added += 1
        self.records.append(isolation)
        if report.status is not Status.SYSTEM_ERROR:
            assert key not in self.reports
            self.reports[key] = report


def told(report: GradeReport) -> dict[str, Any]:
    return {**plain(report), "seconds": 0}


def by_student(reports: Iterator[GradeReport] | list[GradeReport]) -> dict[str, dict[str, Any]]:
    found = {}
    for report in reports:
        assert report.student not in found
        found[report.student] = told(report)
    return found


def on_lanes(course: Course, students: list[Submission]) -> dict[str, dict[str, Any]]:
    assignment = course.assignment("chain")
    record = isolation(assignment).record()
    return by_student(list(grade_many(course, assignment, students, jobs=2, isolation=record)))


class Said(list[str]):
    def __call__(self, *parts: Message) -> None:
        self.append(" ".join(part.id.format(**part.fields) for part in parts))


def grading(
    engine: DaskEngine, course: Course, students: Any, kept: Remembered | None = None
) -> Iterator[GradeReport]:
    return grade_many(
        course,
        course.assignment("chain"),
        iter(students),
        journal=kept,  # type: ignore[arg-type]
        isolation=engine.isolation.record(),
        engine=engine,
    )


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    made = Cluster(tmp_path / "dask")
    yield made
    made.close()


@pytest.mark.slow
def test_marks_are_those_of_local_lanes_and_nothing_is_left(course: Course, cluster: Cluster) -> None:
    students = submissions(15)
    said, kept = Said(), Remembered()
    cluster.worker("a")
    cluster.worker("b")
    with DaskEngine(cluster.address, course, course.assignment("chain"), tell=said) as engine:
        found = by_student(list(grading(engine, course, students, kept)))
    assert found == on_lanes(course, students)
    assert said == []
    assert kept.added == 15
    # Kept with each report is the record of the machine that made it.
    assert {str(record and record["level"]) for record in kept.records} == {engine.isolation.level.letter}
    end = time.monotonic() + 100
    while lanes_below(cluster):
        assert time.monotonic() < end, "the lanes are still there"
        time.sleep(0.1)


def lanes_below(cluster: Cluster) -> list[str]:
    """Command lines of the lanes that the cluster's processes have started."""
    ours = {process.pid for process in cluster._processes.values()}
    found = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
                command = (folder / "cmdline").read_bytes()
            except OSError:
                continue
            if parent in ours and b"autograder.grading.lane" in command:
                found.append(command.decode())
    return found


@pytest.mark.slow
def test_a_worker_killed_in_the_middle_costs_time_only(course: Course, cluster: Cluster) -> None:
    students = submissions(90)
    said, kept = Said(), Remembered()
    for name in ("a", "b"):
        cluster.worker(name, *MISBEHAVES, environment={"AUTOGRADE_TEST_DASK": "slow"})
    reports = []
    with DaskEngine(cluster.address, course, course.assignment("chain"), tell=said) as engine:
        for report in grading(engine, course, students, kept):
            reports.append(report)
            if len(reports) == 15:
                cluster.kill("b")
    assert by_student(reports) == on_lanes(course, students)
    assert len(said) == 1
    assert "was lost." in said[0]
    assert kept.added == 90
    if path := os.environ.get("AUTOGRADE_TEST_LOG"):
        lines = [f"{report.student!r}: {report.status.value}, {report.score}" for report in reports]
        Path(path).write_text(
            "\n".join([*said, *lines, cluster.log("scheduler"), cluster.log("b"), cluster.log("a")])
        )


@pytest.mark.slow
def test_a_submission_that_kills_its_worker_ends_with_a_person_and_nobody_else_does(
    course: Course, cluster: Cluster
) -> None:
    students = submissions(30)
    students.insert(13, Submission("kills", {"chain.py": RIGHT.encode()}))
    said, kept = Said(), Remembered()
    # Its nanny starts the worker again.
    for name in ("a", "b"):
        cluster.worker(name, *MISBEHAVES, nanny=True)
    with DaskEngine(cluster.address, course, course.assignment("chain"), tell=said, patience=60) as engine:
        found = by_student(list(grading(engine, course, students, kept)))
    killer = found.pop("kills")
    assert killer["status"] == "system_error"
    assert "3 workers were lost" in killer["message"][0].format(**killer["message"][1])
    assert killer["functions"] == []
    del students[13]
    assert found == on_lanes(course, students)
    assert sum("was lost." in line for line in said) == 3
    assert said[-1].count("Submissions that it had: 1;") == 1
    assert len(kept.reports) == 30


@pytest.mark.slow
def test_a_report_that_cannot_be_made_or_told_is_tried_again_and_then_a_persons(
    course: Course, cluster: Cluster
) -> None:
    students = submissions(12)
    students.insert(2, Submission("breaks", {"chain.py": RIGHT.encode()}))
    cluster.worker("a", *MISBEHAVES)
    with DaskEngine(cluster.address, course, course.assignment("chain")) as engine:
        found = by_student(list(grading(engine, course, students)))
    assert found.pop("breaks")["status"] == "system_error"
    del students[2]
    assert found == on_lanes(course, students)


@pytest.mark.slow
def test_a_lost_scheduler_is_said_and_the_same_command_continues(course: Course, tmp_path: Path) -> None:
    students = submissions(60)
    kept = Remembered()
    read: list[str] = []
    first = Cluster(tmp_path / "first")
    try:
        first.worker("a", *MISBEHAVES, environment={"AUTOGRADE_TEST_DASK": "slow"})
        engine = DaskEngine(first.address, course, course.assignment("chain"))
        running = grading(engine, course, students, kept)
        for _report in range(12):
            next(running)
        first.kill("scheduler")
        began = time.monotonic()
        with pytest.raises(SystemFault, match=r"scheduler .* was lost.*Run the same command again"):
            list(running)
        assert time.monotonic() - began < 60
        engine.close()
    finally:
        first.close()
    done = len(kept.reports)
    assert 12 <= done < 60
    second = Cluster(tmp_path / "second")
    try:
        second.worker("a", *MISBEHAVES)
        added = kept.added
        with DaskEngine(second.address, course, course.assignment("chain")) as engine:
            found = by_student(list(grading(engine, course, students, kept)))
        assert kept.added - added == 60 - done
        assert found == on_lanes(course, students)
    finally:
        second.close()
    del read


@pytest.mark.slow
def test_an_idle_worker_that_comes_later_gets_work_and_reading_stays_bounded(
    course: Course, cluster: Cluster
) -> None:
    read: list[str] = []

    def reading() -> Iterator[Submission]:
        for one in submissions(160):
            read.append(one.student)
            yield one

    cluster.worker("a", *MISBEHAVES, environment={"AUTOGRADE_TEST_DASK": "slow"})
    done = 0
    with DaskEngine(cluster.address, course, course.assignment("chain")) as engine:
        for _report in grading(engine, course, reading()):
            done += 1
            workers = 1 if done < 20 else 2
            # Two leases a thread, and the one that has just come.
            assert len(read) - done <= 50 * (2 * workers + 1)
            if done == 20:
                cluster.worker("b")
    assert done == 160
    assert len(list((cluster.folder / "b.files").rglob("autograde-*"))) <= 1


@pytest.mark.slow
class TestAWorkerThatDoesNotFit:
    """Is not used, and the reason is said."""

    @pytest.mark.parametrize(
        ("how", "reason"),
        [
            ("weak", "Its isolation differs: level is B, and this run has A"),
            ("other engine", "Its engine is version 0.0.7, and here it is"),
        ],
    )
    def test_beside_one_that_does(self, course: Course, cluster: Cluster, how: str, reason: str) -> None:
        if isolation(course.assignment("chain")).level.letter != "A":
            pytest.skip("this machine has no level A")
        students, said = submissions(12), Said()
        cluster.worker("odd", *MISBEHAVES, environment={"AUTOGRADE_TEST_DASK": how})
        cluster.worker("good")
        with DaskEngine(cluster.address, course, course.assignment("chain"), tell=said) as engine:
            found = by_student(list(grading(engine, course, students)))
        assert found == on_lanes(course, students)
        (line,) = said
        assert "is not used" in line
        assert reason in line

    @pytest.mark.parametrize("changed", ["suite", "mistake", "secret"])
    def test_alone_another_course(
        self, course: Course, cluster: Cluster, tmp_path: Path, changed: str
    ) -> None:
        other = tmp_path / "other"
        shutil.copytree(course.root, other)
        if changed == "suite":
            path = other / "solutions/chain/hidden/test_chain.py"
            path.write_text(path.read_text() + "\n# changed\n")
        elif changed == "mistake":
            (other / "solutions/chain/mistakes").mkdir(exist_ok=True)
            (other / "solutions/chain/mistakes/new.py").write_text("# changes what is told, not the mark\n")
        else:
            (other / "solutions/secret.key").write_text("another secret of some length\n")
        cluster.worker("odd", environment={"AUTOGRADE_COURSE": str(other)})
        reason = "hidden suite is version" if changed == "suite" else "copy of the course is another one"
        with pytest.raises(SystemFault, match=reason):
            DaskEngine(cluster.address, course, course.assignment("chain"), patience=30)

    def test_alone_without_a_course(self, course: Course, cluster: Cluster, tmp_path: Path) -> None:
        cluster.worker("odd", environment={"AUTOGRADE_COURSE": str(tmp_path / "nothing")})
        with pytest.raises(SystemFault, match=r"AUTOGRADE_COURSE names .*nothing"):
            DaskEngine(cluster.address, course, course.assignment("chain"), patience=30)

    @pytest.mark.parametrize("how", ["gives points away", "talks nonsense"])
    def test_what_it_makes_up_is_not_believed(self, course: Course, cluster: Cluster, how: str) -> None:
        students = submissions(5)
        cluster.worker("odd", *MISBEHAVES, environment={"AUTOGRADE_TEST_DASK": how})
        with DaskEngine(cluster.address, course, course.assignment("chain")) as engine:
            found = by_student(list(grading(engine, course, students)))
        honest = on_lanes(course, students)
        for student, report in found.items():
            assert report == honest[student] or report["status"] == "system_error"
        assert found["s001"]["status"] == "system_error"

    def test_that_cannot_start_lanes_gives_its_leases_back(self, course: Course, cluster: Cluster) -> None:
        students, said = submissions(12), Said()
        cluster.worker("odd", *MISBEHAVES, environment={"AUTOGRADE_TEST_DASK": "cannot start lanes"})
        cluster.worker("good")
        with DaskEngine(cluster.address, course, course.assignment("chain"), tell=said) as engine:
            found = by_student(list(grading(engine, course, students)))
        assert found == on_lanes(course, students)
        assert len(said) == 1
        assert "is not used" in said[0]


@pytest.mark.slow
def test_one_started_again_at_the_same_address_is_another(course: Course, cluster: Cluster) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    students, said = submissions(40), Said()
    slow = {"AUTOGRADE_TEST_DASK": "slow"}
    cluster.worker("a", *MISBEHAVES, "--worker-port", port, environment=slow)
    reports = []
    with DaskEngine(cluster.address, course, course.assignment("chain"), tell=said) as engine:
        for report in grading(engine, course, students):
            reports.append(report)
            if len(reports) == 5:
                cluster.kill("a")
                cluster.worker("a2", *MISBEHAVES, "--worker-port", port, environment=slow)
    assert by_student(reports) == on_lanes(course, students)
    assert any("was lost." in line for line in said)


@pytest.mark.slow
def test_no_worker_is_waited_for_and_then_said(course: Course, cluster: Cluster) -> None:
    said = Said()
    with pytest.raises(SystemFault, match="has no worker that can grade this"):
        DaskEngine(cluster.address, course, course.assignment("chain"), tell=said, patience=2)
    assert said == [f"Waiting for workers at {cluster.address}."]


def test_no_scheduler_is_said(course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dask_engine, "_CONNECT_SECONDS", 1.0)
    with pytest.raises(SystemFault, match=r"tcp://127\.0\.0\.1:9 does not answer"):
        DaskEngine("tcp://127.0.0.1:9", course, course.assignment("chain"))
    with pytest.raises(UsageError, match="Which Dask scheduler"):
        DaskEngine("", course, course.assignment("chain"))


def test_a_fingerprint_tells_courses_and_secrets_apart_and_says_nothing(tmp_path: Path) -> None:
    one, two = make_course(tmp_path / "one"), make_course(tmp_path / "two")

    def mark(course: Course, salt: bytes = b"salt") -> str:
        return dask_worker.fingerprint(course, course.assignment("chain"), salt)

    assert mark(one) == mark(two)
    assert mark(one) != mark(one, b"another")
    for path in ("solutions/chain/chain.py", "solutions/chain/hidden/test_chain.py", "solutions/secret.key"):
        before = (two.root / path).read_bytes()
        (two.root / path).write_bytes(before + b"#\n" if path.endswith(".py") else b"ten and six chars.")
        assert mark(one) != mark(two), path
        (two.root / path).write_bytes(before)
    cache = two.root / "solutions/chain/__pycache__"
    cache.mkdir()
    (cache / "chain.pyc").write_bytes(b"1")
    assert mark(one) == mark(two)


@pytest.mark.slow
def test_over_tls(course: Course, tmp_path: Path) -> None:
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("there is no openssl")
    key, certificate = tmp_path / "key.pem", tmp_path / "cert.pem"
    subprocess.run(
        [openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",
         "-keyout", key, "-out", certificate],
        check=True, capture_output=True,
    )  # fmt: skip
    names = {"CA_FILE": certificate}
    for role in ("CLIENT", "SCHEDULER", "WORKER"):
        names |= {f"{role}__KEY": key, f"{role}__CERT": certificate}
    settings = {f"DASK_DISTRIBUTED__COMM__TLS__{name}": str(path) for name, path in names.items()}
    settings["DASK_DISTRIBUTED__COMM__REQUIRE_ENCRYPTION"] = "true"
    cluster = Cluster(tmp_path / "dask", "--protocol", "tls", environment=settings)
    try:
        assert cluster.address.startswith("tls://")
        cluster.worker("a", "--protocol", "tls")
        # Dask reads its configuration as it is imported.
        program = (
            "import sys; from pathlib import Path\n"
            "from autograder.course import load_course\n"
            "from autograder.grading.dask_engine import DaskEngine\n"
            "from autograder.grading.many import grade_many\n"
            "from autograder.grading.submission import Submission\n"
            "course = load_course(Path(sys.argv[2])); chain = course.assignment('chain')\n"
            "source = {'chain.py': Path(sys.argv[3]).read_bytes()}\n"
            "with DaskEngine(sys.argv[1], course, chain, patience=30) as engine:\n"
            "    for report in grade_many(course, chain, iter([Submission('s', source)]), engine=engine,\n"
            "                             isolation=engine.isolation.record()):\n"
            "        print(report.score)\n"
        )
        source = tmp_path / "right.py"
        source.write_text(RIGHT)
        command = [sys.executable, "-c", program, cluster.address, str(course.root), str(source)]
        done = subprocess.run(
            command, env={**os.environ, **settings}, capture_output=True, text=True, timeout=120
        )
        assert done.stdout == "10000\n", done.stderr
        # Without the certificates nobody gets in.
        alone = subprocess.run(command, capture_output=True, text=True, timeout=120)
        assert alone.returncode != 0
        assert "does not answer" in alone.stderr
    finally:
        cluster.close()
