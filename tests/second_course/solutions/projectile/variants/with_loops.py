"""The math module and loops; the path is a list of lists."""

import math

import numpy as np


def _each(function, speed, angle):
    speed, angle = np.asarray(speed), np.asarray(angle)
    if speed.ndim == 0:
        return function(float(speed), float(angle))
    return np.array([_each(function, s, a) for s, a in zip(speed, angle, strict=True)])


def flight_time(speed, angle, g=9.81):
    return _each(lambda s, a: 2 * s * math.sin(a) / g, speed, angle)


def horizontal_range(speed, angle, g=9.81):
    return _each(lambda s, a: s * s * math.sin(2 * a) / g, speed, angle)


def trajectory(speed, angle, n, g=9.81):
    path = []
    for i in range(n):
        t = i * flight_time(speed, angle, g) / (n - 1)
        path.append([speed * math.cos(angle) * t, speed * math.sin(angle) * t - g * t * t / 2])
    return path


def launch_angle(speed, distance, g=9.81):
    if g * distance > speed**2:
        raise ValueError
    return 0.5 * math.asin(g * distance / speed**2)
