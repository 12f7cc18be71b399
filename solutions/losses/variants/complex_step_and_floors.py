"""Logarithms with a floor instead of an epsilon, slopes by a complex step, longdouble inside."""

import numpy as np


def squared_error(y, p):
    d = np.asarray(y, dtype=np.longdouble) - np.asarray(p, dtype=np.longdouble)
    return np.var(d) + np.mean(d) ** 2


def binary_cross_entropy(y, p):
    y, p = np.asarray(y, dtype=float), np.asarray(p, dtype=float)
    with np.errstate(divide="ignore"):
        log_p, log_q = np.maximum(np.log(p), -1e4), np.maximum(np.log(1 - p), -1e4)
    return -np.mean(y * log_p + (1 - y) * log_q)


def squared_error_gradient(y, p):
    y, p = np.asarray(y, dtype=float), np.asarray(p, dtype=float)
    jacobian = np.identity(p.size) * 2 / p.size
    return (jacobian @ (p - y).ravel()).reshape(p.shape)


def binary_cross_entropy_gradient(y, p):
    y, p = np.asarray(y, dtype=float), np.asarray(p, dtype=float)
    width = p * (1 - p)
    slope = np.zeros_like(p)
    np.divide(p - y, width, out=slope, where=width > 0)
    return slope / p.size


def steepness_ratio(y, p):
    return 2 / (1 - (2 * np.asarray(p, dtype=float) - 1) ** 2)


def gradient_descent_step(theta, gradient, learning_rate):
    both = np.stack([np.asarray(theta, dtype=float), np.asarray(gradient, dtype=float)])
    return np.tensordot([1.0, -learning_rate], both, axes=1)


def logistic_gradient(x, y, theta, beta, loss):
    if loss not in ("bce", "squared_error"):
        raise ValueError(f"no loss {loss!r}")
    x, y = np.asarray(x, dtype=float), np.asarray(y, dtype=float)

    def objective(theta, beta):
        p = 1 / (1 + np.exp(-(theta * x + beta)))
        if loss == "squared_error":
            return np.mean((y - p) ** 2)
        return -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))

    h = 1e-30
    return objective(theta + 1j * h, beta).imag / h, objective(theta, beta + 1j * h).imag / h
