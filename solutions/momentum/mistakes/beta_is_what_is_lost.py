"""The velocity keeps the part 1 - beta."""

COSTS = ["momentum_step"]
EXPLANATION = {
    "en": (
        "Your velocity keeps the part 1 - beta of what it was. beta is the part that is kept: "
        "with 0.9, nine tenths of the old velocity stay."
    ),
    "vi": (
        "Vận tốc của bạn giữ lại phần 1 - beta. beta chính là phần được giữ lại: với 0.9, chín "
        "phần mười vận tốc cũ được giữ."
    ),
}

import numpy as np


def momentum_step(theta, velocity, gradient, learning_rate, beta):
    theta, velocity, gradient = (np.asarray(a, dtype=float) for a in (theta, velocity, gradient))
    velocity = (1 - beta) * velocity + learning_rate * gradient
    return theta - velocity, velocity
