"""Forms and plain data: what goes out comes back, and nothing else is believed."""

from __future__ import annotations

import json
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.grading import fields
from autograder.model import Message, Picture
from autograder.pictures import Form, Graph, Grid, Grids, Line, Lines, Node, NotAPicture, Note, form_of
from autograder.pictures.forms import picture_of
from autograder.reports.draw import drawn

LINES = Lines(
    "title",
    "text",
    "x",
    "y",
    [
        Line("guide", [0, 1], [0.25, 0.25], look="guide"),
        Line("a", [0, 1, 2], [1, math.nan, math.inf], "expected", "both"),
        Line("a", [0, 1, 2], [1, 2, 3], "yours", "both"),
    ],
    y_scale="log",
    notes=[Note(1, 2, "here")],
)
GRIDS = Grids(
    "title",
    "text",
    [
        Grid("in", np.arange(8.0).reshape(2, 2, 2)),
        Grid("out", [1.0, 2.0], "expected"),
        Grid("out", [1.0, 2.5], "yours"),
        Grid("nothing", None),
    ],
)
GRAPH = Graph(
    "title",
    "text",
    [
        Node("x", "x", value=2, gradient=3.0, yours_value=2, yours_gradient=None),
        Node("y", "x²", ["x", "x"], 4.0, 1.0),
    ],
)
FORMS = [LINES, GRIDS, GRAPH]


@pytest.mark.parametrize("form", FORMS)
def test_a_form_comes_back_from_its_plain_data(form: Form) -> None:
    picture = picture_of(form)
    again = Picture(picture.kind, picture.title, picture.text, json.loads(json.dumps(picture.data)))
    back = form_of(again)
    assert back.to_plain() == form.to_plain()
    assert type(back) is type(form)


@pytest.mark.parametrize("form", FORMS)
def test_a_lane_may_send_it(form: Form) -> None:
    fields.plain(picture_of(form).data, 4096, 1000, "a picture")


def test_gaps_and_what_is_too_large_become_none_and_numbers_are_rounded() -> None:
    line = Line("a", range(6), [math.nan, -math.inf, None, 1e305, "7x", 1.23456789])
    assert line.y == (None, None, None, None, None, 1.23457)


def test_a_curve_of_too_many_points_is_refused() -> None:
    many = Line("a", range(2500), range(2500))
    with pytest.raises(NotAPicture, match="fewer points"):
        picture_of(Lines("t", "t", "x", "y", [many]))


@pytest.mark.parametrize(
    "make",
    [
        lambda: Line("a", [1], [1, 2]),
        lambda: Line("a", [1], [1], "mine"),
        lambda: Line("a", [1], [1], look="wavy"),
        lambda: Lines("t", "t", "x", "y", [Line("a", [None], [1])]),
        lambda: Lines("t", "t", "x", "y", [Line("a", [1], [1])], x_scale="cubic"),
        lambda: Note(math.nan, 1, "here"),
        lambda: Grid("a", np.zeros((2, 2, 2, 2))),
        lambda: Grid("a", np.zeros((40, 2))),
        lambda: Grids("t", "t", [Grid("a", None)]),
        lambda: Graph("t", "t", []),
        lambda: Graph("t", "t", [Node("a", "a"), Node("a", "a")]),
        lambda: Graph("t", "t", [Node("a", "a", ["b"]), Node("b", "b")]),
    ],
)
def test_an_author_is_told_of_a_form_that_is_none(make: Any) -> None:
    with pytest.raises(NotAPicture):
        make()


