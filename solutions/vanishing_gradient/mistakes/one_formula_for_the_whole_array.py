"""The formula is chosen once, by the largest element."""

COSTS = ["sigmoid"]
EXPLANATION = {
    "en": (
        "You choose between the two formulas once for the whole array. In [800, -800] one of the elements "
        "then gets the formula that overflows for it. The choice has to be made for each element."
    ),
    "vi": (
        "Bạn chọn giữa hai công thức một lần cho cả mảng. Với [800, -800], thế nào cũng có một phần tử "
        "gặp phải công thức bị tràn số. Phải chọn riêng cho từng phần tử."
    ),
}

import numpy as np


def sigmoid(x):
    x = np.asarray(x, dtype=float)
    if np.max(x) >= 0:
        return 1 / (1 + np.exp(-x))
    return np.exp(x) / (1 + np.exp(x))
