"""The weighted sums are added to the caller's bias."""
COSTS = ["fully_connected"]
EXPLANATION = {
    "en": (
        "bias += ... adds the weighted sums to the caller's bias: the first image is classified right, and "
        "every later one with a bias that has grown. Write bias + ... for a new array."
    ),
    "vi": (
        "bias += ... cộng các tổng có trọng số vào chính bias được truyền vào: ảnh đầu tiên phân lớp đúng, "
        "các ảnh sau dùng một bias đã bị thay đổi. Hãy viết bias + ... để có mảng mới."
    ),
}

import numpy as np


def fully_connected(v, weights, bias):
    bias = np.require(bias, dtype=float, requirements="W")
    bias += np.asarray(weights, dtype=float) @ np.asarray(v, dtype=float)
    return bias
