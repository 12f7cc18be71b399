"""The made-up class has what a real one has."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from autograder.course import find_course
from autograder.course.stub import without_markers
from autograder.proof.sample_class import NAMES, sample_class

COURSE = find_course(Path(__file__).parents[2])


@pytest.mark.parametrize("id", COURSE.assignments)
def test_every_accident_is_there(id: str) -> None:
    assignment = COURSE.assignment(id)
    main = assignment.files[0]
    right, half, broken, endless, encoded, misnamed, twice, *bank = (
        files for _student, files in sample_class(assignment, 40)
    )
    assert right[main].decode() == without_markers(assignment.reference_source())
    assert b"NotImplementedError" in half[main]
    with pytest.raises(SyntaxError):
        ast.parse(broken[main])
    assert endless[main].count(b"while True:\n") == right[main].count(b"while True:\n") + 1
    ast.parse(endless[main])
    with pytest.raises(UnicodeDecodeError):
        encoded[main].decode()
    assert "à" in encoded[main].decode("cp1258")
    assert main not in misnamed
    assert len(twice) == 2
    assert len({files[main] for files in bank}) > 20


def test_students_are_different_people_however_large_the_class() -> None:
    assignment = COURSE.assignment(COURSE.assignments[0])
    names = [student for student, _files in sample_class(assignment, 100)]
    assert len(set(names)) == 100
    assert set(NAMES) <= set(names)


def test_the_same_class_every_time() -> None:
    assignment = COURSE.assignment(COURSE.assignments[0])
    assert list(sample_class(assignment, 50)) == list(sample_class(assignment, 50))
