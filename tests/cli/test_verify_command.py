"""verify: true for a sound course, and false, with the row that says why, for each way of being unsound."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from autograder.course import Assignment, Course

from .conftest import Run, Told


@pytest.fixture
def sums(desk: Path, tiny_course: Course) -> Assignment:
    return tiny_course.assignment("sums")


def prove(run: Run, *arguments: str) -> Told:
    return run("verify", "--input-sets", "1", "--jobs", "1", *arguments)


def untrue(told: Told) -> list[dict[str, object]]:
    return [row for row in told.json["rows"] if not row["true"]]  # type: ignore[attr-defined,index]


def test_a_sound_course_is_true(run: Run, sums: Assignment) -> None:
    told = prove(run, "sums")
    assert told.code == 0
    for word in ("stub", "reference", "sum_not_mean", "loops", "0 points", "100 points", "loses mean_of"):
        assert word in told.out


def replaced(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def edit_the_stub(sums: Assignment) -> None:
    replaced(sums.stub_path, "Element by element", "By hand")


def mistake_that_costs_nothing(sums: Assignment) -> None:
    replaced(sums.mistakes_dir / "sum_not_mean.py", "np.sum(add(x, y))", "np.mean(add(x, y))")


def variant_that_loses(sums: Assignment) -> None:
    replaced(sums.variants_dir / "loops.py", "float(x) + float(y)", "float(x) - float(y)")


def suite_error(sums: Assignment) -> None:
    replaced(
        sums.hidden_dir / "test_sums.py", "for n in (1, 2, 5)])\n\n\n", "for n in (1, 2, 5)], rtol='x')\n\n\n"
    )


def row_without_a_check(sums: Assignment) -> None:
    path = sums.hidden_dir / "test_sums.py"
    text = path.read_text("utf-8")
    path.write_text(text[: text.index('@pytest.mark.function("mean_of")')], encoding="utf-8")


def suite_that_is_not_python(sums: Assignment) -> None:
    (sums.hidden_dir / "test_more.py").write_text("def test_(:\n", encoding="utf-8")


def check_of_no_function(sums: Assignment) -> None:
    replaced(sums.hidden_dir / "test_sums.py", 'function("mean_of")', 'function("meanof")')


def wrong_reference(sums: Assignment) -> None:
    replaced(sums.public_checks, "2.0), 3.0)", "2.0), 4.0)")


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (edit_the_stub, ["sums.py", "autograde stubs"]),
        (mistake_that_costs_nothing, ["sum_not_mean", "loses nothing"]),
        (variant_that_loses, ["loops", "points"]),
        (suite_error, ["test_adds"]),
        (row_without_a_check, ["mean_of"]),
        (suite_that_is_not_python, ["test_more.py"]),
        (check_of_no_function, ["meanof"]),
        (wrong_reference, ["public", "test_two_numbers"]),
    ],
)
def test_each_way_of_being_unsound_is_found(
    run: Run, sums: Assignment, spoil: Callable[[Assignment], None], words: list[str]
) -> None:
    spoil(sums)
    told = prove(run, "--json")
    assert told.code == 1, told.out
    assert told.json["true"] is False
    rows = untrue(told)
    assert rows
    for word in words:
        assert word in str(rows)


def test_only_the_wrong_rows(run: Run, sums: Assignment) -> None:
    edit_the_stub(sums)
    told = prove(run, "--wrong")
    assert told.code == 1
    assert "autograde stubs" in told.out
    assert "sum_not_mean" not in told.out


def test_a_mistake_that_names_no_cost_is_the_authors_to_mend(run: Run, sums: Assignment) -> None:
    replaced(sums.mistakes_dir / "sum_not_mean.py", 'COSTS = ["mean_of"]', 'COSTS = ["mean"]')
    told = prove(run)
    assert told.code == 1
    # Where a table breaks its lines depends on how long the folder's name is.
    assert 'COSTSnames"mean"' in re.sub(r"[\s│┃]+", "", told.out)


def test_unknown_assignment(run: Run, sums: Assignment) -> None:
    told = prove(run, "sume")
    assert told.code == 2
    assert 'Did you mean "sums"?' in told.err
