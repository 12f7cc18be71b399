"""v' = beta v + (1 - beta) alpha g: a moving average."""

COSTS = ["momentum_step"]
EXPLANATION = {
    "en": (
        "Your velocity is a moving average: the gradient comes in with a factor 1 - beta. In the "
        "lecture the present gradient counts in full, v' = beta v + alpha g."
    ),
    "vi": (
        "Vận tốc của bạn là trung bình trượt: gradient bị nhân với 1 - beta. Trong bài giảng, "
        "gradient hiện tại được tính trọn vẹn: v' = beta v + alpha g."
    ),
}

import numpy as np


def momentum_step(theta, velocity, gradient, learning_rate, beta):
    theta, velocity, gradient = (np.asarray(a, dtype=float) for a in (theta, velocity, gradient))
    velocity = beta * velocity + (1 - beta) * learning_rate * gradient
    return theta - velocity, velocity
