"""n moments without the landing."""

COSTS = ["trajectory"]
EXPLANATION = {
    "en": "Your path stops one step before the landing; the last of the n positions is the landing itself.",
    "vi": "Quỹ đạo của bạn dừng trước khi chạm đất một bước; vị trí cuối trong n vị trí phải là điểm chạm đất.",
}

import numpy as np


def trajectory(speed, angle, n, g=9.81):
    t = np.linspace(0, flight_time(speed, angle, g), n, endpoint=False)
    return np.stack([speed * np.cos(angle) * t, speed * np.sin(angle) * t - g * t**2 / 2], axis=1)
