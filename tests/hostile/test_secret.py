"""Where the secrets of a course get to: a token in each of its secret files, and everything that a student may reach.

Each search is also made where the token must be, so that a search that finds nothing means something.
"""

from __future__ import annotations

import contextlib
import html
import io
import os
import secrets
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from rich.console import Console

from autograder.course import Assignment, Course, load_course
from autograder.course.bank import compose, mistakes
from autograder.course.manifest import Limits
from autograder.course.version import suite_version
from autograder.grading import frames
from autograder.grading.grade import Grader
from autograder.grading.many import lane_command, lane_environment
from autograder.grading.record import job
from autograder.grading.submission import Submission
from autograder.model import GradeReport, Outcome, Status
from autograder.reports import html as pages
from autograder.reports import results_json, text, write
from autograder.runner.session import collected
from autograder.sandbox.bench import Bench
from autograder.sandbox.channel import Channel
from autograder.sandbox.launch import Ending, Launcher, Process, best_launcher
from autograder.sandbox.student import Student
from autograder.sandbox.worker import Program
from tests.hostile import memory
from tests.hostile.graded import COURSE as TINY
from tests.sandbox.processes import is_running, linux_only

REAL = Path(__file__).resolve().parents[2]

Needles = Mapping[str, bytes]


@dataclass(frozen=True)
class Hidden:
    """A course with a token in every secret file.

    tokens    place → token: "suite", "reference", "mistakes", "variants", "key"
    function  has one more hidden check, which calls it with `case` before any other check of it does
    expected  what the reference answers to that
    """

    course: Course
    assignment: Assignment
    tokens: Mapping[str, str]
    function: str
    case: tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]
    expected: np.float64
    check: str

    def needles(self, student: str) -> dict[str, bytes]:
        """What nothing that a student reaches may hold."""
        return {
            **{name: token.encode() for name, token in self.tokens.items()},
            "name of a hidden check": self.check.encode(),
            "version of the suite": suite_version(self.assignment).partition("+")[2].encode(),
            "folder of the course": str(self.course.root).encode(),
            "student": student.encode(),
        }

    def expected_needles(self) -> dict[str, bytes]:
        return {
            "expected value": self.expected.tobytes(),
            "expected value as text": repr(float(self.expected)).encode(),
        }


def hide(source: Path, root: Path, assignment: str, function: str) -> Hidden:
    """A copy of a course under `root` with tokens, and time to look while it grades."""
    for part in ("assignments", "solutions"):
        shutil.copytree(source / part, root / part, ignore=shutil.ignore_patterns("__pycache__"))
    manifest = root / "assignments" / assignment / "assignment.toml"
    # Whoever stops a worker to look at it needs time.
    lines = manifest.read_text("utf-8").splitlines()
    lines = ["call_seconds = 50" if line.startswith("call_seconds") else line for line in lines]
    lines = ["submission_seconds = 100" if line.startswith("submission_seconds") else line for line in lines]
    manifest.write_text("\n".join(lines), "utf-8")
    tokens = {
        name: f"canary_{name}_{secrets.token_hex(8)}"
        for name in ("suite", "reference", "mistakes", "variants", "key")
    }
    folder = root / "solutions" / assignment
    (root / "solutions" / "secret.key").write_text(tokens["key"], "utf-8")
    numbers = np.random.default_rng(secrets.randbits(64))
    case = numbers.uniform(0.1, 0.9, size=3), numbers.uniform(0.1, 0.9, size=3)
    check = f"test_{secrets.token_hex(8)}"
    first, *_rest = sorted(
        path for path in (folder / "hidden").glob("test_*.py") if f'"{function}"' in path.read_text("utf-8")
    )
    text = first.read_text("utf-8")
    where = text.index("@pytest.mark.function(")
    added = (
        f'SECRET = "{tokens["suite"]}"\n\n\n'
        f'@pytest.mark.function("{function}")\n'
        f"def {check}(student, reference):\n"
        '    """a fixed case"""\n'
        "    import numpy\n"
        "    from autograder.checks import check_same as same\n\n"
        f"    same(student, reference, {function!r}, [({arrays(case)})])\n\n\n"
    )
    first.write_text(text[:where] + added + text[where:], "utf-8")
    for path in (folder / "hidden").glob("*.py"):
        append(path, f'\nSECRET_TOO = "{tokens["suite"]}"\n')
    reference = folder / f"{assignment}.py"
    append(reference, f'\nSECRET = "{tokens["reference"]}"\n')
    for name in ("mistakes", "variants"):
        (folder / name).mkdir(exist_ok=True)
        (folder / name / "another.py").write_text(
            f'"""Another."""\nCOSTS = []\nSECRET = "{tokens[name]}"\n', "utf-8"
        )
    course = load_course(root)
    namespace: dict[str, Any] = {}
    exec(reference.read_text("utf-8"), namespace)
    expected = np.float64(namespace[function](*case))
    return Hidden(course, course.assignment(assignment), tokens, function, case, expected, check)


