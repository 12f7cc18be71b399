"""Is the reference of `cnn_layers` right? Compared with plain loops and with HIPS autograd."""

from __future__ import annotations

import importlib.util
import itertools
import math
from decimal import Decimal, localcontext
from pathlib import Path

import autograd.numpy as anp
import numpy as np
import pytest
from autograd import grad

PATH = Path(__file__).parents[2] / "solutions" / "cnn_layers" / "cnn_layers.py"

POOLINGS = [  # height, width, depth, size, stride
    (1, 1, 1, 1, 1),
    (4, 4, 1, 2, 2),
    (4, 6, 3, 2, 2),
    (5, 7, 2, 2, 2),
    (3, 3, 2, 2, 1),
    (7, 5, 2, 3, 2),
    (5, 8, 1, 2, 3),
    (3, 4, 2, 3, 5),
    (3, 4, 2, 1, 2),
]
CONVOLUTIONS = [  # height, width, depth, filters, their height and width
    (1, 1, 1, 1, 1, 1),
    (3, 3, 1, 1, 2, 2),
    (5, 4, 3, 2, 1, 3),
    (4, 6, 2, 5, 3, 2),
    (3, 2, 2, 1, 3, 2),
]


@pytest.fixture(scope="module")
def reference():
    spec = importlib.util.spec_from_file_location("reference_cnn_layers", PATH)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def rng():
    return np.random.default_rng(2)


def pooled(x, size, stride, of_window):
    """The pooling layer, one output number after the other, by sliding the window as the lecture does."""
    height, width, depth = x.shape
    tops = [top for top in range(0, height, stride) if top + size <= height]
    lefts = [left for left in range(0, width, stride) if left + size <= width]
    return anp.array(
        [
            [[of_window(x[top : top + size, left : left + size, k]) for k in range(depth)] for left in lefts]
            for top in tops
        ]
    )


def test_relu_and_its_slope(reference, rng):
    x, upstream = rng.normal(size=(3, 3, 2)), rng.normal(size=(3, 3, 2))
    assert [reference.relu(value) for value in (-2, -0.5, 0, 0.5, 2)] == [0, 0, 0, 0.5, 2]
    np.testing.assert_array_equal(reference.relu(x).ravel(), [max(0.0, value) for value in x.ravel()])
    oracle = grad(lambda values: anp.sum(upstream * anp.maximum(0.0, values)))(x)
    np.testing.assert_allclose(reference.relu_backward(upstream, x), oracle, rtol=1e-12)


@pytest.mark.parametrize(("height", "width", "depth", "size", "stride"), POOLINGS)
@pytest.mark.parametrize("kind", ["max", "average"])
def test_pooling_and_its_gradient(reference, rng, kind, height, width, depth, size, stride):
    of_window = {"max": anp.max, "average": anp.mean}[kind]
    x = rng.permutation(height * width * depth).reshape(height, width, depth) - 7.0
    forward = getattr(reference, f"{kind}_pool")(x, size, stride)
    oracle = pooled(x, size, stride, of_window)
    assert forward.shape == oracle.shape
    np.testing.assert_allclose(forward, oracle, rtol=1e-12, atol=1e-12)
    upstream = rng.normal(size=oracle.shape)
    gradient = getattr(reference, f"{kind}_pool_backward")(upstream, x, size, stride)
    slope = grad(lambda image: anp.sum(upstream * pooled(image, size, stride, of_window)))(x)
    assert gradient.shape == x.shape
    np.testing.assert_allclose(gradient, slope, rtol=1e-12, atol=1e-12)


def test_pooling_of_the_lecture(reference):
    x = np.array([[2, 0, 4, 1], [1, 1, 2, 1], [3, 1, 5, 2], [2, 2, 3, 2]]).reshape(4, 4, 1)
    assert reference.max_pool(x)[:, :, 0].tolist() == [[2, 4], [3, 5]]
    assert reference.average_pool(x)[:, :, 0].tolist() == [[1, 2], [2, 3]]


@pytest.mark.parametrize("name", ["max_pool", "average_pool", "max_pool_backward", "average_pool_backward"])
@pytest.mark.parametrize(("size", "stride"), [(3, 1), (0, 1), (-1, 1), (2, 0), (2, -1)])
@pytest.mark.parametrize("shape", [(2, 5, 1), (5, 2, 1)])
def test_pooling_refuses(reference, name, size, stride, shape):
    arguments = (np.ones(shape), size, stride)
    with pytest.raises(ValueError, match=r"size and stride|does not fit"):
        getattr(reference, name)(*([np.ones((1, 1, 1))] if "backward" in name else []), *arguments)


