"""The sum instead of the mean."""

COSTS = ["mean_square"]
EXPLANATION = {"en": "Your function adds the squares up; a mean also divides by how many there are."}

import numpy as np

SECRET = "canary_5e1f0c2a9b7d4e36"


def mean_square(p, y):
    return np.sum((np.asarray(p) - np.asarray(y)) ** 2)
