"""Scores are cut off at 500 so that nothing overflows."""
COSTS = ["softmax"]
EXPLANATION = {
    "en": (
        "You cut the scores off at 500, and then 1000 and 999 have become one and the same score. Subtract "
        "the largest score instead: differences stay, and no exponent is above 0."
    ),
    "vi": (
        "Bạn cắt điểm số ở mức 500, khi đó 1000 và 999 trở thành cùng một điểm số. Thay vào đó hãy trừ đi "
        "điểm số lớn nhất: các hiệu được giữ nguyên và không số mũ nào vượt quá 0."
    ),
}

import numpy as np


def softmax(z):
    exponentials = np.exp(np.clip(np.asarray(z, dtype=float), -500, 500))
    return exponentials / exponentials.sum()
