"""Python loops, the math module and lists; NumPy only to see what came in."""

import math

import numpy as np


def sigmoid(x):
    if isinstance(x, np.ndarray):
        x = x.tolist()
    if isinstance(x, (list, tuple)):
        return [sigmoid(element) for element in x]
    if x >= 0:
        return 1.0 / (1.0 + math.exp(-x))
    e = math.exp(x)
    return e / (1.0 + e)


def sigmoid_derivative(x):
    if isinstance(x, np.ndarray):
        x = x.tolist()
    if isinstance(x, (list, tuple)):
        return [sigmoid_derivative(element) for element in x]
    s = sigmoid(x)
    return s * (1.0 - s)


def am_gm_bound(a, b):
    a = a.tolist() if isinstance(a, np.ndarray) else a
    b = b.tolist() if isinstance(b, np.ndarray) else b
    if isinstance(a, (list, tuple)):
        return [am_gm_bound(p, q) for p, q in zip(a, b)]
    return ((a + b) / 2) ** 2


def sigmoid_derivative_bound():
    return 1 / 4


def forward(x, thetas):
    a = [float(value) for value in x]
    activations = [a]
    for theta in thetas:
        a = [sigmoid(sum(float(weight) * value for weight, value in zip(row, a))) for row in theta]
        activations.append(a)
    return activations


def gradients(x, y, thetas):
    activations = forward(x, thetas)
    n = len(activations[-1])
    delta = [(a - float(target)) / n for a, target in zip(activations[-1], y)]
    result = [None] * len(thetas)
    for i in range(len(thetas) - 1, -1, -1):
        before = activations[i]
        result[i] = [[d * value for value in before] for d in delta]
        back = []
        for j in range(len(before)):
            total = 0.0
            for k in range(len(delta)):
                total += float(thetas[i][k][j]) * delta[k]
            back.append(total * before[j] * (1 - before[j]))
        delta = back
    return result


def vanishing_bound(n_layers):
    if isinstance(n_layers, (float, np.floating)) or n_layers < 0:
        raise ValueError("n_layers must be a non-negative integer")
    product = 1
    for _ in range(n_layers):
        product = product / 4
    return product


def first_underflow_depth(dtype):
    n = 0
    product = np.array(1, dtype=dtype)
    while product != 0:
        product = (product * np.array(0.25, dtype=dtype)).astype(dtype)
        n += 1
    return n
