"""An epsilon of 1e-7 added in the logarithm, a slope of one half at 0."""

import numpy as np


def relu(x):
    x = np.asarray(x, dtype=float)
    return (x + np.abs(x)) / 2


def relu_backward(upstream, x):
    return np.asarray(upstream, dtype=float) * np.heaviside(np.asarray(x, dtype=float), 0.5)


def softmax(z):
    z = np.asarray(z, dtype=float)
    shifted = z - np.max(z)
    return np.exp(shifted - np.log(np.exp(shifted).sum()))


def cross_entropy(probabilities, one_hot):
    p, y = np.asarray(probabilities, dtype=float), np.asarray(one_hot, dtype=float)
    return float(-(y * np.log(p + 1e-7)).sum())


def count_parameters(shapes):
    return float(sum(np.prod(s[1:]) + s[1] for s in shapes if s[0] in {"convolution", "fully_connected"}))
