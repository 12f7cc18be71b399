"""The square root of the mean of the squares."""

COSTS = ["squared_error"]
EXPLANATION = {
    "en": (
        "You take the square root of the mean: that is the RMSE, a useful number, but not the loss whose "
        "slope is 2 (p - y) / N. Leave the root out."
    ),
    "vi": (
        "Bạn lấy căn bậc hai của trung bình: đó là RMSE, một con số hữu ích, nhưng không phải hàm lỗi có "
        "đạo hàm 2 (p - y) / N. Hãy bỏ căn đi."
    ),
}

import numpy as np


def squared_error(y, p):
    return np.sqrt(np.mean((np.asarray(y, dtype=float) - np.asarray(p, dtype=float)) ** 2))
