"""The drawing: well-formed, inert, escaped, with text alternatives, and readable without colour."""

from __future__ import annotations

import re
from itertools import pairwise
from xml.etree import ElementTree

import numpy as np
import pytest

from autograder.model import Message, Picture, message
from autograder.pictures import Form, Graph, Grid, Grids, Line, Lines, Node, Note
from autograder.pictures.forms import picture_of
from autograder.reports.draw import drawn, file_of
from autograder.reports.draw.axes import Axis
from autograder.reports.draw.lines import draw_lines
from autograder.reports.draw.numbers import linear_ticks, log_ticks, short

from .test_forms import FORMS, GRAPH, GRIDS, LINES

EVIL = "</text><script>alert(1)</script>\"' & \u202e\x00 {x}"
SVG = "{http://www.w3.org/2000/svg}"


def parsed(text: str) -> ElementTree.Element:
    return ElementTree.fromstring(text)


@pytest.mark.parametrize("language", ["en", "vi"])
@pytest.mark.parametrize("form", FORMS)
def test_it_is_well_formed_inert_and_says_the_same_in_words(form: Form, language: str) -> None:
    picture = picture_of(form)
    for text in (drawn(picture, "p-1", language).svg, file_of(picture, language)):
        root = parsed(text)
        assert root.get("role") == "img"
        named = (root.get("aria-labelledby") or "").split()
        there = {e.get("id"): e for e in root.iter() if e.get("id")}
        assert len(named) == 2
        assert all((there[one].text or "").strip() for one in named)
        for element in root.iter():
            tag = element.tag.removeprefix(SVG)
            assert tag in {"svg", "title", "desc", "style", "g", "rect", "line", "path", "circle", "text"}
            assert not [name for name in element.attrib if name.startswith("on") or name in {"style", "href"}]
        assert "url(" not in text
        assert "http" not in text.replace("http://www.w3.org/2000/svg", "")


def evil_forms() -> list[Form]:
    return [
        Lines(EVIL, EVIL, EVIL, EVIL, [Line(EVIL, [0, 1], [0, 1])], notes=[Note(0, 0, EVIL)]),
        Grids(EVIL, EVIL, [Grid(EVIL, [[1.0]])]),
        Graph(EVIL, EVIL, [Node("a", EVIL, value=1.0)]),
    ]


@pytest.mark.parametrize("form", evil_forms())
def test_every_text_is_escaped_and_cleaned(form: Form) -> None:
    for text in (drawn(picture_of(form), "p", "en").svg, file_of(picture_of(form), "en")):
        root = parsed(text)
        assert not [e for e in root.iter() if "script" in e.tag]
        assert "\u202e" not in text
        assert "\x00" not in text
        assert any("<script>" in (e.text or "") for e in root.iter() if e.tag.endswith("text"))


def test_ids_are_those_that_were_asked_for() -> None:
    picture = picture_of(LINES)
    one, other = (
        {e.get("id") for e in parsed(drawn(picture, name, "en").svg).iter() if e.get("id")} for name in "ab"
    )
    assert one == {"a-title", "a-text"}
    assert not one & other


def test_title_and_text_have_their_fields_filled_in() -> None:
    picture = Picture("grids", message("{n} windows", n=3), message("each {n} wide", n=2), GRIDS.to_plain())
    root = parsed(drawn(picture, "p", "en").svg)
    assert [(e.text or "").partition(".")[0] for e in root[:2]] == [
        "3 windows",
        "each 2 wide Hatched: 1 of 2 entries are not as expected",
    ]


def elements(form: Form, kind: str) -> list[ElementTree.Element]:
    root = parsed(drawn(picture_of(form), "p", "en").svg)
    return [e for e in root.iter() if kind in (e.get("class") or "").split()]


def test_lines_are_told_apart_without_colour() -> None:
    lines = [Line(name, [0, 1], [index, index + 1]) for index, name in enumerate("abcd")]
    dashes = [e.get("stroke-dasharray", "") for e in elements(Lines("t", "t", "x", "y", lines), "curve")]
    # Each once as a curve and once in the legend.
    assert len(dashes) == 8
    assert len(set(dashes)) == 4
    both = Lines(
        "t", "t", "x", "y", [Line("a", [0, 1], [0, 1], "expected"), Line("a", [0, 1], [0, 2], "yours")]
    )
    assert {e.get("stroke-width") for e in elements(both, "band")} == {"7"}
    assert {e.get("stroke-width") for e in elements(both, "curve")} == {"2"}


def test_wrong_cells_are_framed_and_hatched_and_right_ones_are_not() -> None:
    due = np.array([[1.0, 2.0], [3.0, 4.0]])
    yours = due.copy()
    assert not elements(Grids("t", "t", [Grid("a", due, "expected"), Grid("a", yours, "yours")]), "wrong")
    yours[0, 1] = 9
    form = Grids("t", "t", [Grid("a", due, "expected"), Grid("a", yours, "yours")])
    assert len(elements(form, "wrong")) == len(elements(form, "hatch")) == 1
    assert "Hatched: 1 of 4 entries are not as expected." in drawn(picture_of(form), "p", "en").facts


