"""Files of our own, each read by a program or by the rules of somebody else."""

from __future__ import annotations

import contextlib
import csv
import io
import json
import os
import sqlite3
import sys
import xml.etree.ElementTree as ElementTree
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar

import pytest

from autograder.errors import UsageError
from autograder.lms import classroom50, gradescope_marks, marks_table, moodle_feedback, place
from autograder.lms.given import Given, Source
from autograder.reports import junit
from tests.lms.made import LABEL, fault, given, report, ungradable

NOW = datetime(2026, 11, 22, 2, 30, tzinfo=UTC)
CLASS = [
    given(
        "an",
        6500,
        raw=7000,
        late_penalty=500,
        name="=cmd|' /C calc'!A0",
        email="an@x",
        handed_in=datetime(2026, 11, 21, 20, 30, tzinfo=UTC),
        report=report("an"),
        ids={"github": "An-Git"},
    ),
    given("-5", 0, report=ungradable("-5"), status="ungradable", ids={"github": "five"}),
    given("\ttab\nline", None, report=fault("\ttab\nline"), status="system_error"),
    given("ex", None, excused=True),
]


@pytest.fixture
def with_nbgrader(monkeypatch: pytest.MonkeyPatch) -> None:
    """nbgrader sets a new gradebook up with `alembic`, which it calls by its name."""
    pytest.importorskip("nbgrader")
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")


class TestTables:
    def rows(self, text: str) -> list[dict[str, str]]:
        assert text.isprintable() or set(text) - {"\r", "\n"}
        return list(csv.DictReader(io.StringIO(text, newline=""), strict=True))

    def test_csv_has_every_student_and_no_formula(self) -> None:
        text = marks_table.render(CLASS)
        rows = self.rows(text)
        assert [row["score"] for row in rows] == ["65", "0", "", ""]
        assert [row["student"] for row in rows] == ["an", "'-5", "\\ttab\\nline", "ex"]
        assert rows[0]["name"].startswith("'=cmd")
        assert (rows[0]["raw"], rows[0]["late_penalty"]) == ("70", "5")
        assert rows[0]["handed_in"] == "2026-11-21T20:30:00+00:00"
        assert [row["excused"] for row in rows] == ["no", "no", "no", "yes"]
        assert '"65"' not in text  # numbers stay numbers

    def test_a_negative_number_is_a_number(self) -> None:
        assert self.rows(marks_table.render([given("a", 1, adjusted=-500)]))[0]["adjusted"] == "-5"

    @pytest.mark.slow
    @pytest.mark.usefixtures("with_nbgrader")
    def test_nbgrader_has_the_columns_of_its_own_export(self, tmp_path: Path) -> None:
        from nbgrader.api import Gradebook
        from nbgrader.plugins.export import CsvExportPlugin

        there = tmp_path / "theirs.csv"
        with Gradebook(f"sqlite:///{tmp_path / 'gradebook.db'}", "c") as book:
            book.add_assignment("sums", duedate="2026-12-01 16:59:00 UTC")
            book.update_or_create_student("an", last_name="An", first_name="", email="an@x")
            book.update_or_create_submission("sums", "an", timestamp="2026-11-21 20:30:00 UTC")
            CsvExportPlugin(to=str(there)).export(book)
        ours = marks_table.nbgrader(
            [given("an", 0, name="An", email="an@x", max_score=0, handed_in=CLASS[0].handed_in)],
            "sums",
            datetime.fromisoformat("2026-12-01T23:59:00+07:00"),
        )
        theirs = self.rows(there.read_text())
        numbers = {"raw_score", "late_submission_penalty", "score", "max_score"}
        for mine, other in zip(self.rows(ours), theirs, strict=True):
            assert list(mine) == list(other)
            for key, value in other.items():
                assert float(mine[key]) == float(value) if key in numbers else mine[key] == value


