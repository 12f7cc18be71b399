"""The sum over the examples instead of their mean."""

COSTS = ["squared_error", "binary_cross_entropy"]
EXPLANATION = {
    "en": (
        "Your losses add the errors of all examples up. The lecture's J is a mean: divide by N, "
        "the number of elements, or J grows with the size of the data set."
    ),
    "vi": (
        "Hàm lỗi của bạn cộng dồn sai số của mọi mẫu. J trong bài giảng là trung bình: hãy chia "
        "cho N, số phần tử, nếu không giá trị hàm lỗi sẽ tăng theo kích thước tập dữ liệu."
    ),
}

import numpy as np


def squared_error(y, p):
    y, p = np.asarray(y, dtype=float), np.asarray(p, dtype=float)
    return np.sum((y - p) ** 2)


def binary_cross_entropy(y, p):
    y = np.asarray(y, dtype=float)
    p = np.clip(np.asarray(p, dtype=float), 1e-12, 1 - 1e-12)
    return -np.sum(y * np.log(p) + (1 - y) * np.log(1 - p))
