"""Returns (velocity, theta)."""

COSTS = ["momentum_step"]
EXPLANATION = {
    "en": (
        "You return the velocity first. The order asked for is the new theta, then the new "
        "velocity."
    ),
    "vi": "Bạn trả về vận tốc trước. Thứ tự đúng là theta mới trước, rồi đến vận tốc mới.",
}

import numpy as np


def momentum_step(theta, velocity, gradient, learning_rate, beta):
    theta, velocity, gradient = (np.asarray(a, dtype=float) for a in (theta, velocity, gradient))
    velocity = beta * velocity + learning_rate * gradient
    return velocity, theta - velocity
