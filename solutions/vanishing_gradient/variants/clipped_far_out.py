"""x clipped at 500, as many tutorials do; results written into arrays made beforehand; a tuple of gradients."""

import numpy as np

LARGEST = 500.0
QUARTER = 0.25
EPSILON = 1e-12


def sigmoid(x):
    clipped = np.clip(np.array(x, dtype=float), -LARGEST, LARGEST)
    clipped *= -1.0
    return 1.0 / (1.0 + np.exp(clipped))


def sigmoid_derivative(x):
    clipped = np.clip(np.array(x, dtype=float), -LARGEST, LARGEST)
    half = np.exp(-np.abs(clipped) / 2)
    return (half / (1 + half * half)) ** 2


def am_gm_bound(a, b):
    total = np.array(a, dtype=float)
    total += np.asarray(b, dtype=float)
    total /= 2
    total *= total
    return total


def sigmoid_derivative_bound():
    return QUARTER


def forward(x, thetas):
    sizes = [np.shape(theta)[0] for theta in thetas]
    activations = [np.array(x, dtype=float)] + [np.empty(size) for size in sizes]
    for i in range(len(thetas)):
        np.dot(np.array(thetas[i], dtype=float), activations[i], out=activations[i + 1])
        activations[i + 1][:] = sigmoid(activations[i + 1])
    return activations


def gradients(x, y, thetas):
    activations = forward(x, thetas)
    result = [np.zeros(np.shape(theta), dtype=float) for theta in thetas]
    p = np.clip(activations[-1], EPSILON, 1 - EPSILON)
    wrong = np.array(y, dtype=float)
    np.subtract(p, wrong, out=wrong)
    wrong /= wrong.size
    level = len(thetas)
    while level > 0:
        level -= 1
        result[level] += wrong[:, np.newaxis] * activations[level]
        wrong = np.array(thetas[level], dtype=float).transpose().dot(wrong)
        wrong *= activations[level]
        wrong *= 1.0 - activations[level]
    return tuple(result)


def vanishing_bound(n_layers):
    whole = int(n_layers)
    if whole != n_layers or whole < 0:
        raise ValueError("so many layers there are not")
    return QUARTER**whole


def first_underflow_depth(dtype):
    return {"float16": 13, "float32": 75, "float64": 538}[np.dtype(dtype).name]
