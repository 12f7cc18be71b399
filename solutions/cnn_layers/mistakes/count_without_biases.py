"""Biases are not counted."""
COSTS = ["count_parameters"]
EXPLANATION = {
    "en": (
        "Your count has the weights but not the biases. A convolution also trains one bias a filter, and "
        "a fully connected layer one an output."
    ),
    "vi": (
        "Bạn đếm đủ trọng số nhưng quên bias. Tầng tích chập còn huấn luyện một bias cho mỗi bộ lọc, "
        "tầng kết nối đầy đủ còn một bias cho mỗi đầu ra."
    ),
}

import numpy as np


def count_parameters(shapes):
    total = 0
    for layer in shapes:
        if layer[0] in ("convolution", "fully_connected"):
            total += int(np.prod(layer[1:]))
    return total
