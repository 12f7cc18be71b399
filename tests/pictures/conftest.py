"""A course with one picture of each kind, and submissions of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from autograder.course import Assignment, Course
from autograder.sandbox.student import Student, local
from autograder.sandbox.worker import LocalWorker, Program

from ..conftest import write

PICTURES = """
    import numpy as np
    from autograder.pictures import (
        Graph, Grid, Grids, Line, Lines, Node, compare_grids, compare_lines, compare_nodes, dig, picture,
    )

    X = [0.0, 1.0, 2.0, 3.0]


    @picture("add")
    def curve(student, reference):
        return Lines(
            title="Adding one",
            text="A straight line.",
            x="x",
            y="sum",
            lines=[
                Line("a guide", [0, 3], [1, 1], look="guide"),
                *compare_lines(student, reference, "the sum", X, lambda one: one.numbers("add", [(x, 1.0) for x in X])),
            ],
        )


    @picture("add")
    def table(student, reference):
        x = np.arange(6.0).reshape(2, 3)
        return Grids(
            title="Adding tables",
            text="Entry by entry.",
            grids=[Grid("x", x), *compare_grids(student, reference, "sum", lambda one: one.array("add", x, x))],
        )


    @picture("mean_of", statement=False)
    def graph(student, reference):
        nodes = [Node("x", "x"), Node("m", "mean", ["x"])]
        return Graph(
            title="A mean",
            text="Of two numbers.",
            nodes=compare_nodes(
                student, reference, nodes, lambda one: {"m": dig(one.value("mean_of", [1.0, 2.0], [3.0, 4.0]))}
            ),
        )
"""


@pytest.fixture
def drawn_course(tiny_course: Course) -> Course:
    """The tiny course with pictures."""
    write(tiny_course.root / "assignments/sums/pictures.py", PICTURES)
    return tiny_course


@pytest.fixture
def sums(drawn_course: Course) -> Assignment:
    return drawn_course.assignment("sums")


@pytest.fixture
def load(sums: Assignment) -> Callable[[str], Student]:
    """A submission of `sums`, run in this process."""

    def loaded(source: str) -> Student:
        return local(LocalWorker(sums.limits), Program({"sums.py": source}, "sums.py"))

    return loaded


@pytest.fixture
def reference(sums: Assignment, load: Callable[[str], Student]) -> Student:
    return load(sums.reference_source())


def pictures_file(course: Course) -> Path:
    return course.root / "assignments/sums/pictures.py"
