"""NaN instead of a ValueError."""

COSTS = ["launch_angle"]
EXPLANATION = {
    "en": "Your angle is NaN for a distance out of reach; a ValueError is asked for.",
    "vi": "Với khoảng cách ngoài tầm với, góc của bạn là NaN; đề yêu cầu một ValueError.",
}

import numpy as np


def launch_angle(speed, distance, g=9.81):
    return np.arcsin(g * distance / speed**2) / 2
