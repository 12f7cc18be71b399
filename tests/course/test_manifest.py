from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import pytest

from autograder.course import Course, load_course
from autograder.errors import CourseError, UsageError


@pytest.fixture
def change(tiny_course: Course) -> Callable[[str, str], Path]:
    def change(old: str, new: str) -> Path:
        path = tiny_course.assignments_dir / "sums" / "assignment.toml"
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")
        return path

    return change


def test_a_whole_course(tiny_course: Course) -> None:
    assert (tiny_course.id, tiny_course.languages, tiny_course.assignments) == (
        "tiny",
        ("en", "vi"),
        ("sums",),
    )
    assert tiny_course.title_in("vi") == "Một khóa học nhỏ"
    assert tiny_course.title_in("fr") == "A tiny course"
    assert tiny_course.has_solutions
    sums = tiny_course.assignment("sums")
    assert [(row.name, row.points, row.needs) for row in sums.functions] == [
        ("add", 40, ()),
        ("mean_of", 60, ("add",)),
    ]
    assert (sums.limits.call_seconds, sums.limits.submission_seconds, sums.limits.memory_mib) == (
        10,
        20,
        1024,
    )
    assert sums.deadline is not None
    assert sums.deadline.isoformat() == "2099-12-01T23:59:00+07:00"
    assert sums.main_module == "sums"
    for path in (sums.stub_path, sums.reference_path, sums.public_checks, sums.hidden_dir, *sums.statements):
        assert path.exists()
    assert [path.name for path in sums.statements] == ["README.md", "README.vi.md"]


def test_points_are_exact_fractions(tiny_course: Course, change: Callable[[str, str], Path]) -> None:
    change("points = 40", "points = 33.3")
    change("points = 60", 'points = 33.3\n[[function]]\nname = "third"\npoints = 33.4')
    sums = tiny_course.assignment("sums")
    assert sums.function("add").points == Fraction(333, 10)
    assert sum(row.points for row in sums.functions) == 100


def test_prerequisites_are_transitive_and_in_the_contracts_order(
    tiny_course: Course, change: Callable[[str, str], Path]
) -> None:
    change('needs = ["add"]', 'needs = ["last"]\n[[function]]\nname = "last"\npoints = 10\nneeds = ["add"]')
    change("points = 60", "points = 50")
    assert tiny_course.assignment("sums").prerequisites("mean_of") == ("add", "last")
    assert tiny_course.assignment("sums").prerequisites("add") == ()


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("points = 40", "points = 41", ["101", "take 1 away"]),
        ("points = 40", "points = 39.99", ["99.99", "0.01 are missing"]),
        ("points = 40", "points = -40", ["function[1].points", "-40", "above 0"]),
        ("points = 40", "points = nan", ["not valid TOML", "nan"]),
        ("points = 40", 'points = "40"', ["function[1].points", "40", "number"]),
        ("points = 40", "points = true", ["function[1].points", "True"]),
        ("points = 40", "point = 40", ['"function[1].point"', 'Did you mean "points"?']),
        ('needs = ["add"]', 'needs = ["ad"]', ["function[2].needs", '"ad"', 'Did you mean "add"?']),
        ('needs = ["add"]', 'needs = ["mean_of"]', ["does not need itself"]),
        ("points = 40", 'points = 40\nneeds = ["mean_of"]', ["circle", "add → mean_of → add"]),
        ('name = "add"', 'name = "mean_of"', ["function[2].name", "mean_of", "one row"]),
        ('name = "add"', 'name = "add it"', ["function[1].name", "add it"]),
        ('feedback = "call"', 'feedback = "hints"', ["feedback", "hints", 'Did you mean "hint"?']),
        ('files = ["sums.py"]', "files = []", ["files", "sums.py"]),
        ('files = ["sums.py"]', "", ["files", "missing"]),
        ('files = ["sums.py"]', 'files = ["../sums.py"]', ["files", "../sums.py", "without a folder"]),
        ('files = ["sums.py"]', 'files = ["sums.py", "sums.py"]', ["twice"]),
        ('version = "1"', "version = 1", ["version", "quotes"]),
        ('id = "sums"', 'id = "sum"', ["assignment.id", '"sum"', '"sums"']),
        ('version = "1"', 'version = "1"\nprofile = "file"', ["profile", '"file"', 'Did you mean "files"?']),
        ('version = "1"', 'version = "1"\nprofile = true', ["assignment.profile", "True"]),
        ('version = "1"', 'version = "1"\ndata = "data"', ["data", 'only with profile = "files"']),
        (
            'version = "1"',
            'version = "1"\nprofile = "closed"\ndata = "data"',
            ['only with profile = "files"'],
        ),
        ('version = "1"', 'version = "1"\nprofile = "files"\ndata = ""', ["assignment.data", "not empty"]),
        ('version = "1"', 'version = "1"\nprofile = "files"\ndata = 1', ["assignment.data", "quotes"]),
        *(
            (
                'version = "1"',
                f'version = "1"\nprofile = "files"\ndata = "{path}"',
                ["data", path, "within sums/"],
            )
            for path in ("none", ".", "..", "../../solutions/sums", "/etc", "sums.py", "data/../..", "link")
        ),
        ('feedback = "call"', 'feed_back = "call"', ['"assignment.feed_back"', 'Did you mean "feedback"?']),
        ("submission_seconds = 20", "submission_seconds = 0", ["limits.submission_seconds", "above 0"]),
        ("submission_seconds = 20", "memory_mib = 1.5", ["memory_mib", "1.5", "whole number"]),
        ("+07:00", "", ["deadline", "offset"]),
        ("2099-12-01T23:59:00+07:00", "9999-12-31T23:59:00-12:00", ["deadline", "9999", "offset"]),
        ("2099-12-01T23:59:00+07:00", '"tomorrow"', ["deadline", "tomorrow", "offset"]),
        ('en = "Sums and means"', 'en = ""', ["title.en"]),
        ("[assignment]", "[assignment", ["not valid TOML"]),
        ("[assignment]", "[assignments]", ['"assignments"', 'Did you mean "assignment"?']),
    ],
)
def test_a_broken_manifest_is_refused_with_file_key_value_and_remedy(
    tiny_course: Course, change: Callable[[str, str], Path], old: str, new: str, told: list[str]
) -> None:
    path = change(old, new)
    (path.parent / "link").symlink_to(tiny_course.solutions_dir)
    with pytest.raises(CourseError) as caught:
        tiny_course.assignment("sums")
    for piece in (str(path), *told):
        assert piece in str(caught.value)


