"""`autograde class-report` on a real gradebook: all figures arrive, and the edition to share names nobody."""

from __future__ import annotations

import json
import re
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from autograder.cli.main import main
from autograder.course.find import find_course
from autograder.gradebook.class_work import class_work
from autograder.gradebook.deadlines import set_deadline
from autograder.gradebook.recorder import Recorder
from autograder.gradebook.store import Store
from autograder.gradebook.values import Student
from autograder.grading.journal import key
from autograder.grading.submission import Submission
from autograder.model import (
    CheckResult,
    Diagnosis,
    FunctionResult,
    GradeReport,
    Message,
    Outcome,
    Status,
    message,
)
from autograder.reports.class_report.edition import Pseudonyms, key_in, new_key
from tests.gradebook.postgres import Postgres, postgres

__all__ = ["postgres"]

ROOT = Path(__file__).resolve().parent.parent / "second_course"
VERSIONS = {"engine": "1", "course": "1+c", "suite": "1+s"}
DUE = datetime(2026, 11, 20, tzinfo=UTC)

WRONG = """
import numpy as np
# written by {name}
def mean(x):
    '''{name}'''
    total_of_{word} = 0.0
    for {word} in x:
        if {word} < 0 or {word} != {word}:
            {word} = -{word} * 3 + 2
        total_of_{word} = total_of_{word} + {word} ** 2
    return total_of_{word} / (len(x) + {number})
"""


class Person:
    """A made-up student, all of whose words can be looked for."""

    def __init__(self, number: int) -> None:
        self.id = f"zq{number:03d}xk"
        self.name = f"Quyên Wójcik{number:03d}"
        self.email = f"mail{number:03d}@uni-zq.example"
        self.canvas = f"99{number:03d}77"

    @property
    def words(self) -> tuple[str, ...]:
        return (self.id, self.name, self.name.split()[1], self.email, self.canvas)


CLASS = [Person(number) for number in range(30)]


def source(number: int, person: Person) -> str:
    """Number 0 and 1 are one source but for names; 2 differs in one number; the others are right."""
    if number < 3:
        text = WRONG.format(name=person.name, word=f"w{number}", number=7 if number == 2 else 6)
        return text
    return f"import numpy as np\n# {person.name}\ndef mean(x):\n    return np.mean(x)\n"


def report_on(one: Submission, number: int, person: Person) -> GradeReport:
    def check(place: int, right: bool) -> CheckResult:
        told = message(
            "{error} was raised: {text}", error="ValueError", text=f"{person.name} was here", actual="1.25"
        )
        outcome = Outcome.PASSED if right else Outcome.FAILED
        return CheckResult(
            f"property {place}", outcome, 2_500 * right, 2_500, () if right else (told,), f"mean([{place}])",
            name=f"t{place}",
        )  # fmt: skip

    right = number >= 3
    diagnosis = None if right else Diagnosis("crashed", None, message("{text}", text=f"{person.name} says"))
    checks = tuple(check(place, right or place > 2) for place in (1, 2, 3, 4))
    return GradeReport(
        person.id,
        "describing_data",
        Status.GRADED,
        (FunctionResult("mean", checks, diagnosis),),
        max_score=10_000,
        input_set=3,
        notices=(Message("{text}", {"text": person.email}),),
        output=f"{person.name} was printed",
        files=one.hashes,
    )


@pytest.fixture
def without_copydetect(monkeypatch: pytest.MonkeyPatch) -> None:
    """As where the extra is not installed; it takes a second to load."""
    monkeypatch.setattr("autograder.reports.class_report.sources.available", lambda: False)


@pytest.fixture(params=["sqlite", "postgresql"])
def gradebook(request: pytest.FixtureRequest, tmp_path: Path, without_copydetect: None) -> str:
    """A gradebook with a class of 30, three of whom are wrong, and two who handed in nothing."""
    place = str(tmp_path / "gradebook.db")
    if request.param == "postgresql":
        server: Postgres = request.getfixturevalue("postgres")
        place = server.new_database()
    fill(place)
    return place


@pytest.fixture
def small(tmp_path: Path, without_copydetect: None) -> str:
    """The same, in SQLite only."""
    place = str(tmp_path / "gradebook.db")
    fill(place)
    return place


