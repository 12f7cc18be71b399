"""Each weight times 1 - beta."""

COSTS = ["gradient_contributions"]
EXPLANATION = {
    "en": (
        "Your weights carry a factor 1 - beta, which belongs to a moving average. In v' = beta v "
        "+ alpha g the newest gradient has weight 1 in units of alpha."
    ),
    "vi": (
        "Các hệ số của bạn bị nhân với 1 - beta, vốn là của trung bình trượt. Với v' = beta v + "
        "alpha g, gradient mới nhất có hệ số 1 (tính theo đơn vị alpha)."
    ),
}

import numpy as np


def gradient_contributions(n, beta):
    return (1 - beta) * float(beta) ** np.arange(n - 1, -1, -1)
