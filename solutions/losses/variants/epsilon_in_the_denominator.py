"""(p - y) / (p (1 - p) + 1e-7), lists and tuples in place of arrays, 0-d arrays in place of scalars."""

import numpy as np


def squared_error(y, p):
    y, p = np.array(y, dtype=float), np.array(p, dtype=float)
    return np.array(np.average(np.power(p - y, 2)))


def binary_cross_entropy(y, p):
    y, p = np.array(y, dtype=float), np.array(p, dtype=float)
    p = p * (1 - 2e-8) + 1e-8
    return np.array(np.average(-y * np.log(p) - (1 - y) * np.log(1 - p)))


def squared_error_gradient(y, p):
    y, p = np.array(y, dtype=float), np.array(p, dtype=float)
    return (2 / p.size * (p - y)).tolist()


def binary_cross_entropy_gradient(y, p):
    y, p = np.array(y, dtype=float), np.array(p, dtype=float)
    return ((p - y) / (p * (1 - p) + 1e-7) / p.size).tolist()


def steepness_ratio(y, p):
    y, p = np.array(y, dtype=float), np.array(p, dtype=float)
    return np.abs(np.divide(binary_cross_entropy_gradient(y, p), squared_error_gradient(y, p))).tolist()


def gradient_descent_step(theta, gradient, learning_rate):
    return (np.array(theta, dtype=float) - np.array(learning_rate) * np.array(gradient)).tolist()


def logistic_gradient(x, y, theta, beta, loss):
    slopes = {"bce": binary_cross_entropy_gradient, "squared_error": squared_error_gradient}
    if loss not in slopes:
        raise ValueError(f"{loss}?")
    x = np.array(x, dtype=float)
    p = 1 / (1 + np.exp(-(theta * x + beta)))
    by_z = np.array(slopes[loss](y, p)) * p * (1 - p)
    return [np.array(by_z @ x), np.array(by_z.sum())]


def train_logistic(x, y, loss, learning_rate, steps, theta=0.0, beta=0.0):
    losses = {"bce": binary_cross_entropy, "squared_error": squared_error}
    if loss not in losses:
        raise ValueError(f"{loss}?")
    x = np.array(x, dtype=float)
    history = []
    for step in range(steps + 1):
        if step:
            by_theta, by_beta = logistic_gradient(x, y, theta, beta, loss)
            theta, beta = theta - learning_rate * by_theta, beta - learning_rate * by_beta
        history.append(float(losses[loss](y, 1 / (1 + np.exp(-(theta * x + beta))))))
    return [np.array(theta), np.array(beta), tuple(history)]
