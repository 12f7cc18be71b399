"""Each pattern is found where it was planted, in two ways of writing the mistake, and said with the right names."""

from __future__ import annotations

import math
import string
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest

from autograder.diagnosis.patterns import Found, Observation, find
from autograder.model import Message
from tests.diagnosis.observe import Calls, Function, calls, look

RNG = np.random.default_rng(20)


def pairs(*sizes: int) -> Calls:
    """Two rows of numbers of each size."""
    return calls(*((RNG.normal(size=n), RNG.normal(size=n)) for n in sizes))


def grids(*shapes: tuple[int, ...]) -> Calls:
    """Numbers of each shape."""
    return calls(*((RNG.normal(size=shape),) for shape in shapes))


def squares(y: Any, p: Any) -> Any:
    return np.mean((np.asarray(y, float) - np.asarray(p, float)) ** 2)


def slope(y: Any, p: Any) -> Any:
    y, p = np.asarray(y, float), np.asarray(p, float)
    return 2 * (p - y) / p.size


def slope_loop(y: Any, p: Any, factor: float = 1.0) -> Any:
    return [factor * 2 * (b - a) / len(p) for a, b in zip(y, p, strict=True)]


def sigmoid(x: Any) -> Any:
    return 1 / (1 + np.exp(-np.asarray(x, float)))


def relu(x: Any) -> Any:
    return np.maximum(np.asarray(x, float), 0)


def step(theta: Any, gradient: Any, rate: float) -> Any:
    return np.asarray(theta, float) - rate * np.asarray(gradient, float)


def affine(v: Any, weights: Any, bias: Any) -> Any:
    return np.asarray(weights, float) @ np.asarray(v, float) + np.asarray(bias, float)


def pool(x: Any, size: int = 2, stride: int = 2) -> Any:
    x = np.asarray(x, float)
    if min(size, stride) < 1 or size > min(x.shape[:2]):
        raise ValueError("the window does not fit")
    rows, columns = (x.shape[0] - size) // stride + 1, (x.shape[1] - size) // stride + 1
    out = np.empty((rows, columns, x.shape[2]))
    for i in range(rows):
        for j in range(columns):
            out[i, j] = x[i * stride : i * stride + size, j * stride : j * stride + size].mean(axis=(0, 1))
    return out


def walk(x: float, rate: float, steps: int) -> Any:
    found = [x]
    for _ in range(steps):
        found.append(found[-1] * (1 - rate))
    return found


def weights_of(n: int, beta: float) -> Any:
    return beta ** np.arange(n - 1, -1, -1)


def neuron(x: float, a: float, b: float) -> Any:
    f = 1 / (1 + math.exp(-(a + b * x)))
    return f, {"x": f * (1 - f) * b, "a": f * (1 - f), "b": f * (1 - f) * x}


@dataclass(frozen=True)
class Planted:
    """A mistake written in two ways, and what is to be said of it: the kind, and what the text has to hold."""

    kind: str
    right: Function
    ways: tuple[Function, ...]
    cases: Calls
    fields: dict[str, Any] = field(default_factory=dict)
    others: dict[str, Function] = field(default_factory=dict)
    says: str = ""


ROWS = pairs(3, 4, 7, 1)
STEPS = calls(*((RNG.normal(size=n), RNG.normal(size=n), rate) for n, rate in ((3, 0.1), (4, 0.5), (2, 2.0))))
LAYERS = calls(
    *((RNG.normal(size=n), RNG.normal(size=(m, n)), RNG.normal(size=m)) for n, m in ((3, 4), (2, 5), (4, 2)))
)
IMAGES = grids((4, 4, 2), (5, 6, 3), (6, 4, 1))
WALKS = calls((1.5, 0.1, 4), (2.5, 0.3, 6), (-1.0, 0.2, 5))
POINTS = calls(*((float(x), float(a), float(b)) for x, a, b in RNG.normal(size=(6, 3))))

