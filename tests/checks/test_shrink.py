"""A drawn case that fails leads to the smallest one, whatever the student's code does meanwhile."""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import hypothesis.strategies as st
import numpy as np
import pytest

from autograder.checks import (
    CheckFailure,
    check_finite,
    check_no_warning,
    check_raises,
    check_same,
    check_unchanged,
    shrink,
)
from autograder.checks.drawn import Drawn, Kept
from autograder.checks.shrink import complexity, is_simple, shrink_failure
from autograder.checks.strategies import (
    alike,
    arguments,
    arrays,
    forms_of,
    images,
    reals,
    shapes,
    sizes,
    truths,
)
from autograder.errors import CallTimedOut, NotWritten, StudentError, StudentFault, SuiteError, WorkerEnded
from tests.checks.fake import FakeTarget

PAIRS = alike(shapes(), truths(), reals(0, 1))
IMAGES = arguments(images(distinct=True))


def mean_square(y: Any, p: Any) -> Any:
    return np.mean((np.asarray(y, dtype=float) - np.asarray(p, dtype=float)) ** 2)


def tops(x: Any) -> Any:
    return x.max(axis=(0, 1))


def problem_of(check: Callable[[Any, Any, list[Any]], None], student: Any, right: Any, strategy: Any) -> Any:
    cases = Drawn(Kept(), "1:test_it.py::test_x")(strategy, 12)
    with pytest.raises((CheckFailure, StudentFault)) as caught:
        check(student, FakeTarget(f=right), cases)
    return caught.value


def same(student: Any, reference: Any, cases: list[Any]) -> None:
    check_same(student, reference, "f", cases)


def shrunk(
    function: Callable[..., Any],
    right: Callable[..., Any] = mean_square,
    strategy: Any = PAIRS,
    check: Callable[[Any, Any, list[Any]], None] = same,
    seconds: float = 20.0,
) -> Any:
    student = FakeTarget(f=function)
    problem = problem_of(check, student, right, strategy)
    return shrink_failure(problem, student, FakeTarget(f=right), seconds)


def shown(problem: Any) -> list[Any]:
    """The arguments of the call that the problem is about."""
    return [np.asarray(value).tolist() for value in vars(problem)["call"].args]


@pytest.mark.parametrize(
    ("wrong", "smallest"),
    [
        # right for one example only: two that differ
        (lambda y, p: mean_square(y, p) * y.size, [[0.0, 0.0], [0.0, 1.0]]),
        # wrong for tables only
        (lambda y, p: mean_square(y, p) + (y.ndim == 2), [[[0.0]], [[0.0]]]),
        # wrong from four elements on
        (lambda y, p: mean_square(y, p) + (y.size > 3), [[0.0] * 4, [0.0] * 4]),
        # wrong where two neighbours are both 1
        (
            lambda y, p: mean_square(y, p) + np.any((y.ravel()[1:] == 1) & (y.ravel()[:-1] == 1)),
            [[1.0, 1.0], [0.0, 0.0]],
        ),
    ],
)
def test_the_smallest_failing_call_is_found(wrong: Any, smallest: Any) -> None:
    found = shrunk(wrong)
    assert isinstance(found, CheckFailure)
    assert shown(found) == smallest
    assert "is expected" in str(found)
    with pytest.raises(CheckFailure):
        found.recheck(found.call)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("wrong", "smallest"),
    [
        (lambda x: np.full(x.shape[2], x.max()), (1, 1, 2)),
        (lambda x: x[:, 0].max(axis=0), (1, 2, 1)),
        (lambda x: x[0].max(axis=0), (2, 1, 1)),
        (lambda x: tops(x) + (x.shape[0] != x.shape[1]), (1, 2, 1)),
        (lambda x: tops(x) + (x.shape[0] % 2 == 0), (2, 1, 1)),
    ],
)
def test_the_smallest_image(wrong: Any, smallest: tuple[int, ...]) -> None:
    (image,) = vars(shrunk(wrong, tops, IMAGES))["call"].args
    assert image.shape in (smallest, (2, 1, 1) if smallest == (1, 2, 1) else smallest)
    assert image.size == 2
    assert sorted(image.ravel().tolist()) == [0.0, 1.0]