def arrays(case: tuple[np.ndarray[Any, Any], ...]) -> str:
    return ", ".join(f"numpy.array({argument.tolist()!r})" for argument in case)


def append(path: Path, text: str) -> None:
    path.write_text(path.read_text("utf-8") + text, "utf-8")


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Hidden:
    return hide(TINY, tmp_path_factory.mktemp("tiny"), "hw", "mean_square")


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Hidden:
    return hide(REAL, tmp_path_factory.mktemp("real"), "losses", "squared_error")


@pytest.fixture(params=["tiny", pytest.param("real", marks=pytest.mark.slow)])
def hidden(request: pytest.FixtureRequest) -> Hidden:
    found: Hidden = request.getfixturevalue(request.param)
    return found


# -- from outside, while a hidden check is under way ------------------------------------------------------------------

UNDER_WAY = "gninnur_won_si_kcehc"
"""Backwards: forwards it is in a worker's memory only once the function has been called."""

WAITS = f'''
import time
import numpy as np

OWN = "own_token_of_the_student"

def FUNCTION(*args):
    global mark
    mark = "{UNDER_WAY}"[::-1]
    time.sleep(50)
'''


@contextlib.contextmanager
def lane_in_the_middle(hidden: Hidden, student: str, folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A real lane that is grading a submission which does not answer."""
    source = WAITS.replace("FUNCTION", hidden.function)
    submission = Submission(student, {hidden.assignment.files[0]: source.encode()}, input_set=0)
    process = subprocess.Popen(
        lane_command(hidden.course, hidden.assignment),
        env=lane_environment() | {"AUTOGRADE_TEST_SECRET": "canary_environment"},
        cwd=folder,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,
    )
    try:
        assert process.stdin is not None
        assert process.stdout is not None
        assert "ready" in frames.read(process.stdout)
        process.stdin.write(frames.frame(job(submission)))
        process.stdin.flush()
        yield process
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


def worker_in_the_middle(lane: int) -> int:
    """The worker in which the submission's function has been called. Raises NotAllowed."""
    mark = {"mark": UNDER_WAY[::-1].encode()}
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        below = memory.descendants(lane)
        with contextlib.suppress(OSError):
            if len(below) > 1 and memory.holds(below[-1], mark):
                return below[-1]
        time.sleep(0.05)
    raise AssertionError("no hidden check was ever under way")


@linux_only
def test_no_secret_is_in_memory_while_a_hidden_check_runs(hidden: Hidden, tmp_path: Path) -> None:
    student = f"nguyen-{secrets.token_hex(6)}"
    needles = hidden.needles(student) | hidden.expected_needles()
    needles["environment"] = b"canary_environment"
    controls = {
        "mark": UNDER_WAY[::-1].encode(),
        "own": b"own_token_of_the_student",
        "argument": hidden.case[0].tobytes(),
    }
    with lane_in_the_middle(hidden, student, tmp_path) as lane:
        try:
            worker = worker_in_the_middle(lane.pid)
            with memory.standing_still([worker]):
                others = [pid for pid in memory.descendants(lane.pid) if pid != worker]
                # The search finds what is there: in the lane, which holds the secrets, and in the worker.
                assert memory.holds(lane.pid, needles) >= {
                    "suite",
                    "reference",
                    "name of a hidden check",
                    "version of the suite",
                    "folder of the course",
                    "student",
                    "expected value",
                    "environment",
                }
                assert memory.holds(worker, needles | controls) == set(controls)
                assert len(others) >= 1
                for pid in others:
                    assert memory.holds(pid, needles | controls) == set()
                told = b"\0".join(memory.outside_memory(pid) for pid in [worker, *others])
        except memory.NotAllowed as error:
            pytest.skip(f"only root may look into a process that gave up being looked into ({error})")
    assert b"OPENBLAS_NUM_THREADS" in told
    assert [name for name, needle in needles.items() if needle in told] == []


# -- in every worker of a submission, and in every byte that is sent to one --------------------------------------------


@dataclass
class Seen:
    """What there was to see of all workers of a submission.

    sent    for each: all bytes that were written to its pipe
    held    for each: role, and which needles its memory held at its end
    hidden  why memory could not be looked into, or ""
    """

    needles: Needles
    sent: list[bytearray] = field(default_factory=list)
    held: list[tuple[str, set[str]]] = field(default_factory=list)
    hidden: str = ""

    def look(self, role: str, pid: int) -> None:
        if not is_running(pid):
            return
        try:
            self.held.append((role, memory.holds(pid, self.needles)))
        except memory.NotAllowed as error:
            self.hidden = str(error)


class WatchedChannel:
    """A channel that keeps what is sent, and calls `look` before it is closed."""

    def __init__(self, channel: Channel, sent: bytearray, look: Callable[[], None]) -> None:
        self._channel = channel
        self._sent = sent
        self._look = look

    def send(self, data: bytes, deadline: float) -> None:
        self._sent += data
        self._channel.send(data, deadline)

    def receive(self, deadline: float) -> bytes:
        return self._channel.receive(deadline)

    def take_output(self) -> bytes:
        return self._channel.take_output()

    def close(self) -> None:
        self._look()
        self._channel.close()


class Watched:
    """A launcher whose workers are looked into when they are about to end, and have met all that they ever will."""

    def __init__(self, launcher: Launcher, seen: Seen) -> None:
        self._launcher = launcher
        self._seen = seen

    @property
    def facts(self) -> Mapping[str, Any]:
        return self._launcher.facts

    def start(self, limits: Limits, role: str = "student") -> Process:
        process = self._launcher.start(limits, role)
        looked: list[None] = []

        def look() -> None:
            if not looked:
                looked.append(None)
                self._seen.look(role, process.pid)

        def end(ended: bool) -> Ending:
            look()
            return process.end(ended)

        self._seen.sent.append(bytearray())
        return replace(process, channel=WatchedChannel(process.channel, self._seen.sent[-1], look), end=end)

    def close(self) -> None:
        self._launcher.close()


def watched_grading(hidden: Hidden, source: str, student: str) -> tuple[GradeReport, Seen]:
    """Grade in this process, which holds all secrets, with watched workers."""
    seen = Seen(hidden.needles(student) | {"own": b"own_token_of_the_student"})
    launcher = Watched(best_launcher(hidden.assignment), seen)
    assignment = hidden.assignment
    reports: list[GradeReport] = []

    def use(suite: Any) -> None:
        grader = Grader(hidden.course, assignment, suite, launcher)
        # In an archive, which a worker of its own takes apart.
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            archive.writestr(assignment.files[0], source)
        reports.append(grader.grade(Submission(student, {"work.zip": packed.getvalue()}, input_set=0)))

    try:
        collected([assignment.hidden_dir, assignment.public_checks], use)
    finally:
        launcher.close()
    return reports[0], seen


MISTAKE = "factor_two_missing"

WRONG = """
OWN = "own_token_of_the_student"
def double(x):
    print(x)
    return 2.0
def mean_square(p, y):
    raise ValueError(f"{p} {y}")
def shift(x):
    x -= 1
    return x
"""


@linux_only
def test_no_worker_is_ever_sent_a_secret(hidden: Hidden) -> None:
    """In all steps: reading, hidden checks, alone, replayed, with the reference standing in, explained, public checks."""
    if hidden.assignment.id == "hw":
        source = WRONG
    else:
        # From the course itself, without tokens: a mistake in what other functions are built on.
        losses = load_course(REAL).assignment("losses")
        (mistake,) = [entry for entry in mistakes(losses) if entry.name == MISTAKE]
        source = compose(losses.reference_source(), mistake.source) + '\nOWN = "own_token_of_the_student"\n'
    student = f"nguyen-{secrets.token_hex(6)}"
    report, seen = watched_grading(hidden, source, student)
    assert report.status is Status.GRADED, report.message
    assert report.score is not None
    assert report.score < report.max_score
    # A known mistake is the reference with some functions replaced. It runs in workers of its own, and no code of a
    # student ever runs there.
    apart: tuple[set[str], ...] = ({"own"}, {"reference"})
    told = [{name for name, needle in seen.needles.items() if needle in sent} for sent in seen.sent]
    assert {"own"} in told
    assert [names for names in told if names not in apart] == []
    # This process, which started them all, holds what they must not hold.
    assert memory.holds(os.getpid(), seen.needles) >= {"suite", "reference", "student", "own"}
    if seen.hidden:
        pytest.skip(f"the bytes were looked through; into the memory only root may look ({seen.hidden})")
    assert {role for role, _held in seen.held} == {"ingest", "student"}
    assert len(seen.held) >= 5
    assert [held for _role, held in seen.held if held not in apart] == []


def test_a_callback_does_not_tell_which_check_it_is_from(tmp_path: Path) -> None:
    """Called wrongly, its name would stand in what Python says; the name of a hidden check is none of its business."""
    source = """
def tells(function):
    said = []
    for arguments in ((), (1, 2), (None,), ("a",)):
        try:
            function(*arguments)
        except Exception as error:
            said.append(f"{type(error).__name__}: {error}")
    try:
        function(point=1, wrong=2)
    except Exception as error:
        said.append(str(error))
    return [*said, function.__name__, function.__qualname__, repr(function)]
"""

    def gradient(point: Any) -> Any:
        return halved(point)

    launcher = best_launcher()
    bench = Bench(launcher, Limits(), Program({"work.py": source}, "work.py"))
    try:
        student = Student(bench.worker)
        told = [*student.tells(gradient), *student.tells(halved)]
    finally:
        bench.close()
        launcher.close()
    assert "missing 1 required positional argument" in told[0]
    assert len(told) == 16
    assert [line for line in told for word in ("gradient", "halved", "test_", "locals") if word in line] == []


def halved(point: Any) -> Any:
    return point / 2


# -- in everything that is written or printed -------------------------------------------------------------------------

AT_FAULT = '''

@pytest.mark.function("shift")
def test_that_asserts(student):
    """its own assertion is wrong"""
    assert SECRET == "something else", SECRET


@pytest.mark.function("shift")
def test_that_raises(student):
    """its own line raises"""
    raise RuntimeError(f"{SECRET} in {SECRET_TOO}")


@pytest.mark.function("shift")
def test_that_asks_for_something_impossible(student, reference):
    """what it sends cannot be sent"""

    class canary_of_a_class:
        __name__ = SECRET
        __call__ = None

    check_same(student, reference, "shift", [(canary_of_a_class(), SECRET)])


@pytest.mark.function("shift")
def test_that_misuses_a_check(student, reference):
    """it gives a check no cases"""
    check_same(student, reference, SECRET, [])


@pytest.mark.function("double")
def test_that_trips_over_a_wrong_answer(student):
    """a wrong answer is no key"""
    assert {4.0: SECRET}[student.double(2.0)] == SECRET


@pytest.mark.function("double")
def test_that_asserts_the_answer(student):
    """a plain assertion"""
    answer = student.double(2.0)
    assert float(answer) == 4.0, f"{SECRET} {answer}"


@pytest.mark.function("double")
def test_that_ends_the_lane(student):
    """some answers end the process that holds the suite"""
    import os
    import sys

    if student.double(2.0) == -1.0:
        print(SECRET, file=sys.stderr, flush=True)
        print(SECRET, flush=True)
        os._exit(3)
'''

RIGHT = (
    "def double(x): return 2 * np.asarray(x, dtype=float)\n"
    "def mean_square(p, y): return np.mean((np.asarray(p) - np.asarray(y)) ** 2)\n"
    "def shift(x): return np.asarray(x, dtype=float) - np.mean(x)\n"
)

SOUND = {
    "right": RIGHT,
    "wrong": "def double(x): return np.asarray(x) * 3\ndef mean_square(p, y): return np.sum((p - y) ** 2)\n"
    "def shift(x): return x\n",
    "raises": "def double(x): raise KeyError(x)\ndef mean_square(p, y): assert False, (p, y)\ndef shift(x): 1 / 0\n",
    "exits": "def double(x): raise SystemExit(0)\ndef mean_square(p, y):\n    import os\n    os._exit(0)\n",
    "hangs": "def double(x):\n    while True: pass\n",
    "fills": "def double(x): return np.zeros(1 << 40)\n",
    "tells": "def double(x):\n    print(x, globals())\n    return str(x)\ndef shift(x):\n    x[:] = 0\n    return x\n",
    "unwritten": "def double(x): raise NotImplementedError\n",
    "unreadable": "def double(x:\n",
    "unloadable": "import no_such_module\n",
    "empty": "",
}
FAULTY = {
    "right_too": RIGHT,
    "wrong_too": "def double(x): return 1.0\n",
    "ends_the_lane": "def double(x): return -1.0\n",
}
"""Students who meet the suite with `AT_FAULT`. Few: whether it is at fault is found out for each set of inputs."""


Released = tuple[Sequence[Hidden], dict[str, bytes], list[GradeReport]]


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory) -> Released:
    """Two classes graded by the command, as a person does it: all that was printed and written."""
    folder = tmp_path_factory.mktemp("released")
    sound = hide(TINY, folder / "sound", "hw", "mean_square")
    faulty = hide(TINY, folder / "faulty", "hw", "mean_square")
    append(faulty.assignment.hidden_dir / "test_hw.py", AT_FAULT)
    found: dict[str, bytes] = {}
    reports = grade_class(sound, SOUND, 0, found) + grade_class(faulty, FAULTY, 3, found)
    return [sound, faulty], found, reports


