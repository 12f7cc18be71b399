"""The checker of gradients against planted faults: it must accept every right gradient and no wrong one."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from autograder.checks import CheckFailure, check_gradient
from autograder.checks.differences import Doubt
from autograder.checks.gradient import Answer, judge_gradient, numerical_gradient
from autograder.errors import StudentError, SuiteError
from tests.checks import planted
from tests.checks.fake import FakeCall
from tests.checks.planted import Planted

CASES = 25

Row = Callable[[np.random.Generator], Planted]


def near_kink(rng: np.random.Generator) -> Planted:
    return planted.relu_network(rng, 10.0 ** rng.uniform(-7.0, -4.3) * rng.choice([-1.0, 1.0]))


def very_near_kink(rng: np.random.Generator) -> Planted:
    return planted.relu_network(rng, 10.0 ** rng.uniform(-12.0, -7.0) * rng.choice([-1.0, 1.0]))


ROWS: dict[str, Row] = {
    "logistic loss": planted.logistic_loss,
    "logistic loss, saturated": lambda rng: planted.logistic_loss(rng, 30.0),
    "logistic loss × 1e-6": lambda rng: planted.scaled(planted.logistic_loss(rng), 1e-6),
    "logistic loss × 1e-200": lambda rng: planted.scaled(planted.logistic_loss(rng), 1e-200),
    "ReLU network, a unit within 1e-7 to 5e-5 of 0": near_kink,
    "ReLU network, a unit within 1e-12 to 1e-7 of 0": very_near_kink,
    "max-pool, integer ties": planted.pool_with_ties,
    "ReLU at 0, derivative 0": lambda rng: planted.relu_at_zero(rng, 0.0),
    "ReLU at 0, derivative 1/2": lambda rng: planted.relu_at_zero(rng, 0.5),
    "ReLU at 0, derivative 1": lambda rng: planted.relu_at_zero(rng, 1.0),
    "cross-entropy, p = 1e-6": planted.cross_entropy_at_the_end,
}


def largest_off(g: np.ndarray) -> np.ndarray:
    """One entry 1 % off."""
    wrong = g.copy()
    wrong.flat[np.abs(g).argmax()] *= 1.01
    return wrong


BUGS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "one entry 1 % off": largest_off,
    "all 0.1 % off": lambda g: 1.001 * g,
    "missing 1/m": lambda g: 20.0 * g,
    "all zeros": np.zeros_like,
    "sign": np.negative,
    "ones": np.ones_like,
    "reversed": lambda g: g.reshape(-1)[::-1].reshape(g.shape),
}

KINKED = {
    name for name in ROWS if name.startswith(("max-pool", "ReLU at 0", "ReLU network, a unit within 1e-12"))
}
"""Where a kink excuses some of these bugs; what it must not excuse is tested on its own."""


def verdicts(row: Row, *changes: Callable[[np.ndarray], np.ndarray]) -> np.ndarray:
    """How many of `CASES` cases are accepted: with the right gradient first, then with each change of it.

    The differences of a case are taken once: the first gradient is never right, and its failure judges the others.
    """
    counts = np.zeros(1 + len(changes), int)
    for seed in range(CASES):
        case = row(np.random.default_rng(seed))
        call = FakeCall("gradient", value=np.full_like(case.gradient, np.nan))
        with pytest.raises(CheckFailure) as caught:
            check_gradient(case.f, call.value, case.x, domain=case.domain, call=call)
        again = caught.value.again
        assert again is not None
        for position, change in enumerate((np.copy, *changes)):
            try:
                again(change(case.gradient))
            except CheckFailure:
                continue
            counts[position] += 1
    return counts


@pytest.mark.parametrize("name", ROWS)
def test_every_right_gradient_is_accepted_and_no_planted_bug(name: str) -> None:
    bugs = {} if name in KINKED else BUGS
    right, *wrong = verdicts(ROWS[name], *bugs.values())
    assert right == CASES
    assert dict(zip(bugs, wrong, strict=True)) == dict.fromkeys(bugs, 0)


def test_no_bug_at_a_kink_is_accepted() -> None:
    assert verdicts(planted.relu_network_without_mask)[0] == 0
    assert verdicts(lambda rng: planted.relu_at_zero(rng, -0.01))[0] == 0
    assert verdicts(lambda rng: planted.relu_at_zero(rng, 1.01))[0] == 0


def test_no_bug_in_pooling_is_accepted() -> None:
    wrong = verdicts(planted.pool_with_ties, lambda g: 1.1 * g, np.zeros_like, np.negative, np.ones_like)[1:]
    assert wrong.tolist() == [0, 0, 0, 0]


def test_a_gradient_shared_between_ties_is_accepted() -> None:
    x = np.array([2.0, 2.0, 1.0])
    for shared in ([1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.5, 0.5, 0.0]):
        check_gradient(lambda v: float(v.max()), shared, x)


# -- the lower function -------------------------------------------------------------------------------------------


def test_the_error_estimate_holds() -> None:
    for seed in range(CASES):
        case = planted.logistic_loss(np.random.default_rng(seed))
        result = numerical_gradient(case.f, case.x)
        assert not result.kinks.any()
        assert np.all(np.abs(result.value - case.gradient) <= 5 * result.error)
        assert np.all(result.error <= 1e-8 * np.abs(case.gradient).max())


def test_kinks_are_found_with_their_one_sided_slopes() -> None:
    result = numerical_gradient(lambda v: float(np.abs(v[0]) + v[1] ** 2), np.array([0.0, 3.0]))
    assert result.kinks.tolist() == [True, False]
    assert (result.low[0], result.high[0]) == pytest.approx((-1.0, 1.0))
    assert result.value[1] == pytest.approx(6.0, rel=1e-9)
    assert (result.low[1], result.high[1]) == (result.value[1], result.value[1])


@pytest.mark.parametrize(
    ("f", "x", "slope"),
    [
        (math.exp, 1.0, math.e),
        (lambda t: math.tanh(1000.0 * t), 1e-4, 1000.0 / math.cosh(0.1) ** 2),
        (lambda t: math.sin(300.0 * t), 0.5, 300.0 * math.cos(150.0)),
        (lambda t: t * t, 1e8, 2e8),
        (lambda t: t * t, 1e-9, 2e-9),
        (lambda t: (t - 1.0) ** 2, 1.0, 0.0),
        (lambda t: 7.0, 1.0, 0.0),
    ],
)
def test_steep_curved_large_and_tiny(f: Callable[[float], float], x: float, slope: float) -> None:
    result = numerical_gradient(f, x)
    assert not result.kinks.any()
    assert abs(result.value - slope) <= 1e-6 * abs(slope) + 5 * result.error
    check_gradient(f, slope, x)


def test_the_shape_is_kept() -> None:
    x = np.arange(6.0).reshape(1, 2, 3)
    assert numerical_gradient(lambda v: float(np.sum(v**2)), x).value == pytest.approx(2 * x)


def test_steps_stay_inside_the_domain() -> None:
    seen: list[float] = []

    def f(p: float) -> float:
        seen.append(p)
        return math.log(p)

    check_gradient(f, 1e6, 1e-6, domain=(0.0, 1.0))
    assert min(seen) > 0.0
    assert max(seen) < 1.0
    ends = np.array([0.0, 10.0]), np.array([1.0, 11.0])
    check_gradient(lambda v: float(np.log(v[0]) + v[1]), [2.0, 1.0], np.array([0.5, 10.5]), domain=ends)


# -- what is said -------------------------------------------------------------------------------------------------


def square(v: Any) -> float:
    return float(np.sum(np.asarray(v) ** 2))


X = np.array([[1.0, -2.0], [3.0, 4.0]])


def test_the_worst_entry_and_the_ratio_are_reported() -> None:
    with pytest.raises(CheckFailure) as caught:
        check_gradient(square, 4.0 * 2.0 * X, X)
    said = str(caught.value)
    assert "the slope of the function is" in said
    assert "4 of 4 entries" in said
    assert "Yours divided by the slope is 4 everywhere." in said
    wrong = 2.0 * X
    wrong[1, 0] = 0.0
    with pytest.raises(CheckFailure, match=r"Entry \[1, 0\] of the gradient is 0, but the slope .* is 6"):
        check_gradient(square, wrong, X)


@pytest.mark.parametrize(
    ("gradient", "says"),
    [
        (None, "None"),
        (2.0 * X.ravel(), r"shape \(4,\); shape \(2, 2\)"),
        (2.0, "single number"),
        (np.empty((0, 1)), "empty"),
        (np.full((2, 2), np.nan), "4 of 4 entries are not finite"),
        ([[2.0, -4.0], [np.inf, 8.0]], r"entry \[1, 0\] is inf"),
        (np.ones((2, 2), bool), "booleans"),
        ([[2.0, -4.0], [6.0]], "different shapes"),
    ],
)
def test_what_is_no_gradient_is_named_first(gradient: Any, says: str) -> None:
    with pytest.raises(CheckFailure, match=says):
        check_gradient(square, gradient, X)


def test_any_form_of_the_right_gradient_passes() -> None:
    for gradient in (2 * X, (2 * X).tolist(), (2 * X).astype(np.float32), (2 * X).astype(int)):
        check_gradient(square, gradient, X)
    check_gradient(lambda t: t**2, 6.0, 3.0)
    check_gradient(lambda t: t**2, np.array(6.0), 3.0)
    with pytest.raises(CheckFailure, match="The gradient is 5, but the slope of the function is 6"):
        check_gradient(lambda t: t**2, 5.0, 3.0)


def test_the_failure_judges_another_gradient_of_the_call() -> None:
    call = FakeCall("gradients", value=[0.0 * X, 1.0])
    with pytest.raises(CheckFailure) as caught:
        check_gradient(square, call.value[0], X, call=call)
    again = caught.value.again
    assert caught.value.call is call
    assert again is not None
    again([2 * X, 1.0])
    with pytest.raises(CheckFailure):
        again([3 * X, 1.0])


# -- large arrays -------------------------------------------------------------------------------------------------


class TestLarge:
    x = np.random.default_rng(1).normal(size=(30, 40))

    @staticmethod
    def f(v: np.ndarray) -> float:
        return float(np.mean(np.logaddexp(0.0, v)))

    @property
    def gradient(self) -> np.ndarray:
        return 0.5 * (1.0 + np.tanh(self.x / 2.0)) / self.x.size

    def test_right_is_accepted_with_few_evaluations(self) -> None:
        evaluations = 0

        def counting(v: np.ndarray) -> float:
            nonlocal evaluations
            evaluations += 1
            return self.f(v)

        check_gradient(counting, self.gradient, self.x)
        assert evaluations < 3000

    @pytest.mark.parametrize("seed", range(10))
    def test_one_wrong_entry_is_found_wherever_it_is(self, seed: int) -> None:
        wrong = self.gradient
        wrong.flat[np.random.default_rng(seed).integers(wrong.size)] += 0.1 / self.x.size
        with pytest.raises(CheckFailure):
            check_gradient(self.f, wrong, self.x)

    def test_the_direction_is_reported(self) -> None:
        wrong = self.gradient
        wrong[wrong < 0.5 * np.median(wrong)] *= 1.0 + 1e-3
        with pytest.raises(CheckFailure):
            check_gradient(self.f, wrong, self.x)


# -- whose fault --------------------------------------------------------------------------------------------------


def test_misuse_is_the_suites_fault() -> None:
    generator = np.random.default_rng(0)
    right = 2.0 * X
    with pytest.raises(SuiteError, match="float32"):
        check_gradient(square, right, X.astype(np.float32))
    with pytest.raises(SuiteError, match="float64"):
        check_gradient(square, right, X.astype(int))
    with pytest.raises(SuiteError, match="another value"):
        check_gradient(lambda v: square(v) + generator.normal(), right, X)
    with pytest.raises(SuiteError, match="single real number"):
        check_gradient(lambda v: v**2, right, X)
    with pytest.raises(SuiteError, match="single real number"):
        check_gradient(lambda v: None, right, X)
    with pytest.raises(SuiteError, match="is nan at the point"):
        check_gradient(lambda v: math.nan, right, X)
    with pytest.raises(SuiteError, match="not finite around"):
        check_gradient(lambda v: 0.0 if np.array_equal(v, X) else math.inf, right, X)
    with pytest.raises(SuiteError, match="strictly inside"):
        check_gradient(math.log, 1.0, 1.0, domain=(0.0, 1.0))
    with pytest.raises(SuiteError, match="domain"):
        check_gradient(square, right, X, domain=(np.zeros(3), 1.0))
    with pytest.raises(SuiteError, match="empty"):
        check_gradient(square, np.zeros(0), np.zeros(0))
    with pytest.raises(SuiteError, match="rtol"):
        check_gradient(square, right, X, rtol=0.0)


def test_a_point_that_decides_nothing_is_the_suites_fault() -> None:
    def drowned(v: np.ndarray) -> float:
        return 1.0 + 1e-13 * square(v)

    with pytest.raises(SuiteError, match="too rough to judge"):
        check_gradient(drowned, 2e-13 * X, X)
    with pytest.raises(CheckFailure):
        check_gradient(drowned, 1e-3 * X, X)


def careless(v: np.ndarray) -> float:
    v *= v
    return float(v.sum())


def test_a_function_that_changes_its_argument_is_named() -> None:
    before = X.copy()
    with pytest.raises(SuiteError, match="changes its argument"):
        check_gradient(careless, 2.0 * X, X)
    assert judge_gradient(careless, 2.0 * X, X).answer is Answer.RIGHT
    assert judge_gradient(careless, 2.0 * X, X).writes
    assert not judge_gradient(square, 2.0 * X, X).writes
    check_gradient(careless, 2.0 * X, X, whose="student")
    assert np.array_equal(X, before)


def test_the_same_verdict_every_time() -> None:
    case = near_kink(np.random.default_rng(3))
    said = set()
    for _ in range(3):
        with pytest.raises(CheckFailure) as caught:
            check_gradient(case.f, largest_off(case.gradient), case.x)
        said.add(str(caught.value))
    assert len(said) == 1


# -- three verdicts -------------------------------------------------------------------------------------------------


def test_a_verdict_says_where_and_by_how_much() -> None:
    wrong = 2.0 * X
    wrong[1, 0] = 5.0
    verdict = judge_gradient(square, wrong, X)
    assert verdict.answer is Answer.WRONG
    assert (verdict.entry, verdict.given, verdict.wrong, verdict.checked, verdict.kinks) == (
        (1, 0),
        5.0,
        1,
        4,
        0,
    )
    assert verdict.slope == pytest.approx(6.0, rel=1e-9)
    assert verdict.error < 1e-8
    assert verdict.ratio is None
    assert judge_gradient(square, 6.0 * X, X).ratio == pytest.approx(3.0)
    right = judge_gradient(square, 2.0 * X, X)
    assert (right.answer, right.messages, right.wrong, right.doubt) == (Answer.RIGHT, (), 0, None)
    at_kink = judge_gradient(lambda v: float(np.abs(v).sum()), [2.0, 1.0], np.array([0.0, 1.0]))
    assert (at_kink.answer, at_kink.entry, at_kink.kinks) == (Answer.WRONG, (0,), 1)
    assert (at_kink.low, at_kink.high) == pytest.approx((-1.0, 1.0))
    assert judge_gradient(square, "nonsense", X).answer is Answer.WRONG


def in_single(v: np.ndarray) -> Any:
    return np.sum(v.astype(np.float32) ** 2)


def in_half(v: np.ndarray) -> float:
    return 1e-2 * square(v) + float(np.sum((v.astype(np.float16) ** 2).astype(np.float64)))


def after_a_large_constant(v: np.ndarray) -> float:
    return (square(v) + 1e12) - 1e12


class Drifting:
    """Right for the first hundred calls, and a little more from then on."""

    def __init__(self) -> None:
        self.calls = 0

    def __call__(self, v: np.ndarray) -> float:
        self.calls += 1
        return square(v) + 1e-3 * max(0, self.calls - 100)


@pytest.mark.parametrize(
    ("f", "doubt"),
    [
        (in_single, Doubt.SINGLE_PRECISION),
        (lambda v: float(in_single(v)), Doubt.ROUND_OFF),
        (in_half, Doubt.STEPS),
        (lambda v: round(square(v), 4), Doubt.STEPS),
        (after_a_large_constant, Doubt.STEPS),
        (lambda v: math.sin(1e17 * float(v.sum())), Doubt.ROUND_OFF),
        (Drifting(), Doubt.NOT_DETERMINISTIC),
        (lambda v: math.nan, Doubt.NOT_FINITE),
        (lambda v: v, Doubt.NOT_A_NUMBER),
        (lambda v: 1e12 + square(v), Doubt.ROUND_OFF),
        (lambda v: square(v) if np.array_equal(v, X) else math.inf, Doubt.NOT_FINITE_AROUND),
    ],
)
def test_a_function_that_decides_nothing_is_no_fault_of_the_gradient(f: Any, doubt: Doubt) -> None:
    for gradient in (2.0 * X, 2.0 * X * (1.0 + 1e-5)):
        verdict = judge_gradient(f, gradient, X)
        assert (verdict.answer, verdict.doubt) == (Answer.UNDECIDABLE, doubt)
        assert verdict.messages


def test_a_little_rounding_in_the_function_is_borne() -> None:
    for f in (lambda v: round(square(v), 8), lambda v: (square(v) + 1e8) - 1e8):
        assert judge_gradient(f, 2.0 * X, X).answer is Answer.RIGHT
        assert judge_gradient(f, 2.0 * X * 1.001, X).answer is Answer.WRONG


def test_the_students_own_forward_pass_may_be_at_fault() -> None:
    generator = np.random.default_rng(0)

    def random(v: np.ndarray) -> float:
        return square(v) + generator.normal()

    def raising(v: np.ndarray) -> float:
        raise StudentError("ValueError")

    for f, says in (
        (random, "another value"),
        (lambda v: math.nan, "is nan"),
        (lambda v: None, "single real number"),
    ):
        with pytest.raises(CheckFailure, match=says):
            check_gradient(f, 2.0 * X, X, whose="student")
    with pytest.raises(SuiteError, match="too rough"):
        check_gradient(lambda v: 1e12 + square(v), 2.0 * X, X, whose="student")
    with pytest.raises(SuiteError, match="whose"):
        check_gradient(square, 2.0 * X, X, whose="teacher")  # type: ignore[arg-type]
    with pytest.raises(StudentError):
        judge_gradient(raising, 2.0 * X, X)


def test_a_single_precision_gradient_may_have_its_round_off() -> None:
    rng = np.random.default_rng(0)
    a, b = rng.normal(size=(30, 6)), rng.normal(size=30)
    for _attempt in range(10):
        x = rng.normal(size=6)
        right = 2.0 * a.T @ (a @ x - b)
        single = a.T.astype(np.float32) @ (a @ x - b).astype(np.float32) * np.float32(2)
        check_gradient(lambda v: float(np.sum((a @ v - b) ** 2)), single, x)
        wrong = single.copy()
        wrong[np.abs(right).argmax()] *= np.float32(1.001)
        with pytest.raises(CheckFailure):
            check_gradient(lambda v: float(np.sum((a @ v - b) ** 2)), wrong, x)


# -- what rivals, or earlier versions of ours, got wrong ------------------------------------------------------------


def test_a_large_entry_hides_no_fault_in_a_small_one() -> None:
    p = np.array([1e-6, 0.5, 0.3])

    def f(q: np.ndarray) -> float:
        return float(-np.sum(np.log(q)))

    check_gradient(f, -1.0 / p, p, domain=(0.0, 1.0))
    wrong = -1.0 / p
    wrong[1] *= 1.0005
    with pytest.raises(CheckFailure, match=r"Entry \[1\]"):
        check_gradient(f, wrong, p, domain=(0.0, 1.0))


def test_a_claim_that_an_offset_drowns_is_not_right() -> None:
    for claim in (0.3 * X, 2.0 * X):
        verdict = judge_gradient(lambda v: square(v) + 1e18, claim, X)
        assert verdict.answer is Answer.UNDECIDABLE


def test_a_jump_of_the_second_derivative_is_no_fault() -> None:
    x = np.array([0.0, 1.0, -1.0, 0.0])
    check_gradient(lambda v: float(np.sum(np.maximum(v, 0.0) ** 2)), 2.0 * np.maximum(x, 0.0), x)
    check_gradient(lambda v: float(np.sum(np.log1p(np.maximum(v, 0.0) ** 2))), [0.0, 1.0, 0.0, 0.0], x)


def test_two_kinks_that_mirror_each_other_are_seen() -> None:
    def f(v: np.ndarray) -> float:
        return float(np.max(v**2) + 1e-3 * np.sum(v**2))

    x = np.array([1e-5, -1e-6])
    check_gradient(f, [2e-5 * 1.001, -2e-9], x)
    with pytest.raises(CheckFailure):
        check_gradient(f, [2e-5 * 1.001, -2e-6], x)


def test_saturation_seen_from_afar_does_not_count() -> None:
    def f(v: np.ndarray) -> float:
        return float(np.tanh(np.tanh(2e6 * v[0]) / 3.0))

    check_gradient(f, [2e6 / 3.0], np.zeros(1))
    with pytest.raises(CheckFailure):
        check_gradient(f, [0.0], np.zeros(1))


def test_a_small_kink_is_not_lost_in_round_off() -> None:
    def f(v: np.ndarray) -> float:
        return float(1e3 + 7.0 * v[0] + 5e-3 * max(v[0], 0.0))

    for slope in (7.0, 7.0025, 7.005):
        check_gradient(f, [slope], np.zeros(1))
    for slope in (6.99, 7.01):
        with pytest.raises(CheckFailure):
            check_gradient(f, [slope], np.zeros(1))


def test_a_slope_that_only_short_steps_show_is_not_called_wrong() -> None:
    def f(v: np.ndarray) -> float:
        return float(np.tanh(1e8 * (v[0] - 1e-9)))

    right = 1e8 / math.cosh(0.1) ** 2
    assert judge_gradient(f, [right], np.zeros(1)).answer is not Answer.WRONG
    assert judge_gradient(f, [0.0], np.zeros(1)).answer is not Answer.RIGHT


def test_kinks_that_add_up_may_each_choose_a_side() -> None:
    x = np.array([1.0, 1.0, 1.0])

    def f(v: np.ndarray) -> float:
        return float(2.0 * max(v[0], v[1]) - 3.0 * max(v[1], v[2]))

    for shares in ([2.0, -3.0, 0.0], [0.0, -1.0, 0.0], [2.0, 0.0, -3.0], [1.0, -0.5, -1.5], [0.0, 2.0, -3.0]):
        check_gradient(f, shares, x)
    for wrong in ([2.0, -1.0, 0.0], [2.0, 2.5, -3.0], [0.0, 0.0, 0.0], [2.0, -3.5, 0.5]):
        with pytest.raises(CheckFailure):
            check_gradient(f, wrong, x)


@pytest.mark.parametrize("seed", range(3))
def test_one_wrong_entry_of_many_is_named(seed: int) -> None:
    rng = np.random.default_rng(seed)
    weights, x = rng.normal(size=20_000), rng.normal(size=20_000)
    right = weights * (x > 0) / x.size

    def f(v: np.ndarray) -> float:
        return float(np.mean(np.maximum(v, 0.0) * weights))

    assert judge_gradient(f, right, x).answer is Answer.RIGHT
    wrong = right.copy()
    index = int(rng.integers(x.size))
    wrong[index] += 1e-2 * np.linalg.norm(right)
    verdict = judge_gradient(f, wrong, x)
    assert (verdict.answer, verdict.entry) == (Answer.WRONG, (index,))


def test_directions_that_decide_nothing_are_owned_up_to() -> None:
    x = np.ones(1000)
    spikes = np.zeros(1000)
    spikes[:70] = 1.0  # only what is claimed to be large moves f; the others are drowned

    def f(v: np.ndarray) -> float:
        return float(1e-9 * np.sum(v)) + 1e6

    assert judge_gradient(f, np.full(1000, 1e-9), x).answer is Answer.UNDECIDABLE
    assert judge_gradient(f, spikes, x).answer is Answer.WRONG