class TestClassroom50:
    ENVIRONMENT: ClassVar = {
        "CLASSROOM": "dl",
        "ASSIGNMENT": "sums",
        "OWNER": "an-git",
        "SUBMISSION_TAG": "submit/20261121T203000Z-0a1b2c3",
        "COMMIT_URL": "https://host.invalid/r/commit/1",
        "RELEASE_URL": "https://host.invalid/r/releases/tag/x",
    }

    def check(self, tree: dict[str, Any]) -> None:
        """By the rules of result-v1.schema.json, written down here."""
        jsonschema = pytest.importorskip("jsonschema")
        text = {"type": "string", "minLength": 1}
        count = {"type": "integer", "minimum": 0}
        time = {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}T([01]\d|2[0-3]):[0-5]\d:[0-5]\dZ$"}
        required = {
            "schema": {"const": "classroom50/result/v1"},
            **dict.fromkeys(("classroom", "assignment", "owner", "commit", "release", "review"), text),
            "assignment_type": {"enum": ["individual", "group"]},
            "submission": {"type": "string", "pattern": "^submit/"},
            "datetime": time,
            "score": count,
            "max-score": count,
            "tests": {
                "type": "array",
                "items": {
                    "type": "object",
                    "required": ["test-name", "passed", "score", "max-score"],
                    "properties": {
                        "test-name": text,
                        "passed": {"type": "boolean"},
                        "score": count,
                        "max-score": count,
                    },
                },
            },
        }
        schema = {
            "type": "object",
            "additionalProperties": False,
            "required": list(required),
            "properties": {
                **required,
                "graded_at": time,
                "submitted_by": {
                    "type": "object",
                    "additionalProperties": False,
                    "required": ["username"],
                    "properties": {"username": text, "id": {"type": ["integer", "null"]}},
                },
            },
        }
        jsonschema.Draft202012Validator(schema).validate(tree)
        assert tree["score"] <= tree["max-score"]
        assert all(test["score"] <= test["max-score"] for test in tree["tests"])

    def test_in_its_workflow(self) -> None:
        tree = json.loads(classroom50.from_environment(CLASS[0], self.ENVIRONMENT, NOW))
        self.check(tree)
        assert (tree["score"], tree["max-score"]) == (6500, 10_000)
        assert tree["datetime"] == "2026-11-21T20:30:00Z"
        assert tree["review"] == tree["commit"]
        assert [(test["test-name"], test["passed"]) for test in tree["tests"]] == [
            ("add", True),
            ("mean_of", False),
        ]

    @pytest.mark.parametrize("name", sorted(set(ENVIRONMENT)))
    def test_without_a_variable_it_is_refused(self, name: str) -> None:
        with pytest.raises(UsageError, match=name):
            classroom50.from_environment(CLASS[0], {**self.ENVIRONMENT, name: " "}, NOW)

    @pytest.mark.parametrize(
        ("name", "value", "said"),
        [
            ("SUBMISSION_TAG", "v1", "begins with submit/"),
            ("SUBMISSION_TAG", "submit/20261399T203000Z-1", "holds no time"),
            ("ASSIGNMENT_TYPE", "crowd", "knows individual, group"),
        ],
    )
    def test_odd_variables_are_refused(self, name: str, value: str, said: str) -> None:
        with pytest.raises(UsageError, match=said):
            classroom50.from_environment(given("a", 1), {**self.ENVIRONMENT, name: value}, NOW)

    def test_a_classroom_is_filled_by_owner(self) -> None:
        old = json.loads(classroom50.from_environment(given("a", 100), self.ENVIRONMENT, NOW))
        old["submitted_by"] = {"username": "x", "id": None}
        trees = {"a/result.json": classroom50.read(json.dumps(old).encode(), "a/result.json")}
        made, missing, problems = classroom50.fill(trees, CLASS, NOW)
        tree = json.loads(made["a/result.json"])
        self.check(tree)
        kept = old.keys() - {"score", "max-score", "tests", "graded_at"}
        assert {key: tree[key] for key in kept} == {key: old[key] for key in kept}
        assert tree["score"] == 6500
        assert missing == ["-5"]
        assert not problems

    def test_a_file_of_something_else_is_refused(self) -> None:
        for data in (b"{", b"[]", b'{"schema": "classroom50/result/v2"}', b"[" * 100_000):
            with pytest.raises(UsageError, match=r"r\.json is no result\.json"):
                classroom50.read(data, "r.json")


