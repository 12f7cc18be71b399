"""Moves theta by the velocity of the step before."""

COSTS = ["momentum_step"]
EXPLANATION = {
    "en": (
        "You move theta by the old velocity. First the velocity is renewed, then theta moves by "
        "the new one."
    ),
    "vi": (
        "Bạn cập nhật theta bằng vận tốc cũ. Phải tính vận tốc mới trước, rồi theta mới di chuyển "
        "theo vận tốc mới đó."
    ),
}

import numpy as np


def momentum_step(theta, velocity, gradient, learning_rate, beta):
    theta, velocity, gradient = (np.asarray(a, dtype=float) for a in (theta, velocity, gradient))
    return theta - velocity, beta * velocity + learning_rate * gradient
