"""Adds the velocity to theta."""

COSTS = ["momentum_step"]
EXPLANATION = {
    "en": (
        "You add the velocity, so theta climbs. The velocity is made of gradients, which point "
        "uphill: theta' = theta - v'."
    ),
    "vi": (
        "Bạn cộng vận tốc nên theta đi lên dốc. Vận tốc được tạo từ gradient, mà gradient chỉ về "
        "hướng hàm lỗi tăng: theta' = theta - v'."
    ),
}

import numpy as np


def momentum_step(theta, velocity, gradient, learning_rate, beta):
    theta, velocity, gradient = (np.asarray(a, dtype=float) for a in (theta, velocity, gradient))
    velocity = beta * velocity + learning_rate * gradient
    return theta + velocity, velocity