class TestJunit:
    ELEMENTS: ClassVar = {
        "testsuites": {"testsuite"},
        "testsuite": {"properties", "testcase"},
        "properties": {"property"},
        "testcase": {"skipped", "error", "failure"},
    }
    ATTRIBUTES: ClassVar = {
        "testsuites": ({"name", "tests", "failures", "errors"}, set()),
        "testsuite": ({"name", "tests", "failures", "errors"}, {"skipped", "time"}),
        "property": ({"name", "value"}, set()),
        "testcase": ({"name"}, {"classname", "time"}),
        **dict.fromkeys(("failure", "error", "skipped"), (set[str](), {"type", "message"})),
        "properties": (set(), set()),
    }

    def check(self, text: str) -> ElementTree.Element:
        """By the rules of the schema that Jenkins' plugin validates with (junit-10.xsd), written down here."""
        root = ElementTree.fromstring(text.encode())
        for element in root.iter():
            required, optional = self.ATTRIBUTES[element.tag]
            assert required <= set(element.attrib) <= required | optional
            assert {child.tag for child in element} <= self.ELEMENTS.get(element.tag, set())
        for suite in root:
            assert int(suite.get("tests", "")) == len(suite.findall("testcase"))
            assert int(suite.get("failures", "")) == len(suite.findall("testcase/failure"))
            assert int(suite.get("errors", "")) == len(suite.findall("testcase/error"))
        for key in ("tests", "failures", "errors"):
            assert int(root.get(key, "")) == sum(int(suite.get(key, "")) for suite in root)
        return root

    def test_a_class(self) -> None:
        reports = [g.report for g in CLASS if g.report is not None]
        root = self.check(junit.render(reports, 'a <"title">', "en", {"an": 6500}))
        assert [(s.get("name"), s.get("tests"), s.get("failures"), s.get("errors")) for s in root] == [
            ("an", "3", "1", "0"),
            ("-5", "1", "1", "0"),
            ("\\ttab\\nline", "1", "0", "1"),
        ]
        first = root[0]
        assert {p.get("name"): p.get("value") for p in first.iter("property")} == {
            "status": "graded",
            "score": "65",
            "max_score": "100",
        }
        assert first.findall("testcase")[0].get("name") == f"add: {LABEL}"
        failure = first.find("testcase/failure")
        assert failure is not None
        assert failure.text is not None
        assert "mean_of([])" in failure.text
        assert "\\x1b[2J\\x00" in failure.text

    def test_jenkins_and_pytest_agree_on_the_same_bytes(self) -> None:
        one = junit.render([report("an")], "t", "en")
        assert one == junit.render([report("an")], "t", "en")
        defused = pytest.importorskip("defusedxml.ElementTree")
        assert defused.fromstring(one.encode()).tag == "testsuites"


class TestArchives:
    SOURCE = Source("sums", "Sums and means", lambda reports: iter(CLASS))

    def test_moodle_reads_the_number_and_the_plugin_out_of_the_folder(self, tmp_path: Path) -> None:
        people = [
            given("an_x/..\\", 7000, report=report("an_x"), name="Nguyễn_Văn / An:*?"),
            given("~hidden", 7000, report=report("~hidden")),
            given("none", None),
        ]
        files = moodle_feedback.files(people, {"an_x/..\\": "501", "~hidden": "502"}, self.SOURCE, "en")
        made = place.put_zip(tmp_path / "f.zip", files, force=False)
        assert made == [(tmp_path / "f.zip", 2)]
        with zipfile.ZipFile(tmp_path / "f.zip") as archive:
            assert archive.testzip() is None
            names = archive.namelist()
            pages = [archive.read(name).decode() for name in names]
        # As importziplib.php takes a path apart.
        for name, number in zip(names, ("501", "502"), strict=True):
            folder, file = name.split("/")
            info = folder.split("_", 4)
            assert (info[1], info[2], info[3], info[4]) == (number, "assignfeedback", "file", "")
            assert not file.startswith((".", "~"))
            assert not folder.startswith((".", "~"))
        assert names[0].startswith("Nguyễn Văn An_501_")
        assert all("<html" in page for page in pages)

    def test_the_same_bytes_each_time(self, tmp_path: Path) -> None:
        for name in ("a.zip", "b.zip"):
            files = moodle_feedback.files(CLASS[:1], {"an": "5"}, self.SOURCE, "en")
            place.put_zip(tmp_path / name, files, force=False)
        assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()

    def test_several_archives_hold_every_file_once(self, tmp_path: Path) -> None:
        files = [(f"{number}.txt", bytes([number]) * 400) for number in range(5)]
        made = place.put_zip(tmp_path / "f.zip", files, force=False, most_bytes=1500)
        assert [count for _path, count in made] == [2, 2, 1]
        held = []
        for path, _count in made:
            assert path.stat().st_size <= 1500
            with zipfile.ZipFile(path) as archive:
                held += archive.namelist()
        assert held == [name for name, _data in files]
        one = place.put_zip(tmp_path / "g.zip", files[:1], force=False, most_bytes=1500)
        assert one == [(tmp_path / "g.zip", 1)]

    def test_a_failure_leaves_nothing_behind(self, tmp_path: Path) -> None:
        def broken() -> Any:
            yield "a", b"x" * 1000
            yield "b", b"x" * 1000
            raise RuntimeError

        with pytest.raises(RuntimeError):
            place.put_zip(tmp_path / "f.zip", broken(), force=False, most_bytes=1200)
        assert list(tmp_path.iterdir()) == []

    def test_numbers_of_participants(self) -> None:
        known = given("an", 1, ids={"moodle_participant:sums": "501", "moodle_id": "7"})
        assert moodle_feedback.numbers([known, given("b", 1)], "sums", None) == ({"an": "501"}, [])

    def test_gradescope_gets_the_final_mark(self) -> None:
        files = dict(gradescope_marks.files(CLASS, "en"))
        assert sorted(files) == sorted(["an/results.json", next(n for n in files if n.startswith("5-"))])
        tree = json.loads(files["an/results.json"])
        assert tree["score"] == 65
        assert sum(test["score"] for test in tree["tests"]) == 70
        assert all({"score", "max_score", "name", "output"} <= set(test) for test in tree["tests"])


