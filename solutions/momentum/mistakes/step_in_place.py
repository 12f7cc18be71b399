"""Overwrites theta and velocity."""

COSTS = ["momentum_step"]
EXPLANATION = {
    "en": (
        "velocity *= beta and theta -= velocity change the caller's arrays. Make new arrays; the "
        "old values are still needed, for instance to record the way."
    ),
    "vi": (
        "velocity *= beta và theta -= velocity làm thay đổi các mảng được truyền vào. Hãy tạo mảng "
        "mới; giá trị cũ vẫn cần dùng, chẳng hạn để ghi lại quỹ đạo."
    ),
}

import numpy as np


def momentum_step(theta, velocity, gradient, learning_rate, beta):
    theta, velocity = np.asarray(theta, dtype=float), np.asarray(velocity, dtype=float)
    velocity *= beta
    velocity += learning_rate * np.asarray(gradient, dtype=float)
    theta -= velocity
    return theta, velocity
