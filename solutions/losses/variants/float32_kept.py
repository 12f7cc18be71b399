"""Answers in float32 wherever an argument is float32; clips at 1e-7."""

import numpy as np


def kind(*arguments):
    kinds = [np.asarray(argument).dtype for argument in arguments]
    return np.float32 if any(each == np.float32 for each in kinds) else np.float64


def squared_error(y, p):
    dtype = kind(y, p)
    return np.mean(np.square(np.asarray(y, dtype) - np.asarray(p, dtype)))


def binary_cross_entropy(y, p):
    dtype = kind(y, p)
    y, p = np.asarray(y, dtype), np.clip(np.asarray(p, dtype), 1e-7, 1 - 1e-7)
    return np.mean(-(y * np.log(p) + (1 - y) * np.log(1 - p)))


def squared_error_gradient(y, p):
    dtype = kind(y, p)
    y, p = np.asarray(y, dtype), np.asarray(p, dtype)
    return dtype(2) * (p - y) / p.size


def binary_cross_entropy_gradient(y, p):
    dtype = kind(y, p)
    y, p = np.asarray(y, dtype), np.clip(np.asarray(p, dtype), 1e-7, 1 - 1e-7)
    return (p - y) / (p * (1 - p)) / p.size


def steepness_ratio(y, p):
    p = np.asarray(p, kind(p))
    return 0.5 / (p * (1 - p))


def gradient_descent_step(theta, gradient, learning_rate):
    dtype = kind(theta, gradient, learning_rate)
    return np.asarray(theta, dtype) - dtype(learning_rate) * np.asarray(gradient, dtype)


def logistic_gradient(x, y, theta, beta, loss):
    if loss not in {"bce", "squared_error"}:
        raise ValueError(loss)
    dtype = kind(x, y, theta, beta)
    x, y = np.asarray(x, dtype), np.asarray(y, dtype)
    p = 1 / (1 + np.exp(-(dtype(theta) * x + dtype(beta))))
    slope = p - y
    if loss == "squared_error":
        slope = 2 * slope * p * (1 - p)
    return np.mean(slope * x), np.mean(slope)


def train_logistic(x, y, loss, learning_rate, steps, theta=0.0, beta=0.0):
    if loss not in {"bce", "squared_error"}:
        raise ValueError(loss)
    dtype = kind(x, y, theta, beta, learning_rate)
    x, y = np.asarray(x, dtype), np.asarray(y, dtype)
    theta, beta, rate = dtype(theta), dtype(beta), dtype(learning_rate)
    measure = {"bce": binary_cross_entropy, "squared_error": squared_error}[loss]
    history = [measure(y, 1 / (1 + np.exp(-(theta * x + beta))))]
    for _ in range(steps):
        by_theta, by_beta = logistic_gradient(x, y, theta, beta, loss)
        theta, beta = theta - rate * by_theta, beta - rate * by_beta
        history.append(measure(y, 1 / (1 + np.exp(-(theta * x + beta)))))
    return theta, beta, np.asarray(history, dtype)
