from __future__ import annotations

import re
from pathlib import Path

import pytest

from autograder.course import Course, course_version, input_set, suite_version
from autograder.errors import CourseError
from tests.conftest import make_tiny_course, write


@pytest.mark.parametrize(
    ("path", "changes_course", "changes_suite"),
    [
        ("assignments/sums/assignment.toml", True, True),
        ("assignments/sums/test_sums.py", True, False),
        ("assignments/sums/sums.py", True, False),
        ("assignments/sums/README.md", False, False),
        ("solutions/sums/sums.py", False, True),
        ("solutions/sums/hidden/test_sums.py", False, True),
        ("solutions/sums/hidden/data/new.txt", False, True),
        ("solutions/sums/hidden/__pycache__/test_sums.pyc", False, False),
        ("solutions/sums/mistakes/sum_not_mean.py", False, False),
    ],
)
def test_a_version_changes_with_what_it_covers(
    tiny_course: Course, path: str, changes_course: bool, changes_suite: bool
) -> None:
    sums = tiny_course.assignment("sums")
    before = course_version(sums), suite_version(sums)
    assert all(re.fullmatch(r"1\+[0-9a-f]{10}", version) for version in before)
    file = tiny_course.root / path
    file.parent.mkdir(exist_ok=True)
    file.write_bytes((file.read_bytes() if file.exists() else b"") + b"\n# more\n")
    assert (course_version(sums) != before[0], suite_version(sums) != before[1]) == (
        changes_course,
        changes_suite,
    )


def test_versions_do_not_depend_on_where_the_course_lies(tiny_course: Course, tmp_path: Path) -> None:
    other = make_tiny_course(tmp_path / "other")
    here, there = tiny_course.assignment("sums"), other.assignment("sums")
    assert (course_version(here), suite_version(here)) == (course_version(there), suite_version(there))


def test_the_input_set_is_fixed_by_bytes_suite_and_secret(tiny_course: Course) -> None:
    sums = tiny_course.assignment("sums")
    many = [{"sums.py": f"# {n}".encode()} for n in range(64)]
    sets = [input_set(tiny_course, sums, files) for files in many]
    assert sets == [input_set(tiny_course, sums, files) for files in many]
    assert set(sets) == set(range(8))
    write(tiny_course.secret_key_path, "another secret of enough length")
    assert sets != [input_set(tiny_course, sums, files) for files in many]


def test_the_order_of_files_does_not_matter_and_their_names_do(tiny_course: Course) -> None:
    sums = tiny_course.assignment("sums")

    def draw(suffix: str, swap: bool) -> list[int]:
        pairs = [{"a.py": b"%d" % n, f"b{suffix}.py": b"x"} for n in range(32)]
        return [
            input_set(tiny_course, sums, dict(reversed(list(files.items()))) if swap else files)
            for files in pairs
        ]

    assert draw("", swap=False) == draw("", swap=True)
    assert draw("", swap=False) != draw("2", swap=False)


@pytest.mark.parametrize("secret", [None, "", "short"])
def test_without_a_secret_it_says_how_to_make_one(tiny_course: Course, secret: str | None) -> None:
    if secret is None:
        tiny_course.secret_key_path.unlink()
    else:
        write(tiny_course.secret_key_path, secret)
    with pytest.raises(CourseError, match=r"secrets\.token_hex"):
        input_set(tiny_course, tiny_course.assignment("sums"), {"sums.py": b""})
