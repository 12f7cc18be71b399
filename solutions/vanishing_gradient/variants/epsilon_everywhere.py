"""1e-7 in each denominator, slopes kept from the forward pass, deques; lists as answers."""

from collections import deque

import numpy as np

EPS = 1e-7


def sigmoid(x):
    z = np.asarray(x, dtype=float)
    t = np.exp(np.minimum(z, 0.0))
    u = np.exp(-np.maximum(z, 0.0))
    return t / (t + u)


def sigmoid_derivative(x):
    z = np.abs(np.asarray(x, dtype=float))
    return np.exp(-z - 2 * np.log1p(np.exp(-z)))


def am_gm_bound(a, b):
    return np.vectorize(lambda p, q: (0.5 * p + 0.5 * q) ** 2, otypes=[float])(a, b)


def _passes(x, thetas):
    a = np.asarray(x, dtype=float)
    yield a, None
    for theta in thetas:
        z = (np.asarray(theta, dtype=float) * a[None, :]).sum(axis=1)
        a = sigmoid(z)
        yield a, sigmoid_derivative(z)


def forward(x, thetas):
    return [a.tolist() for a, _ in _passes(x, thetas)]


def gradients(x, y, thetas):
    """With the slope of the loss as it comes from log(a + eps) and log(1 - a + eps)."""
    passes = list(_passes(x, thetas))
    p, t = passes[-1][0], np.asarray(y, dtype=float)
    upstream = (-t / (p + EPS) + (1 - t) / (1 - p + EPS)) / float(len(p))
    found = deque()
    for (before, _), (_, slope), theta in zip(passes[-2::-1], passes[:0:-1], list(thetas)[::-1]):
        inner = upstream * slope
        found.appendleft((inner[:, None] @ before[None, :]).tolist())
        upstream = (np.asarray(theta, dtype=float) * inner[:, None]).sum(axis=0)
    return list(found)


def vanishing_bound(n_layers):
    if not float(n_layers).is_integer() or n_layers < 0:
        raise ValueError("n_layers: 0, 1, 2, ...")
    return np.exp2(-2.0 * float(n_layers))


def first_underflow_depth(dtype):
    def depth(product):
        n = 0
        while product:
            product = (product / np.asarray(4, dtype=dtype)).astype(dtype)
            n += 1
        return n

    return depth(np.ones((), dtype=dtype))
