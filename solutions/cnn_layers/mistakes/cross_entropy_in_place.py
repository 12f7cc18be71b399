"""Small probabilities are replaced in the caller's array."""
COSTS = ["cross_entropy"]
EXPLANATION = {
    "en": (
        "You replace the zeros in the array that you were given: np.asarray makes no copy. The network's "
        "own prediction is changed then; np.maximum or np.clip make a new array."
    ),
    "vi": (
        "Bạn thay các số 0 ngay trong mảng được truyền vào: np.asarray không tạo bản sao. Khi đó chính dự "
        "đoán của mạng bị thay đổi; np.maximum hay np.clip thì tạo mảng mới."
    ),
}

import numpy as np


def cross_entropy(probabilities, one_hot):
    p = np.require(probabilities, dtype=float, requirements="W")
    p[p < 1e-12] = 1e-12
    return -np.sum(np.asarray(one_hot, dtype=float) * np.log(p))
