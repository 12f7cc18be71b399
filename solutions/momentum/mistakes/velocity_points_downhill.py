"""v' = beta v - alpha g and theta' = theta + v'."""

COSTS = ["momentum_step"]
EXPLANATION = {
    "en": (
        "Your velocity has the opposite sign: it points downhill and is added. The lecture's "
        "velocity is beta v + alpha g, and it is subtracted from theta."
    ),
    "vi": (
        "Vận tốc của bạn ngược dấu: nó hướng xuống dốc và được cộng vào. Vận tốc trong bài giảng "
        "là beta v + alpha g, và theta trừ đi vận tốc đó."
    ),
}

import numpy as np


def momentum_step(theta, velocity, gradient, learning_rate, beta):
    theta, velocity, gradient = (np.asarray(a, dtype=float) for a in (theta, velocity, gradient))
    velocity = beta * velocity - learning_rate * gradient
    return theta + velocity, velocity
