"""The course's own pictures: the files are the generated ones, statements show them all, and mistakes are drawn."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from autograder.cli.pictures import generated, row
from autograder.course import Assignment, find_course
from autograder.course.bank import compose, mistakes
from autograder.course.texts import texts
from autograder.grading import fields
from autograder.pictures import Graph, Grids, Lines, form_of
from autograder.pictures.draw import drawings, pictures_for, texts_to_translate
from autograder.reports.draw import drawn
from autograder.sandbox.student import Student, local
from autograder.sandbox.worker import LocalWorker, Program

ROOT = Path(__file__).resolve().parents[2]
COURSE = find_course(ROOT)
NAMES = COURSE.assignments

_IMAGE = re.compile(r"!\[([^\]]*)\]\(([^)\s]+)\)")


def of(name: str) -> Assignment:
    return COURSE.assignment(name)


def student(assignment: Assignment, source: str) -> Student:
    main = assignment.files[0]
    return local(LocalWorker(assignment.limits), Program({main: source}, main, assignment.modules))


def with_mistake(name: str, mistake: str) -> tuple[Assignment, Student, Student]:
    assignment = of(name)
    reference = assignment.reference_source()
    (entry,) = (one for one in mistakes(assignment) if one.name == mistake)
    return assignment, student(assignment, compose(reference, entry.source)), student(assignment, reference)


@pytest.mark.parametrize("name", NAMES)
def test_the_files_are_the_generated_ones(name: str) -> None:
    found = row(of(name), COURSE.languages)
    assert found.true, found.got
    assert len(generated(of(name), COURSE.languages)) >= 2


@pytest.mark.parametrize("name", NAMES)
def test_each_statement_shows_each_picture_in_its_language(name: str) -> None:
    assignment = of(name)
    names = {one.name for one in drawings(assignment) if one.statement}
    for statement in assignment.statements:
        language = statement.name.removeprefix("README").removesuffix("md").strip(".")
        suffix = f".{language}.svg" if language else ".svg"
        images = _IMAGE.findall(statement.read_text("utf-8"))
        assert {path for _alt, path in images} == {f"pictures/{one}{suffix}" for one in names}, statement
        assert all(len(alt) > 20 for alt, _path in images)


@pytest.mark.parametrize("name", NAMES)
def test_every_text_has_its_translations(name: str) -> None:
    assignment = of(name)
    known = texts(assignment)
    # Symbols and formulas are the same in every language.
    words = [text for text in texts_to_translate(assignment) if re.search(r"[^\W\d_]{3}", text)]
    for language in COURSE.languages:
        if language != "en":
            assert not [text for text in words if text not in known[language]]


@pytest.mark.parametrize("name", NAMES)
def test_no_text_runs_over_the_edge_of_a_file(name: str) -> None:
    for file, content in generated(of(name), COURSE.languages).items():
        if file.endswith(".json"):
            continue
        root = ElementTree.fromstring(content)
        width = float((root.get("viewBox") or "").split()[2])
        for element in root.iter("{http://www.w3.org/2000/svg}text"):
            text, size = element.text or "", float(element.get("font-size") or 12)
            wide = 0.5 * size * len(text)
            x = float(element.get("x") or 0)
            right = {"middle": x + wide / 2, "end": x}.get(element.get("text-anchor") or "", x + wide)
            assert right <= width, (file, text)


def shown(name: str, mistake: str, function: str) -> list[Any]:
    found = pictures_for(*_ordered(with_mistake(name, mistake), function))
    for picture in found:
        fields.plain(picture.data, 4096, 1000, "a picture")
    return [form_of(picture) for picture in found]


def _ordered(made: tuple[Assignment, Student, Student], function: str) -> Any:
    assignment, wrong, reference = made
    return assignment, function, wrong, reference


@pytest.mark.parametrize(
    ("name", "mistake", "function", "kind"),
    [
        ("losses", "log_to_base_10", "binary_cross_entropy", Lines),
        ("losses", "sum_not_mean", "squared_error", Lines),
        ("losses", "gradient_of_the_sum", "squared_error_gradient", Lines),
        ("vanishing_gradient", "sigmoid_for_its_derivative", "sigmoid_derivative", Lines),
        ("vanishing_gradient", "no_slope_on_the_way_back", "gradients", Lines),
        ("cnn_layers", "flatten_pixel_by_pixel", "flatten", Grids),
        ("cnn_layers", "leaky_relu", "relu", Grids),
        ("cnn_layers", "average_pool_is_a_sum", "average_pool", Grids),
        ("backpropagation", "overwritten_gradients", "Node.backward", Graph),
        ("backpropagation", "theta1_without_x", "sigmoid_neuron", Graph),
        ("momentum", "velocity_forgotten", "minimize", Lines),
        ("momentum", "contributions_reversed", "gradient_contributions", Lines),
    ],
)
def test_a_known_mistake_is_seen(name: str, mistake: str, function: str, kind: type) -> None:
    forms = shown(name, mistake, function)
    assert forms
    assert all(type(form) is kind and form.differs() for form in forms)


def test_the_decimal_logarithm_is_drawn_as_the_student_computes_it() -> None:
    (form, *_more) = shown("losses", "log_to_base_10", "binary_cross_entropy")
    yours, due = next(pair for pair in form.pairs() if pair[0].label == "cross-entropy")
    for p, got, expected in zip(yours.x, yours.y, due.y, strict=True):
        assert got == pytest.approx(expected / 2.302585, rel=1e-4), p


def test_the_momentum_trajectories_lie_on_the_curve() -> None:
    (form, *_more) = shown("momentum", "velocity_forgotten", "minimize")
    for line in form.lines:
        if line.of:
            assert line.y == pytest.approx(
                [t**4 / 4 - t**3 / 3 - 2 * t**2 + 4 * t for t in line.x], rel=1e-3, abs=1e-3
            )
    ends = {line.of: line.x[-1] for line in form.lines if line.of}
    assert ends["expected"] == pytest.approx(-2, abs=0.1)
    assert ends["yours"] == pytest.approx(2, abs=0.1)


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_no_mistake_and_no_variant_makes_pictures_fail(
    name: str, monkeypatch: pytest.MonkeyPatch, capfd: Any
) -> None:
    monkeypatch.setenv("AUTOGRADE_DEBUG", "1")
    assignment = of(name)
    source = assignment.reference_source()
    reference = student(assignment, source)
    for entry in mistakes(assignment):
        wrong = student(assignment, compose(source, entry.source))
        for function in entry.costs:
            found = pictures_for(assignment, function, wrong, reference)
            assert len(found) <= 8
            for picture in found:
                fields.plain(picture.data, 4096, 1000, "a picture")
                assert len(drawn(picture, "p", "vi").svg) < 40_000
    assert capfd.readouterr().err == ""
