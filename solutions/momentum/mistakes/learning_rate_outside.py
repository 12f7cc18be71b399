"""v' = beta v + g and theta' = theta - alpha v': another convention."""

COSTS = ["momentum_step"]
EXPLANATION = {
    "en": (
        "You multiply by alpha when theta moves. In the lecture the velocity carries the learning "
        "rate: v' = beta v + alpha g and theta' = theta - v'. With a decaying alpha the two "
        "differ."
    ),
    "vi": (
        "Bạn nhân alpha lúc cập nhật theta. Trong bài giảng, vận tốc đã chứa tốc độ học (learning "
        "rate): v' = beta v + alpha g và theta' = theta - v'. Khi alpha giảm dần, hai cách cho kết "
        "quả khác nhau."
    ),
}

import numpy as np


def momentum_step(theta, velocity, gradient, learning_rate, beta):
    theta, velocity, gradient = (np.asarray(a, dtype=float) for a in (theta, velocity, gradient))
    velocity = beta * velocity + gradient
    return theta - learning_rate * velocity, velocity
