"""The goals of the table: 100 % of the right gradients accepted, 0 % of the planted faults."""

from __future__ import annotations

import numpy as np
import pytest

from tests.gradients.judges import Judge, cs231n, numdifftools_gradient, ours, torch_gradcheck
from tests.gradients.rows import ROWS, Row, off
from tests.gradients.table import SEED, Cell, measured, missed

BY_NAME = {row.name: row for row in ROWS}


@pytest.mark.slow
@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_ours_reaches_the_goal(row: Row) -> None:
    assert missed(row, measured(row, {"ours": ours}, 200)["ours"]) == ""


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_ours_reaches_the_goal_in_a_few_cases(row: Row) -> None:
    assert missed(row, measured(row, {"ours": ours}, 3)["ours"]) == ""


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_a_fault_is_one_and_a_right_gradient_has_none(row: Row) -> None:
    for seed in range(20):
        case = row.draw(np.random.default_rng(seed))
        assert (off(case.given, case.right) > 1.0) == row.name.startswith("FAULT")


@pytest.mark.parametrize("number", [52, 436, 582, 701, 957, 968])
def test_ties_that_were_once_called_wrong(number: int) -> None:
    case = BY_NAME["max-pooling with ties"].draw(np.random.default_rng([SEED, number]))
    assert ours(case) == "right"


def test_the_goal_is_every_case() -> None:
    right, wrong, unknown = (
        BY_NAME[name] for name in ("logistic loss", "FAULT: one bias 1 % off", "logistic loss + 1e12")
    )
    assert (
        missed(right, Cell(1.0, 0.0, 1.0))
        == missed(wrong, Cell(0.0, 0.0, 1.0))
        == missed(unknown, Cell(0.0, 1.0, 1.0))
        == ""
    )
    assert missed(right, Cell(0.995, 0.0, 1.0))
    assert missed(right, Cell(1.0, 0.005, 1.0))
    assert missed(wrong, Cell(0.005, 0.0, 1.0))
    assert missed(wrong, Cell(0.0, 0.005, 1.0))
    assert missed(unknown, Cell(0.005, 0.995, 1.0))


@pytest.mark.parametrize("make", [torch_gradcheck, numdifftools_gradient, lambda: cs231n])
def test_the_rivals_judge_the_gradient_that_is_given(make) -> None:  # type: ignore[no-untyped-def]
    try:
        judge: Judge = make()
    except ImportError as error:
        pytest.skip(f"{error}: make gradients installs it")
    for seed in range(3):
        assert judge(BY_NAME["logistic loss"].draw(np.random.default_rng(seed))) == "right"
        assert judge(BY_NAME["FAULT: ReLU mask missing"].draw(np.random.default_rng(seed))) == "wrong"