def test_numbers_become_plain() -> None:
    found = shrunk(lambda y, p: mean_square(y, np.minimum(p, 0.9)))
    assert shown(found)[1] in ([1.0], 1.0)


def test_an_exception_stays_the_same_exception() -> None:
    def fragile(y: Any, p: Any) -> Any:
        if y.size > 4:
            raise ValueError("too many")
        if y.size == 2:
            raise KeyError("two")
        return mean_square(y, p)

    cases = [case for case in Drawn(Kept(), "1:x")(PAIRS, 12) if case[0].size > 4]
    student, reference = FakeTarget(f=fragile), FakeTarget(f=mean_square)
    with pytest.raises(StudentError, match="too many") as caught:
        check_same(student, reference, "f", cases)
    found = shrink_failure(caught.value, student, reference, 20)
    assert isinstance(found, StudentError)
    assert found.type_name == "ValueError"
    assert np.size(shown(found)[0]) == 5


def test_a_form_stays_only_where_it_matters() -> None:
    strategy = forms_of(alike(sizes(2, 5), truths(), reals(0, 1)))
    found = shrunk(lambda y, p: mean_square(y, p) + isinstance(y, list), strategy=strategy)
    assert type(found.call.args[0]) is list
    assert shown(found) == [[0.0, 0.0], [0.0, 0.0]]
    found = shrunk(lambda y, p: mean_square(y, p) + (np.size(y) > 2), strategy=strategy)
    assert type(found.call.args[0]) is np.ndarray
    assert found.call.args[0].flags.writeable


def changes_its_input(y: Any, p: Any) -> Any:
    right = mean_square(y, p)
    if y.ndim == 2:
        y += 1
    return right


def warns(y: Any, p: Any) -> Any:
    np.log(np.zeros(max(p.size - 3, 0)))
    return mean_square(y, p)


def facts_changed(student: Any, reference: Any, cases: list[Any]) -> None:
    check_unchanged(student, reference, "f", cases)


def facts_warned(student: Any, reference: Any, cases: list[Any]) -> None:
    check_no_warning(student, reference, "f", cases)


def facts_finite(student: Any, reference: Any, cases: list[Any]) -> None:
    check_finite(student, "f", cases, shape=())


def facts_raised(student: Any, reference: Any, cases: list[Any]) -> None:
    check_raises(student, "f", ValueError, legal=(np.zeros(0), np.zeros(0)), illegal=cases)


def lenient(y: Any, p: Any) -> Any:
    if 0 < y.size < 4:
        raise ValueError("no")
    return 0.0


@pytest.mark.parametrize(
    ("check", "function", "shape"),
    [
        (facts_changed, changes_its_input, (1, 1)),
        (facts_warned, warns, (4,)),
        (facts_finite, lambda y, p: mean_square(y, p) if y.ndim < 2 else np.nan, (1, 1)),
        (facts_raised, lenient, (4,)),
    ],
)
def test_each_check_that_judges_calls_by_themselves(
    check: Any, function: Any, shape: tuple[int, ...]
) -> None:
    found = shrunk(function, check=check)
    assert isinstance(found, CheckFailure)
    assert found.call is not None
    assert found.call.args[0].shape == shape
    assert np.all(found.call.args[1] == 0)


def test_what_is_not_drawn_or_small_already_is_left_alone() -> None:
    student, reference = FakeTarget(f=lambda y, p: 77.0), FakeTarget(f=mean_square)
    assert shrink_failure(None, student, reference, 5) is None
    with pytest.raises(CheckFailure) as caught:
        check_same(student, reference, "f", [([0.25] * 5, [0.5] * 5)])
    assert shrink_failure(caught.value, student, reference, 5) is None
    problem = problem_of(same, student, mean_square, PAIRS)
    before = len(student.trips)
    assert shrink_failure(problem, student, reference, 5) is None
    assert len(student.trips) == before


