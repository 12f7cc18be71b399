"""float32 in, float32 computed, float32 out; everything else in float64."""

import numpy as np


def _float(value):
    value = np.asarray(value)
    return value if value.dtype == np.float32 else value.astype(np.float64)


def sigmoid(x):
    x = _float(x)
    e = np.exp(-np.abs(x))
    return np.where(x >= 0, x.dtype.type(1), e) / (x.dtype.type(1) + e)


def sigmoid_derivative(x):
    s = sigmoid(x)
    return s * (s.dtype.type(1) - s)


def am_gm_bound(a, b):
    a, b = _float(a), _float(b)
    return ((a + b) * a.dtype.type(0.5)) ** 2


def forward(x, thetas):
    activations = [_float(x)]
    for theta in thetas:
        activations.append(sigmoid(_float(theta) @ activations[-1]))
    return activations


def gradients(x, y, thetas):
    activations = forward(x, thetas)
    delta = (activations[-1] - _float(y)) / np.float32(activations[-1].size)
    result = []
    for theta, a in zip(reversed(list(thetas)), activations[-2::-1]):
        result.append(np.outer(delta, a))
        delta = (_float(theta).T @ delta) * (a * (1 - a))
    return result[::-1]


def vanishing_bound(n_layers):
    if n_layers < 0 or not float(n_layers).is_integer():
        raise ValueError(n_layers)
    return 0.25 ** float(n_layers)