def places(data: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place of nested plain data."""
    found = [path]
    if isinstance(data, dict):
        for key, value in data.items():
            found += places(value, (*path, key))
    elif isinstance(data, list):
        for index, value in enumerate(data):
            found += places(value, (*path, index))
    return found


def changed(data: Any, path: tuple[Any, ...], value: Any) -> Any:
    if not path:
        return value
    copy = dict(data) if isinstance(data, dict) else list(data)
    copy[path[0]] = changed(data[path[0]], path[1:], value)
    return copy


ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=5),
    st.sampled_from(["<script>", "yours", "x" * 400, "\u202e", "expected", "log", "guide"]),
    st.just([]),
    st.just({}),
    st.just([[]]),
    st.just([[[[1]]]]),
    st.just([1.0, 2.0]),
)


@settings(max_examples=200, deadline=None, derandomize=True)
@given(st.sampled_from(FORMS), st.data())
def test_whatever_is_sent_is_refused_or_can_be_drawn(form: Form, data: st.DataObject) -> None:
    picture = picture_of(form)
    tree: Any = picture.data
    for _ in range(data.draw(st.integers(1, 3))):
        tree = changed(tree, data.draw(st.sampled_from(places(tree))), data.draw(ODD))
    try:
        again = form_of(Picture(picture.kind, Message("t"), Message("t"), tree))
    except NotAPicture:
        return
    drawn(picture_of(again), "p", "en")


@pytest.mark.parametrize("value", [math.nan, math.inf, 1e301, True, "1", 10**400])
def test_no_number_but_a_finite_one_is_believed(value: Any) -> None:
    data = LINES.to_plain()
    data["lines"][0][4][0] = value
    with pytest.raises(NotAPicture):
        form_of(Picture("lines", Message("t"), Message("t"), data))


def test_a_kind_that_is_none_is_refused() -> None:
    with pytest.raises(NotAPicture):
        form_of(Picture("pie", Message("t"), Message("t"), {}))


def test_the_largest_difference_is_found_by_its_scale() -> None:
    x = [1, 2, 3]
    due = [1e-6, 1.0, 100.0]
    yours = [5e-6, 1.0, 90.0]

    def worst(scale: str) -> Any:
        lines = [Line("a", x, due, "expected"), Line("a", x, yours, "yours")]
        return Lines("t", "t", "x", "y", lines, y_scale=scale).worst()

    assert worst("linear")[1:] == (3, 90, 100)
    assert worst("log")[1:] == (1, 5e-6, 1e-6)


def test_a_gap_and_a_point_too_many_are_differences() -> None:
    def of(yours: list[Any], due: list[Any]) -> Lines:
        lines = [Line("a", range(3), due, "expected"), Line("a", range(3), yours, "yours")]
        return Lines("t", "t", "x", "y", lines)

    assert of([1, None, 3], [1, 2, 3]).worst() == ("a", 1, None, 2)
    assert of([1, 2, 3], [1, 2, None]).worst() == ("a", 2, 3, None)
    assert of([1, 2, 3], [1, 2, 3]).worst() is None
    assert of([1, None, 3], [1, 2, 3]).differs()
    assert of([1, 2, 3], [1, 2, None]).differs()
    assert not of([1, 2, 3.001], [1, 2, 3]).differs()


def test_wrong_entries_and_shapes_of_a_grid_are_told_apart() -> None:
    due = Grid("a", [[1.0, 2.0], [0.0, 4.0]], "expected")

    def of(values: Any) -> tuple[Grids, Grid]:
        yours = Grid("a", values, "yours")
        return Grids("t", "t", [due, yours]), yours

    picture, yours = of([[1.0, 2.5], [0.0, math.nan]])
    assert picture.wrong(yours) == {(0, 0, 1), (0, 1, 1)}
    picture, yours = of([[1.0, 2.0]])
    assert picture.wrong(yours) == frozenset()
    assert picture.differs()
    assert not of([[1.0, 2.0], [0.0, 4.0]])[0].differs()
    assert of(None)[0].differs()


EXTREME = (5e-324, 1e-320, -2.3e-310, 1e-300, 9.99999e-301, 1e300, -1e300, 1.7e308, -0.0, 1.0, 1.000001)


@pytest.mark.parametrize("scale", ["linear", "log"])
@pytest.mark.parametrize("yours", EXTREME)
@pytest.mark.parametrize("due", [5e-324, 1e300, 1.0])
def test_numbers_at_the_ends_of_the_range_can_be_drawn(yours: float, due: float, scale: str) -> None:
    """A submission may answer with any number; a page that cannot be made would cost the whole class its report."""
    x = [0.0, yours, 1.0]
    forms: list[Form] = [
        Lines("t", "t", "x", "y", [Line("a", x, [due, 1, due], "expected"), Line("a", x, [yours, 1, due], "yours")],
              scale, scale),
        Grids("t", "t", [Grid("r", [[due, 1.0]], "expected"), Grid("r", [[yours, 1.0]], "yours")]),
        Graph("t", "t", [Node("f", "+", (), due, due, yours, yours)]),
    ]  # fmt: skip
    for form in forms:
        form.differs()
        read = form_of(picture_of(form))
        for one in (form, read):
            assert "<svg" in drawn(picture_of(one), "p", "vi").svg
