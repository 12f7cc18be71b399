"""What a `pictures.py` is written with: the mark `picture`, and yours beside what is expected."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

import numpy as np

from autograder.pictures.graph import Node
from autograder.pictures.grids import Grid
from autograder.pictures.lines import Line
from autograder.pictures.plain import NotAPicture
from autograder.pictures.sampler import Sampler, single

Draw = TypeVar("Draw", bound=Callable[[Sampler, Sampler], Any])


@dataclass(frozen=True)
class Marked:
    """What `@picture` says of a function of pictures.py.

    functions  drawn when one of these lost points
    statement  whether the statement has it too, as pictures/<name>.svg
    """

    functions: tuple[str, ...]
    statement: bool


def picture(*functions: str, statement: bool = True) -> Callable[[Draw], Draw]:
    """Mark a function of `pictures.py` that draws: it is called with a submission and the reference.

    functions  the names, as in assignment.toml, that it explains: it is drawn where one of them lost points
    statement  False where it is for reports only; else `autograde pictures` makes pictures/<its name>.svg
    """

    def mark(draw: Draw) -> Draw:
        draw.picture = Marked(functions, statement)  # type: ignore[attr-defined]
        return draw

    return mark


def compare_lines(
    student: Sampler,
    reference: Sampler,
    label: str,
    x: Sequence[Any],
    y: Callable[[Sampler], Iterable[Any]],
    look: str = "line",
) -> list[Line]:
    """What `y` gives of the submission over what it gives of the reference; in a statement that one alone.

    y  is given a sampler and returns a number for each x; too few are filled up with gaps
    """
    points = list(x)
    if student.is_reference:
        return [Line(label, points, _fitted(y(student), len(points)), "", look)]
    return [
        Line(label, points, _fitted(y(reference), len(points)), "expected", look),
        Line(label, points, _fitted(y(student), len(points)), "yours", look),
    ]


def compare_grids(
    student: Sampler, reference: Sampler, label: str, values: Callable[[Sampler], Any]
) -> list[Grid]:
    """The array that `values` gives of the reference, then the submission's; in a statement `label` and that one alone.

    values  is given a sampler and returns an array of one to three dimensions, or None
    """
    if student.is_reference:
        return [Grid(label, values(student))]
    return [Grid(label, values(reference), "expected"), _yours(label, values(student))]


def compare_nodes(
    student: Sampler,
    reference: Sampler,
    nodes: Sequence[Node],
    numbers: Callable[[Sampler], Mapping[str, float] | Sequence[float]],
) -> list[Node]:
    """The nodes of a graph with their numbers filled in, yours beside the expected ones.

    nodes    as they hang together
    numbers  is given a sampler and returns a value for each node and then a gradient for each; or a mapping from names
             to values and, under "d" and a name, to gradients. What it leaves out for the reference is not shown, what
             it leaves out for the submission is not compared
    """

    def filled(sampler: Sampler) -> Mapping[str, float]:
        found = numbers(sampler)
        if isinstance(found, Mapping):
            return found
        names = [node.name for node in nodes]
        return dict(zip([*names, *(f"d{name}" for name in names)], found, strict=False))

    due = filled(reference)
    expected = [replace(node, value=due.get(node.name), gradient=due.get(f"d{node.name}")) for node in nodes]
    if student.is_reference:
        return expected
    yours = filled(student)
    return [
        replace(
            node,
            yours_value=yours.get(node.name, ""),
            yours_gradient=yours.get(f"d{node.name}", ""),
        )
        for node in expected
    ]


def dig(answer: Any, *path: str | int) -> float:
    """The number at a place of an answer, e.g. ``dig(answer, 1, "x")``; nan where there is none."""
    for step in path:
        if isinstance(answer, dict):
            answer = answer.get(step)
        elif isinstance(answer, (list, tuple, np.ndarray)) and isinstance(step, int):
            try:
                answer = answer[step]
            except IndexError:
                return math.nan
        else:
            return math.nan
    return single(float(answer) if isinstance(answer, np.floating) else answer)


def _fitted(values: Iterable[Any], length: int) -> list[Any]:
    found = list(values)[:length]
    return found + [None] * (length - len(found))


def _yours(label: str, values: Any) -> Grid:
    try:
        return Grid(label, values, "yours")
    except NotAPicture:  # a shape that cannot be laid out; the checks say which
        return Grid(label, None, "yours")