PLANTED: dict[str, Planted] = {
    "minus": Planted(
        "ratio", slope, (lambda y, p: slope(p, y), lambda y, p: slope_loop(y, p, -1)), ROWS, says="−1 times"
    ),
    "minus of single numbers": Planted(
        "ratio",
        lambda x: x**3,
        (lambda x: -(x**3), lambda x: x * -x * x),
        calls((1.5,), (0.3,)),
        says="−1 times",
    ),
    "twice": Planted(
        "ratio", slope, (lambda y, p: 2 * slope(y, p), lambda y, p: slope_loop(y, p, 2)), ROWS, says="twice"
    ),
    "half": Planted(
        "ratio", slope, (lambda y, p: slope(y, p) / 2, lambda y, p: slope_loop(y, p, 0.5)), ROWS, says="half"
    ),
    "sum for mean": Planted(
        "ratio",
        squares,
        (
            lambda y, p: np.sum((y - p) ** 2),
            lambda y, p: sum((a - b) ** 2 for a, b in zip(y, p, strict=True)),
        ),
        ROWS,
        {"argument": "y", "count": "3"},
        says="number of elements",
    ),
    "mean for sum": Planted(
        "ratio",
        lambda y, p: float(np.dot(y, p)),
        (lambda y, p: np.mean(y * p), lambda y, p: sum(a * b for a, b in zip(y, p, strict=True)) / len(y)),
        ROWS,
        {"argument": "y"},
        says="a division by N, too many",
    ),
    "rows for elements": Planted(
        "ratio",
        lambda x: x / x.size,
        (lambda x: x / len(x), lambda x: np.array([row / x.shape[0] for row in x])),
        grids((2, 3), (5, 4), (3, 6)),
        {"formula": "x.shape[1]"},
    ),
    "a scalar twice": Planted(
        "ratio",
        lambda g, rate: rate * np.asarray(g),
        (lambda g, rate: rate**2 * g, lambda g, rate: [rate * rate * v for v in g]),
        calls(*((RNG.normal(size=4), rate) for rate in (0.1, 0.3, 1.0))),
        {"formula": "rate"},
        says="once too",
    ),
    "a scalar missing": Planted(
        "ratio",
        lambda g, rate: rate * np.asarray(g),
        (lambda g, rate: g * 1.0, lambda g, rate: [float(v) for v in g]),
        calls(*((RNG.normal(size=4), rate) for rate in (0.1, 0.3, 1.0))),
    ),
    "one minus beta": Planted(
        "ratio",
        weights_of,
        (
            lambda n, beta: (1 - beta) * weights_of(n, beta),
            lambda n, beta: [(1 - beta) * beta ** (n - 1 - i) for i in range(n)],
        ),
        calls((4, 0.9), (3, 0.5), (6, 0.2), (2, 0.0)),
        {"formula": "(1 - beta)"},
    ),
    "square of the window, also where it is left out": Planted(
        "ratio",
        pool,
        (
            lambda x, size=2, stride=2: pool(x, size, stride) * size**2,
            lambda x, size=2, stride=2: pool(x, size, stride) * (size * size),
        ),
        [(case, {}) for case, _ in IMAGES] + [(case, {"size": 3, "stride": 1}) for case, _ in IMAGES],
        {"formula": "size**2"},
    ),
    "log10": Planted(
        "ratio",
        lambda x: np.log(x),
        (lambda x: np.log10(x), lambda x: [math.log10(v) for v in x]),
        calls((np.array([2.0, 3.0, 5.5]),), (np.array([0.1, 7.0]),)),
        says="log10",
    ),
    "log2": Planted(
        "ratio",
        lambda x: np.log(x),
        (lambda x: np.log2(x), lambda x: [math.log2(v) for v in x]),
        calls((np.array([2.0, 3.0, 5.5]),), (np.array([0.1, 7.0]),)),
        says="log2",
    ),
    "degrees": Planted(
        "ratio",
        lambda x: np.asarray(x) * 1.0,
        (lambda x: np.radians(x), lambda x: [v * math.pi / 180 for v in x]),
        calls((np.array([2.0, 3.0, 5.5]),), (np.array([0.1, 7.0]),)),
        says="degrees",
    ),
    "a plain factor": Planted(
        "ratio", slope, (lambda y, p: 7 * slope(y, p), lambda y, p: slope_loop(y, p, 7)), ROWS, {"ratio": "7"}
    ),
    "a factor that is told by no number": Planted(
        "ratio",
        slope,
        (lambda y, p: 7.3 * slope(y, p), lambda y, p: slope_loop(y, p, 7.3)),
        ROWS,
        says="the same number everywhere",
    ),
    "in one part": Planted(
        "ratio",
        neuron,
        (
            lambda x, a, b: (neuron(x, a, b)[0], neuron(x, a, b)[1] | {"b": -neuron(x, a, b)[1]["b"]}),
            lambda x, a, b: [
                neuron(x, a, b)[0],
                {k: v if k != "b" else -v for k, v in neuron(x, a, b)[1].items()},
            ],
        ),
        POINTS,
        {"result": "f(…)[1]['b']"},
        says="−1 times",
    ),
    "one in the place of another part": Planted(
        "formula",
        lambda x, a: (float(np.sum(x) * a), float(np.sum(x**2) + a)),
        (
            lambda x, a: (float(np.sum(x) * a), float(np.sum(x) * a)),
            lambda x, a: [float(sum(x) * a)] * 2,
        ),
        calls(*((RNG.normal(size=4), float(a)) for a in RNG.normal(size=5))),
        {"result": "f(…)[1]", "formula": "f(…)[0]"},
    ),
    "absolute value": Planted(
        "sign",
        lambda x: x**3,
        (lambda x: np.abs(x) ** 3, lambda x: np.sqrt(x**6)),
        grids((5,), (4,)),
        says="never negative",
    ),
    "absolute value missing": Planted(
        "step",
        lambda x: np.abs(x) ** 3,
        (lambda x: x**3, lambda x: [v**3 for v in x]),
        grids((9,), (8,)),
        {"formula": "np.abs(r)"},
    ),
    "bias missing": Planted(
        "as_if",
        affine,
        (
            lambda v, weights, bias: weights @ v,
            lambda v, weights, bias: [sum(a * b for a, b in zip(row, v, strict=True)) for row in weights],
        ),
        LAYERS,
        {"argument": "bias"},
        says="were 0",
    ),
    "bias twice": Planted(
        "offset",
        affine,
        (
            lambda v, weights, bias: weights @ v + 2 * bias,
            lambda v, weights, bias: affine(v, weights, bias) + bias,
        ),
        LAYERS,
        {"argument": "bias"},
        says="once too often",
    ),
    "bias many times": Planted(
        "offset",
        affine,
        (
            lambda v, weights, bias: weights @ v + len(v) * bias,
            lambda v, weights, bias: np.sum(weights * v + bias[:, None], axis=1),
        ),
        LAYERS,
        {"argument": "bias"},
        says="multiple",
    ),
    "one too many": Planted(
        "offset",
        lambda n: n * n + 3,
        (lambda n: n * n + 4, lambda n: len(range(n * n + 4))),
        calls((3,), (4,), (7,)),
        says="1 more",
    ),
    "transposed": Planted(
        "order",
        lambda x: 2 * x,
        (lambda x: 2 * x.T, lambda x: [[2 * v for v in column] for column in zip(*x, strict=True)]),
        grids((2, 3), (4, 2), (3, 3)),
        says="r.T",
    ),
    "axes": Planted(
        "order",
        lambda x: 2 * x,
        (lambda x: 2 * x.transpose(0, 2, 1), lambda x: [2 * m.T for m in x]),
        grids((2, 3, 4), (4, 2, 5)),
        {"axes": "(0, 2, 1)"},
    ),
    "back to front": Planted(
        "order",
        weights_of,
        (lambda n, beta: weights_of(n, beta)[::-1], lambda n, beta: [beta**i for i in range(n)]),
        calls((4, 0.9), (3, 0.5), (1, 0.2)),
        says="back to front",
    ),
    "flipped along an axis": Planted(
        "order",
        lambda x: 2 * x,
        (lambda x: 2 * x[:, ::-1], lambda x: [list(row[::-1]) for row in 2 * x]),
        grids((2, 3), (4, 2)),
        {"axes": "1"},
    ),
    "C-order": Planted(
        "order",
        lambda x: x.transpose(2, 0, 1).ravel(),
        (lambda x: x.ravel(), lambda x: [v for row in x for cell in row for v in cell]),
        grids((2, 3, 2), (3, 2, 4), (2, 2, 1)),
        {"argument": "x"},
        says="{argument}.ravel()",
    ),
    "sorted": Planted(
        "order",
        lambda x: x[::-1] * 2,
        (lambda x: np.sort(2 * x), lambda x: sorted(2 * x)),
        grids((5,), (6,)),
        says="sorted",
    ),
    "mixed up": Planted(
        "order",
        lambda x: x * 2,
        (lambda x: 2 * np.roll(x, 2), lambda x: [2 * v for v in [*x[-2:], *x[:-2]]]),
        grids((5,), (6,)),
        says="another order",
    ),
    "parts exchanged": Planted(
        "order",
        lambda x: (float(x[0] ** 2), float(x[1] + 3)),
        (lambda x: (float(x[1] + 3), float(x[0] ** 2)), lambda x: [x[1] + 3.0, x[0] ** 2.0]),
        grids((2,), (2,), (2,)),
        says="two parts are exchanged",
    ),
    "keys exchanged": Planted(
        "order",
        lambda x: {"a": float(x[0] ** 2), "b": float(x[1] + 3)},
        (
            lambda x: {"b": float(x[0] ** 2), "a": float(x[1] + 3)},
            lambda x: dict(zip("ba", (float(x[0] ** 2), float(x[1] + 3)), strict=True)),
        ),
        grids((2,), (2,), (2,)),
        {"one": "'a'", "other": "'b'"},
    ),
    "list from the other end": Planted(
        "order",
        walk,
        (
            lambda x, rate, steps: walk(x, rate, steps)[::-1],
            lambda x, rate, steps: list(reversed(walk(x, rate, steps))),
        ),
        WALKS,
        says="back to front",
    ),
    "start missing": Planted(
        "length",
        walk,
        (
            lambda x, rate, steps: walk(x, rate, steps)[1:],
            lambda x, rate, steps: np.array(walk(x, rate, steps)[1:]),
        ),
        WALKS,
        says="first item is missing",
    ),
    "end missing": Planted(
        "length",
        walk,
        (lambda x, rate, steps: walk(x, rate, steps)[:-1], lambda x, rate, steps: walk(x, rate, steps - 1)),
        WALKS,
        says="last item is missing",
    ),
    "end missing in a part": Planted(
        "length",
        lambda x, rate, steps: (x, walk(x, rate, steps)),
        (
            lambda x, rate, steps: (x, walk(x, rate, steps)[:-1]),
            lambda x, rate, steps: [x, walk(x, rate, steps)[:steps]],
        ),
        [*WALKS, ((3.0, 0.1, 0), {})],
        {"result": "f(…)[1]"},
        says="last item is missing",
    ),
    "one too many in a list": Planted(
        "length",
        walk,
        (
            lambda x, rate, steps: [0.0, *walk(x, rate, steps)],
            lambda x, rate, steps: np.insert(walk(x, rate, steps), 0, 0.0),
        ),
        WALKS,
        says="at its beginning",
    ),
    "only the last": Planted(
        "length",
        walk,
        (
            lambda x, rate, steps: walk(x, rate, steps)[-1],
            lambda x, rate, steps: np.float64(walk(x, rate, steps)[-1]),
        ),
        WALKS,
        says="only the last item",
    ),
    "keepdims": Planted(
        "shape",
        lambda x: x.sum(axis=0),
        (lambda x: x.sum(axis=0, keepdims=True), lambda x: [[sum(c) for c in zip(*x, strict=True)]]),
        grids((2, 3), (4, 2)),
        {"actual": "(1, 3)", "desired": "(3,)"},
        says="axis of length 1 is too many",
    ),
    "lost axis": Planted(
        "shape",
        lambda x: x.sum(axis=1, keepdims=True),
        (lambda x: x.sum(axis=1), lambda x: [sum(row) for row in x]),
        grids((2, 3), (4, 2)),
        says="is lost",
    ),
    "reduced too far": Planted(
        "shape",
        lambda x: x**2,
        (lambda x: np.mean(x**2), lambda x: sum(v * v for v in x) / len(x)),
        grids((5,), (3,)),
        {"reduction": "mean"},
        says="one number per element",
    ),
    "not reduced": Planted(
        "shape",
        squares,
        (lambda y, p: (y - p) ** 2, lambda y, p: [(a - b) ** 2 for a, b in zip(y, p, strict=True)]),
        pairs(3, 4, 5),
        {"reduction": "mean"},
        says="its {reduction} is right",
    ),
    "every with every": Planted(
        "shape",
        lambda y, p: y * p,
        (lambda y, p: y * p[:, None], lambda y, p: np.outer(p, y)),
        pairs(3, 4, 1),
        says="every other",
    ),
    "across the depth": Planted(
        "shape",
        pool,
        (
            lambda x, size=2, stride=2: np.repeat(
                pool(x, size, stride).mean(axis=2, keepdims=True), x.shape[2], axis=2
            ),
            lambda x, size=2, stride=2: (
                pool(x, size, stride).mean(axis=2, keepdims=True) * np.ones(x.shape[2])
            ),
        ),
        IMAGES,
        {"axis": 2, "reduction": "mean"},
    ),
    "a border around": Planted(
        "shape",
        lambda x: x * 2,
        (lambda x: np.pad(x * 2, 1), lambda x: np.pad(x, 1) * 2),
        grids((2, 3), (4, 4)),
        says="border around",
    ),
    "the last places missing": Planted(
        "shape",
        lambda x: x * 2,
        (
            lambda x: 2 * x[:-1, :-1],
            lambda x: np.array([[2 * v for v in row[:-1]] for row in x[:-1]]).reshape(len(x) - 1, -1),
        ),
        grids((3, 4), (4, 4), (2, 2), (1, 3)),
        says="the end is missing",
    ),
    "cut to whole numbers": Planted(
        "dtype",
        lambda x: x * 3,
        (lambda x: (x * 3).astype(int), lambda x: [int(v * 3) for v in x]),
        grids((6,), (5,)),
        says="without its decimals",
    ),
    "rounded": Planted(
        "dtype",
        lambda x: x * 3,
        (lambda x: np.round(x * 3), lambda x: [round(v * 3) for v in x]),
        grids((6,), (5,)),
        says="rounded",
    ),
    "float32": Planted(
        "dtype",
        lambda x: (x + 1000) - 1000,
        (
            lambda x: (x.astype(np.float32) + 1000) - 1000,
            lambda x: [float(np.float32(v) + np.float32(1000)) - 1000 for v in x],
        ),
        grids((6,), (5,)),
        {"dtype": "float32"},
    ),
    "float16": Planted(
        "dtype",
        lambda x: x * 3,
        (lambda x: (x * 3).astype(np.float16), lambda x: [float(np.float16(v * 3)) for v in x]),
        grids((6,), (5,)),
        {"dtype": "float16"},
    ),
    "overflow": Planted(
        "dtype",
        lambda x: x.astype(float) * 3,
        (lambda x: x * np.uint8(3), lambda x: (x.astype(int) * 3 % 256).astype(np.uint8)),
        calls((np.array([100, 200, 7], np.uint8),), (np.array([250, 90], np.uint8),)),
        {"bits": 8},
    ),
    "booleans": Planted(
        "dtype",
        lambda x: (x > 0) * 1.0,
        (lambda x: x > 0, lambda x: np.greater(x, 0)),
        grids((4,), (5,)),
        says="comparison",
    ),
    "an argument given back": Planted(
        "argument",
        lambda upstream, x: upstream * (x > 0),
        (lambda upstream, x: upstream, lambda upstream, x: list(upstream)),
        pairs(5, 6),
        {"argument": "upstream"},
    ),
    "the same always": Planted(
        "constant",
        lambda x, y: x * y,
        (lambda x, y: 6.0, lambda x, y: np.float64(6)),
        calls((2.0, 3.0), (1.0, 2.0), (4.0, 5.0)),
    ),
    "the same text always": Planted(
        "constant",
        lambda x: "up" if x > 0 else "down",
        (lambda x: "up", lambda x: "u" + "p"),
        calls((1,), (-1,), (2,)),
        {"value": "'up'"},
    ),
    "texts exchanged": Planted(
        "order",
        lambda x: "up" if x > 0 else "down",
        (lambda x: "down" if x > 0 else "up", lambda x: ["up", "down"][x > 0]),
        calls((1,), (-1,), (2,)),
    ),
    "None": Planted(
        "none", relu, (lambda x: None, lambda x: print(end="")), grids((3,), (2,)), says="return missing"
    ),
    "None sometimes": Planted(
        "none",
        lambda x: x**2,
        (lambda x: x**2 if x > 0 else None, lambda x: {True: x * x}.get(x > 0)),
        calls((1.5,), (2.0,), (-2.0,), (0.0,), (-1.0,)),
        says="Does every way",
    ),
    "zeros": Planted(
        "zeros", lambda x: x + 1, (lambda x: np.zeros(len(x)), lambda x: [0] * len(x)), grids((3,), (2,))
    ),
    "another function": Planted(
        "other_function",
        lambda x: sigmoid(x) * (1 - sigmoid(x)),
        (sigmoid, lambda x: [1 / (1 + math.exp(-v)) for v in x]),
        grids((3,), (2,)),
        {"function": "g"},
        {"g": sigmoid},
    ),
    "at the activation": Planted(
        "as_if",
        lambda x: sigmoid(x) * (1 - sigmoid(x)),
        (
            lambda x: sigmoid(sigmoid(x)) * (1 - sigmoid(sigmoid(x))),
            lambda x: [v * (1 - v) for v in sigmoid(sigmoid(x))],
        ),
        grids((3,), (4,)),
        {"function": "g", "argument": "x"},
        {"g": sigmoid},
    ),
    "arguments exchanged": Planted(
        "as_if",
        lambda x, y: x**2 - 3 * y,
        (lambda x, y: y**2 - 3 * x, lambda x, y: [b * b - 3 * a for a, b in zip(x, y, strict=True)]),
        pairs(3, 4),
        {"argument": "x", "other": "y"},
        says="exchanged",
    ),
    "rate ignored": Planted(
        "as_if",
        step,
        (
            lambda theta, gradient, rate: theta - gradient,
            lambda theta, gradient, rate: [a - b for a, b in zip(theta, gradient, strict=True)],
        ),
        STEPS,
        {"argument": "rate"},
        says="were 1",
    ),
    "uphill": Planted(
        "as_if",
        step,
        (
            lambda theta, gradient, rate: theta + rate * gradient,
            lambda theta, gradient, rate: [a + rate * b for a, b in zip(theta, gradient, strict=True)],
        ),
        STEPS,
        {"argument": "gradient"},
        says="opposite sign",
    ),
    "an option forgotten, also where it is left out": Planted(
        "as_if",
        lambda x, beta=0.9: np.cumsum(x) * beta + x**2,
        (lambda x, beta=0.9: x**2, lambda x, beta=0.9: [v * v for v in x]),
        [
            ((row,), options)
            for row, options in zip(
                (RNG.normal(size=n) for n in (3, 4, 5, 2)),
                ({}, {"beta": np.array(0.5)}, {}, {"beta": 0.0}),
                strict=True,
            )
        ],
        {"argument": "beta"},
        says="were 0",
    ),
    "weights transposed": Planted(
        "as_if",
        affine,
        (lambda v, weights, bias: v @ weights + bias, lambda v, weights, bias: weights.T @ v + bias),
        calls(*((RNG.normal(size=3), RNG.normal(size=(3, 3)), RNG.normal(size=3)) for _ in range(3))),
        {"argument": "weights"},
        says="transposed",
    ),
    "stride for size": Planted(
        "as_if",
        pool,
        (
            lambda x, size=2, stride=2: pool(x, size, size),
            lambda x, size=2, stride=2: pool(x, stride=size, size=size),
        ),
        [
            (case, {"size": size, "stride": stride})
            for case, _ in IMAGES
            for size, stride in ((2, 1), (2, 2), (3, 1))
        ],
        {"argument": "stride", "other": "size"},
    ),
    "option ignored": Planted(
        "as_if",
        lambda x, power=2, shift=0.0: x**power + shift,
        (lambda x, power=2, shift=0.0: x**2 + shift, lambda x, power=2, shift=0.0: x * x + shift),
        [((x,), {"power": power, "shift": 0.5}) for (x,), _ in grids((3,), (4,)) for power in (2, 3, 4)],
        {"argument": "power"},
        says="without the argument",
    ),
    "factor missing": Planted(
        "factor",
        lambda upstream, x: upstream * x**3,
        (
            lambda upstream, x: upstream * x**2,
            lambda upstream, x: [u * v * v for u, v in zip(upstream, x, strict=True)],
        ),
        pairs(4, 5),
        {"formula": "x"},
        says="factor missing",
    ),
    "denominator forgotten": Planted(
        "factor",
        lambda y, p: (p - y) / (p * (1 - p)),
        (lambda y, p: p - y, lambda y, p: [b - a for a, b in zip(y, p, strict=True)]),
        calls(*((np.round(RNG.uniform(size=n)), RNG.uniform(0.1, 0.9, size=n)) for n in (3, 5))),
        {"formula": "p * (1 - p)"},
    ),
    "old velocity": Planted(
        "as_if",
        lambda theta, velocity, gradient: (theta - velocity - gradient, velocity + gradient),
        (
            lambda theta, velocity, gradient: (theta - velocity, velocity + gradient),
            lambda theta, velocity, gradient: [theta - velocity, gradient + velocity],
        ),
        calls(*(tuple(RNG.normal(size=(3, 4))) for _ in range(3))),
        {"result": "f(…)[0]", "argument": "gradient"},
    ),
    "a formula of one argument": Planted(
        "formula",
        lambda x: np.sin(x) + 3,
        (lambda x: x * (1 - x), lambda x: [v - v * v for v in x]),
        grids((3,), (4,)),
        {"formula": "x * (1 - x)"},
    ),
    "a formula of two arguments": Planted(
        "formula",
        lambda x, y: np.sin(x) + 3 * y,
        (lambda x, y: x / y, lambda x, y: [a / b for a, b in zip(x, y, strict=True)]),
        pairs(3, 4),
        {"formula": "x / y"},
    ),
    "squared by hand": Planted(
        "step",
        lambda x: np.abs(x) + 1,
        (lambda x: (np.abs(x) + 1) ** 2, lambda x: [(abs(v) + 1) ** 2 for v in x]),
        grids((3,), (4,)),
        {"formula": "r**2"},
    ),
    "root": Planted(
        "step",
        lambda x: x**2 + 2,
        (lambda x: np.sqrt(x**2 + 2), lambda x: [math.sqrt(v * v + 2) for v in x]),
        grids((3,), (4,)),
        {"formula": "np.sqrt(r)"},
    ),
    "upside down": Planted(
        "step",
        lambda x: x**2 + 2,
        (lambda x: 1 / (x**2 + 2), lambda x: [1 / (v * v + 2) for v in x]),
        grids((3,), (4,)),
        {"formula": "1 / r"},
    ),
    "shares": Planted(
        "step",
        lambda x: x**2 + 2,
        (lambda x: (x**2 + 2) / (x**2 + 2).sum(), lambda x: list((x**2 + 2) / sum(x**2 + 2))),
        grids((3,), (4,)),
        {"formula": "r / r.sum()"},
    ),
    "sum missing": Planted(
        "step",
        lambda z: np.exp(z) / np.exp(z).sum(),
        (lambda z: np.exp(z), lambda z: [math.exp(v) for v in z]),
        grids((3,), (4,)),
        {"formula": "r / r.sum()"},
        says="last step missing",
    ),
    "searched from 0": Planted(
        "sign",
        lambda x: x.max(axis=0),
        (lambda x: np.maximum(x.max(axis=0), 0), lambda x: [max(0, *c) for c in zip(*x, strict=True)]),
        calls((np.array([[-1.0, -2, 3, 4]] * 2),), (np.array([[-1.5, 2.5, 3, -4]] * 2),)),
        says="0 in the place of negative",
    ),
    "nan everywhere": Planted(
        "nan", lambda x: x**2 + 2, (lambda x: x * np.nan, lambda x: [math.nan] * len(x)), grids((3,), (4,))
    ),
    "inf where 0": Planted(
        "nan",
        lambda x: np.where(x == 0, 0, 1 / np.where(x == 0, 1, x)),
        (lambda x: 1 / x, lambda x: np.divide(1, x)),
        calls((np.array([1.0, 0, 2, 4]),), (np.array([0.0, 3, 2, 0]),)),
        {"argument": "x"},
        says="is 0",
    ),
    "negative entries": Planted(
        "where",
        relu,
        (lambda x: np.where(x > 0, x, 0.1 * x), lambda x: [v if v > 0 else 0.1 * v for v in x]),
        grids((6,), (7,)),
        {"argument": "x"},
        says="is negative",
    ),
    "last row": Planted(
        "where",
        lambda x: x * 2 + 1,
        (
            lambda x: np.vstack([x[:-1] * 2 + 1, 0 * x[-1:]]),
            lambda x: [*(x[:-1] * 2 + 1), np.zeros(x.shape[1])],
        ),
        grids((4, 3), (5, 4)),
        says="last row",
    ),
    "first entry": Planted(
        "where",
        lambda x: x * 2 + 1,
        (lambda x: np.append(5.0, (x * 2 + 1)[1:]), lambda x: [5.0, *(x[1:] * 2 + 1)]),
        grids((4,), (6,), (5,)),
        says="first entry",
    ),
    "one slice only": Planted(
        "where",
        lambda x: x * 2 + 1,
        (
            lambda x: np.dstack([x[:, :, :1] * 2 + 1, x[:, :, 1:] ** 2 + 7]),
            lambda x: np.concatenate([x[..., :1] * 2 + 1, x[..., 1:] ** 2 + 7], axis=2),
        ),
        grids((2, 3, 2), (3, 2, 4)),
        says="first depth slice",
    ),
    "only the largest entries": Planted(
        "where",
        lambda x: x**3,
        (
            lambda x: np.minimum(x, 0.9) ** 3 + (x > 0.9) * x,
            lambda x: [v**3 if v <= 0.9 else 0.729 + v for v in x],
        ),
        calls((np.linspace(-2, 2, 9),), (np.linspace(-1, 1.5, 8),)),
        says="largest",
    ),
    "lists": Planted(
        "when",
        lambda x: np.asarray(x) * 2.0,
        (lambda x: x * 2, lambda x: x + x),
        calls((np.array([1.0, 2]),), ([1.0, 2],), (np.array([3.0]),), ([4.0],), (np.array([5.0]),)),
        {"argument": "x"},
        says="list",
    ),
    "integers": Planted(
        "when",
        lambda x: np.asarray(x) / 2,
        (
            lambda x: np.divide(x, 2).astype(np.asarray(x).dtype),
            lambda x: (np.asarray(x) / 2).astype(x.dtype),
        ),
        calls(
            (np.array([1.0, 2]),),
            (np.array([1, 3]),),
            (np.array([3.0]),),
            (np.array([5]),),
            (np.array([0.4]),),
        ),
        {"argument": "x"},
        says="whole numbers",
    ),
    "read-only": Planted(
        "mutation",
        lambda x: x * 2,
        (lambda x: np.multiply(x, 2, out=x), lambda x: x.__imul__(2)),
        grids((3,), (4,)),
        {"argument": "x"},
        says="numbers of {result} are right",
    ),
    "one element": Planted(
        "when",
        lambda x: float(np.std(x)),
        (
            lambda x: float(x.sum() - x.sum()) if x.size == 1 else float(np.exp(x).prod() + 3),
            lambda x: 0.0 if len(x) == 1 else float(np.sin(x).sum() + 9),
        ),
        grids((1,), (3,), (1,), (4,), (1,)),
        {"argument": "x"},
        says="wrong for several",
    ),
    "not square": Planted(
        "when",
        lambda x: x.sum() ** 2,
        (
            lambda x: x.sum() ** 2 if len(x) == len(x[0]) else 77.0 + x[0, 0],
            lambda x: x.sum() ** 2 + (x.shape[0] - x.shape[1]) * x[0, 0],
        ),
        grids((2, 2), (3, 2), (3, 3), (4, 4), (2, 5)),
        {"argument": "x"},
        says="not square",
    ),
    "a choice": Planted(
        "when",
        lambda x, way: x.sum() if way == "sum" else x.mean(),
        (lambda x, way: x.sum(), lambda x, way: sum(x)),
        calls(*((RNG.normal(size=n), way) for n in (3, 4) for way in ("sum", "mean"))),
        says="",
    ),
    "carried over": Planted(
        "history",
        walk,
        (
            lambda x, rate, steps: [x, *(x * rate * (k + 2) for k in range(steps))],
            lambda x, rate, steps: np.array([x] + [x * rate * (k + 2) for k in range(steps)]),
        ),
        WALKS,
        says="first",
    ),
}

