"""How do a submission's functions look beside the statement's pictures? For a student's machine, where no reference is.

`autograde pictures` keeps the numbers of each picture of the statement beside it, as `pictures/<name>.json`: what they
tell can be read off the picture. The author's `pictures.py` draws the submission as it draws the reference there.
"""

from __future__ import annotations

import json
import math
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

from autograder.course.manifest import Assignment
from autograder.errors import CourseError
from autograder.model import Message, Picture
from autograder.pictures.draw import MOST_PICTURES, SECONDS, drawings
from autograder.pictures.forms import Form, form_of, picture_of
from autograder.pictures.graph import Graph, Node
from autograder.pictures.grids import Grids
from autograder.pictures.lines import Lines
from autograder.pictures.plain import NotAPicture
from autograder.pictures.sampler import Sampler
from autograder.sandbox.student import Student


def kept(picture: Picture) -> bytes:
    """The file of a statement's picture that `public_pictures` reads."""
    told = {
        "kind": picture.kind,
        "title": [picture.title.id, dict(picture.title.fields)],
        "text": [picture.text.id, dict(picture.text.fields)],
        "data": picture.data,
    }
    return (json.dumps(told, ensure_ascii=False, sort_keys=True) + "\n").encode()


def public_pictures(assignment: Assignment, function: str, student: Student) -> tuple[Picture, ...]:
    """The statement's pictures of `function`, the submission's answers over what the statement shows.

    Returns  only pictures that show a difference; none where the course has none, or an error in pictures.py
    """
    found: list[Picture] = []
    until = time.monotonic() + SECONDS
    try:
        chosen = [one for one in drawings(assignment) if one.statement and function in one.functions]
    except CourseError:
        return ()
    for one in chosen[:MOST_PICTURES]:
        try:
            due = form_of(_read(assignment.public_dir / "pictures" / f"{one.name}.json"))
            yours = Sampler(
                student, is_reference=False, as_in_statement=True, seconds=max(until - time.monotonic(), 0.0)
            )
            drawn = one.draw(yours, yours)
            form = None if drawn is None else beside(due, drawn)
            if form is not None and form.differs():
                found.append(picture_of(form))
        except Exception:  # of the author's code, or of ours: what the checks found is still right
            continue
    return tuple(found)


def _read(path: Path) -> Picture:
    told = json.loads(path.read_text("utf-8"))
    (title, title_fields), (text, text_fields) = told["title"], told["text"]
    return Picture(told["kind"], Message(title, title_fields), Message(text, text_fields), told["data"])


def beside(due: Form, yours: Form) -> Form | None:
    """One picture of two that were drawn alike: what differs stands there twice, as expected and as yours.

    Returns  None where the two have not the same parts, so that nothing can be compared
    """
    if isinstance(due, Lines) and isinstance(yours, Lines):
        return _lines(due, yours)
    if isinstance(due, Grids) and isinstance(yours, Grids):
        return _grids(due, yours)
    if isinstance(due, Graph) and isinstance(yours, Graph):
        return _graph(due, yours)
    return None


def _lines(due: Lines, yours: Lines) -> Lines | None:
    if [line.label for line in due.lines] != [line.label for line in yours.lines]:
        return None
    lines = []
    for one, other in zip(due.lines, yours.lines, strict=True):
        same = (one.x, one.y) == (other.x, other.y)
        lines += [one] if same else [replace(one, of="expected"), replace(other, of="yours")]
    return replace(due, lines=lines)


def _grids(due: Grids, yours: Grids) -> Grids | None:
    if [grid.label for grid in due.grids] != [grid.label for grid in yours.grids]:
        return None
    grids = []
    for one, other in zip(due.grids, yours.grids, strict=True):
        same = one.values == other.values
        # The label says what it is where it stands alone; beside yours, "expected" does.
        grids += [one] if same else [replace(one, of="expected"), replace(other, of="yours")]
    return replace(due, grids=grids)


def _graph(due: Graph, yours: Graph) -> Graph | None:
    if [node.name for node in due.nodes] != [node.name for node in yours.nodes]:
        return None
    return replace(due, nodes=list(map(_node, due.nodes, yours.nodes)))


def _node(due: Node, yours: Node) -> Node:
    def compared(expected: Any, got: Any) -> Any:
        return "" if expected is None else math.nan if got is None else got

    return replace(
        due,
        yours_value=compared(due.value, yours.value),
        yours_gradient=compared(due.gradient, yours.gradient),
    )


__all__ = ["NotAPicture", "beside", "kept", "public_pictures"]