def fill(place: str) -> None:
    from autograder.gradebook.address import url

    course = find_course(ROOT)
    with Store.open(url(place)) as store:
        with closing(Recorder(store, course.id, "describing_data", VERSIONS, {"level": "A"})) as recorder:
            for number, person in enumerate(CLASS[:28]):
                attempts = (
                    ["x = 1\n", source(number, person)] if number % 7 == 0 else [source(number, person)]
                )
                for turn, text in enumerate(attempts):
                    one = Submission(person.id, {"describing_data.py": text.encode()})
                    late = timedelta(days=2) if number == 5 else timedelta(days=-2)
                    recorder.hand_in(one, handed_in=DUE + late + timedelta(minutes=turn))
                    report = report_on(one, number, person)
                    if turn < len(attempts) - 1:
                        functions = (replace(report.functions[0], checks=report.functions[0].checks[2:]),)
                        report = replace(report, functions=functions, files=one.hashes)
                    recorder.add(key(one, VERSIONS, {"level": "A"}), report)
                    recorder.flush()
        store.add_students(
            [Student(p.id, p.name, p.email, ids={"canvas_id": p.canvas}) for p in CLASS], "teacher"
        )
        set_deadline(store, "describing_data", DUE, author="teacher")


def run(*arguments: str) -> int:
    return main(["--course", str(ROOT), "--lang", "en", "class-report", "-a", "describing_data", *arguments])


def everything(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text("utf-8") for path in sorted(folder.iterdir())}


