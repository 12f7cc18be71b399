"""The sign is missing."""
COSTS = ["cross_entropy"]
EXPLANATION = {
    "en": (
        "Your cross_entropy is negative: the logarithm of a probability is. The minus sign makes it a loss "
        "that shrinks towards 0 as the prediction improves."
    ),
    "vi": (
        "Hàm cross_entropy của bạn cho ra số âm, vì logarit của xác suất là số âm. Dấu trừ biến nó thành "
        "hàm lỗi, giảm dần về 0 khi dự đoán tốt lên."
    ),
}

import numpy as np


def cross_entropy(probabilities, one_hot):
    probabilities, one_hot = np.asarray(probabilities, dtype=float), np.asarray(one_hot, dtype=float)
    return np.sum(one_hot * np.log(np.maximum(probabilities, 1e-12)))