def test_a_wrong_shape_is_said_and_framed() -> None:
    form = Grids("t", "t", [Grid("a", np.ones((2, 2)), "expected"), Grid("a", np.ones((3, 2)), "yours")])
    assert len(elements(form, "wrong")) == 1
    assert drawn(picture_of(form), "p", "en").facts == ("Yours has another shape: 3 × 2; 2 × 2 is expected.",)


def test_a_wrong_number_of_a_graph_stands_beside_what_is_expected() -> None:
    texts = [e.text for e in parsed(drawn(picture_of(GRAPH), "p", "en").svg).iter() if e.tag == "text"]
    assert texts.count("✗ –") == 1
    assert texts[texts.index("✗ –") + 1] == "3"
    assert drawn(picture_of(GRAPH), "p", "en").facts == ("1 of 2 numbers are not as expected.",)


def test_each_node_stands_right_of_what_it_is_computed_from() -> None:
    names = ["a", "b", "c", "d", "e"]
    inputs = {"c": ["a", "b"], "d": ["c", "a"], "e": ["d", "d"]}
    form = Graph("t", "t", [Node(name, name, inputs.get(name, [])) for name in names])
    boxes = elements(form, "box")
    place = {name: float(box.get("x") or 0) for name, box in zip(names, boxes, strict=True)}
    width = {name: float(box.get("width") or 0) for name, box in zip(names, boxes, strict=True)}
    for name, used in inputs.items():
        for one in used:
            assert place[one] + width[one] < place[name]


def test_curves_stay_within_the_axes() -> None:
    yours = [1e6, -1e6, 0.5, 1e9, 1.0]
    form = Lines(
        "t",
        "t",
        "x",
        "y",
        [Line("a", range(5), [0, 0.2, 0.5, 0.7, 1], "expected"), Line("a", range(5), yours, "yours")],
    )
    svg, width, _height = draw_lines(form, "en")
    (axis,) = [p for p in svg.parts if 'class="axis"' in p and p.count("x1") and _upright(p)]
    top, bottom = sorted(float(v) for v in re.findall(r'y[12]="([-\d.]+)"', axis))
    for part in svg.parts:
        if part.startswith("<path") and "curve" in part and "M" in part:
            for x, y in re.findall(r"([-\d.]+) ([-\d.]+)", re.search(r'd="([^"]*)"', part)[1]):  # type: ignore[index]
                assert 0 <= float(x) <= width
                assert top - 0.1 <= float(y) <= bottom + 0.1 or float(y) > bottom + 20  # the legend


def _upright(part: str) -> bool:
    found = dict(re.findall(r'([xy][12])="([-\d.]+)"', part))
    return found["x1"] == found["x2"]


@pytest.mark.parametrize(
    ("low", "high"), [(0, 1), (-3, 7), (0.0, 1e-9), (1e6, 3e6), (-0.02, 0.0), (5, 5), (999.9, 1000.1)]
)
def test_ticks_are_round_few_and_different(low: float, high: float) -> None:
    ticks = linear_ticks(low, high, 5)
    assert 1 <= len(ticks) <= 7
    labels = [label for _value, label in ticks]
    assert len(set(labels)) == len(labels)
    if high > low:
        steps = {float(f"{b - a:.3g}") for (a, _), (b, _) in pairwise(ticks)}
        assert len(steps) <= 1
        for step in steps:
            assert f"{step:e}"[0] in "125"
        assert all(low - 1e-9 <= value <= high * (1 + 1e-9) + 1e-12 for value, _ in ticks)


def test_a_log_axis_has_powers_of_ten() -> None:
    assert log_ticks(1e-6, 1, 4) == [(1e-6, "10⁻⁶"), (1e-4, "10⁻⁴"), (1e-2, "10⁻²"), (1.0, "1")]
    assert [label for _value, label in log_ticks(1.5, 60, 5)] == ["2", "5", "10", "20", "50"]
    axis = Axis([1e-4, 1.0], [], 0, 100, log=True, margin=0)
    assert axis.at(1e-2) == pytest.approx(50)
    assert not axis.fits(0.0)


def test_a_constant_and_a_huge_answer_have_an_axis() -> None:
    flat = Axis([0.25, 0.25], [], 0, 100, log=False)
    assert 0 < flat.at(0.25) < 100
    huge = Axis([0.0, 1.0], [1e300, -1e300], 0, 100, log=False)
    assert 0 <= huge.at(0.0) < huge.at(1.0) <= 100
    assert huge.at(1.0) - huge.at(0.0) > 50


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (0.693147, "0.693"),
        (-5, "−5"),
        (24.0, "24"),
        (1234.5, "1234"),
        (1e-7, "10⁻⁷"),
        (-2.5e12, "−2.5·10¹²"),
        (0.00098, "0.00098"),
        (float("nan"), "–"),
        (None, "–"),
        (9.9999, "10"),
    ],
)
def test_numbers_are_short(value: float | None, text: str) -> None:
    assert short(value) == text


def test_a_file_has_the_colours_of_dark_and_light() -> None:
    text = file_of(Picture("graph", Message("t"), Message("t"), GRAPH.to_plain()), "vi")
    assert "prefers-color-scheme: dark" in text
    assert 'xml:lang="vi"' in text
