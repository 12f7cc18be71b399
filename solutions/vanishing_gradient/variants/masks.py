"""Boolean masks for the two halves of the sigmoid; the slope of the loss written out, clipped at 1e-7."""

import numpy as np


def sigmoid(x):
    x = np.asarray(x, dtype=float)
    result = np.zeros(x.shape)
    up = x >= 0
    result[up] = 1 / (1 + np.exp(-x[up]))
    e = np.exp(x[~up])
    result[~up] = e / (1 + e)
    return result


def sigmoid_derivative(x):
    s = np.asarray(sigmoid(x))
    return s - s**2


def am_gm_bound(a, b):
    total = np.add(a, b)
    return total * total / 4


def forward(x, thetas):
    activations = [np.asarray(x)]
    for theta in thetas:
        activations = activations + [sigmoid(np.dot(theta, activations[-1]))]
    return activations


def gradients(x, y, thetas):
    activations = forward(x, thetas)
    p = np.clip(activations[-1], 1e-7, 1 - 1e-7)
    y = np.asarray(y, dtype=float)
    slope = (-(y / p) + (1 - y) / (1 - p)) / p.size
    result = []
    for theta, before, after in zip(thetas[::-1], activations[-2::-1], activations[:0:-1]):
        slope = np.asarray(slope) * after * (1 - after)
        result.append(slope[:, None] * np.asarray(before, dtype=float)[None, :])
        slope = np.transpose(theta) @ slope
    result.reverse()
    return result


def vanishing_bound(n_layers):
    if n_layers < 0 or n_layers % 1:
        raise ValueError("a network has a whole number of layers")
    return 0.5 ** (2 * int(n_layers))


def first_underflow_depth(dtype):
    n = 1
    while np.array(vanishing_bound(n)).astype(dtype) != 0:
        n += 1
    return n
