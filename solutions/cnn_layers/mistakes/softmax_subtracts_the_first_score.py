"""The first score is subtracted, not the largest."""
COSTS = ["softmax"]
EXPLANATION = {
    "en": (
        "You subtract the first score. If another one is larger by 1000, its exponential still overflows: "
        "subtract the largest, so that no exponent is above 0."
    ),
    "vi": (
        "Bạn trừ đi điểm số đầu tiên. Nếu một điểm số khác lớn hơn nó 1000 đơn vị thì hàm mũ vẫn bị tràn: "
        "hãy trừ đi điểm số lớn nhất, để không số mũ nào vượt quá 0."
    ),
}

import numpy as np


def softmax(z):
    z = np.asarray(z, dtype=float)
    exponentials = np.exp(z - z[0])
    return exponentials / exponentials.sum()
