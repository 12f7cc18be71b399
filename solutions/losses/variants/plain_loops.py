"""Python loops and the math module; NumPy only carries numbers in and out."""

import math

import numpy as np


def flat(values):
    return [float(value) for value in np.asarray(values).ravel()]


def pairs(y, p):
    return list(zip(flat(y), flat(p), strict=True))


def shaped(values, like):
    return np.array(values, dtype=float).reshape(np.shape(like))


def safe(value):
    return min(max(value, 1e-12), 1 - 1e-12)


def squared_error(y, p):
    total = 0.0
    count = 0
    for truth, prediction in pairs(y, p):
        total += (truth - prediction) ** 2
        count += 1
    return total / count


def binary_cross_entropy(y, p):
    total = 0.0
    count = 0
    for truth, prediction in pairs(y, p):
        prediction = safe(prediction)
        total -= truth * math.log(prediction) + (1 - truth) * math.log(1 - prediction)
        count += 1
    return total / count


def squared_error_gradient(y, p):
    slopes = []
    for truth, prediction in pairs(y, p):
        slopes.append(2 * (prediction - truth) / np.size(p))
    return shaped(slopes, p)


def binary_cross_entropy_gradient(y, p):
    slopes = []
    for truth, prediction in pairs(y, p):
        q = safe(prediction)
        slopes.append((q - truth) / (q * (1 - q)) / np.size(p))
    return shaped(slopes, p)


def steepness_ratio(y, p):
    ratios = []
    for truth, prediction in pairs(y, p):
        steep = abs((prediction - truth) / (prediction * (1 - prediction)))
        ratios.append(steep / abs(2 * (prediction - truth)))
    return shaped(ratios, p)


def gradient_descent_step(theta, gradient, learning_rate):
    moved = [t - float(learning_rate) * g for t, g in pairs(theta, gradient)]
    return shaped(moved, theta)


def logistic_gradient(x, y, theta, beta, loss):
    if loss != "bce" and loss != "squared_error":
        raise ValueError("unknown loss " + str(loss))
    by_theta = by_beta = 0.0
    examples = pairs(x, y)
    for feature, truth in examples:
        p = 1 / (1 + math.exp(-(float(theta) * feature + float(beta))))
        if loss == "bce":
            slope = p - truth
        else:
            slope = 2 * (p - truth) * p * (1 - p)
        by_theta += slope * feature
        by_beta += slope
    return by_theta / len(examples), by_beta / len(examples)


def train_logistic(x, y, loss, learning_rate, steps, theta=0.0, beta=0.0):
    if loss != "bce" and loss != "squared_error":
        raise ValueError("unknown loss " + str(loss))
    theta, beta, rate = float(theta), float(beta), float(learning_rate)
    history = []
    for step in range(steps + 1):
        p = [1 / (1 + math.exp(-(theta * feature + beta))) for feature in flat(x)]
        history.append(binary_cross_entropy(y, p) if loss == "bce" else squared_error(y, p))
        if step < steps:
            by_theta, by_beta = logistic_gradient(x, y, theta, beta, loss)
            theta -= rate * by_theta
            beta -= rate * by_beta
    return theta, beta, history
