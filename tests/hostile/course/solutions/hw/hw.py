"""Three small functions."""

import numpy as np

# BEGIN SOLUTION
SECRET = "canary_5e1f0c2a9b7d4e36"
# END SOLUTION


def double(x):
    """Twice x, a number or an array."""
    # BEGIN SOLUTION
    return 2 * np.asarray(x, dtype=float)
    # END SOLUTION


def mean_square(p, y):
    """The mean of (p - y)² over all elements, a scalar."""
    # BEGIN SOLUTION
    return np.mean((np.asarray(p) - np.asarray(y)) ** 2)
    # END SOLUTION


def shift(x):
    """x minus its own mean; x stays unchanged."""
    # BEGIN SOLUTION
    x = np.asarray(x, dtype=float)
    return x - np.mean(x)
    # END SOLUTION