def grade_class(
    hidden: Hidden, students: Mapping[str, str], code: int, found: dict[str, bytes]
) -> list[GradeReport]:
    """The reports; all that was printed and written is added to `found`. code: what the command has to end with."""
    root = hidden.course.root
    manifest = root / "assignments/hw/assignment.toml"
    manifest.write_text(manifest.read_text("utf-8").replace("call_seconds = 50", "call_seconds = 1"), "utf-8")
    for name, source in students.items():
        path = root / "class" / name / "hw.py"
        path.parent.mkdir(parents=True)
        path.write_text("import numpy as np\n" + source if source else "", "utf-8")
    out = root / "reports"
    command = [sys.executable, "-m", "autograder", "grade", str(root / "class"), "-a", "hw", "-o", str(out)]
    book = root / "gradebook.db"
    command += ["--course", str(root), "--gradebook", str(book), "--allow-weak-isolation"]
    for name, more in (("table", []), ("json", ["--json"])):
        done = subprocess.run([*command, *more], capture_output=True, cwd=root, timeout=300)
        assert done.returncode == code, done.stderr.decode()
        found[f"{root.name} printed {name}"] = done.stdout
        found[f"{root.name} said {name}"] = done.stderr
    written = {path.name: path.read_bytes() for path in out.iterdir()}
    results = results_json.load(written["results.json"].decode())
    names = {write.page_name(student) for student in students}
    with contextlib.closing(sqlite3.connect(book)) as rows:
        kept = [zlib.decompress(report) for (report,) in rows.execute("SELECT report FROM results")]
    assert len(kept) == len(students)
    found |= {f"{root.name} gradebook {number}": data for number, data in enumerate(kept)}
    assert set(written) >= {"results.json", "marks.csv", "class.html", *names}
    found |= {f"{'page' if name in names else root.name} {name}": data for name, data in written.items()}
    for report in results.reports:
        for language in ("en", "vi"):
            where = f"{report.student} {language}"
            found[f"page {where}"] = pages.student_page(report, results, language).encode()
            console = Console(width=500, record=True, file=io.StringIO())
            console.print(text.student(report, all_failures=True, language=language))
            found[f"terminal {where}"] = console.export_text().encode()
    return list(results.reports)


