"""Assignment 5, momentum: gradient descent with a learning rate that decays and a velocity that remembers.

The convention is the lecture's: the velocity carries the learning rate. One step is

    alpha <- delta * alpha,    v <- beta * v + alpha * gradient,    theta <- theta - v

Every function leaves its arguments as they were. The lecture is number 5 of the course.

Try it with: autograde check momentum
"""

import numpy as np

# BEGIN SOLUTION
EFFECTS = {
    ("delta", 0): "no_update",
    ("delta", 1): "no_decay",
    ("beta", 0): "plain_gradient_descent",
    ("beta", 1): "unbounded_velocity",
}


def _require_fraction(delta):
    if not 0 <= delta <= 1:
        raise ValueError(f"delta is {delta}; a dampening factor lies in [0, 1]")


# END SOLUTION


def decay_learning_rate(alpha, delta):
    """The learning rate of the next step.

    alpha    learning rate, a number
    delta    dampening factor, a number in [0, 1]
    Returns  scalar: delta * alpha
    Raises   ValueError where delta is below 0 or above 1
    Source   lecture 5, first improvement: the learning rate gets smaller from step to step
    """
    # BEGIN SOLUTION
    _require_fraction(delta)
    return delta * alpha
    # END SOLUTION


def momentum_step(theta, velocity, gradient, learning_rate, beta):
    """One update of the parameters with momentum.

    theta          parameters: a number, list or array
    velocity       velocity of the step before, shape of theta
    gradient       derivative of the loss by each parameter at theta, shape of theta
    learning_rate  alpha, a number
    beta           momentum factor, a number in [0, 1]: the part of the old velocity that is kept
    Returns        (new theta, new velocity), both of theta's shape:
                   velocity' = beta * velocity + alpha * gradient, then theta' = theta - velocity'
    Source         lecture 5, second improvement: potential energy and kinetic energy
    """
    # BEGIN SOLUTION
    theta, velocity, gradient = (np.asarray(a, dtype=float) for a in (theta, velocity, gradient))
    velocity = beta * velocity + learning_rate * gradient
    return theta - velocity, velocity
    # END SOLUTION


def gradient_contributions(n, beta):
    """How much each of the gradients g_1 ... g_n counts in the velocity v_n, in units of alpha.

    n        number of steps taken, from v_0 = 0; an integer of at least 1
    beta     momentum factor, a number in [0, 1]
    Returns  array of shape (n,), the oldest gradient first: [beta^(n-1), ..., beta^2, beta, 1].
             With n = 4 and beta = 0.9: [0.729, 0.81, 0.9, 1]
    Source   lecture 5, the velocities v_1, v_2, v_3 written out
    """
    # BEGIN SOLUTION
    return float(beta) ** np.arange(n - 1, -1, -1)
    # END SOLUTION


def minimize(gradient, theta, alpha=0.5, delta=1.0, beta=0.9, steps=100, tolerance=0.0):
    """Walk downhill with momentum and a decaying learning rate, and tell the whole way.

    gradient   function of theta: called with an array shaped like theta (with a number where theta is a number),
               it returns the derivative of the loss there, of the same shape
    theta      where to start: a number, list or array
    alpha      learning rate before the first step
    delta      dampening factor in [0, 1]. Each step first makes alpha = delta * alpha, then takes a
               momentum step with this new alpha
    beta       momentum factor; the velocity starts at 0
    steps      most steps to take
    tolerance  stop after the first step whose largest |velocity'| is at most this; 0.0 means never stop early
    Returns    array of shape (steps taken + 1, *theta.shape): the start, then theta after each step, the one
               that met the tolerance included
    Raises     ValueError where delta is below 0 or above 1
    Source     lecture 5, the whole algorithm
    """
    # BEGIN SOLUTION
    _require_fraction(delta)
    theta = np.array(theta, dtype=float)
    velocity = np.zeros_like(theta)
    trajectory = [theta]
    for _ in range(steps):
        alpha = decay_learning_rate(alpha, delta)
        theta, velocity = momentum_step(theta, velocity, gradient(theta), alpha, beta)
        trajectory.append(theta)
        # A velocity of exactly 0 would meet a tolerance of 0, which must never end the walk.
        if tolerance > 0 and np.max(np.abs(velocity)) <= tolerance:
            break
    return np.array(trajectory)
    # END SOLUTION


def effect_of(parameter, value):
    """What happens when a factor sits at the end of its range: the lecture's four questions.

    parameter  "delta" (dampening factor) or "beta" (momentum factor)
    value      0 or 1; 0.0 and 1.0 count as 0 and 1
    Returns    one of "no_update", "no_decay", "plain_gradient_descent" and "unbounded_velocity",
               each the answer to one of the four questions
    Raises     ValueError for any other parameter or value
    Source     lecture 5, "what happens if delta = 0, if delta = 1, if beta = 0, if beta = 1?"
    """
    # BEGIN SOLUTION
    if (parameter, value) not in EFFECTS:
        raise ValueError(f"no question was asked about {parameter} = {value}")
    return EFFECTS[parameter, value]
    # END SOLUTION
