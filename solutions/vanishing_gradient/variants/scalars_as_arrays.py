"""0-d arrays and NumPy scalars wherever a number is due; one array for many layers of one width."""

import operator

import numpy as np


def sigmoid(x):
    x = np.asarray(x, dtype=np.longdouble)
    e = np.exp(-abs(x))
    return np.asarray(np.where(x < 0, e, 1) / (1 + e), dtype=np.float64)


def sigmoid_derivative(x):
    s = sigmoid(x)
    return np.asarray(s * (1 - s))


def am_gm_bound(a, b):
    return np.asarray(np.power((np.asarray(a, dtype=float) + b) / 2, 2))


def sigmoid_derivative_bound():
    return np.asarray(sigmoid_derivative(0))


def forward(x, thetas):
    activations = [np.array(x, dtype=float, ndmin=1)]
    for theta in thetas:
        activations.append(sigmoid(np.array(theta, dtype=float, ndmin=2) @ activations[-1]))
    if len({a.size for a in activations}) == 1:
        return np.stack(activations)
    return activations


def gradients(x, y, thetas):
    activations = forward(x, thetas)

    def back(i, delta):
        if i == 0:
            return [np.outer(delta, activations[0])]
        a = activations[i]
        below = np.array(thetas[i], dtype=float).T.dot(delta) * a * (1 - a)
        return [*back(i - 1, below), np.outer(delta, a)]

    return back(len(thetas) - 1, (activations[-1] - np.array(y, dtype=float)) / len(activations[-1]))


def vanishing_bound(n_layers):
    try:
        n = operator.index(n_layers)
    except TypeError:
        raise ValueError("not a whole number") from None
    if n < 0:
        raise ValueError("negative")
    return np.asarray(np.ldexp(1.0, -2 * n))


def first_underflow_depth(dtype):
    info = np.finfo(dtype)
    # The smallest subnormal number is 2 ** (minexp - nmant); half of it is rounded to zero, being a tie with an even zero.
    return np.asarray((info.nmant - info.minexp) // 2 + 1)