def test_the_profile_is_closed_unless_the_manifest_says_otherwise(
    tiny_course: Course, change: Callable[[str, str], Path]
) -> None:
    sums = tiny_course.assignment("sums")
    assert (sums.profile, sums.data_dir) == ("closed", None)
    change('version = "1"', 'version = "1"\nprofile = "files"')
    sums = tiny_course.assignment("sums")
    assert (sums.profile, sums.data_dir) == ("files", None)
    (sums.public_dir / "data" / "small").mkdir(parents=True)
    change('profile = "files"', 'profile = "files"\ndata = "data/small"')
    assert tiny_course.assignment("sums").data_dir == (sums.public_dir / "data" / "small").resolve()


def test_an_assignment_that_is_listed_must_exist(tiny_course: Course) -> None:
    path = tiny_course.assignments_dir / "course.toml"
    path.write_text(path.read_text(encoding="utf-8").replace('["sums"]', '["sum"]'), encoding="utf-8")
    with pytest.raises(CourseError, match=r'assignments is "sum".*Did you mean "sums"\?'):
        load_course(tiny_course.root)


def test_a_manifest_in_another_encoding(tiny_course: Course) -> None:
    path = tiny_course.assignments_dir / "sums" / "assignment.toml"
    path.write_bytes(b'[assignment]\nid = "\xe9"\n')
    with pytest.raises(CourseError, match="not UTF-8"):
        tiny_course.assignment("sums")


def test_names_are_suggested(tiny_course: Course) -> None:
    with pytest.raises(UsageError, match=r'no assignment "sum".*Did you mean "sums"'):
        tiny_course.assignment("sum")
    with pytest.raises(UsageError, match=r'no function "meanof".*Did you mean "mean_of"'):
        tiny_course.assignment("sums").function("meanof")


def test_a_copy_without_solutions_says_so_when_they_are_needed(tiny_course: Course, tmp_path: Path) -> None:
    tiny_course.solutions_dir.rename(tmp_path / "elsewhere")
    course = load_course(tiny_course.root)
    assert not course.has_solutions
    sums = course.assignment("sums")
    assert sums.secret_dir is None
    with pytest.raises(UsageError, match="no solutions/sums"):
        _ = sums.reference_path