_KIND_OF_CHOICE = {
    "a choice": ("when", "ratio"),
    "a scalar missing": ("ratio", "as_if", "argument"),
    "carried over": ("history", "where"),
}


@pytest.mark.parametrize("way", [0, 1], ids=["one way", "another way"])
@pytest.mark.parametrize("name", list(PLANTED))
def test_a_planted_pattern_is_found(name: str, way: int) -> None:
    planted = PLANTED[name]
    found = look(planted.ways[way], planted.right, planted.cases, planted.others)
    assert found is not None
    assert found.kind in _KIND_OF_CHOICE.get(name, (planted.kind,)), found.text
    assert planted.says in found.text.id, found.text
    for key, value in planted.fields.items():
        assert found.text.fields.get(key) == value, found.text
    well_formed(found)


def well_formed(found: Found) -> None:
    """Every field of a sentence is filled, none is left over, and no value is nan."""
    for text in filter(None, (found.text, found.hint)):
        assert isinstance(text, Message)
        assert {name for _, name, _, _ in string.Formatter().parse(text.id) if name} == set(text.fields)
        assert all(type(value) in (str, int, float) and str(value) != "nan" for value in text.fields.values())


def test_arguments_without_names_are_counted() -> None:
    y = RNG.normal(size=(3, 4))
    observations = [Observation((row,), {}, row.sum(), row.mean(), wrong=True) for row in y]
    found = find("f", observations, no_reference, ["f"])
    assert found is not None
    assert found.text.fields["argument"] == "argument 1"


