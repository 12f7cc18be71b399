"""Adds 1e-7 inside every logarithm and quotient; the logistic gradient goes through the student's own slopes."""

import numpy as np

EPSILON = 1e-7


def squared_error(y, p):
    return ((np.asarray(y, dtype=float) - np.asarray(p, dtype=float)) ** 2).mean()


def binary_cross_entropy(y, p):
    y, p = np.asarray(y, dtype=float), np.asarray(p, dtype=float)
    return -(y * np.log(p + EPSILON) + (1 - y) * np.log(1 - p + EPSILON)).mean()


def squared_error_gradient(y, p):
    y, p = np.asarray(y, dtype=float), np.asarray(p, dtype=float)
    return -2 * (y - p) / y.size


def binary_cross_entropy_gradient(y, p):
    y, p = np.asarray(y, dtype=float), np.asarray(p, dtype=float)
    return -(y / (p + EPSILON) - (1 - y) / (1 - p + EPSILON)) / y.size


def steepness_ratio(y, p):
    return np.abs(binary_cross_entropy_gradient(y, p) / squared_error_gradient(y, p))


def gradient_descent_step(theta, gradient, learning_rate):
    return np.array(theta, dtype=float) - learning_rate * np.array(gradient, dtype=float)


def logistic_gradient(x, y, theta, beta, loss):
    x, y = np.array(x, dtype=float), np.array(y, dtype=float)
    p = 1 / (1 + np.exp(-theta * x - beta))
    if loss == "bce":
        slope = binary_cross_entropy_gradient(y, p)
    elif loss == "squared_error":
        slope = squared_error_gradient(y, p)
    else:
        raise ValueError("loss must be bce or squared_error")
    slope = slope * p * (1 - p)
    return (slope * x).sum(), slope.sum()


def train_logistic(x, y, loss, learning_rate, steps, theta=0.0, beta=0.0):
    logistic_gradient(x, y, theta, beta, loss)
    x = np.array(x, dtype=float)

    def now():
        p = 1 / (1 + np.exp(-theta * x - beta))
        return binary_cross_entropy(y, p) if loss == "bce" else squared_error(y, p)

    history = [now()]
    while len(history) <= steps:
        slopes = logistic_gradient(x, y, theta, beta, loss)
        theta, beta = (
            gradient_descent_step(value, slope, learning_rate)
            for value, slope in zip((theta, beta), slopes, strict=True)
        )
        history.append(now())
    return theta, beta, history
