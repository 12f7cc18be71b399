"""Subtracts the whole gradient."""

COSTS = ["gradient_descent_step"]
EXPLANATION = {
    "en": (
        "You subtract the gradient itself. The learning rate alpha decides how much of it one "
        "step takes."
    ),
    "vi": (
        "Bạn trừ nguyên cả gradient. Tốc độ học alpha (learning rate) mới quyết định mỗi bước đi bao "
        "xa."
    ),
}

import numpy as np


def gradient_descent_step(theta, gradient, learning_rate):
    return np.asarray(theta, dtype=float) - np.asarray(gradient, dtype=float)
