"""e to the score without subtracting the largest first."""
COSTS = ["softmax"]
EXPLANATION = {
    "en": (
        "Your softmax overflows: e to the 1000 is infinity, and infinity over infinity is nan. Subtract "
        "the largest score from all of them first; the probabilities stay the same."
    ),
    "vi": (
        "Hàm softmax của bạn bị tràn số: e mũ 1000 là vô cùng, và vô cùng chia vô cùng ra nan. Hãy trừ "
        "mọi điểm số cho điểm lớn nhất trước; các xác suất không đổi."
    ),
}

import numpy as np


def softmax(z):
    exponentials = np.exp(np.asarray(z, dtype=float))
    return exponentials / exponentials.sum()
