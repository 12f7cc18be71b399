"""Each weight is the sum of all the older ones."""

COSTS = ["gradient_contributions"]
EXPLANATION = {
    "en": (
        "You add the powers of beta up on the way. Each gradient has a weight of its own: one "
        "power of beta, not the sum of several."
    ),
    "vi": (
        "Bạn cộng dồn các lũy thừa của beta. Mỗi gradient có hệ số riêng: đúng một lũy thừa của "
        "beta, không phải tổng của nhiều lũy thừa."
    ),
}

import numpy as np


def gradient_contributions(n, beta):
    return np.cumsum(float(beta) ** np.arange(n))[::-1]
