"""The sigmoid as exp(-log(1 + e^(-x))); the pre-activations kept; 1e-7 added in the loss's slope."""

import numpy as np


def sigmoid(x):
    return np.exp(-np.logaddexp(0.0, -np.asarray(x, dtype=float)))


def sigmoid_derivative(x):
    return sigmoid(x) * sigmoid(-np.asarray(x, dtype=float))


def am_gm_bound(a, b):
    a = np.asarray(a, dtype=float)
    b = np.asarray(b, dtype=float)
    return a * b + ((a - b) / 2) ** 2


def sigmoid_derivative_bound():
    return np.max(sigmoid_derivative(np.linspace(-5, 5, 101)))


def _run(x, thetas):
    products, activations = [], [np.array(x, dtype=float)]
    for theta in thetas:
        products.append(np.matmul(np.array(theta, dtype=float), activations[-1]))
        activations.append(sigmoid(products[-1]))
    return products, activations


def forward(x, thetas):
    return _run(x, thetas)[1]


def gradients(x, y, thetas):
    products, activations = _run(x, thetas)
    y, p = np.array(y, dtype=float), activations[-1]
    error = (p - y) / (p * (1 - p) + 1e-7) / np.size(p)
    found = {}
    for layer in sorted(range(len(thetas)), reverse=True):
        error = error * sigmoid_derivative(products[layer])
        found[layer] = error.reshape(-1, 1) @ activations[layer].reshape(1, -1)
        error = error @ np.array(thetas[layer], dtype=float)
    return [found[layer] for layer in range(len(thetas))]


def vanishing_bound(n_layers):
    if not isinstance(n_layers, (int, np.integer)) or n_layers < 0:
        raise ValueError("n_layers")
    return np.float64(0.25) ** int(n_layers)


def first_underflow_depth(dtype):
    quarter = np.dtype(dtype).type(0.25)
    product = quarter
    for n in range(1, 10_000):
        if product == 0:
            return np.int64(n)
        product *= quarter
