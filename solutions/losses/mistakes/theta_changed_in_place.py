"""Writes the new parameters over the old ones."""

COSTS = ["gradient_descent_step"]
EXPLANATION = {
    "en": (
        "theta -= ... changes the caller's array. Compute theta - alpha * gradient as a new "
        "array, so that the old parameters can still be used."
    ),
    "vi": (
        "theta -= ... làm thay đổi chính mảng được truyền vào. Hãy tính theta - alpha * gradient "
        "thành một mảng mới để tham số cũ vẫn còn nguyên."
    ),
}

import numpy as np


def gradient_descent_step(theta, gradient, learning_rate):
    theta = np.asarray(theta, dtype=float)
    theta -= learning_rate * np.asarray(gradient, dtype=float)
    return theta
