from __future__ import annotations

import json
import os
import shutil
import stat
import struct
import zipfile
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from autograder.course import Course
from autograder.errors import UsageError
from autograder.gradebook.address import url
from autograder.gradebook.downloads import container, shelf
from autograder.gradebook.downloads.collect import Collected, collect
from autograder.gradebook.downloads.gradescope import submissions
from autograder.gradebook.downloads.nbgrader import time_of
from autograder.gradebook.downloads.shelf import Fate
from autograder.gradebook.store import Store
from autograder.gradebook.values import Student
from autograder.grading.submission import find
from autograder.grading.submission import read as read_submission
from autograder.language import say
from autograder.names import folder_name

NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
Files = Mapping[str, bytes]


def packed(path: Path, files: Files) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return path


def unpacked(path: Path, files: Files) -> Path:
    for name, data in files.items():
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        (path / name).write_bytes(data)
    return path


class Desk:
    """A course, an empty gradebook and a folder to collect into."""

    def __init__(self, course: Course, tmp_path: Path, gradebook: Path) -> None:
        self.course = course
        self.tmp = tmp_path
        self.root = tmp_path / "submissions"
        tmp_path.mkdir(exist_ok=True)
        shutil.copyfile(gradebook, tmp_path / "gradebook.db")
        self.store = Store.open(url(tmp_path / "gradebook.db"))
        self.days = 0

    def collect(self, download: Path | Files, **options: object) -> Collected:
        if not isinstance(download, Path):
            self.days += 1
            download = packed(self.tmp / f"download{self.days}.zip", download)
        return collect(
            download,
            self.course.assignment("sums"),
            [],
            self.root,
            self.store,
            author="teacher",
            now=NOW + timedelta(days=self.days),
            **options,  # type: ignore[arg-type]
        )

    def files(self, student: str) -> dict[str, bytes]:
        """What counts of a student, as the grader reads it."""
        path = find(self.root).students[student]
        return dict(read_submission(student, path, self.course.assignment("sums")).files)

    def problem(self, student: str) -> str:
        path = find(self.root).students[student]
        problem = read_submission(student, path, self.course.assignment("sums")).problem
        assert problem is not None
        return say(problem)

    def everything(self, student: str) -> set[bytes]:
        """The bytes of all files in the student's folder but ours."""
        top = self.root / folder_name(student)
        return {
            path.read_bytes()
            for path in top.rglob("*")
            if path.is_file() and path.name not in (".student.json", ".collected.json")
        }

    def fates(self, collected: Collected) -> dict[str, str]:
        return {line.student: line.fate.value for line in collected.lines}

    def texts(self, collected: Collected, student: str) -> str:
        return " ".join(say(m) for line in collected.lines if line.student == student for m in line.messages)


