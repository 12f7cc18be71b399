"""beta is always the lecture's 0.9."""

COSTS = ["gradient_contributions"]
EXPLANATION = {
    "en": (
        "Your weights are powers of 0.9 for every beta. The lecture's 0.9 is only an example; use"
        " the beta that the function is given."
    ),
    "vi": (
        "Các hệ số của bạn luôn là lũy thừa của 0.9 dù beta là bao nhiêu. 0.9 trong bài giảng chỉ"
        " là ví dụ; hãy dùng beta được truyền vào."
    ),
}

import numpy as np


def gradient_contributions(n, beta):
    return 0.9 ** np.arange(n - 1, -1, -1)
