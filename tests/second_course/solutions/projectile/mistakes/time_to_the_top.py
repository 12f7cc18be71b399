"""The time to the highest point."""

COSTS = ["flight_time"]
EXPLANATION = {
    "en": "Your flight ends at the highest point; the way down takes as long again.",
    "vi": "Chuyến bay của bạn dừng ở điểm cao nhất; đoạn rơi xuống còn kéo dài đúng bằng chừng ấy nữa.",
}

import numpy as np


def flight_time(speed, angle, g=9.81):
    return np.asarray(speed, dtype=float) * np.sin(angle) / g
