"""len(p) for the number of elements."""

COSTS = ["squared_error_gradient"]
EXPLANATION = {
    "en": (
        "len(p) counts the rows of a table, not its elements, so that tables are divided by too little. "
        "p.size counts them all; for one row of numbers both are the same."
    ),
    "vi": (
        "len(p) đếm số hàng của một bảng chứ không đếm số phần tử, nên với bảng thì bạn chia cho số quá "
        "nhỏ. p.size đếm tất cả; với mảng một chiều thì hai số ấy như nhau."
    ),
}

import numpy as np


def squared_error_gradient(y, p):
    y, p = np.asarray(y, dtype=float), np.asarray(p, dtype=float)
    return 2 * (p - y) / (len(p) if p.ndim else 1)
