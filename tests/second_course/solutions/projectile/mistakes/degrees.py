"""Degrees where radians are asked for, in every function."""

COSTS = ["flight_time", "horizontal_range", "trajectory", "launch_angle"]
EXPLANATION = {
    "en": "Your functions take and return degrees; the angles of this assignment are in radians.",
    "vi": "Các hàm của bạn nhận và trả về độ; góc trong bài này tính bằng radian.",
}

import numpy as np


def flight_time(speed, angle, g=9.81):
    return 2 * np.asarray(speed) * np.sin(np.radians(angle)) / g


def horizontal_range(speed, angle, g=9.81):
    return np.asarray(speed) * np.cos(np.radians(angle)) * flight_time(speed, angle, g)


def trajectory(speed, angle, n, g=9.81):
    t = np.linspace(0, flight_time(speed, angle, g), n)
    a = np.radians(angle)
    return np.stack([speed * np.cos(a) * t, speed * np.sin(a) * t - g * t**2 / 2], axis=1)


def launch_angle(speed, distance, g=9.81):
    reach = horizontal_range(speed, 45, g)
    if distance > reach:
        raise ValueError("out of reach")
    return np.degrees(np.arcsin(distance / reach) / 2)
