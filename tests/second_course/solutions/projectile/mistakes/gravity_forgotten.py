"""Calls flight_time without passing g on."""

COSTS = ["horizontal_range"]
EXPLANATION = {
    "en": "Your range calls flight_time without g, so that the flight always lasts as long as on the Earth.",
    "vi": "Hàm tầm xa của bạn gọi flight_time mà không truyền g, nên thời gian bay luôn như trên Trái Đất.",
}

import numpy as np


def horizontal_range(speed, angle, g=9.81):
    return np.asarray(speed, dtype=float) * np.cos(angle) * flight_time(speed, angle)