class TestPlaces:
    def test_nothing_is_replaced_unasked(self, tmp_path: Path) -> None:
        path = tmp_path / "a"
        place.put(path, b"1", force=False)
        with pytest.raises(UsageError, match="File exists"):
            place.put(path, b"2", force=False)
        assert path.read_bytes() == b"1"
        place.put(path, b"2", force=True)
        assert path.read_bytes() == b"2"
        assert list(tmp_path.iterdir()) == [path]

    def test_the_input_is_never_the_output(self, tmp_path: Path) -> None:
        source = tmp_path / "in.csv"
        source.write_bytes(b"x")
        (tmp_path / "link").symlink_to(source)
        for name in ("in.csv", "link"):
            with pytest.raises(UsageError, match="is the file that is read"):
                place.look(tmp_path / name, force=True, inputs=[source])

    @pytest.mark.parametrize("name", ["", "missing/x"])
    def test_odd_places(self, tmp_path: Path, name: str) -> None:
        with pytest.raises(UsageError, match=r"is a folder|there is no folder"):
            place.look(tmp_path / name, force=True)


@pytest.mark.slow
@pytest.mark.usefixtures("with_nbgrader")
def test_nbgraders_own_export_shows_our_final_marks(tmp_path: Path) -> None:
    from nbgrader.api import Gradebook
    from nbgrader.plugins.export import CsvExportPlugin

    from autograder.lms import nbgrader_database
    from autograder.notebooks.cells import Role, cell_id

    class Function:
        def __init__(self, name: str) -> None:
            self.name = name

    class Assignment:
        id = "sums"
        files = ("sums.py",)
        functions = (Function("add"), Function("mean_of"))

    path = tmp_path / "gradebook.db"
    with Gradebook(f"sqlite:///{path}", "dl") as book:
        book.add_assignment("sums")
        book.add_notebook("sums", "sums")
        for function, worth in (("add", 40), ("mean_of", 60)):
            book.add_grade_cell(
                cell_id(Role.MARKS, function), "sums", "sums", max_score=worth, cell_type="code"
            )
        for student in ("an", "plus", "hand", "idle"):
            book.add_student(student, first_name="First", last_name=student)
        book.add_submission("sums", "hand")
        grade = book.find_grade(cell_id(Role.MARKS, "mean_of"), "sums", "sums", "hand")
        grade.manual_score = 60
        book.db.commit()
    before = path.read_bytes()
    people: list[Given] = [
        given("an", 6500, raw=7000, report=report("an"), handed_in=NOW),
        given("hand", 10_000, report=report("hand")),
        given("idle", None),
        given("plus", 7500, raw=7000, report=report("plus")),
    ]
    source = Source("sums", "Sums", lambda reports: iter(people))
    with nbgrader_database.filled(path, Assignment(), source, skip_missing=False) as (data, marks, skipped):  # type: ignore[arg-type]
        assert (marks, skipped) == (3, [])
    assert path.read_bytes() == before
    (tmp_path / "new.db").write_bytes(data)
    out = tmp_path / "grades.csv"
    with Gradebook(f"sqlite:///{tmp_path / 'new.db'}", "dl") as book:
        CsvExportPlugin(to=str(out)).export(book)
        assert book.find_student("an").first_name == "First"
    rows = {row["student_id"]: row for row in csv.DictReader(out.open())}
    assert {id: float(row["score"]) for id, row in rows.items()} == {
        "an": 65,
        "plus": 75,
        "hand": 100,
        "idle": 0,
    }
    assert float(rows["an"]["late_submission_penalty"]) == 5
    assert rows["an"]["timestamp"] == "2026-11-22 02:30:00"
    people.append(given("stranger", 100, report=report("stranger")))
    with (
        pytest.raises(UsageError, match=r"does not know 1 students"),
        nbgrader_database.filled(path, Assignment(), source, skip_missing=False),  # type: ignore[arg-type]
    ):
        pass
    # A database of somebody else, and no database at all.
    with contextlib.closing(sqlite3.connect(tmp_path / "other.db")) as other:
        other.execute("CREATE TABLE course (id TEXT)")
        other.commit()
    (tmp_path / "text.db").write_text("hello" * 1000)
    for name in ("other.db", "text.db", "missing.db"):
        with (
            pytest.raises(UsageError, match=r"is no gradebook\.db"),
            nbgrader_database.filled(tmp_path / name, Assignment(), source, skip_missing=True),  # type: ignore[arg-type]
        ):
            pass
