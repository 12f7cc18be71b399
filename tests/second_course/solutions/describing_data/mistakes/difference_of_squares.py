"""The mean of the squares minus the square of the mean."""

COSTS = ["sample_variance"]
EXPLANATION = {
    "en": "Your variance is a difference of two large numbers, in which the digits that matter are lost.",
    "vi": "Phương sai của bạn là hiệu của hai số lớn, nên các chữ số quan trọng bị mất.",
}

import numpy as np


def sample_variance(x):
    x, n = np.asarray(x, dtype=float), len(x)
    if n < 2:
        raise ValueError("too few")
    return (np.sum(x**2) - n * mean(x) ** 2) / (n - 1)
