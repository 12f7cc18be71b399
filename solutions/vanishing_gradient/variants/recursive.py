"""Everything by recursion and closures: a network is a layer in front of a network."""

import numpy as np


def sigmoid(x):
    x = np.asarray(x, dtype=float)
    return np.piecewise(x, [x < 0, x >= 0], [lambda v: np.exp(v) / (1 + np.exp(v)), lambda v: 1 / (1 + np.exp(-v))])


def sigmoid_derivative(x):
    s = sigmoid(x)
    return np.where(s < 0.5, s, 1 - s) * np.where(s < 0.5, 1 - s, s)


def am_gm_bound(a, b):
    square = lambda value: value * value
    return square((np.asarray(a, dtype=float) + np.asarray(b, dtype=float)) / 2)


def sigmoid_derivative_bound():
    return max(float(am_gm_bound(k / 10, 1 - k / 10)) for k in range(11))


def forward(x, thetas):
    x = np.asarray(x, dtype=float)
    if len(thetas) == 0:
        return [x]
    return [x] + forward(sigmoid(np.asarray(thetas[0], dtype=float) @ x), thetas[1:])


def gradients(x, y, thetas):
    y = np.asarray(y, dtype=float)

    def learn(a, rest):
        """Gradients by the matrices still to come, and the gradient by the product that made `a`."""
        if not rest:
            return [], (a - y) / len(y)
        theta = np.asarray(rest[0], dtype=float)
        product = np.dot(theta, a)
        later, delta = learn(sigmoid(product), rest[1:])
        return [np.outer(delta, a), *later], np.dot(delta, theta) * (a - a * a)

    return learn(np.asarray(x, dtype=float), list(thetas))[0]


def vanishing_bound(n_layers):
    if n_layers < 0 or n_layers != np.floor(n_layers):
        raise ValueError(n_layers)
    if n_layers == 0:
        return 1.0
    half = vanishing_bound(int(n_layers) // 2)
    return half * half * (0.25 if int(n_layers) % 2 else 1.0)


def first_underflow_depth(dtype):
    products = np.cumprod(np.full(600, 0.25, dtype=dtype), dtype=dtype)
    return int(np.count_nonzero(products)) + 1