def test_every_kind_of_outcome_was_released(released: Released) -> None:
    """Or the searches below would not search all that there can be."""
    _hidden, _found, reports = released
    outcomes = {c.outcome for report in reports for f in report.functions for c in f.checks}
    assert outcomes == set(Outcome) - {Outcome.SKIPPED, Outcome.SYSTEM_ERROR}
    assert {report.status for report in reports} == set(Status)
    by_student = {report.student: report for report in reports}
    assert by_student["ends_the_lane"].status is Status.SYSTEM_ERROR
    right = by_student["right_too"]
    assert right.score == right.max_score
    assert sum(c.outcome is Outcome.SUITE_ERROR for f in right.functions for c in f.checks) == 4


def test_no_secret_is_in_anything_released(released: Released) -> None:
    courses, found, _reports = released
    for hidden in courses:
        tokens = {name: token.encode() for name, token in hidden.tokens.items()}
        # The same search in the course itself finds each of them.
        secret = b"".join(
            path.read_bytes() for path in hidden.course.solutions_dir.rglob("*") if path.is_file()
        )
        assert all(token in secret for token in tokens.values())
        leaks = [
            (where, name) for where, data in found.items() for name, token in tokens.items() if token in data
        ]
        assert leaks == []
    assert [where for where, data in found.items() if b"canary" in data or b"Traceback" in data] == []


