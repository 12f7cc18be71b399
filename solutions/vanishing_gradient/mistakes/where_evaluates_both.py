"""np.where over two formulas, both of which are computed everywhere."""

COSTS = ["sigmoid"]
EXPLANATION = {
    "en": (
        "np.where chooses between two arrays that have both been computed for every x already, so the"
        " formula that you wanted to avoid still overflows. Make the power of e harmless before you "
        "take it."
    ),
    "vi": (
        "np.where chọn giữa hai mảng đã được tính xong cho mọi x, nên công thức bạn muốn tránh vẫn bị"
        " tính và vẫn tràn số. Hãy làm cho số mũ của e an toàn trước khi lấy lũy thừa."
    ),
}

import numpy as np


def sigmoid(x):
    x = np.asarray(x, dtype=float)
    return np.where(x >= 0, 1 / (1 + np.exp(-x)), np.exp(x) / (1 + np.exp(x)))
