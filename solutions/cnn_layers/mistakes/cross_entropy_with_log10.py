"""The decimal logarithm."""
COSTS = ["cross_entropy"]
EXPLANATION = {
    "en": (
        "Your cross_entropy takes the decimal logarithm. In this course log is the natural logarithm, "
        "np.log."
    ),
    "vi": (
        "Hàm cross_entropy của bạn dùng logarit thập phân. Trong khóa học này, log là logarit tự nhiên, "
        "np.log."
    ),
}

import numpy as np


def cross_entropy(probabilities, one_hot):
    probabilities, one_hot = np.asarray(probabilities, dtype=float), np.asarray(one_hot, dtype=float)
    return -np.sum(one_hot * np.log10(np.maximum(probabilities, 1e-12)))
