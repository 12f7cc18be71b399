"""The chain rule from the input to the output: how each activation changes with one matrix, as a Jacobian."""

from fractions import Fraction

import numpy as np


@np.vectorize
def _sigmoid(value):
    value = float(value)
    return float(1 / (1 + np.exp(-value))) if value > -30 else float(np.exp(value))


def sigmoid(x):
    return _sigmoid(np.asarray(x, dtype=float)) + 0.0


def sigmoid_derivative(x):
    s = sigmoid(x)
    return 0.25 - (s - 0.5) ** 2


def am_gm_bound(a, b):
    a, b = np.asarray(a, dtype=float), np.asarray(b, dtype=float)
    return (a * a + 2 * a * b + b * b) / 4


def sigmoid_derivative_bound():
    return Fraction(1, 4).__float__()


def forward(x, thetas):
    layers = {0: np.asarray(x, dtype=float)}
    for i, theta in enumerate(thetas):
        layers[i + 1] = sigmoid(np.tensordot(np.asarray(theta, dtype=float), layers[i], axes=1))
    return [layers[i] for i in sorted(layers)]


def gradients(x, y, thetas):
    a = forward(x, thetas)
    matrices = [np.asarray(theta, dtype=float) for theta in thetas]
    y = np.asarray(y, dtype=float)
    # dJ/dP of the last layer, where the slope of the sigmoid has cancelled.
    last = (a[-1] - y) / y.size
    result = []
    for i, theta in enumerate(matrices):
        # dP_i/dtheta_i, shape (n_i, n_i, n_(i-1))
        jacobian = np.einsum("ij,k->ijk", np.eye(theta.shape[0]), a[i])
        for j in range(i + 1, len(matrices)):
            slopes = a[j] * (1 - a[j])
            jacobian = np.einsum("ij,j,jkl->ikl", matrices[j], slopes, jacobian)
        result.append(np.einsum("i,ikl->kl", last, jacobian))
    return result


def vanishing_bound(n_layers):
    text = str(n_layers)
    if not text.isdigit():
        raise ValueError(text)
    return float(Fraction(1, 4) ** int(text))


def first_underflow_depth(dtype):
    kind = np.dtype(dtype)
    low, high = 1, 2000
    while low < high:
        middle = (low + high) // 2
        with np.errstate(all="ignore"):
            zero = kind.type(Fraction(1, 4) ** middle if middle < 500 else 0.5 ** (2 * middle)) == 0
        low, high = (low, middle) if zero else (middle + 1, high)
    return low
