"""Classes of probability 0 are left out, the true one as well."""
COSTS = ["cross_entropy"]
EXPLANATION = {
    "en": (
        "Your cross_entropy leaves out every class with probability 0, the true class too, and then the "
        "worst prediction costs nothing. A probability of 0 for the true class must cost a lot: put an "
        "epsilon in the logarithm."
    ),
    "vi": (
        "Hàm cross_entropy của bạn bỏ qua mọi lớp có xác suất 0, kể cả lớp đúng, nên dự đoán tệ nhất lại "
        "không mất gì. Xác suất 0 ở lớp đúng phải bị phạt nặng: hãy thêm epsilon vào trong logarit."
    ),
}

import numpy as np


def cross_entropy(probabilities, one_hot):
    probabilities, one_hot = np.asarray(probabilities, dtype=float), np.asarray(one_hot, dtype=float)
    positive = probabilities > 0
    return -np.sum(one_hot[positive] * np.log(probabilities[positive]))