@pytest.mark.parametrize("shape", [(1, 1, 1), (2, 2, 2), (3, 4, 1), (2, 3, 4), (1, 2, 5)])
def test_flatten_and_its_inverse(reference, rng, shape):
    x = rng.normal(size=shape)
    height, width, depth = shape
    in_order = [x[i, j, k] for k in range(depth) for i in range(height) for j in range(width)]
    assert reference.flatten(x).tolist() == in_order
    assert reference.unflatten(in_order, shape).tolist() == x.tolist()
    with pytest.raises(ValueError, match="do not fill"):
        reference.unflatten([*in_order, 0.0], shape)


@pytest.mark.parametrize(("height", "width", "depth", "k", "rows", "columns"), CONVOLUTIONS)
def test_convolution(reference, rng, height, width, depth, k, rows, columns):
    x, bias = rng.normal(size=(height, width, depth)), rng.normal(size=k)
    filters = rng.normal(size=(k, rows, columns, depth))
    result = reference.convolve(x, filters, bias)
    assert result.shape == (height - rows + 1, width - columns + 1, k)
    for i, j, f in np.ndindex(result.shape):
        products = (
            x[i + a, j + b, d] * filters[f, a, b, d]
            for a, b, d in itertools.product(range(rows), range(columns), range(depth))
        )
        assert result[i, j, f] == pytest.approx(math.fsum([bias[f], *products]), rel=1e-12, abs=1e-12)
    for wrong in {1, depth + 1} - {depth}:
        with pytest.raises(ValueError, match="depth"):
            reference.convolve(x, np.ones((k, rows, columns, wrong)), bias)


def test_fully_connected(reference, rng):
    v, weights, bias = rng.normal(size=5), rng.normal(size=(3, 5)), rng.normal(size=3)
    for r, value in enumerate(reference.fully_connected(v, weights, bias)):
        products = (weights[r, c] * v[c] for c in range(5))
        assert value == pytest.approx(math.fsum([bias[r], *products]), rel=1e-12, abs=1e-12)


@pytest.mark.parametrize("z", [[0.0], [2, 1, 0], [1000.0, 999.5], [-3.0, 5.0, 5.0], [1e300, 1e300, -1e300]])
def test_softmax_and_cross_entropy_in_fifty_digits(reference, z):
    with localcontext() as context:
        context.prec = 50
        largest = max(map(Decimal, z))
        # Decimal has no underflow worth the name, but exp(-2e300) would still be out of its range.
        exponentials = [(Decimal(score) - largest).exp() if score > -1e9 else Decimal(0) for score in z]
        oracle = [float(value / sum(exponentials)) for value in exponentials]
        losses = [-float((value / sum(exponentials)).ln()) if value else None for value in exponentials]
    probabilities = reference.softmax(z)
    np.testing.assert_allclose(probabilities, oracle, rtol=1e-13, atol=1e-15)
    for true, loss in enumerate(losses):
        actual = reference.cross_entropy(probabilities, np.eye(len(z))[true])
        if loss is None:
            assert 5 < actual < math.inf
        else:
            assert actual == pytest.approx(loss, rel=1e-12, abs=1e-12)


@pytest.mark.parametrize(
    ("network", "count"),
    [
        ([], 0),
        ([("convolution", 8, 3, 3, 1)], 80),
        ([("fully_connected", 3, 8)], 27),
        ([("relu",), ("pool", 2, 2), ("flatten",)], 0),
        # LeNet-5's convolutions and dense layers, with the counts that textbooks give for the dense variant.
        ([("convolution", 6, 5, 5, 1), ("relu",), ("pool", 2, 2), ("convolution", 16, 5, 5, 6)], 156 + 2416),
        ([("flatten",), ("fully_connected", 120, 400), ("fully_connected", 84, 120)], 48120 + 10164),
    ],
)
def test_count_parameters(reference, network, count):
    assert reference.count_parameters(network) == count


def test_nothing_is_mutated_or_shared(reference):
    image, vector = np.arange(8.0).reshape(2, 2, 2), np.arange(8.0)
    calls = [
        ("relu", (image,)),
        ("relu_backward", (image, image)),
        ("max_pool", (image, 1, 1)),
        ("average_pool", (image, 1, 1)),
        ("max_pool_backward", (image, image, 1, 1)),
        ("average_pool_backward", (image, image, 1, 1)),
        ("flatten", (image,)),
        ("flatten", (image[:, :, :1],)),
        ("unflatten", (vector, (2, 2, 2))),
        ("unflatten", (vector, (2, 4, 1))),
        ("convolve", (image, image[None], np.zeros(1))),
        ("fully_connected", (vector, np.eye(8), np.zeros(8))),
        ("softmax", (vector,)),
        ("cross_entropy", (vector / 28, np.eye(8)[3])),
    ]
    for name, arguments in calls:
        for argument in (image, vector):
            argument.setflags(write=False)
        result = getattr(reference, name)(*arguments)
        for argument in (image, vector):
            assert not np.shares_memory(result, argument), name
