"""A thrown ball without air.  Angles are in radians.  Try it with: autograde check projectile"""

import numpy as np


def flight_time(speed, angle, g=9.81):
    """Seconds until the ball is back on the ground.

    speed    number, list or array, any shape, >= 0; stays unchanged
    angle    the same shape, 0 to pi/2
    g        number, > 0
    Returns  the same shape: 2 speed sin(angle) / g
    """
    # TODO flight_time: your code instead of the next line.
    raise NotImplementedError("flight_time is not written yet")


def horizontal_range(speed, angle, g=9.81):
    """Distance from the start to where the ball lands.

    speed, angle, g as for flight_time
    Returns  the same shape: speed cos(angle) times the flight time
    """
    # TODO horizontal_range: your code instead of the next line.
    raise NotImplementedError("horizontal_range is not written yet")


def trajectory(speed, angle, n, g=9.81):
    """Positions at n moments, evenly spaced in time, the first at the start and the last at the landing.

    speed, angle, g  numbers
    n        how many positions, n >= 2
    Returns  array (n, 2): a row for each moment, the distance and the height
    """
    # TODO trajectory: your code instead of the next line.
    raise NotImplementedError("trajectory is not written yet")


def launch_angle(speed, distance, g=9.81):
    """The flatter of the two angles at which the ball lands at a distance.

    speed, distance, g  numbers, speed > 0, distance >= 0
    Returns  scalar, 0 to pi/4
    Raises   ValueError when the distance is out of reach
    """
    # TODO launch_angle: your code instead of the next line.
    raise NotImplementedError("launch_angle is not written yet")