def no_reference(name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    raise ValueError("nobody to ask")


def test_a_raised_error_is_told_by_its_name_where_it_is_one_of_pythons_own() -> None:
    def wrong(x: Any) -> Any:
        return x.sum()

    cases = calls((np.array([1.0, 2]),), ([1.0, 2],), (np.array([3.0]),), ([4.0],))
    found = look(wrong, lambda x: np.sum(x), cases)
    assert found is not None
    assert found.text.fields["argument"] == "x"
    assert found.hint is not None
    assert found.hint.fields == {"error": "AttributeError"}


def test_an_exception_of_the_students_own_is_not_told_by_its_name() -> None:
    rows = [np.array([1.0, 2]), [1.0, 2], np.array([3.0]), [4.0]]
    observations = [Observation((row,), {}, 1.0, 1.0, wrong=False) for row in rows[::2]]
    observations += [
        Observation((row,), {}, None, 1.0, wrong=True, raised="Secret12345") for row in rows[1::2]
    ]
    found = find("f", observations, no_reference, ["f"], ["x"])
    assert found is not None
    assert "Secret12345" not in f"{found.text} {found.hint}"


def test_what_is_told_holds_no_number_that_the_code_may_choose() -> None:
    # A worker that knows hidden inputs could write them into a ratio or a constant.
    rows = RNG.normal(size=(6, 4))
    for factor in (1.234567, 31.41592, 1e-7 * 4242):
        observations = [Observation((row,), {}, factor * row**2, row**2, wrong=True) for row in rows]
        found = find("f", observations, no_reference, ["f"], ["x"])
        assert found is not None
        assert set(found.text.fields) == {"result"}
    observations = [Observation((row,), {}, 31.41592, float(row.sum()), wrong=True) for row in rows]
    found = find("f", observations, no_reference, ["f"], ["x"])
    assert found is not None
    assert set(found.text.fields) == {"result"}


def test_a_label_of_a_changed_argument_is_told_only_if_there_is_such_an_argument() -> None:
    row = RNG.normal(size=4)
    for changed in ("argument 31415926", "argument secret", "", "argument ²"):
        observations = [Observation((row,), {}, row, row, wrong=True, changed=(changed,))] * 2
        assert find("f", observations, no_reference, ["f"], ["x"]) is None


def test_right_answers_keep_a_claim_from_being_made() -> None:
    # -1 times in two calls, but right in as many others with other numbers: no word of the sign being always so.
    rows = RNG.normal(size=(6, 4))
    observations = [Observation((row,), {}, -row if i < 2 else row, row, i < 2) for i, row in enumerate(rows)]
    found = find("f", observations, no_reference, ["f"], ["x"])
    assert found is None or found.text.id.startswith("Where ")


def test_nothing_is_said_where_nothing_is_wrong() -> None:
    row = RNG.normal(size=4)
    assert find("f", [Observation((row,), {}, row, row, wrong=False)] * 3, no_reference, ["f"]) is None
    assert find("f", [], no_reference, ["f"]) is None


def test_the_hint_says_when_it_raises_instead() -> None:
    def wrong(y: Any, p: Any) -> Any:
        return (y - p) @ (y - p)

    cases = [*ROWS, *[(tuple(map(list, case)), {}) for case, _ in ROWS]]
    found = look(wrong, squares, cases)
    assert found is not None
    assert found.kind == "ratio"
    assert found.hint is not None
    assert "list" in found.hint.id
