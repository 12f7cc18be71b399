"""Gives the predictions the dtype of the truths."""

COSTS = ["squared_error"]
EXPLANATION = {
    "en": (
        "The truths may be the integers 0 and 1, and converting the predictions to that dtype cuts 0.75 "
        "down to 0. Convert both to float."
    ),
    "vi": (
        "Nhãn có thể là các số nguyên 0 và 1; đổi dự đoán sang kiểu dữ liệu đó sẽ cắt 0.75 thành 0. Hãy "
        "đổi cả hai sang float."
    ),
}

import numpy as np


def squared_error(y, p):
    y = np.asarray(y)
    p = np.asarray(p).astype(y.dtype)
    return np.mean((y - p) ** 2)
