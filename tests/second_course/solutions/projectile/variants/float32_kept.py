"""float32 in, float32 out."""

import numpy as np


def flight_time(speed, angle, g=9.81):
    speed, angle = np.asarray(speed), np.asarray(angle)
    return (2 / g) * speed * np.sin(angle)


def horizontal_range(speed, angle, g=9.81):
    speed, angle = np.asarray(speed), np.asarray(angle)
    return speed * speed * np.sin(2 * angle) / g
