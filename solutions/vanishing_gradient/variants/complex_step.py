"""Gradients by a complex step, the number of layers by index, the depth by the exponent range."""

import math
import operator

import numpy as np


def sigmoid_derivative(x):
    with np.errstate(over="ignore"):
        return 1 / (4 * np.cosh(np.asarray(x, dtype=float) / 2) ** 2)


def am_gm_bound(a, b):
    a, b = np.asarray(a, dtype=float), np.asarray(b, dtype=float)
    return a * b + ((a - b) / 2) ** 2


def sigmoid_derivative_bound():
    return np.max(sigmoid_derivative(np.linspace(-10, 10, 2001)))


def forward(x, thetas):
    if not len(thetas):
        return [x]
    return [x, *forward(sigmoid(np.einsum("ij,j->i", thetas[0], x)), thetas[1:])]


def gradients(x, y, thetas):
    thetas = [np.array(theta, dtype=complex) for theta in thetas]
    y = np.asarray(y, dtype=float)

    def loss():
        a = np.asarray(x, dtype=complex)
        for theta in thetas:
            a = 1 / (1 + np.exp(-(theta @ a)))
        return -np.mean(y * np.log(a) + (1 - y) * np.log(1 - a))

    result = []
    for theta in thetas:
        gradient = np.zeros(theta.shape)
        for i in np.ndindex(*theta.shape):
            theta[i] += 1e-100j
            gradient[i] = loss().imag / 1e-100
            theta[i] -= 1e-100j
        result.append(gradient)
    return result


def vanishing_bound(n_layers):
    try:
        n = operator.index(n_layers)
    except TypeError:
        raise ValueError("n_layers is whole") from None
    if n < 0:
        raise ValueError("n_layers is not negative")
    return math.ldexp(1.0, -2 * n)


def first_underflow_depth(dtype):
    smallest = np.finfo(dtype).smallest_subnormal
    return int(-np.log2(np.longdouble(smallest))) // 2 + 1
