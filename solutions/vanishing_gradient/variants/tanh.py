"""The sigmoid by the hyperbolic tangent, matrix products by einsum, Fortran-ordered results."""

import numpy as np


def sigmoid(x):
    return 0.5 * (1 + np.tanh(0.5 * np.asarray(x, dtype=np.float64)))


def sigmoid_derivative(x):
    t = np.tanh(0.5 * np.asarray(x, dtype=np.float64))
    return 0.25 * (1 - t) * (1 + t)


def am_gm_bound(a, b):
    return np.square(np.mean([np.asarray(a, dtype=float), np.asarray(b, dtype=float)], axis=0))


def sigmoid_derivative_bound():
    s = np.array(0.3)
    return am_gm_bound(s, 1 - s)


def forward(x, thetas):
    a = np.array(x, dtype=float)
    activations = [a]
    for theta in thetas:
        a = sigmoid(np.einsum("ij,j->i", np.array(theta, dtype=float), a))
        activations.append(a)
    return tuple(activations)


def gradients(x, y, thetas):
    a = [np.asarray(value) for value in forward(x, thetas)]
    delta = np.subtract(a[-1], y) / len(a[-1])
    result = []
    for i in range(len(thetas), 0, -1):
        result.insert(0, np.asfortranarray(np.einsum("i,j->ij", delta, a[i - 1])))
        delta = np.einsum("i,ij,j,j->j", delta, np.array(thetas[i - 1], dtype=float), a[i - 1], 1 - a[i - 1])
    return result


def vanishing_bound(n_layers):
    if n_layers < 0 or int(n_layers) != n_layers:
        raise ValueError(f"{n_layers} layers")
    return np.prod([sigmoid_derivative_bound()] * int(n_layers))


def first_underflow_depth(dtype):
    powers = np.multiply.accumulate(np.full(2000, 0.25, dtype=dtype))
    return int(np.argmax(powers == 0)) + 1
