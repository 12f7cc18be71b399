"""Computes in float32 whatever comes in."""

COSTS = ["squared_error", "squared_error_gradient", "gradient_descent_step"]
EXPLANATION = {
    "en": (
        "float32 keeps about seven digits. A small difference of two numbers has few of them left; "
        "compute in the precision of the arguments."
    ),
    "vi": (
        "float32 chỉ giữ khoảng bảy chữ số. Hiệu nhỏ của hai số gần nhau vì thế chỉ còn vài chữ số đúng; "
        "hãy tính với độ chính xác của đối số."
    ),
}

import numpy as np


def squared_error(y, p):
    y, p = np.asarray(y, dtype=np.float32), np.asarray(p, dtype=np.float32)
    return float(np.mean((y - p) ** 2))


def squared_error_gradient(y, p):
    y, p = np.asarray(y, dtype=np.float32), np.asarray(p, dtype=np.float32)
    return (2 * (p - y) / p.size).astype(float)


def gradient_descent_step(theta, gradient, learning_rate):
    theta, gradient = np.asarray(theta, dtype=np.float32), np.asarray(gradient, dtype=np.float32)
    return (theta - np.float32(learning_rate) * gradient).astype(float)