@pytest.mark.parametrize("fault", [CallTimedOut(5.0), WorkerEnded("it exited"), NotWritten("missing")])
def test_calls_that_end_the_worker_are_not_made_again(fault: StudentFault) -> None:
    calls = itertools.count()

    def ends(y: Any, p: Any) -> Any:
        next(calls)
        if y.size > 2:
            raise fault
        return mean_square(y, p)

    student = FakeTarget(f=ends)
    problem = problem_of(same, student, mean_square, PAIRS)
    made = next(calls)
    assert shrink_failure(problem, student, FakeTarget(f=mean_square), 5) is None
    assert next(calls) == made + 1


@pytest.mark.parametrize("lives", [0, 1, 4, 9])
def test_a_worker_that_ends_meanwhile_leaves_the_best_so_far(lives: int) -> None:
    student = FakeTarget(f=lambda y, p: mean_square(y, p) + (np.sum(p) > 1.3))
    problem = problem_of(same, student, mean_square, PAIRS)
    made = len(student.trips)

    def dies(y: Any, p: Any) -> Any:
        if len(student.trips) - made > lives:
            raise WorkerEnded("killed by SIGKILL")
        return mean_square(y, p) + (np.sum(p) > 1.3)

    student.functions["f"] = dies
    found = shrink_failure(problem, student, FakeTarget(f=mean_square), 20)
    assert len(student.trips) - made == lives + 1
    assert found is None or isinstance(found, CheckFailure)
    assert found is None or complexity(vars(found)["call"].args) < complexity(vars(problem)["call"].args)


