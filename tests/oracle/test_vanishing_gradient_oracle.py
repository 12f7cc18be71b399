"""The reference of `vanishing_gradient` against HIPS autograd, Python's decimal arithmetic and exact fractions."""

from __future__ import annotations

import importlib.util
from decimal import Decimal, localcontext
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from types import ModuleType
from typing import Any

import autograd
import autograd.numpy as anp
import numpy as np
import pytest

REFERENCE = Path(__file__).parents[2] / "solutions" / "vanishing_gradient" / "vanishing_gradient.py"


@pytest.fixture(scope="module")
def reference() -> ModuleType:
    spec = importlib.util.spec_from_file_location("vanishing_gradient_reference", REFERENCE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def precise_sigmoid(x: float) -> Decimal:
    with localcontext() as context:
        context.prec = 60
        return 1 / (1 + (-Decimal(x)).exp())


def loss(thetas: list[Any], x: Any, y: Any) -> Any:
    """Mean binary cross-entropy of the network, written for autograd and without a word of the reference."""
    signal = x
    for theta in thetas:
        signal = 1.0 / (1.0 + anp.exp(-anp.dot(theta, signal)))
    return -anp.mean(y * anp.log(signal) + (1.0 - y) * anp.log(1.0 - signal))


@pytest.mark.parametrize("x", [0.0, 1.0, -1.0, 3.75, -12.5, 25.0, -25.0, 36.0, -36.0, 100.0, -100.0, -700.0])
def test_sigmoid_and_slope_are_precise(reference: ModuleType, x: float) -> None:
    s = precise_sigmoid(x)
    with localcontext() as context:
        context.prec = 60
        slope = s * (1 - s)
    assert float(reference.sigmoid(x)) == pytest.approx(float(s), rel=4e-16)
    assert float(reference.sigmoid_derivative(x)) == pytest.approx(float(slope), rel=1e-12, abs=2e-16)


def test_slope_is_autograds(reference: ModuleType) -> None:
    x = np.linspace(-6, 6, 25).reshape(5, 5)
    slope = autograd.elementwise_grad(lambda z: 1.0 / (1.0 + anp.exp(-z)))(x)
    np.testing.assert_allclose(reference.sigmoid_derivative(x), slope, rtol=1e-12)


def test_no_warning_at_any_finite_value(reference: ModuleType) -> None:
    largest = np.finfo(np.float64).max
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        np.testing.assert_array_equal(reference.sigmoid([largest, -largest, 1e300, -1e300]), [1, 0, 1, 0])
        np.testing.assert_array_equal(reference.sigmoid_derivative([largest, -largest]), [0, 0])


def test_cauchy_holds_exactly(reference: ModuleType) -> None:
    a, b = np.random.default_rng(1).uniform(0, 9, size=(2, 50))
    bound = reference.am_gm_bound(a, b)
    for p, q, above in zip(a, b, bound, strict=True):
        exact = ((Fraction(p) + Fraction(q)) / 2) ** 2
        assert exact >= Fraction(p) * Fraction(q)
        assert float(above) == pytest.approx(float(exact), rel=1e-15)


@pytest.mark.parametrize(
    "sizes", [(1, 1), (4, 1), (2, 3), (3, 2, 4), (2, 5, 1, 3), (3, 3, 3, 3), (2,) * 11, (1,) * 11]
)
@pytest.mark.parametrize("soft", [False, True])
def test_gradients_are_autograds(reference: ModuleType, sizes: tuple[int, ...], soft: bool) -> None:
    rng = np.random.default_rng(len(sizes) + 10 * soft)
    thetas = [rng.normal(size=(m, n)) for n, m in pairwise(sizes)]
    x = rng.normal(size=sizes[0])
    y = rng.uniform(size=sizes[-1]) if soft else rng.integers(0, 2, size=sizes[-1]).astype(float)

    found = reference.gradients(x, y, thetas)

    expected = autograd.grad(loss)(thetas, x, y)
    assert [g.shape for g in found] == [theta.shape for theta in thetas]
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-9, atol=1e-12 * np.abs(other).max())


def test_forward_gives_every_activation(reference: ModuleType) -> None:
    rng = np.random.default_rng(5)
    thetas, x = [rng.normal(size=(4, 2)), rng.normal(size=(1, 4))], rng.normal(size=2)
    first = [float(precise_sigmoid(float(row @ x))) for row in thetas[0]]
    second = [float(precise_sigmoid(float(thetas[1][0] @ np.array(first))))]
    found = reference.forward(x, thetas)
    assert len(found) == 3
    for one, other in zip(found, [x, first, second], strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-13)


@pytest.mark.parametrize("n", [0, 1, 10, 30, 537, 538])
def test_bound_is_the_exact_power(reference: ModuleType, n: int) -> None:
    # float() of a fraction rounds correctly; half of the smallest subnormal number goes to the even 0.
    assert reference.vanishing_bound(n) == float(Fraction(1, 4) ** n)
    assert reference.vanishing_bound(np.int32(n)) == float(Fraction(1, 4) ** n)


@pytest.mark.parametrize("n", [-1, 2.5])
def test_bound_refuses(reference: ModuleType, n: float) -> None:
    with pytest.raises(ValueError, match="whole number"):
        reference.vanishing_bound(n)


@pytest.mark.parametrize(
    ("name", "smallest_exponent"), [("float16", -24), ("float32", -149), ("float64", -1074)]
)
def test_underflow_follows_from_the_format(reference: ModuleType, name: str, smallest_exponent: int) -> None:
    """IEEE 754: the smallest subnormal number is 2^e; 4^-n rounds to 0 once it is at most half of that."""
    n = next(n for n in range(1000) if -2 * n <= smallest_exponent - 1)
    dtype = np.dtype(name)
    assert [reference.first_underflow_depth(spelt) for spelt in (name, dtype, dtype.type)] == [n, n, n]


def test_arguments_stay(reference: ModuleType) -> None:
    rng = np.random.default_rng(3)
    thetas = [rng.normal(size=(2, 2)), rng.normal(size=(1, 2))]
    arguments = [rng.normal(size=2), np.array([1.0]), *thetas]
    before = [a.copy() for a in arguments]
    for array in arguments:
        array.flags.writeable = False
    reference.gradients(arguments[0], arguments[1], thetas)
    reference.forward(arguments[0], thetas)[0][:] = 0.0
    for one, other in zip(arguments, before, strict=True):
        np.testing.assert_array_equal(one, other)
