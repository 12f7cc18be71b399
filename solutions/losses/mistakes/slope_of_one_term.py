"""The derivative of y log p alone."""

COSTS = ["binary_cross_entropy_gradient"]
EXPLANATION = {
    "en": (
        "-y / p is the slope of the first term only. Where y = 0 it is 0, and a prediction that is far "
        "too high would never be corrected; the other term has a slope as well."
    ),
    "vi": (
        "-y / p chỉ là đạo hàm của số hạng thứ nhất. Khi y = 0 thì nó bằng 0, và một dự đoán quá cao sẽ "
        "không bao giờ được sửa; số hạng kia cũng có đạo hàm."
    ),
}

import numpy as np


def binary_cross_entropy_gradient(y, p):
    y = np.asarray(y, dtype=float)
    p = np.clip(np.asarray(p, dtype=float), 1e-12, 1 - 1e-12)
    return -y / p / p.size
