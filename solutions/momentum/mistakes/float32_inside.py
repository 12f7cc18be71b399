"""Computes the step in float32 whatever comes in."""

COSTS = ["momentum_step"]
EXPLANATION = {
    "en": (
        "float32 keeps about seven digits. Where theta and the step nearly cancel, few of them are left; "
        "compute in the precision of the arguments."
    ),
    "vi": (
        "float32 chỉ giữ khoảng bảy chữ số. Khi theta và bước đi gần như triệt tiêu nhau thì chỉ còn vài "
        "chữ số đúng; hãy tính với độ chính xác của đối số."
    ),
}

import numpy as np


def momentum_step(theta, velocity, gradient, learning_rate, beta):
    theta, velocity, gradient = (np.asarray(a, dtype=np.float32) for a in (theta, velocity, gradient))
    velocity = np.float32(beta) * velocity + np.float32(learning_rate) * gradient
    return (theta - velocity).astype(float), velocity.astype(float)
