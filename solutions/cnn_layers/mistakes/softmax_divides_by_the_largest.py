"""The scores are divided by the largest one so that nothing overflows."""
COSTS = ["softmax"]
EXPLANATION = {
    "en": (
        "You divide the scores by the largest one. That changes their differences, on which the "
        "probabilities depend: subtract it. Subtracting the same number from all scores cancels in the "
        "quotient."
    ),
    "vi": (
        "Bạn chia mọi điểm số cho điểm lớn nhất. Làm vậy thay đổi các hiệu giữa chúng, mà xác suất lại phụ "
        "thuộc vào hiệu: hãy trừ. Trừ cùng một số khỏi mọi điểm số thì thương không đổi."
    ),
}

import numpy as np


def softmax(z):
    z = np.asarray(z, dtype=float)
    exponentials = np.exp(z / max(np.abs(z).max(), 1e-12))
    return exponentials / exponentials.sum()
