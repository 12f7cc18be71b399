"""Drawn cases are the same everywhere, drawn once, and nobody's to change."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import warnings
from pathlib import Path
from typing import Any

import hypothesis.strategies as st
import numpy as np
import pytest

from autograder.checks import call_with, forms
from autograder.checks.case import as_arguments
from autograder.checks.drawn import Drawn, Kept, copied, fingerprint
from autograder.checks.generation import Choices, Enough, first_examples, search
from autograder.checks.origin import Draw
from autograder.checks.strategies import alike, arguments, forms_of, images, one_hots, reals, shapes, truths
from autograder.errors import SuiteError

ROOT = Path(__file__).resolve().parents[2]
PAIRS = alike(shapes(), truths(), reals())
STRATEGIES = [
    PAIRS,
    forms_of(PAIRS, integers=True),
    arguments(st.floats(-3, 9).filter(lambda x: x < 2), st.integers(), one_hots(4), k=images(distinct=True)),
    arguments(st.lists(st.booleans()), st.sampled_from("ab"), st.binary(max_size=3), st.floats(width=32)),
]


def drawn(
    strategy: Any, n: int = 12, name: str = "7:test_it.py::test_x", kept: Kept | None = None
) -> list[Any]:
    return Drawn(kept or Kept(), name)(strategy, n)


def marks(cases: list[Any]) -> list[Any]:
    return [fingerprint(as_arguments(case)) for case in cases]


_PROGRAM = """
import hashlib, sys
sys.path.insert(0, {root!r})
from tests.checks.test_drawn import STRATEGIES, drawn, marks
print(hashlib.sha256(repr([marks(drawn(s)) for s in STRATEGIES]).encode()).hexdigest())
"""


def test_the_same_cases_in_every_process(tmp_path: Path) -> None:
    """whatever the hash seed, the folder and the settings of the machine; and no process leaves anything behind"""
    seen = set()
    for seed, ci in (("1", ""), ("2", "true")):
        environment = {**os.environ, "PYTHONHASHSEED": seed, "CI": ci}
        program = _PROGRAM.format(root=str(ROOT))
        done = subprocess.run(
            [sys.executable, "-W", "error::UserWarning", "-c", program],
            env=environment, cwd=tmp_path, capture_output=True, text=True, check=True,
        )  # fmt: skip
        assert done.stderr == ""
        seen.add(done.stdout)
    assert len(seen) == 1
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_the_quick_way_and_hypothesis_draw_the_same(strategy: Any) -> None:
    def shown(way: Any) -> list[Any]:
        found: list[Any] = []

        def keep(value: Any) -> bool:
            found.append(fingerprint(value))
            if len(found) == 30:
                raise Enough
            return False

        way(strategy, 11, 200, keep)
        return found

    assert shown(first_examples) == shown(search)
    assert len(shown(search)) == 30


def test_where_hypothesis_has_other_insides_the_cases_are_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    quick = marks(drawn(PAIRS))
    monkeypatch.delattr("hypothesis.control.BuildContext")
    assert marks(drawn(PAIRS)) == quick


def test_cases_depend_on_the_name_and_the_place_and_on_nothing_else() -> None:
    first = marks(drawn(PAIRS))
    assert marks(drawn(PAIRS)) == first
    assert marks(drawn(PAIRS, name="8:test_it.py::test_x")) != first
    assert marks(drawn(PAIRS, name="7:test_it.py::test_y")) != first
    both = Drawn(Kept(), "7:test_it.py::test_x")
    assert marks(both(PAIRS)) == first
    assert marks(both(PAIRS)) != first
    assert marks(drawn(PAIRS, 5)) == first[:5]


def test_the_simplest_case_comes_first_and_none_twice() -> None:
    cases = drawn(PAIRS, 30)
    assert [argument.tolist() for argument in cases[0]] == [[0.0], [0.0]]
    assert len(set(marks(cases))) == 30
    assert {case[0].ndim for case in cases} == {0, 1, 2, 3}


@pytest.mark.parametrize("number", [1, 2, 5, 9])
def test_all_cases_where_there_are_fewer(number: int) -> None:
    cases = drawn(arguments(one_hots(number)), 12)
    assert sorted(int(np.argmax(case[0])) for case in cases) == list(range(number))


def test_cases_are_drawn_once() -> None:
    made: list[Any] = []
    strategy = PAIRS.map(lambda case: made.append(case) or case)
    kept = Kept()
    first = marks(drawn(strategy, kept=kept))
    number = len(made)
    assert marks(drawn(strategy, kept=kept)) == first
    assert len(made) == number >= 12


def test_what_a_suite_does_to_its_cases_changes_nobody_elses() -> None:
    kept = Kept()
    strategy = st.builds(
        lambda pair, n: call_with(*pair, listed=[n, [n]], table={"x": pair[1].copy()}),
        PAIRS,
        st.integers(0, 9),
    )
    before = marks(drawn(strategy, kept=kept))
    for case in drawn(strategy, kept=kept):
        for array in (*case.args, case.kwargs["table"]["x"]):
            array[...] = 77.0
        case.kwargs["listed"][1].append(5)
        case.kwargs["table"].clear()
    assert marks(drawn(strategy, kept=kept)) == before


def test_copies_have_the_form_of_what_they_copy() -> None:
    for case in forms((np.arange(24.0).reshape(2, 3, 4), [1.0, 2.0], 0.5), integers=True):
        twin = tuple(copied(value) for value in as_arguments(case).args)
        assert fingerprint(twin) == fingerprint(as_arguments(case).args)
        for old, new in zip(case, twin, strict=True):  # type: ignore[arg-type]
            if isinstance(old, np.ndarray):
                assert new.strides == old.strides
                assert not old.flags.writeable or not np.shares_memory(old, new)
    backwards = np.arange(6.0)[::-1]
    assert copied(backwards).tolist() == [5.0, 4.0, 3.0, 2.0, 1.0, 0.0]
    assert not np.shares_memory(copied(backwards), backwards)


def test_cases_remember_their_draw() -> None:
    for case in (drawn(PAIRS)[3], drawn(arguments(PAIRS, k=1))[3]):
        draw = case.draw
        assert isinstance(draw, Draw)
        assert draw.n == 12
    y, p = drawn(PAIRS)[3]
    assert y.shape == p.shape


def test_the_oldest_draws_go_where_there_are_too_many_elements() -> None:
    kept = Kept(most=100)
    made: list[str] = []

    def strategy(name: str) -> Any:
        return arguments(reals()).map(lambda case: made.append(name) or case)

    for name in "abcdef":
        drawn(strategy(name), 30, name, kept)
    made.clear()
    drawn(strategy("f"), 30, "f", kept)
    drawn(strategy("e"), 30, "e", kept)
    assert made == []
    drawn(strategy("a"), 30, "a", kept)
    assert set(made) == {"a"}


def test_one_draw_larger_than_all_that_may_be_kept() -> None:
    kept = Kept(most=1)
    assert marks(drawn(PAIRS, kept=kept)) == marks(drawn(PAIRS, kept=kept))


@pytest.mark.parametrize(
    ("strategy", "complaint"),
    [
        ([1, 2], "not a Hypothesis strategy"),
        (reals(), "tuple of arguments"),
        (st.lists(reals()), "tuple of arguments"),
        (PAIRS.filter(lambda case: False), "gives nothing"),
        (PAIRS.map(lambda case: case[5]), "the strategy fails: IndexError"),
        (PAIRS.map(lambda case: case.missing), "the strategy fails: AttributeError"),
    ],
)
def test_the_suites_own_faults(strategy: Any, complaint: str) -> None:
    with pytest.raises(SuiteError, match=complaint):
        drawn(strategy)


@pytest.mark.parametrize("n", [0, -1, 1.5, True, "3", 10**6])
def test_impossible_numbers(n: Any) -> None:
    with pytest.raises(SuiteError, match="drawn: n is"):
        drawn(PAIRS, n)


def test_choices_respect_their_bounds() -> None:
    from hypothesis.internal.intervalsets import IntervalSet

    choices = Choices(None)
    letters = IntervalSet.from_string("abx")
    for _ in range(300):
        assert set(choices.draw_string(letters, min_size=1, max_size=3)) <= set("abx")
        assert 1 <= len(choices.draw_string(letters, min_size=1, max_size=3)) <= 3
        assert 2 <= len(choices.draw_bytes(2, 4)) <= 4
        assert choices.draw_integer(None, 3) <= 3
        assert choices.draw_integer(-5, None) >= -5
        assert -(10**4) < choices.draw_integer() < 10**4
        for low, high in ((-2.0, -1.5), (0.0, 0.0), (1e300, 1.7e308), (-1.7e308, 1.7e308), (-np.inf, -5.0)):
            value = choices.draw_float(min_value=low, max_value=high, smallest_nonzero_magnitude=5e-324)
            assert low <= value <= high
            assert np.isfinite(value)
        value = choices.draw_float(min_value=0.0, max_value=1.0, smallest_nonzero_magnitude=0.25)
        assert value == 0 or value >= 0.25


def test_nothing_is_printed_warned_of_or_left_in_the_generators(
    capfd: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    before = random.getstate(), repr(np.random.get_state())
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        drawn(PAIRS)
        search(PAIRS, 3, 50, lambda case: case[0].size > 3, shrink=True)
    assert (random.getstate(), repr(np.random.get_state())) == before
    assert capfd.readouterr() == ("", "")
    assert list(tmp_path.iterdir()) == []


def test_public_checks_do_not_wait_for_hypothesis() -> None:
    program = (
        "import sys, autograder.checks, autograder.checks.shrink, autograder.checks.drawn, autograder.runner.session;"
        "print('hypothesis' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert done.stdout == "False\n"
