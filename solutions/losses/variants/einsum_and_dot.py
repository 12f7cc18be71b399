"""Sums written with einsum and dot on flattened arrays."""

import numpy as np


def column(values):
    return np.asarray(values, dtype=np.float64).reshape(-1)


def squared_error(y, p):
    difference = column(y) - column(p)
    return np.einsum("i,i->", difference, difference) / difference.size


def binary_cross_entropy(y, p):
    y, p = column(y), np.clip(column(p), 1e-10, 1 - 1e-10)
    return -(np.dot(y, np.log(p)) + np.dot(1 - y, np.log1p(-p))) / p.size


def squared_error_gradient(y, p):
    p = np.asarray(p, dtype=np.float64)
    return (p - y) * (2 / p.size)


def binary_cross_entropy_gradient(y, p):
    p = np.clip(np.asarray(p, dtype=np.float64), 1e-10, 1 - 1e-10)
    y = np.asarray(y, dtype=np.float64)
    return -np.divide(y, p) / p.size + np.divide(1 - y, 1 - p) / p.size


def steepness_ratio(y, p):
    return np.abs(binary_cross_entropy_gradient(y, p)) / np.abs(squared_error_gradient(y, p))


def gradient_descent_step(theta, gradient, learning_rate):
    return np.subtract(theta, np.multiply(learning_rate, gradient))


def logistic_gradient(x, y, theta, beta, loss):
    design = np.stack([column(x), np.ones(np.size(x))])
    p = 1 / (1 + np.exp(-np.einsum("ki,k->i", design, [float(theta), float(beta)])))
    match loss:
        case "bce":
            factor = np.ones_like(p)
        case "squared_error":
            factor = 2 * p * (1 - p)
        case _:
            raise ValueError(f"unknown loss {loss}")
    by_theta, by_beta = np.einsum("ki,i->k", design, factor * (p - column(y))) / p.size
    return by_theta, by_beta


def train_logistic(x, y, loss, learning_rate, steps, theta=0.0, beta=0.0):
    losses = {"bce": binary_cross_entropy, "squared_error": squared_error}
    if loss not in losses:
        raise ValueError(f"unknown loss {loss}")
    x = column(x)
    parameters = np.array([float(theta), float(beta)])
    history = np.empty(steps + 1)
    for step in range(steps + 1):
        history[step] = losses[loss](y, 1 / (1 + np.exp(-(parameters[0] * x + parameters[1]))))
        if step < steps:
            slope = np.array(logistic_gradient(x, y, parameters[0], parameters[1], loss))
            parameters = gradient_descent_step(parameters, slope, learning_rate)
    return parameters[0], parameters[1], history
