"""One number for the whole array instead of one for each element."""

COSTS = ["steepness_ratio"]
EXPLANATION = {
    "en": (
        "You return one ratio for all predictions together. The ratio is asked for element by "
        "element, in the shape of p."
    ),
    "vi": (
        "Bạn trả về một tỉ số chung cho mọi dự đoán. Đề bài yêu cầu tỉ số cho từng phần tử, kết "
        "quả có cùng kích thước với p."
    ),
}

import numpy as np


def steepness_ratio(y, p):
    by_cross_entropy = np.sum(np.abs(binary_cross_entropy_gradient(y, p)))
    return by_cross_entropy / np.sum(np.abs(squared_error_gradient(y, p)))
