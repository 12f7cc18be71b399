"""Weights that sum to 1."""

COSTS = ["gradient_contributions"]
EXPLANATION = {
    "en": (
        "You divide the weights by their sum. The lecture's velocity is no average: the newest "
        "gradient counts exactly 1, and the sum may well exceed 1."
    ),
    "vi": (
        "Bạn đã chia các hệ số cho tổng của chúng. Vận tốc trong bài giảng không phải là trung "
        "bình: gradient mới nhất có hệ số đúng bằng 1, và tổng các hệ số có thể lớn hơn 1."
    ),
}

import numpy as np


def gradient_contributions(n, beta):
    weights = float(beta) ** np.arange(n - 1, -1, -1)
    return weights / weights.sum()
