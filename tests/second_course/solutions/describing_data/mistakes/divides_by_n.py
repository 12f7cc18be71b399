"""N instead of N - 1."""

COSTS = ["sample_variance"]
EXPLANATION = {
    "en": "Your variance divides by N, as numpy's var does; that of a sample divides by N - 1.",
    "vi": "Phương sai của bạn chia cho N, như var của numpy; phương sai mẫu chia cho N - 1.",
}

import numpy as np


def sample_variance(x):
    if len(x) < 2:
        raise ValueError("too few")
    return np.var(x)