def test_what_the_gradebook_knows_arrives(
    gradebook: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    assert run("--gradebook", gradebook, "-o", str(out)) == 0
    assert "28 of 30 students graded" in capsys.readouterr().out
    files = everything(out)
    assert set(files) == {
        "class-report.html", "class-report.json", "marks-distribution.csv", "functions.csv", "checks.csv",
        "mistakes.csv", "attempts.csv", "lateness.csv", "similar.csv",
    }  # fmt: skip
    told = json.loads(files["class-report.json"])
    assert told["students"] == {
        "total": 30, "with_mark": 28, "missing": 2, "excused": 0, "graded": 28, "ungradable": 0,
        "system_errors": 0, "adjusted": 0,
    }  # fmt: skip
    assert [(one["passed"], one["missed"]) for one in told["checks"]] == [(25, 3), (25, 3), (28, 0), (28, 0)]
    # With all else alike for those who have it and for those who have not, it still tells them apart by the other.
    assert told["checks"][0]["discrimination"] == pytest.approx(1.0)
    assert told["checks"][2]["undefined"] == "all"
    assert told["attempts"]["students"] == [{"attempts": 1, "students": 24}, {"attempts": 2, "students": 4}]
    assert (told["lateness"]["in_time"], told["lateness"]["late"]) == (27, 1)
    (same,) = told["similar"]["same_source"]
    assert same["students"] == [CLASS[0].id, CLASS[1].id]
    assert [one["name"] for one in same["functions"]] == ["mean"]
    assert (told["similar"]["looked"], told["similar"]["unread"]) == (3, 0)
    assert f"{CLASS[0].id} ({CLASS[0].name})" in files["class-report.html"]


def test_an_edition_to_share_names_nobody(
    gradebook: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "to-share"
    assert run("--gradebook", gradebook, "-o", str(out), "--pseudonyms") == 0
    assert run("--gradebook", gradebook, "--pseudonyms", "--json") == 0
    files = {**everything(out), "printed": capsys.readouterr().out}
    for name, text in files.items():
        for person in CLASS:
            for word in person.words:
                assert word.casefold() not in text.casefold(), (name, word)
                assert ascii(word)[1:-1] not in text, (name, word)
        # Nor what links back: a hash of a file, a comment, what was printed, an exception's text.
        assert not re.search(r"[0-9a-f]{32}", text), name
        assert "was here" not in text
        assert "was printed" not in text
        assert "total_of" not in text
    told = json.loads(files["class-report.json"])
    assert told["edition"] == "shared"
    (same,) = told["similar"]["same_source"]
    assert len(same["students"]) == 2
    assert all(re.fullmatch("s-[0-9a-z]{12}", student) for student in same["students"])
    assert same["students"] == sorted(same["students"])
    assert same["sources"] == []
    # Small numbers, and shares that tell them.
    assert told["students"]["missing"] == "1–2"
    assert told["lateness"]["late"] == "1–2"
    assert {bin["students"] for bin in told["marks"]["bins"]} == {0, 3, 25}


def test_who_hands_in_under_a_key_has_one_pseudonym(small: str, tmp_path: Path) -> None:
    secret = tmp_path / "key"

    def students(out: str, *more: str) -> list[str]:
        assert run("--gradebook", small, "-o", str(tmp_path / out), "--pseudonyms", *more) == 0
        told = json.loads((tmp_path / out / "class-report.json").read_text("utf-8"))
        found: list[str] = told["similar"]["same_source"][0]["students"]
        return found

    drawn = students("a")
    first = students("c", "--pseudonym-key", str(secret))
    assert secret.stat().st_mode & 0o777 == 0o600
    assert students("d", "--pseudonym-key", str(secret)) == first
    assert not set(drawn) & set(first)
    secret.write_text("no key")
    assert (
        run("--gradebook", small, "-o", str(tmp_path / "e"), "--pseudonyms", "--pseudonym-key", str(secret))
        == 2
    )
    assert run("--gradebook", small, "-o", str(tmp_path / "e"), "--pseudonym-key", str(secret)) == 2


def test_pseudonyms_of_hostile_ids(tmp_path: Path) -> None:
    pseudonym = Pseudonyms(new_key())
    ids = ["..", "an", "An", "Trâ\u0300n", "Trần", "a\nb", "\udcff", "x" * 255]
    assert len({pseudonym(id) for id in ids}) == len(ids)
    assert [pseudonym(id) for id in ids] == [pseudonym(id) for id in ids]
    key = key_in(tmp_path / "k")
    assert key == key_in(tmp_path / "k")
    assert Pseudonyms(key)("an") != pseudonym("an")


def test_what_is_not_to_be_shared_may_not_lie_beside_it(
    small: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "reports"
    out.mkdir()
    (out / "zq000xk.html").write_text("a student's report")
    assert run("--gradebook", small, "-o", str(out), "--pseudonyms") == 2
    assert "zq000xk.html" in capsys.readouterr().err
    assert everything(out) == {"zq000xk.html": "a student's report"}
    # An earlier edition of ours is replaced, and nothing of it stays.
    (out / "zq000xk.html").unlink()
    assert run("--gradebook", small, "-o", str(out)) == 0
    assert run("--gradebook", small, "-o", str(out), "--pseudonyms", "--no-sources") == 0
    assert not any(CLASS[0].id in text for text in everything(out).values())
    assert "similar.csv" not in everything(out)


def test_without_copydetect_the_page_says_how_to_get_it(small: str, tmp_path: Path) -> None:
    assert run("--gradebook", small, "-o", str(tmp_path / "out")) == 0
    files = everything(tmp_path / "out")
    assert "pip install &#39;autograder[similarity]&#39;" in files["class-report.html"]
    told = json.loads(files["class-report.json"])["similar"]
    assert told["nearly_same_source_without"] == "missing"
    # What needs no library is there all the same.
    assert len(told["same_source"]) == 1


def test_one_source_that_differs_in_a_number_is_nearly_the_same(tmp_path: Path) -> None:
    pytest.importorskip("copydetect", reason="the extra `similarity` is not installed")
    fill(str(tmp_path / "gradebook.db"))
    assert run("--gradebook", str(tmp_path / "gradebook.db"), "-o", str(tmp_path / "out")) == 0
    (pair,) = json.loads((tmp_path / "out" / "class-report.json").read_text("utf-8"))["similar"][
        "nearly_same_source"
    ]
    assert (pair["one"], pair["other"]) == ([CLASS[0].id, CLASS[1].id], [CLASS[2].id])


def test_no_gradebook_and_no_results(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--gradebook", str(tmp_path / "none.db"), "-o", str(tmp_path / "out")) == 2
    with Store.open(f"sqlite:///{tmp_path}/empty.db"):
        pass
    assert run("--gradebook", str(tmp_path / "empty.db"), "-o", str(tmp_path / "out")) == 0
    assert "Nothing is graded yet" in capsys.readouterr().out
    (tmp_path / "file").write_text("")
    assert run("--gradebook", str(tmp_path / "empty.db"), "-o", str(tmp_path / "file")) == 2


def test_one_student_at_a_time_with_the_result_that_counts(small: str) -> None:
    course = find_course(ROOT)
    with Store.open(f"sqlite:///{small}") as store:
        works = list(class_work(store, course.assignment("describing_data")))
    assert [work.handed.student for work in works] == [person.id for person in CLASS]
    first = works[0]
    assert [attempt.score for attempt in first.handed.attempts] == [5_000, 5_000]
    assert first.counted is not None
    assert first.counted.submission.number == 2
    assert works[5].handed.late_seconds == 2 * 86_400
    assert (works[29].handed.report, works[29].handed.attempts, works[29].handed.mark) == (None, (), None)


def test_names_do_not_come_to_where_an_edition_to_share_lies(
    small: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "to-share"
    assert run("--gradebook", small, "-o", str(out), "--pseudonyms", "--no-sources") == 0
    before = {path.name: path.read_bytes() for path in out.iterdir()}
    assert run("--gradebook", small, "-o", str(out), "--no-sources") == 2
    assert "made to be shared" in " ".join(capsys.readouterr().err.split())
    assert {path.name: path.read_bytes() for path in out.iterdir()} == before
