"""Says 0 for everything below -20."""

COSTS = ["sigmoid"]
EXPLANATION = {
    "en": (
        "sigmoid(-20) is 2e-9, small but not 0. The tails have to be right to 1e-12."
    ),
    "vi": (
        "sigmoid(-20) bằng 2e-9, nhỏ nhưng khác 0. Phần đuôi phải đúng đến 1e-12."
    ),
}

import numpy as np


def sigmoid(x):
    x = np.asarray(x, dtype=float)
    return np.where(x < -20, 0.0, 0.5 * (1 + np.tanh(x / 2)))