def test_no_line_of_a_secret_file_is_in_anything_released(released: Released) -> None:
    courses, found, _reports = released
    told = "\n".join(html.unescape(data.decode("utf-8", "replace")) for data in found.values())
    lines = [line for hidden in courses for line in secret_lines(hidden)]
    assert len(lines) > 60
    assert [line for line in lines if line in told] == []


def test_students_do_not_see_the_names_of_hidden_checks(released: Released) -> None:
    courses, found, reports = released
    checks = [check for report in reports for function in report.functions for check in function.checks]
    names = {check.name.partition("::")[2] for check in checks}
    assert names >= {hidden.check for hidden in courses}
    assert len(names) > 10
    seen = {where: data.decode() for where, data in found.items() if where.startswith(("page ", "terminal "))}
    assert len(seen) == 5 * len(reports)
    assert [(where, name) for where, data in seen.items() for name in names if name in data] == []


def secret_lines(hidden: Hidden) -> list[str]:
    """Lines of code that are in a secret file and in no public one; labels and hints are there to be read."""
    public = "\n".join(
        path.read_text("utf-8") for path in hidden.course.assignments_dir.rglob("*") if path.is_file()
    )
    found: dict[str, None] = {}
    for path in hidden.course.solutions_dir.rglob("*.py"):
        for line in map(str.strip, path.read_text("utf-8").splitlines()):
            is_told = line.startswith(('"""', "@pytest.mark.hint(", "EXPLANATION", "COSTS"))
            if len(line) > 20 and not is_told and line not in public:
                found[line] = None
    return list(found)
