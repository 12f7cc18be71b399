"""The reference of `backpropagation` against HIPS autograd: the same expressions, differentiated by another program."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import autograd
import autograd.numpy as anp
import numpy as np
import pytest

REFERENCE = Path(__file__).parents[2] / "solutions" / "backpropagation" / "backpropagation.py"


@pytest.fixture(scope="module")
def reference() -> ModuleType:
    spec = importlib.util.spec_from_file_location("backpropagation_reference", REFERENCE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def exp(a: Any) -> Any:
    return a.exp() if hasattr(a, "backward") else anp.exp(a)


def log(a: Any) -> Any:
    return a.log() if hasattr(a, "backward") else anp.log(a)


EXPRESSIONS: dict[str, Callable[[Any, Any, Any], Any]] = {
    "sum": lambda a, b, c: a + b + 2 + c + (3.5 + a),
    "difference": lambda a, b, c: (a - b) - (2 - c) - (b - 1.5),
    "product": lambda a, b, c: (a * b) * (2 * c) * (a * -3),
    "quotient": lambda a, b, c: (a / b) / (2 / c) + b / 4,
    "minus": lambda a, b, c: -(-a - -b) * -c,
    "powers": lambda a, b, c: a**3 + b**-2 + c**0.5 + (a * b) ** 2 + a**1,
    "exp and log": lambda a, b, c: exp(a - b) * log(c) + log(exp(c) + a),
    "lecture": lambda a, b, c: (a + b) * c,
    "neuron": lambda a, b, c: 1 / (1 + exp(-(a + b * c))),
    "reused": lambda a, b, c: (a * a + b) * (a * a) - (a * a + b) / c,
    "entropy": lambda a, b, c: -(a * log(b / (b + c)) + (1 - a) * log(1 - b / (b + c))),
}


@pytest.mark.parametrize("name", EXPRESSIONS)
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_gradients_are_autograds(reference: ModuleType, name: str, seed: int) -> None:
    values = np.random.default_rng(seed).uniform(0.3, 2.5, size=3).tolist()
    expression = EXPRESSIONS[name]
    nodes = [reference.Node(value) for value in values]

    result = expression(*nodes)
    result.backward()

    assert result.value == pytest.approx(float(expression(*values)), rel=1e-13)
    expected = [float(autograd.grad(expression, i)(*values)) for i in range(3)]
    assert [node.grad for node in nodes] == pytest.approx(expected, rel=1e-11, abs=1e-13)
    assert result.grad == 1.0


def test_random_graphs_are_autograds(reference: ModuleType) -> None:
    for seed in range(30):
        rng = np.random.default_rng(seed)
        steps = [(int(rng.integers(5)), *rng.integers(0, 3 + k, size=2).tolist()) for k in range(12)]

        def run(*leaves: Any, steps: list[tuple[int, int, int]] = steps) -> Any:
            known = list(leaves)
            for kind, i, j in steps:
                a, b = known[i], known[j]
                known.append([a + b, a - b, a * b * 0.5, a / (b * b + 1), 1 / (1 + exp(-a))][kind])
            total = known[0] * 0.5
            for node in known[1:]:
                total = total + node
            return total

        values = rng.uniform(-1, 1, size=3).tolist()
        nodes = [reference.Node(value) for value in values]
        run(*nodes).backward()
        expected = [float(autograd.grad(run, i)(*values)) for i in range(3)]
        assert [node.grad for node in nodes] == pytest.approx(expected, rel=1e-10, abs=1e-12)


def test_product_of_sum(reference: ModuleType) -> None:
    for x, y, z in [(3.0, -4.0, 5.0), (0.5, 2.0, -1.5), (0.0, 0.0, 0.0)]:
        f, slopes = reference.product_of_sum(x, y, z)
        expected = [autograd.grad(lambda a, b, c: (a + b) * c, i)(x, y, z) for i in range(3)]
        assert f == (x + y) * z
        assert [slopes["x"], slopes["y"], slopes["z"]] == pytest.approx(expected, rel=1e-15)
    assert reference.product_of_sum(3, -4, 5) == (-5, {"x": 5, "y": 5, "z": -1})


def test_sigmoid_neuron(reference: ModuleType) -> None:
    def neuron(x: Any, theta0: Any, theta1: Any) -> Any:
        return 0.5 * (1.0 + anp.tanh(0.5 * (theta0 + theta1 * x)))

    for x, theta0, theta1 in [(1.0, -3.0, 3.0), (0.25, 1.0, -2.0), (0.0, 0.5, 1.0), (2.0, 3.0, 1.5)]:
        f, slopes = reference.sigmoid_neuron(x, theta0, theta1)
        expected = [autograd.grad(neuron, i)(x, theta0, theta1) for i in range(3)]
        assert f == pytest.approx(float(neuron(x, theta0, theta1)), rel=1e-14)
        assert [slopes["x"], slopes["theta0"], slopes["theta1"]] == pytest.approx(expected, rel=1e-12)
    assert reference.sigmoid_neuron(1, -3, 3) == (0.5, {"x": 0.75, "theta0": 0.25, "theta1": 0.25})


def test_far_out_the_neuron_keeps_its_precision(reference: ModuleType) -> None:
    for total in (20.0, -20.0, 800.0, -800.0):
        f, slopes = reference.sigmoid_neuron(2.0, total - 1.0, 0.5)
        e = np.exp(-abs(total))
        assert f == pytest.approx(e / (1 + e) if total < 0 else 1 / (1 + e), rel=1e-14)
        assert slopes["theta0"] == pytest.approx(e / (1 + e) ** 2, rel=1e-14)


def test_gradients_add_up_over_graphs_until_they_are_zeroed(reference: ModuleType) -> None:
    x, y = reference.Node(3.0), reference.Node(-2.0)
    shared = x * y
    (shared + x).backward()
    (shared * 2).backward()
    # d(xy + x) = (y + 1, x) and d(2xy) = (2y, 2x); the inner node that both graphs share counts once in each.
    assert (x.grad, y.grad, shared.grad) == (-1.0 - 4.0, 3.0 + 6.0, 3.0)
    reference.zero_grad([x, y])
    assert (x.grad, y.grad, shared.grad) == (0.0, 0.0, 3.0)


def test_descend_goes_downhill(reference: ModuleType) -> None:
    x = reference.Node(10.0)
    for _ in range(60):
        reference.zero_grad([x])
        ((x - 3) ** 2 + 1).backward()
        reference.descend([x], 0.1)
    assert x.value == pytest.approx(3.0, abs=1e-4)


def test_deep_graphs(reference: ModuleType) -> None:
    x = y = reference.Node(1.0)
    for _ in range(60):
        y = y + y
    y.backward()
    assert (y.value, x.grad) == (2.0**60, 2.0**60)
    x = y = reference.Node(1.0)
    for _ in range(20_000):
        y = y + 1
    y.backward()
    assert (y.value, x.grad) == (20_001.0, 1.0)


def test_constant_power_at_zero(reference: ModuleType) -> None:
    x = reference.Node(0.0)
    (x**0 + x**1 + x**2).backward()
    assert x.grad == 1.0
