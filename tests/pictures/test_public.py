"""On a student's machine there is no reference: the statement's own numbers stand in for it."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from autograder.course import Assignment, find_course
from autograder.course.bank import compose, mistakes
from autograder.model import Picture
from autograder.pictures.public import public_pictures
from autograder.sandbox.student import Student, local
from autograder.sandbox.worker import LocalWorker, Program

ROOT = Path(__file__).resolve().parent.parent.parent
COURSE = find_course(ROOT)


def submission(assignment: Assignment, mistake: str = "") -> Student:
    reference = COURSE.assignment(assignment.id).reference_source()
    entry = next((one for one in mistakes(COURSE.assignment(assignment.id)) if one.name == mistake), None)
    source = reference if entry is None else compose(reference, entry.source)
    main = assignment.files[0]
    return local(LocalWorker(assignment.limits), Program({main: source}, main, assignment.modules))


def shown(id: str, function: str, mistake: str = "") -> tuple[Picture, ...]:
    assignment = COURSE.assignment(id)
    return public_pictures(assignment, function, submission(assignment, mistake))


def test_a_curve_is_drawn_over_the_statements() -> None:
    [picture] = shown("losses", "squared_error", "sum_not_mean")
    lines = {(label, of): y for label, of, _look, _x, y in picture.data["lines"]}
    # Three equal examples: a sum is three times the mean.
    expected = lines["squared error", "expected"]
    assert lines["squared error", "yours"] == pytest.approx([3 * y for y in expected], rel=1e-4)
    assert expected[-1] == pytest.approx(0.01**2, rel=1e-4)


def test_a_table_is_shown_beside_the_statements() -> None:
    [picture] = shown("cnn_layers", "flatten", "flatten_pixel_by_pixel")
    of = [grid[1] for grid in picture.data["grids"]]
    assert of == ["", "expected", "yours"]


def test_a_graph_has_both_numbers() -> None:
    pictures = shown("backpropagation", "Node.backward", "overwritten_gradients")
    [picture] = [one for one in pictures if one.kind == "graph"]
    x = picture.data["nodes"][0]
    # h = x², k = h + x, f = h k = x⁴ + x³ at 2: 4·8 + 3·4 = 44.
    assert x[3] == [2, 44]
    assert x[4][0] == 2
    assert x[4][1] not in (44, "")


@pytest.mark.parametrize(
    ("id", "function"), [("losses", "squared_error"), ("cnn_layers", "flatten"), ("backpropagation", "Node")]
)
def test_nothing_is_shown_of_what_is_right(id: str, function: str) -> None:
    assert shown(id, function) == ()


def test_without_the_statements_numbers_there_is_no_picture(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "assignments", tmp_path / "assignments")
    public = find_course(tmp_path).assignment("losses")
    assert public_pictures(public, "squared_error", submission(public, "sum_not_mean"))
    for path in (tmp_path / "assignments" / "losses" / "pictures").glob("*.json"):
        path.write_text("{")
    assert public_pictures(public, "squared_error", submission(public, "sum_not_mean")) == ()


def test_a_cell_of_jupyter_shows_the_picture_of_what_fails() -> None:
    entry = next(one for one in mistakes(COURSE.assignment("losses")) if one.name == "sum_not_mean")
    source = compose(COURSE.assignment("losses").reference_source(), entry.source)
    cell = {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None, "source": source}
    notebook = {"nbformat": 4, "nbformat_minor": 4, "metadata": {}, "cells": [cell]}
    command = [sys.executable, "-P", "-m", "autograder", "--course", str(ROOT), "check", "losses"]
    done = subprocess.run(
        [*command, "--only", "squared_error", "--cell", "check"],
        input=json.dumps(notebook).encode(),
        capture_output=True,
        check=True,
    )
    [shown] = json.loads(done.stdout)["shown"]
    assert "<img" in shown["text/html"]
    # Its text alternative is there for those who cannot see it.
    assert "cross-entropy climbs without bound" in shown["text/html"]
