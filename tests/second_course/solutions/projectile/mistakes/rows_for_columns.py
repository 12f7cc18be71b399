"""Two rows instead of two columns."""

COSTS = ["trajectory"]
EXPLANATION = {
    "en": "Your path has a row of distances and a row of heights; a row for each moment is asked for.",
    "vi": "Quỹ đạo của bạn gồm một hàng khoảng cách và một hàng độ cao; đề yêu cầu mỗi thời điểm một hàng.",
}

import numpy as np


def trajectory(speed, angle, n, g=9.81):
    t = np.linspace(0, flight_time(speed, angle, g), n)
    return np.array([speed * np.cos(angle) * t, speed * np.sin(angle) * t - g * t**2 / 2])
