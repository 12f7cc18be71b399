"""A thrown ball without air.  Angles are in radians.  Try it with: autograde check projectile"""

import numpy as np


def flight_time(speed, angle, g=9.81):
    """Seconds until the ball is back on the ground.

    speed    number, list or array, any shape, >= 0; stays unchanged
    angle    the same shape, 0 to pi/2
    g        number, > 0
    Returns  the same shape: 2 speed sin(angle) / g
    """
    # BEGIN SOLUTION
    return 2 * np.asarray(speed, dtype=float) * np.sin(angle) / g
    # END SOLUTION


def horizontal_range(speed, angle, g=9.81):
    """Distance from the start to where the ball lands.

    speed, angle, g as for flight_time
    Returns  the same shape: speed cos(angle) times the flight time
    """
    # BEGIN SOLUTION
    return np.asarray(speed, dtype=float) * np.cos(angle) * flight_time(speed, angle, g)
    # END SOLUTION


def trajectory(speed, angle, n, g=9.81):
    """Positions at n moments, evenly spaced in time, the first at the start and the last at the landing.

    speed, angle, g  numbers
    n        how many positions, n >= 2
    Returns  array (n, 2): a row for each moment, the distance and the height
    """
    # BEGIN SOLUTION
    t = np.linspace(0, flight_time(speed, angle, g), n)
    return np.stack([speed * np.cos(angle) * t, speed * np.sin(angle) * t - g * t**2 / 2], axis=1)
    # END SOLUTION


def launch_angle(speed, distance, g=9.81):
    """The flatter of the two angles at which the ball lands at a distance.

    speed, distance, g  numbers, speed > 0, distance >= 0
    Returns  scalar, 0 to pi/4
    Raises   ValueError when the distance is out of reach
    """
    # BEGIN SOLUTION
    reach = horizontal_range(speed, np.pi / 4, g)
    if distance > reach:
        raise ValueError(f"{distance} m is more than {reach} m")
    return np.arcsin(distance / reach) / 2
    # END SOLUTION
