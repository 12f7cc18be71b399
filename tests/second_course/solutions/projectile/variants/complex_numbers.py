"""The plane as complex numbers, and 0-d results."""

import numpy as np


def flight_time(speed, angle, g=9.81):
    velocity = np.asarray(speed) * np.exp(1j * np.asarray(angle))
    return np.asarray(2 * velocity.imag / g)


def horizontal_range(speed, angle, g=9.81):
    velocity = np.asarray(speed) * np.exp(1j * np.asarray(angle))
    return np.asarray((velocity**2).imag / g)


def trajectory(speed, angle, n, g=9.81):
    velocity = speed * np.exp(1j * angle)
    t = np.arange(n) / (n - 1) * 2 * velocity.imag / g
    z = velocity * t - 0.5j * g * t**2
    return np.column_stack([z.real, z.imag])


def launch_angle(speed, distance, g=9.81):
    sine = g * distance / speed**2
    if sine > 1:
        raise ValueError("too far")
    return np.angle(np.sqrt(1 - sine**2) + 1j * sine) / 2
