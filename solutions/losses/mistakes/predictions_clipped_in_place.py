"""np.clip with out=p."""

COSTS = ["binary_cross_entropy"]
EXPLANATION = {
    "en": (
        "The value is right, but out=p writes the clipped predictions into the caller's array: whoever "
        "goes on with p has other numbers now. Let np.clip make a new array."
    ),
    "vi": (
        "Giá trị thì đúng, nhưng out=p ghi các dự đoán đã cắt vào mảng của người gọi: ai dùng tiếp p sẽ "
        "gặp những con số khác. Hãy để np.clip tạo mảng mới."
    ),
}

import numpy as np


def binary_cross_entropy(y, p):
    y, p = np.asarray(y, dtype=float), np.asarray(p, dtype=float)
    p = np.clip(p, 1e-12, 1 - 1e-12, out=p)
    return np.mean(-y * np.log(p) - (1 - y) * np.log1p(-p))
