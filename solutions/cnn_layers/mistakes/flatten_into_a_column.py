"""The result is a table of one column."""
COSTS = ["flatten"]
EXPLANATION = {
    "en": (
        "Your flatten gives a column, shape (H*W*D, 1). In this course a vector has a single axis, "
        "(H*W*D,): reshape(-1)."
    ),
    "vi": (
        "Hàm flatten của bạn cho ra một cột, kích thước (H*W*D, 1). Trong khóa học này một vectơ chỉ có một "
        "trục, (H*W*D,): reshape(-1)."
    ),
}

import numpy as np


def flatten(x):
    return np.moveaxis(np.asarray(x, dtype=float), -1, 0).reshape(-1, 1)
