"""The reference of `losses` against HIPS autograd: forward passes written anew, differentiated by another program."""

from __future__ import annotations

import importlib.util
import math
import warnings
from pathlib import Path
from types import ModuleType
from typing import Any

import autograd
import autograd.numpy as anp
import numpy as np
import pytest

REFERENCE = Path(__file__).parents[2] / "solutions" / "losses" / "losses.py"


@pytest.fixture(scope="module")
def reference() -> ModuleType:
    spec = importlib.util.spec_from_file_location("losses_reference", REFERENCE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def mean_square(y: Any, p: Any) -> Any:
    return anp.mean((p - y) ** 2)


def mean_cross_entropy(y: Any, p: Any) -> Any:
    return anp.mean(-y * anp.log(p) - (1 - y) * anp.log1p(-p))


def of_the_logit(y: Any, z: Any, loss: str) -> Any:
    """The loss of the logistic model without ever forming 1 - p: log(1 + e^-z) and log(1 + e^z)."""
    if loss == "bce":
        return anp.mean(y * anp.logaddexp(0.0, -z) + (1 - y) * anp.logaddexp(0.0, z))
    return anp.mean((y - 0.5 - 0.5 * anp.tanh(z / 2)) ** 2)


def samples(seed: int, shape: tuple[int, ...]) -> tuple[Any, Any]:
    rng = np.random.default_rng(seed)
    return rng.integers(0, 2, size=shape).astype(float), rng.uniform(1e-3, 1 - 1e-3, size=shape)


SHAPES = [(), (1,), (5,), (2, 3), (2, 1, 4)]


@pytest.mark.parametrize("shape", SHAPES)
def test_values_agree_with_sums_in_python(reference: ModuleType, shape: tuple[int, ...]) -> None:
    y, p = samples(1, shape)
    pairs = list(zip(np.ravel(y), np.ravel(p), strict=True))
    square = math.fsum((a - b) ** 2 for a, b in pairs) / len(pairs)
    entropy = -math.fsum(math.log(b) if a else math.log1p(-b) for a, b in pairs) / len(pairs)
    assert reference.squared_error(y, p) == pytest.approx(square, rel=1e-13)
    assert reference.binary_cross_entropy(y, p) == pytest.approx(entropy, rel=1e-12)


@pytest.mark.parametrize("shape", SHAPES)
def test_slopes_agree_with_autograd(reference: ModuleType, shape: tuple[int, ...]) -> None:
    y, p = samples(2, shape)
    by_square = autograd.grad(lambda q: mean_square(y, q))(p)
    by_entropy = autograd.grad(lambda q: mean_cross_entropy(y, q))(p)
    for ours, theirs in (
        (reference.squared_error_gradient(y, p), by_square),
        (reference.binary_cross_entropy_gradient(y, p), by_entropy),
        (reference.steepness_ratio(y, p), np.abs(by_entropy) / np.abs(by_square)),
    ):
        assert np.shape(ours) == shape
        np.testing.assert_allclose(ours, theirs, rtol=1e-11)


@pytest.mark.parametrize("p", [1e-6, 1e-5, 0.5, 1 - 1e-5, 1 - 1e-6])
@pytest.mark.parametrize("y", [0.0, 0.25, 1.0])
def test_slopes_agree_up_to_the_ends(reference: ModuleType, y: float, p: float) -> None:
    theirs = autograd.grad(lambda q: mean_cross_entropy(y, q))(p)
    assert reference.binary_cross_entropy_gradient(y, p) == pytest.approx(theirs, rel=1e-9)
    assert reference.binary_cross_entropy(y, p) == pytest.approx(mean_cross_entropy(y, p), rel=1e-9)


@pytest.mark.parametrize("dtype", [np.float64, np.float32, int])
def test_the_ends_are_finite(reference: ModuleType, dtype: Any) -> None:
    right, wrong = np.array([0, 1, 1], dtype=dtype), np.array([1, 0, 0], dtype=dtype)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert reference.binary_cross_entropy(right, right) == 0
        assert 10 < reference.binary_cross_entropy(right, wrong) < 100
        for p in (right, wrong):
            assert np.all(np.isfinite(reference.binary_cross_entropy_gradient(right, p)))


@pytest.mark.parametrize("loss", ["bce", "squared_error"])
@pytest.mark.parametrize(("theta", "beta"), [(0.0, 0.0), (1.5, -0.5), (-4.0, 1.0), (6.0, 1.0)])
def test_logistic_gradient_agrees_with_autograd(
    reference: ModuleType, loss: str, theta: float, beta: float
) -> None:
    rng = np.random.default_rng(3)
    x, y = rng.uniform(-2, 2, size=9), rng.integers(0, 2, size=9).astype(float)
    theirs = autograd.grad(lambda w: of_the_logit(y, w[0] * x + w[1], loss))(np.array([theta, beta]))
    ours = reference.logistic_gradient(x, y, theta, beta, loss)
    np.testing.assert_allclose(ours, theirs, rtol=1e-8, atol=1e-12)


@pytest.mark.parametrize("loss", ["bce", "squared_error"])
def test_training_agrees_with_a_run_on_autograd(reference: ModuleType, loss: str) -> None:
    rng = np.random.default_rng(4)
    x, y = rng.uniform(-2, 2, size=12), rng.integers(0, 2, size=12).astype(float)
    weights = np.array([-1.0, 0.5])
    slope = autograd.grad(lambda w: of_the_logit(y, w[0] * x + w[1], loss))
    losses = [of_the_logit(y, weights[0] * x + weights[1], loss)]
    for _ in range(25):
        weights = weights - 0.7 * slope(weights)
        losses.append(of_the_logit(y, weights[0] * x + weights[1], loss))
    theta, beta, history = reference.train_logistic(x, y, loss, 0.7, 25, theta=-1.0, beta=0.5)
    np.testing.assert_allclose([theta, beta], weights, rtol=1e-9)
    np.testing.assert_allclose(history, losses, rtol=1e-9)


def test_the_statements_example(reference: ModuleType) -> None:
    """Cross-entropy falls fast from the confidently wrong start of the statement, squared error hardly at all."""
    x, y = [-2.0, -1.0, 1.0, 2.0], [0.0, 0.0, 1.0, 1.0]
    for loss, first, last in (("bce", 4.5255, 0.0779), ("squared_error", 0.9512, 0.9105)):
        history = reference.train_logistic(x, y, loss, 1.0, 10, theta=-3.0)[2]
        assert history[[0, -1]] == pytest.approx([first, last], abs=5e-5)


@pytest.mark.parametrize("steps", [0, 3])
def test_an_unknown_loss_is_refused(reference: ModuleType, steps: int) -> None:
    with pytest.raises(ValueError, match="mse"):
        reference.logistic_gradient([1.0], [1.0], 0.0, 0.0, "mse")
    with pytest.raises(ValueError, match="mse"):
        reference.train_logistic([1.0], [1.0], "mse", 0.5, steps)


def test_nothing_is_changed(reference: ModuleType) -> None:
    y, p = np.array([0.0, 1.0, 1.0]), np.array([0.0, 0.5, 1.0])
    theta, beta = np.array(0.5), np.array(-0.5)
    for array in (y, p, theta, beta):
        array.flags.writeable = False
    reference.squared_error(y, p)
    reference.binary_cross_entropy(y, p)
    reference.squared_error_gradient(y, p)
    reference.binary_cross_entropy_gradient(y, p)
    reference.steepness_ratio(y, np.array([0.1, 0.5, 0.9]))
    assert reference.gradient_descent_step(p, y, 0.5) is not p
    reference.train_logistic(p, y, "bce", 0.5, 2, theta, beta)
