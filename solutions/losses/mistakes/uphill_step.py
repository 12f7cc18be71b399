"""Adds the gradient instead of subtracting it."""

COSTS = ["gradient_descent_step"]
EXPLANATION = {
    "en": (
        "Your step goes uphill. The gradient points to where the loss grows, so it is subtracted: "
        "theta - alpha times the gradient."
    ),
    "vi": (
        "Bước của bạn đi lên dốc. Gradient chỉ về hướng hàm lỗi tăng, nên phải trừ đi: theta - "
        "alpha nhân gradient."
    ),
}

import numpy as np


def gradient_descent_step(theta, gradient, learning_rate):
    theta, gradient = np.asarray(theta, dtype=float), np.asarray(gradient, dtype=float)
    return theta + learning_rate * gradient
