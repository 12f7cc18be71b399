"""Replaces nan afterwards instead of never making one."""

COSTS = ["binary_cross_entropy"]
EXPLANATION = {
    "en": (
        "np.nan_to_num hides the nan after the fact: NumPy has warned by then, and inf turns into "
        "a number with 308 digits. Keep the argument of the logarithm above 0 in the first place."
    ),
    "vi": (
        "np.nan_to_num chỉ che nan đi sau khi nó đã xuất hiện: NumPy đã cảnh báo, và inf biến "
        "thành một số có 308 chữ số. Hãy giữ giá trị trong logarit lớn hơn 0 ngay từ đầu."
    ),
}

import numpy as np


def binary_cross_entropy(y, p):
    y, p = np.asarray(y, dtype=float), np.asarray(p, dtype=float)
    return np.mean(np.nan_to_num(-(y * np.log(p) + (1 - y) * np.log(1 - p))))
