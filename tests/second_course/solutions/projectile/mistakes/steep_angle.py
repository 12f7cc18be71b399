"""The steeper of the two angles."""

COSTS = ["launch_angle"]
EXPLANATION = {
    "en": "Your angle reaches the target, but it is the steeper of the two; the flatter one is asked for.",
    "vi": "Góc của bạn đưa bóng tới đích, nhưng là góc dốc hơn trong hai góc; đề yêu cầu góc thoải hơn.",
}

import numpy as np


def launch_angle(speed, distance, g=9.81):
    if distance > speed**2 / g:
        raise ValueError("out of reach")
    return np.pi / 2 - np.arcsin(g * distance / speed**2) / 2
