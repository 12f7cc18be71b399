"""A loop over the entries of a vector, which no table and no single number survives."""
COSTS = ["relu"]
EXPLANATION = {
    "en": (
        "Your relu goes over the entries of a vector. An image has rows of rows, and a single number has no "
        "entries at all: compare element by element with NumPy, whatever the shape."
    ),
    "vi": (
        "Hàm relu của bạn duyệt từng phần tử của một vectơ. Ảnh thì gồm nhiều hàng lồng nhau, còn một số "
        "đơn lẻ thì không có phần tử nào: hãy dùng NumPy so sánh từng phần tử, với mọi kích thước."
    ),
}

import numpy as np


def relu(x):
    return np.array([value if value > 0 else 0.0 for value in x])
