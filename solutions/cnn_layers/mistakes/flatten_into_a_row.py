"""The result is a table of one row."""
COSTS = ["flatten"]
EXPLANATION = {
    "en": (
        "Your flatten gives a table with one row, shape (1, H*W*D). The fully connected layer wants a "
        "vector, with a single axis: reshape(-1)."
    ),
    "vi": (
        "Hàm flatten của bạn cho ra một bảng có một hàng, kích thước (1, H*W*D). Tầng kết nối đầy đủ cần "
        "một vectơ chỉ có một trục: reshape(-1)."
    ),
}

import numpy as np


def flatten(x):
    return np.moveaxis(np.asarray(x, dtype=float), -1, 0).reshape(1, -1)