@pytest.mark.parametrize("seconds", [0.0, 0.05, 0.3])
def test_a_slow_student_costs_no_more_than_the_time_there_is(
    seconds: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a clock that goes on only while the student's function works."""
    now = 0.0
    monkeypatch.setattr(shrink, "time", SimpleNamespace(perf_counter=lambda: now))

    def slow(y: Any, p: Any) -> Any:
        nonlocal now
        now += 0.02
        return mean_square(y, p) + (y.size > 3)

    student = FakeTarget(f=slow)
    problem = problem_of(same, student, mean_square, PAIRS)
    made = len(student.trips)
    began = now
    found = shrink_failure(problem, student, FakeTarget(f=mean_square), seconds)
    # Once past the deadline no further call is made.
    assert len(student.trips) - made <= seconds / 0.02 + 1
    assert now - began < seconds + 0.03
    assert (now > began) == (seconds > 0)
    assert found is None or complexity(vars(found)["call"].args) < complexity(vars(problem)["call"].args)


def test_the_best_is_kept_at_the_limit_of_evaluations(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shrink, "MOST_EVALUATIONS", 15)
    student = FakeTarget(f=lambda y, p: mean_square(y, p) + (np.sum(p) > 1.3))
    problem = problem_of(same, student, mean_square, PAIRS)
    made = len(student.trips)
    found = shrink_failure(problem, student, FakeTarget(f=mean_square), 20)
    assert len(student.trips) - made == 15
    assert found is not None
    assert complexity(vars(found)["call"].args) < complexity(vars(problem)["call"].args)


def test_the_search_meets_no_other_input_of_the_check() -> None:
    """The student's code chooses what is shown by what it calls wrong: it may not have met what it could tell that way."""
    cases = Drawn(Kept(), "1:test_it.py::test_x")(PAIRS, 12)
    secret = {case[1].tobytes() for case in cases if np.size(case[1]) > 2}
    assert len(secret) > 3
    met: set[bytes] = set()

    def watching(y: Any, p: Any) -> Any:
        met.add(np.asarray(p).tobytes())
        return mean_square(y, p) + (np.size(y) > 3)

    student, reference = FakeTarget(f=watching), FakeTarget(f=mean_square)
    with pytest.raises(CheckFailure) as caught:
        check_same(student, reference, "f", cases)
    assert secret <= met  # the check itself did show them
    met.clear()
    assert shrink_failure(caught.value, student, reference, 20) is not None
    assert len(met) > 1
    assert len(secret & met) == 1  # the one that would be shown if there were no smaller one


def hostile_answers() -> list[Any]:
    nested: list[Any] = []
    nested.append(nested)
    return [
        lambda y, p: random.random(),
        lambda y, p: random.choice([mean_square(y, p), "x", None, np.nan, [1, [2]], object(), 10**400, {}]),
        lambda y, p: 1 / random.choice([0, 1, 2]),
        lambda y, p: nested,
        lambda y, p: np.full(10**5, np.nan),
        lambda y, p: "0.5" * y.size,
        lambda y, p: complex(y.size, 1),
    ]


@pytest.mark.parametrize("number", range(len(hostile_answers())))
def test_answers_of_any_kind_do_no_harm(number: int) -> None:
    answer = hostile_answers()[number]
    student = FakeTarget(f=lambda y, p: 77.0)
    problem = problem_of(same, student, mean_square, alike(sizes(3, 9), truths(), reals(0, 1)))
    student.functions["f"] = answer
    found = shrink_failure(problem, student, FakeTarget(f=mean_square), 0.5)
    assert found is None or isinstance(found, CheckFailure)


def test_the_suites_own_faults_on_a_case_never_drawn_before() -> None:
    """the reference fails on small cases: those are no finding, and no error either"""

    def particular(y: Any, p: Any) -> Any:
        if y.size < 3:
            raise ValueError("not for so few")
        return mean_square(y, p)

    student, reference = FakeTarget(f=lambda y, p: 77.0), FakeTarget(f=mean_square)
    cases = [case for case in Drawn(Kept(), "1:x")(PAIRS, 12) if case[0].size > 3]
    with pytest.raises(CheckFailure) as caught:
        check_same(student, reference, "f", cases)
    found = shrink_failure(caught.value, student, FakeTarget(f=particular), 20)
    assert found is None or np.size(shown(found)[0]) >= 3
    with pytest.raises(SuiteError):
        check_same(student, FakeTarget(f=particular), "f", [(np.zeros(1), np.zeros(1))])


def test_a_strategy_that_stumbles_meanwhile() -> None:
    def stumbles(case: Any) -> Any:
        if 2 <= case[0].size < 4:
            raise IndexError("an author's slip")
        return case

    strategy = alike(sizes(1, 9), truths(), reals(0, 1))
    draw = Drawn(Kept(), "1:x")(strategy, 12)[0].draw
    slip = type(draw)(strategy.map(stumbles), draw.seed, draw.n)
    case = (np.ones(8), np.full(8, 0.123))

    def judged(other: Any) -> Any:
        return CheckFailure() if other[0].size > 1 else None

    shrink.smaller(slip, case, judged, 5)


def test_interruption_passes() -> None:
    def interrupted(y: Any, p: Any) -> Any:
        raise KeyboardInterrupt

    student = FakeTarget(f=lambda y, p: 77.0)
    problem = problem_of(same, student, mean_square, alike(sizes(3, 9), truths(), reals(0, 1)))
    student.functions["f"] = interrupted
    with pytest.raises(KeyboardInterrupt):
        shrink_failure(problem, student, FakeTarget(f=mean_square), 5)


def test_the_same_result_each_time() -> None:
    texts = {str(shown(shrunk(lambda y, p: mean_square(y, p) + (np.sum(p) > 1.3)))) for _ in range(3)}
    assert len(texts) == 1


def test_what_is_simple() -> None:
    assert is_simple((np.zeros(1), 0.5))
    assert is_simple(([1.0], [0.0]))
    assert not is_simple((np.zeros(2), 0.5))
    assert not is_simple((np.array([0.6180339887]), 0.5))
    assert not is_simple((np.float32([1.0]),))
    assert (
        complexity((np.zeros(2),))
        < complexity((np.array([0.0, 1.0]),))
        < complexity((np.array([0.0, 0.25]),))
    )


def test_other_strategies_shrink_as_well() -> None:
    @st.composite
    def windows(draw: Any) -> Any:
        size = draw(sizes(1, 3))
        side = sizes(size, size + 4)
        return draw(arrays((side, side))), size

    def sums(x: Any, size: int) -> Any:
        return np.asarray(x, float)[:size, :size].sum()

    found = shrunk(lambda x, size: sums(x, min(size, 2)), sums, windows())
    image, size = found.call.args
    assert size == 3
    assert image.shape == (3, 3)
    assert np.count_nonzero(image) == 1
