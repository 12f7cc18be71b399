"""The covariance."""

COSTS = ["correlation"]
EXPLANATION = {
    "en": "Your result grows with the units of x and y: it is the covariance, not yet divided by the deviations.",
    "vi": "Kết quả của bạn thay đổi theo đơn vị của x và y: đó là hiệp phương sai, chưa chia cho các độ lệch chuẩn.",
}

import numpy as np


def correlation(x, y):
    return np.cov(x, y)[0, 1]