@pytest.fixture(scope="module")
def gradebook(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty one, made once: making the tables takes longer than a test."""
    path = tmp_path_factory.mktemp("empty") / "gradebook.db"
    Store.open(url(path)).close()
    return path


@pytest.fixture
def desk(tiny_course: Course, tmp_path: Path, gradebook: Path) -> Iterator[Desk]:
    desk = Desk(tiny_course, tmp_path, gradebook)
    yield desk
    desk.store.close()


# -- Moodle -----------------------------------------------------------------------------------------------------

MOODLE = {
    "folders with _": "Nguyen Van An_{n}_assignsubmission_file_/sums.py",
    "folders": "Nguyen Van An_{n}_assignsubmission_file/sums.py",
    "flat": "Nguyen Van An_{n}_assignsubmission_file_sums.py",
}


@pytest.mark.parametrize("layout", MOODLE)
@pytest.mark.parametrize("as_folder", [False, True])
def test_moodles_layouts_tell_namesakes_by_their_number(desk: Desk, layout: str, as_folder: bool) -> None:
    files = {MOODLE[layout].format(n=n): f"x = {n}\n".encode() for n in (41, 42)}
    download = (
        unpacked(desk.tmp / "unpacked", files) if as_folder else packed(desk.tmp / "C-Sums-7.zip", files)
    )
    collected = desk.collect(download)
    assert collected.layout == "moodle"
    assert desk.fates(collected) == {"moodle-41": "new", "moodle-42": "new"}
    assert desk.files("moodle-41") == {"sums.py": b"x = 41\n"}
    assert desk.files("moodle-42") == {"sums.py": b"x = 42\n"}
    assert desk.store.students()["moodle-42"].ids == {"moodle_participant:sums": "42"}


def test_a_students_file_name_cannot_pass_for_anothers_number(desk: Desk) -> None:
    collected = desk.collect({"An_5_assignsubmission_file_x_9_assignsubmission_file_sums.py": b"mine"})
    assert desk.fates(collected) == {"moodle-5": "new"}


def test_moodles_other_plugins_do_not_become_students(desk: Desk) -> None:
    collected = desk.collect(
        {
            "An_5_assignsubmission_file_/sums.py": b"1",
            "An_5_assignsubmission_onlinetext_/onlinetext.html": b"<p>see file</p>",
            "Binh_6_assignsubmission_onlinetext_/onlinetext.html": b"<p>def add</p>",
            "An_5_assignfeedback_file_/back.txt": b"good",
            "notes.txt": b"",
        }
    )
    assert desk.fates(collected) == {"moodle-5": "new", "moodle-6": "new"}
    assert desk.files("moodle-5") == {"sums.py": b"1"}
    assert "no Python file" in desk.problem("moodle-6")
    assert {path for path, _why in collected.ignored} == {"An_5_assignfeedback_file_/back.txt", "notes.txt"}


def test_the_worksheets_numbers_lead_to_the_students_of_the_roster(desk: Desk) -> None:
    known = Student("an", name="Nguyễn Văn An", ids={"moodle_participant:sums": "41"})
    desk.store.add_students([known], "teacher")
    collected = desk.collect({"AN nguyen_41_assignsubmission_file_/sums.py": b"1"})
    assert desk.fates(collected) == {"an": "new"}
    assert desk.store.students() == {"an": known}
    assert (desk.root / "an" / "sums.py").read_bytes() == b"1"


def test_a_class_is_not_added_a_second_time_under_other_ids(desk: Desk) -> None:
    desk.store.add_students([Student("an", ids={"email": "an@x.edu"})], "teacher")
    download = {"An_41_assignsubmission_file_/sums.py": b"1"}
    with pytest.raises(UsageError, match="autograde roster WORKSHEET"):
        desk.collect(download)
    assert not any(desk.root.iterdir())
    assert set(desk.store.students()) == {"an"}
    desk.collect(download, accept=["new-students"])
    assert set(desk.store.students()) == {"an", "moodle-41"}


# -- Canvas -----------------------------------------------------------------------------------------------------


def test_canvas_late_and_numbered_files_and_two_of_one_name(desk: Desk) -> None:
    collected = desk.collect(
        {
            "nguyenvanan_1001_501_sums.py": b"an",
            "nguyenvanan_LATE_1002_502_sums-3.py": b"other an",
            "tranbinh_late_1003_510_sums-1.py": b"newest",
            "tranbinh_late_1003_509_sums.py": b"older",
            "lecuong_1004_text.html": b"<p>text only</p>",
        }
    )
    assert collected.layout == "canvas"
    assert collected.late == 2
    assert desk.files("canvas-1001") == {"sums.py": b"an"}
    assert desk.files("canvas-1002") == {"sums.py": b"other an"}
    assert desk.files("canvas-1003") == {"sums.py": b"newest"}
    assert desk.everything("canvas-1003") == {b"newest", b"older"}
    assert "newest counts (attachment 510)" in desk.texts(collected, "canvas-1003")
    assert "no Python file" in desk.problem("canvas-1004")
    assert desk.store.students()["canvas-1002"].ids == {"canvas_id": "1002"}


def test_a_name_on_canvas_that_could_be_two_users_belongs_to_nobody(desk: Desk) -> None:
    # Someone called "x_1001" wants to hand in for user 1001.
    collected = desk.collect({"x_1001_66_700_sums.py": b"forged", "an_1002_701_sums.py": b"honest"})
    assert desk.fates(collected) == {"canvas-1002": "new"}
    ((path, why),) = collected.ignored
    assert path == "x_1001_66_700_sums.py"
    assert "1001 or 66" in say(why)


def test_a_file_that_only_looks_numbered_keeps_its_name(desk: Desk) -> None:
    desk.collect({"an_1_5_my-sums-1.txt": b"t", "an_1_6_2-1.py": b"t2", "an_1_7_sums.py": b"s"})
    assert {path.name for path in (desk.root / "canvas-1").iterdir() if path.name[0] != "."} == {
        "my-sums-1.txt",
        "2-1.py",
        "sums.py",
    }


def test_of_canvas_downloads_the_one_with_higher_attachments_is_the_newer(desk: Desk) -> None:
    desk.collect({"an_1_50_sums.py": b"first"})
    desk.collect({"an_1_60_sums-1.py": b"second"})
    collected = desk.collect({"an_1_50_sums.py": b"first"})
    assert desk.fates(collected) == {"canvas-1": "older"}
    assert desk.files("canvas-1") == {"sums.py": b"second"}
    collected = desk.collect({"an_1_70_sums-2.py": b"first"})
    assert desk.fates(collected) == {"canvas-1": "changed"}
    assert desk.files("canvas-1") == {"sums.py": b"first"}


# -- Gradescope -------------------------------------------------------------------------------------------------


def metadata(**said: object) -> bytes:
    """As Ruby writes it: symbols as keys, blocks, a mark for the document."""
    return ("---\n" + "".join(f"{folder}:\n{block(value, '  ')}" for folder, value in said.items())).encode()


def block(value: object, indent: str) -> str:
    assert isinstance(value, dict)
    text = ""
    for key, inner in value.items():
        if isinstance(inner, dict):
            text += f"{indent}{key}:\n{block(inner, indent + '  ')}"
        elif isinstance(inner, list):
            rows = [block(one, indent + "  ") for one in inner]
            text += f"{indent}{key}:\n" + "".join(f"{indent}- {row[len(indent) + 2 :]}" for row in rows)
        else:
            text += f"{indent}{key}:{'' if inner is None else ' ' + json.dumps(inner, ensure_ascii=False)}\n"
    return text


def one(
    sid: str, name: str, email: str, time: str = "2026-11-21 10:00:00.123456000 -07:00"
) -> dict[str, object]:
    return {
        ":submitters": [{":name": name, ":sid": sid, ":email": email}],
        ":created_at": time,
        ":score": 1.0,
        ":results": {"tests": [{"output": "  :submitters:\n  - :sid: '666'\n:created_at: 2000-01-01"}]},
        ":history": [{":created_at": "2020-01-01 00:00:00 Z", ":submitters": [{":sid": "777"}]}],
    }


def test_gradescopes_metadata_say_whose_it_is_and_when(desk: Desk) -> None:
    pair = one("1", "An", "an@x.edu")
    pair[":submitters"] = [
        {":name": 'Trần "Bình" O\'Brien-' + "x" * 30 + " Y" * 20, ":sid": "00123", ":email": "Binh@X.edu"},
        {":name": "yes", ":sid": None, ":email": "c@x.edu"},
    ]
    files = {
        "assignment_77_export/submission_metadata.yml": metadata(
            submission_5=one("S5", "Nguyen Van An", "an@x.edu"), submission_9=pair
        ),
        "assignment_77_export/submission_5/work/sums.py": b"five",
        "assignment_77_export/submission_9/sums.py": b"nine",
        "assignment_77_export/submission_10/sums.py": b"whose?",
    }
    collected = desk.collect(files)
    assert desk.fates(collected) == {"00123": "new", "S5": "new", "c@x.edu": "new"}
    assert desk.files("S5") == {"sums.py": b"five"}
    assert desk.files("00123") == desk.files("c@x.edu") == {"sums.py": b"nine"}
    students = desk.store.students()
    assert students["00123"].name == 'Trần "Bình" O\'Brien-' + "x" * 30 + " Y" * 20
    assert students["00123"].ids == {"gradescope_sid": "00123", "email": "binh@x.edu"}
    assert students["c@x.edu"].name == "yes"
    about = json.loads((desk.root / folder_name("S5") / ".student.json").read_text())
    assert about["handed_in_utc"] == "2026-11-21T17:00:00.123456Z"
    assert [path for path, _why in collected.ignored] == ["submission_10/sums.py"]


def test_the_metadata_of_these_tests_are_yaml() -> None:
    yaml = pytest.importorskip("yaml")
    said = {"submission_5": one("00123", 'Trần "Bình"', "an@x.edu"), "submission_6": one("6", "\x1b\n", "")}
    assert yaml.safe_load(metadata(**said)) == said


@pytest.mark.parametrize("width", [20, 80, 10_000])
@pytest.mark.parametrize("style", [None, '"', "'"])
def test_names_are_read_as_a_yaml_library_reads_them(width: int, style: str | None) -> None:
    yaml = pytest.importorskip("yaml")
    names = [
        "An",
        "  padded  ",
        "a: b # c",
        "- list",
        "it's",
        'say "hi" \\ there',
        "tab\tand\nnewline",
        "null",
        "123",
        "đ ễ 😀 \u2028 \x85 \x1b",
        "word " * 30,
        "x" * 300,
        "",
        "trailing\\",
    ]
    said = {
        f"submission_{n}": {":submitters": [{":name": name, ":sid": str(n)}]} for n, name in enumerate(names)
    }
    text = yaml.safe_dump(said, width=width, default_style=style, allow_unicode=True)
    expected = {key: one[":submitters"][0][":name"] for key, one in yaml.safe_load(text).items()}
    found = {key: one.submitters[0].get("name", "") for key, one in submissions(text.split("\n")).items()}
    assert found == expected


@pytest.mark.parametrize(
    "text",
    [
        "submission_1:\n  :submitters:\n  - :sid: &a x\n",
        "submission_1:\n  :submitters:\n  - :sid: *a\n",
        "submission_1:\n  :submitters:\n  - :sid: 'open\n",
        "submission_1:\n  :submitters:\n  - :sid: a\n    :sid: b\n",
        "submission_1:\n  :submitters:\n  - :sid: a\nsubmission_1:\n  :submitters:\n",
        "submission_1:\n  :submitters:\n  - {sid: a}\n",
    ],
)
def test_metadata_of_another_shape_are_refused(text: str) -> None:
    with pytest.raises(UsageError, match=r"submission_metadata\.yml, line"):
        submissions(text.split("\n"))


def test_of_two_active_submissions_the_newest_counts(desk: Desk) -> None:
    files = {
        "submission_metadata.yml": metadata(
            submission_1=one("S", "An", "an@x.edu", "2026-11-20 10:00:00 Z"),
            submission_2=one("S", "An", "an@x.edu", "2026-11-19 10:00:00 Z"),
        ),
        "submission_1/sums.py": b"newer",
        "submission_2/sums.py": b"older",
    }
    desk.collect(files)
    assert desk.files("S") == {"sums.py": b"newer"}
    assert desk.everything("S") == {b"newer", b"older"}


def test_another_assignment_of_gradescope_is_refused(desk: Desk) -> None:
    def export(number: int, data: bytes) -> Files:
        return {
            f"assignment_{number}_export/submission_metadata.yml": metadata(submission_1=one("S", "An", "")),
            f"assignment_{number}_export/submission_1/sums.py": data,
        }

    desk.collect(export(77, b"1"))
    with pytest.raises(UsageError, match="two assignments on the platform"):
        desk.collect(export(78, b"2"))
    assert desk.files("S") == {"sums.py": b"1"}
    desk.collect(export(78, b"2"), accept=["other-assignment"])
    assert desk.files("S") == {"sums.py": b"2"}


# -- nbgrader ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("prefix", ["nbcourse/submitted/", "submitted/", "a/"])
def test_nbgraders_folder_with_its_times(desk: Desk, prefix: str) -> None:
    stamps = {
        "an": b"2026-11-21 10:00:00.5 UTC",
        "..binh": b"2026-11-21 10:00:00 Asia/Ho_Chi_Minh",
        "c": b"soon",
    }
    files: dict[str, bytes] = {}
    for student, when in stamps.items():
        files[f"{prefix}{student}/sums/sums.ipynb"] = student.encode()
        files[f"{prefix}{student}/sums/timestamp.txt"] = when
    files[f"{prefix}an/other/other.ipynb"] = b"other"
    collected = desk.collect(packed(desk.tmp / "x.zip", files))
    assert collected.layout == "nbgrader"
    assert desk.fates(collected) == dict.fromkeys(stamps, "new")
    assert desk.files("..binh") == {"sums.ipynb": b"..binh"}
    about = json.loads((desk.root / folder_name("..binh") / ".student.json").read_text())
    assert about["student"] == "..binh"
    assert about["handed_in_utc"] == "2026-11-21T03:00:00Z"
    assert "handed_in_utc" not in json.loads((desk.root / "c" / ".student.json").read_text())


def test_nbgraders_assignment_may_be_called_otherwise(desk: Desk) -> None:
    files = {"submitted/an/ps1/sums.py": b"1", "submitted/an/ps1/timestamp.txt": b"2026-01-01 00:00:00"}
    with pytest.raises(UsageError, match="It holds: ps1"):
        desk.collect(files)
    desk.collect(files, called="ps1")
    assert desk.files("an") == {"sums.py": b"1"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-11-21 10:00:00", datetime(2026, 11, 21, 10, tzinfo=UTC)),
        ("2026-11-21T10:00:00.123456789Z", datetime(2026, 11, 21, 10, 0, 0, 123456, tzinfo=UTC)),
        ("2026-11-21 10:00:00 +0700", datetime(2026, 11, 21, 3, tzinfo=UTC)),
        ("2026-11-21 10:00:00.5 +07", datetime(2026, 11, 21, 3, 0, 0, 500000, tzinfo=UTC)),
        ("2026-11-21 10:00:00 +9900", None),
        ("2026-11-21 10:00:00 America/Los_Angeles", datetime(2026, 11, 21, 18, tzinfo=UTC)),
        ("2026-11-21 10:00:00 PST", None),
        ("2026-13-21 10:00:00 UTC", None),
        ("0001-01-01 00:00:00 +1400", None),
        ("2026-11-21 10:00:00 ../../etc/passwd", None),
        ("tomorrow", None),
    ],
)
def test_times_of_nbgrader(text: str, expected: datetime | None) -> None:
    assert time_of(text) == expected


# -- which file counts ------------------------------------------------------------------------------------------

P = "An_5_assignsubmission_file_/"


def test_the_folder_with_the_file_comes_to_the_top(desk: Desk) -> None:
    desk.collect(
        {P + "hw/sums.py": b"s", P + "hw/helper.py": b"h", P + "hw/old/sums.py": b"o", P + "x.txt": b"x"}
    )
    assert desk.files("moodle-5") == {"sums.py": b"s", "helper.py": b"h"}
    assert desk.everything("moodle-5") == {b"s", b"h", b"o", b"x"}


def test_two_files_that_could_be_the_assignment_are_refused_and_kept(desk: Desk) -> None:
    collected = desk.collect(
        {P + "a/sums.py": b"a", P + "b/sums.py": b"b", "Binh_6_assignsubmission_file_/sums.py": b"c"}
    )
    (line,) = [line for line in collected.lines if line.student == "moodle-5"]
    assert line.is_problem
    assert "2 times (a, b)" in desk.texts(collected, "moodle-5")
    assert desk.everything("moodle-5") == {b"a", b"b"}
    assert "sums.py" in desk.problem("moodle-5")
    assert desk.files("moodle-6") == {"sums.py": b"c"}


def test_an_ambiguous_download_leaves_what_counted_before(desk: Desk) -> None:
    desk.collect({P + "sums.py": b"good"})
    collected = desk.collect({P + "a/sums.py": b"a", P + "b/sums.py": b"b"})
    assert desk.fates(collected) == {"moodle-5": "refused"}
    assert desk.files("moodle-5") == {"sums.py": b"good"}


def test_names_that_differ_in_case_only_never_overwrite_each_other(desk: Desk) -> None:
    collected = desk.collect({P + "sums.py": b"a", P + "Sums.py": b"b"})
    assert desk.everything("moodle-5") == {b"a", b"b"}
    assert "2 times" in desk.texts(collected, "moodle-5")
    assert desk.problem("moodle-5")


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_an_entry_that_is_there_twice_is_refused_and_both_are_kept(desk: Desk) -> None:
    path = desk.tmp / "twice.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(P + "sums.py", b"a")
        archive.writestr(P + "sums.py", b"b")
    collected = desk.collect(path)
    assert "2 times" in desk.texts(collected, "moodle-5")
    assert desk.everything("moodle-5") == {b"a", b"b"}


def test_a_file_cannot_stand_where_a_folder_does(desk: Desk) -> None:
    desk.collect({P + "a": b"file", P + "a/b": b"inside", P + "sums.py": b"s"})
    assert desk.everything("moodle-5") == {b"file", b"inside", b"s"}
    assert desk.files("moodle-5") == {"sums.py": b"s"}


def test_both_a_script_and_a_notebook_are_left_to_the_grader(desk: Desk) -> None:
    desk.collect({P + "sums.py": b"written", P + "sums.ipynb": b"{}"})
    assert "only one can count" in desk.problem("moodle-5")


def test_nobody_can_hand_in_our_own_files(desk: Desk) -> None:
    forged = json.dumps({"student": "binh"}).encode()
    collected = desk.collect(
        {
            P + "sums.py": b"s",
            P + ".student.json": forged,
            P + ".receipt.json": forged,
            P + ".history/.collected.json": forged,
            P + ".history/x/sums.py": b"h",
        }
    )
    assert list(find(desk.root).students) == ["moodle-5"]
    assert desk.everything("moodle-5") == {b"s"}
    assert "only the autograder" in desk.texts(collected, "moodle-5")


# -- running again ----------------------------------------------------------------------------------------------


def test_the_same_download_again_writes_nothing(desk: Desk) -> None:
    download = {P + "sums.py": b"1"}
    desk.collect(download)

    def state() -> dict[str, int]:
        return {str(path): path.lstat().st_mtime_ns for path in desk.root.rglob("*")}

    before = state()
    assert desk.fates(desk.collect(download)) == {"moodle-5": "same"}
    assert state() == before


def test_what_is_replaced_goes_to_the_history_whole(desk: Desk) -> None:
    desk.collect({P + "sums.py": b"1", P + "helper.py": b"h1", "B_6_assignsubmission_file_/sums.py": b"b"})
    collected = desk.collect({P + "sums.py": b"2", "C_7_assignsubmission_file_/sums.py": b"c"})
    assert desk.fates(collected) == {"moodle-5": "changed", "moodle-7": "new"}
    assert collected.absent == 1
    assert desk.files("moodle-5") == {"sums.py": b"2"}
    (kept,) = [path for path in (desk.root / "moodle-5" / ".history").iterdir() if path.is_dir()]
    assert {path.name: path.read_bytes() for path in kept.iterdir() if path.suffix == ".py"} == {
        "sums.py": b"1",
        "helper.py": b"h1",
    }
    assert desk.files("moodle-6") == {"sums.py": b"b"}


def test_an_older_download_does_not_come_back(desk: Desk) -> None:
    desk.collect({P + "sums.py": b"1"})
    desk.collect({P + "sums.py": b"2"})
    collected = desk.collect({P + "sums.py": b"1"})
    assert desk.fates(collected) == {"moodle-5": "older"}
    assert desk.files("moodle-5") == {"sums.py": b"2"}
    desk.collect({P + "sums.py": b"1"}, accept=["older"])
    assert desk.files("moodle-5") == {"sums.py": b"1"}
    assert desk.everything("moodle-5") == {b"1", b"2"}


def test_the_same_bytes_keep_the_time_when_they_came_first(desk: Desk) -> None:
    def export(time: str) -> Files:
        return {
            "submission_metadata.yml": metadata(submission_1=one("S", "An", "", time)),
            "submission_1/sums.py": b"1",
        }

    for day in (20, 21, 19):
        desk.collect(export(f"2026-11-{day} 10:00:00 Z"))
    about = json.loads((desk.root / folder_name("S") / ".student.json").read_text())
    assert about["handed_in_utc"] == "2026-11-19T10:00:00Z"


def test_what_was_changed_by_hand_is_left_until_a_newer_one_comes(desk: Desk) -> None:
    download = {P + "my_sums.py": b"1"}
    desk.collect(download)
    (desk.root / "moodle-5" / "my_sums.py").rename(desk.root / "moodle-5" / "sums.py")
    assert desk.fates(desk.collect(download)) == {"moodle-5": "by hand"}
    assert desk.files("moodle-5") == {"sums.py": b"1"}
    (desk.root / "moodle-5" / "sums.py").write_bytes(b"by hand")
    desk.collect({P + "sums.py": b"2"})
    assert desk.files("moodle-5") == {"sums.py": b"2"}
    assert b"by hand" in desk.everything("moodle-5")


def test_what_was_handed_in_with_submit_is_not_touched(desk: Desk) -> None:
    top = desk.root / "moodle-5"
    top.mkdir(parents=True)
    (top / "sums.py").write_bytes(b"submitted")
    (top / ".receipt.json").write_text("{}")
    collected = desk.collect({P + "sums.py": b"1"})
    assert desk.fates(collected) == {"moodle-5": "refused"}
    assert (top / "sums.py").read_bytes() == b"submitted"


def test_a_folder_that_was_there_goes_to_the_history(desk: Desk) -> None:
    top = desk.root / "moodle-5"
    top.mkdir(parents=True)
    (top / "sums.py").write_bytes(b"somebody's")
    desk.collect({P + "sums.py": b"1"})
    assert desk.files("moodle-5") == {"sums.py": b"1"}
    assert desk.everything("moodle-5") == {b"1", b"somebody's"}


class Crash(BaseException):
    pass


def test_a_crash_at_any_moment_loses_nothing_and_the_next_run_makes_it_whole(
    tiny_course: Course, tmp_path: Path, gradebook: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = {P + "sums.py": b"1", P + "helper.py": b"h", "B_6_assignsubmission_file_/sums.py": b"b"}
    second = {P + "sums.py": b"2", P + "data.txt": b"d", "B_6_assignsubmission_file_/sums.py": b"b"}
    changing = ("rename", "mkdir", "rmdir", "unlink", "open")
    steps = 0
    left = -1  # none crashes
    for name in changing:
        whole = getattr(Path, name)

        def step(
            self: Path, *args: object, whole: Callable[..., object] = whole, **options: object
        ) -> object:
            nonlocal steps
            if "submissions" in self.parts and (whole.__name__ != "open" or "x" in str(args)):
                steps += 1
                if steps == left:
                    raise Crash
            return whole(self, *args, **options)

        monkeypatch.setattr(Path, name, step)
    replace = os.replace

    def replaced(source: Path, target: Path) -> None:
        nonlocal steps
        steps += 1
        if steps == left:
            raise Crash
        replace(source, target)

    monkeypatch.setattr(os, "replace", replaced)
    crashes = 0
    for round in range(1, 100):
        desk = Desk(tiny_course, tmp_path / str(round), gradebook)
        left = -1
        desk.collect(first)
        steps, left = 0, round
        try:
            desk.collect(second)
        except Crash:
            crashes += 1
        else:
            break
        finally:
            left = -1
        everything = desk.everything("moodle-5")
        assert {b"1", b"h"} <= everything
        collected = desk.collect(second)
        assert collected.count(Fate.CHANGED, Fate.SAME) == 2
        assert desk.files("moodle-5") == {"sums.py": b"2"}
        assert desk.everything("moodle-5") == {b"1", b"h", b"2", b"d"}
        assert not list(desk.root.rglob(".new-*"))
        desk.store.close()
    assert 10 < crashes < 98


def test_two_collects_at_once_are_refused(desk: Desk) -> None:
    with shelf.opened(desk.root), pytest.raises(UsageError, match="Another `autograde collect`"):
        desk.collect({P + "sums.py": b"1"})


def test_a_folder_of_another_assignment_is_refused(desk: Desk) -> None:
    desk.collect({P + "sums.py": b"1"})
    state = desk.root / "moodle-5" / ".history" / ".collected.json"
    state.write_text(state.read_text().replace('"assignment": "sums"', '"assignment": "means"'))
    with pytest.raises(UsageError, match="holds submissions of means"):
        desk.collect({P + "sums.py": b"2"})
    assert (desk.root / "moodle-5" / "sums.py").read_bytes() == b"1"


def test_a_download_with_the_files_of_another_assignment_is_refused(desk: Desk) -> None:
    from dataclasses import replace

    other = replace(desk.course.assignment("sums"), id="means", files=("means.py",))

    def go(download: Files, **options: object) -> Collected:
        path = packed(desk.tmp / "d.zip", download)
        store = desk.store
        sums = desk.course.assignment("sums")
        return collect(path, sums, [other], desk.root, store, author="t", now=NOW, **options)  # type: ignore[arg-type]

    with pytest.raises(UsageError, match=r"1 of 1 have handed in the file of \"means\""):
        go({P + "means.ipynb": b"1"})
    assert not desk.root.exists()
    assert not desk.store.students()
    two = {P + "means.py": b"1", P + "sums.py": b"1", "B_6_assignsubmission_file_/means.py": b"2"}
    assert "right download" in say(go(two).warnings[0])
    assert not go({P + "means.py": b"1", P + "sums.py": b"1"}, accept=["older"]).warnings


# -- ids --------------------------------------------------------------------------------------------------------


def test_ids_of_two_students_are_refused_for_this_one_alone(desk: Desk) -> None:
    desk.store.add_students(
        [Student("an", ids={"gradescope_sid": "S1"}), Student("binh", ids={"email": "b@x.edu"})], "t"
    )
    files = {
        "submission_metadata.yml": metadata(
            submission_1=one("S1", "An", "B@x.edu"),
            submission_2=one("S3", "C", "c@x.edu"),
            submission_3=one("S9", "Binh", "b@x.edu"),
        ),
        "submission_1/sums.py": b"1",
        "submission_2/sums.py": b"2",
        "submission_3/sums.py": b"3",
    }
    collected = desk.collect(files)
    assert [(line.student, line.fate.value) for line in collected.lines] == [
        ("", "refused"),
        ("S3", "new"),
        ("binh", "new"),
    ]
    assert "several students" in desk.texts(collected, "")
    assert set(desk.store.students()) == {"an", "binh", "S3"}
    assert desk.store.students()["binh"].ids == {"email": "b@x.edu", "gradescope_sid": "S9"}


def test_another_id_of_a_student_who_has_one_is_refused(desk: Desk) -> None:
    desk.store.add_students([Student("an", ids={"gradescope_sid": "S1", "email": "an@x.edu"})], "t")
    files = {
        "submission_metadata.yml": metadata(submission_1=one("S2", "An", "an@x.edu")),
        "submission_1/sums.py": b"1",
    }
    with_one_known = desk.collect({**files}, accept=["new-students"])
    assert [line.fate for line in with_one_known.lines] == [Fate.REFUSED]
    assert 'gradescope_sid "S1"' in desk.texts(with_one_known, "")


# -- hostile downloads ------------------------------------------------------------------------------------------


def test_paths_links_and_devices_stay_outside(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "evil.zip"
    bad = [
        "../x_1_assignsubmission_file_/sums.py",
        "/etc/A_2_assignsubmission_file_/sums.py",
        "C:\\A_3_assignsubmission_file_\\sums.py",
        P + "../../../sums.py",
        P + "a\0b.py",
        P + "x" * 300,
    ]
    with zipfile.ZipFile(path, "w") as archive:
        for name in bad:
            info = zipfile.ZipInfo("x" * len(name))
            info.filename = name
            archive.writestr(info, b"evil")
        link = zipfile.ZipInfo(P + "link.py")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, b"/etc/passwd")
        archive.writestr(P + "sums.py", b"s")
    collected = desk.collect(path)
    assert desk.files("moodle-5") == {"sums.py": b"s"}
    assert desk.everything("moodle-5") == {b"s"}
    assert len(collected.ignored) == len(bad) + 1
    assert not [
        path for path in tmp_path.rglob("*") if path.is_file() and path.read_bytes()[:4] in (b"evil", b"/etc")
    ]


def test_links_in_an_unpacked_folder_are_not_followed(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "secret").write_bytes(b"secret")
    folder = unpacked(tmp_path / "un", {P + "sums.py": b"s"})
    (folder / P / "helper.py").symlink_to(tmp_path / "secret")
    (folder / "B_6_assignsubmission_file_").symlink_to(tmp_path)
    os.mkfifo(folder / P / "pipe.py")
    desk.collect(folder)
    assert desk.everything("moodle-5") == {b"s"}
    assert list(find(desk.root).students) == ["moodle-5"]


def patched(path: Path, mark: bytes, offset: int, value: bytes, nth: int = 0) -> Path:
    """A zip with some bytes of its n-th record of a kind replaced."""
    data = bytearray(path.read_bytes())
    at = -1
    for _ in range(nth + 1):
        at = data.index(mark, at + 1)
    data[at + offset : at + offset + len(value)] = value
    path.write_bytes(data)
    return path


CENTRAL = b"PK\x01\x02"


def test_what_is_damaged_costs_the_others_nothing(desk: Desk, tmp_path: Path) -> None:
    files = {P + "sums.py": b"a" * 100, "B_6_assignsubmission_file_/sums.py": b"b" * 100}
    for number, (offset, value, said) in enumerate(
        [
            (16, b"\0\0\0\0", "damaged"),  # the checksum
            (24, struct.pack("<L", 90), "damaged"),  # fewer bytes claimed than there are
            (24, struct.pack("<L", 200 * 2**20), "too large"),
            (8, struct.pack("<H", 1), "password"),
            (10, struct.pack("<H", 12), "packed in a way"),
        ]
    ):
        desk.root = tmp_path / f"root{number}"
        path = patched(packed(tmp_path / f"{number}.zip", files), CENTRAL, offset, value)
        collected = desk.collect(path, accept=["new-students"])
        assert desk.fates(collected) == {"moodle-5": "refused", "moodle-6": "new"}
        assert said in desk.texts(collected, "moodle-5")
        assert not (desk.root / "moodle-5").exists()


def test_a_file_that_unpacks_to_far_more_is_a_bomb(desk: Desk) -> None:
    collected = desk.collect(
        {P + "sums.ipynb": b"\0" * 10 * 2**20, "B_6_assignsubmission_file_/sums.py": b"b"}
    )
    assert desk.fates(collected) == {"moodle-5": "refused", "moodle-6": "new"}
    assert "bomb" in desk.texts(collected, "moodle-5")


def test_entries_that_share_their_bytes_are_refused(desk: Desk, tmp_path: Path) -> None:
    path = packed(tmp_path / "a.zip", {P + "a.py": b"a", P + "b.py": b"b"})
    patched(path, CENTRAL, 42, struct.pack("<L", 0), nth=1)
    with pytest.raises(UsageError, match="share their bytes"):
        desk.collect(path)


@pytest.mark.parametrize("cut", [0, 1, 10, 50, -1, -10])
def test_a_zip_of_which_a_part_arrived_says_so(desk: Desk, tmp_path: Path, cut: int) -> None:
    path = packed(tmp_path / "a.zip", {P + "sums.py": b"a" * 1000})
    path.write_bytes(path.read_bytes()[:cut])
    with pytest.raises(UsageError, match="only a part of it arrived"):
        desk.collect(path)


def test_too_many_entries_are_refused_before_they_are_listed(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(container, "MAX_ENTRIES", 100)
    path = packed(tmp_path / "a.zip", {f"A_{n}_assignsubmission_file_/sums.py": b"" for n in range(101)})
    monkeypatch.setattr(zipfile, "ZipFile", None)
    with pytest.raises(UsageError, match="more than 100 files"):
        desk.collect(path)


def test_the_directory_of_a_zip64_is_bounded_too(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(container, "MAX_ENTRIES", 100)
    monkeypatch.setattr(zipfile, "ZIP_FILECOUNT_LIMIT", 10)
    path = packed(tmp_path / "a.zip", {f"A_{n}_assignsubmission_file_/sums.py": b"" for n in range(101)})
    assert b"PK\x06\x06" in path.read_bytes()
    with pytest.raises(UsageError, match="more than 100 files"):
        desk.collect(path)
    monkeypatch.setattr(container, "MAX_ENTRIES", 101)
    assert len(desk.collect(path).lines) == 101


def test_all_files_together_are_bounded(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(container, "MAX_TOTAL_BYTES", 10)
    with pytest.raises(UsageError, match="unpacks to 11 bytes"):
        desk.collect({P + "sums.py": b"x" * 11})


@pytest.mark.parametrize(("flag", "encoding"), [(0x800, "utf-8"), (0, "utf-8"), (0, "cp437")])
def test_names_in_a_zip_with_and_without_a_word_on_their_encoding(
    desk: Desk, tmp_path: Path, flag: int, encoding: str
) -> None:
    name = "José_5_assignsubmission_file_/né.py"
    raw = name.encode(encoding)
    path = packed(tmp_path / "a.zip", {"x" * len(raw): b"1"})
    data = path.read_bytes().replace(b"x" * len(raw), raw)
    path.write_bytes(data)
    patched(path, CENTRAL, 8, struct.pack("<H", flag))
    patched(path, b"PK\x03\x04", 6, struct.pack("<H", flag))
    desk.collect(path)
    assert (desk.root / "moodle-5" / "né.py").read_bytes() == b"1"
    assert desk.store.students()["moodle-5"].name == "José"


@pytest.mark.parametrize("content", [b"", b"hello", b"PK\x05\x06", b"PK\x05\x06" + b"\xff" * 18])
def test_what_is_no_zip_is_refused(desk: Desk, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.zip"
    path.write_bytes(content)
    with pytest.raises(UsageError, match="is not a zip"):
        desk.collect(path)


def test_a_zip_of_something_else_is_refused_with_what_is_in_it(desk: Desk) -> None:
    with pytest.raises(UsageError, match=r"neither of Moodle.*holiday/beach\.jpg"):
        desk.collect({"holiday/beach.jpg": b""})
    with pytest.raises(UsageError, match="no download of canvas"):
        desk.collect({P + "sums.py": b""}, layout="canvas")
    with pytest.raises(UsageError, match="does not exist"):
        desk.collect(desk.tmp / "nothing.zip")


def test_by_products_of_macs_are_passed_over(desk: Desk) -> None:
    collected = desk.collect({P + "sums.py": b"1", "__MACOSX/" + P + "._sums.py": b"m", ".DS_Store": b"d"})
    assert collected.ignored == ()
    assert desk.everything("moodle-5") == {b"1"}


def test_a_zip_in_which_everything_lies_in_one_folder(desk: Desk) -> None:
    collected = desk.collect({"submissions/an_1_5_sums.py": b"1", "submissions/binh_2_6_sums.py": b"2"})
    assert desk.fates(collected) == {"canvas-1": "new", "canvas-2": "new"}


def test_a_disk_that_is_full_leaves_no_half_of_a_student(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    written = shelf._write_all

    def full(folder: Path, files: object, hashes: object) -> None:
        written(folder, files, hashes)  # type: ignore[arg-type]
        raise OSError(28, "No space left on device", str(folder))

    monkeypatch.setattr(shelf, "_write_all", full)
    with pytest.raises(UsageError, match=r"No space left on device\. What was written is whole"):
        desk.collect({P + "sums.py": b"1"})
    assert list(desk.root.iterdir()) == []
    monkeypatch.undo()
    assert desk.fates(desk.collect({P + "sums.py": b"1"})) == {"moodle-5": "new"}


def test_bytes_are_copied_in_pieces(desk: Desk) -> None:
    data = os.urandom(3 * 2**20 + 1)
    path = packed(desk.tmp / "a.zip", {P + "sums.ipynb": data})
    with container.opened(path) as opened:
        (entry,) = opened.entries
        entry_sizes = [len(piece) for piece in entry.pieces()]
    assert sum(entry_sizes) == len(data)
    assert max(entry_sizes) <= 2**20
    desk.collect(path)
    assert (desk.root / "moodle-5" / "sums.ipynb").read_bytes() == data


@pytest.mark.slow  # nbgrader alone takes seconds to import
@pytest.mark.parametrize(
    "text",
    [
        "2015-02-02 15:58:23.948203 America/Los_Angeles",
        "2026-11-21 10:00:00.123456 UTC",
        "2026-07-01 10:00:00",
    ],
)
def test_times_are_those_that_nbgrader_reads(text: str) -> None:
    utils = pytest.importorskip("nbgrader.utils")
    found = time_of(text)
    assert found is not None
    assert found.replace(tzinfo=None) == utils.parse_utc(text)


def test_the_time_of_handing_in_reaches_whoever_grades_it(desk: Desk) -> None:
    from autograder.gradebook.when import handed_in

    desk.collect(
        {
            "submission_metadata.yml": metadata(submission_1=one("S", "An", "", "2026-11-20 10:00:00 Z")),
            "submission_1/sums.py": b"1",
        }
    )
    sums = desk.course.assignment("sums")

    def when() -> tuple[datetime | None, str]:
        path = find(desk.root).students["S"]
        return handed_in(read_submission("S", path, sums), path, "sums")

    assert when() == (datetime(2026, 11, 20, 10, tzinfo=UTC), "gradescope")
    (desk.root / folder_name("S") / "sums.py").write_bytes(b"another")
    assert when() == (None, "folder")
