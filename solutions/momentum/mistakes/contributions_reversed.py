"""The newest gradient first."""

COSTS = ["gradient_contributions"]
EXPLANATION = {
    "en": (
        "Your weights are in reverse: g_1, the oldest gradient, comes first and counts least. The "
        "last one, g_n, counts 1."
    ),
    "vi": (
        "Các hệ số của bạn bị đảo ngược: g_1 là gradient cũ nhất, đứng đầu và đóng góp ít nhất. "
        "Gradient cuối cùng g_n có hệ số 1."
    ),
}

import numpy as np


def gradient_contributions(n, beta):
    return float(beta) ** np.arange(n)
