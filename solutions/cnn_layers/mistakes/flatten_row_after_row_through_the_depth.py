"""The first rows of all slices come first."""
COSTS = ["flatten"]
EXPLANATION = {
    "en": (
        "Your flatten lays out the first row of every slice before any second row. A slice is finished "
        "before the next one begins: the depth has to become the slowest axis, in front of the rows."
    ),
    "vi": (
        "Hàm flatten của bạn xếp hàng đầu tiên của mọi lát cắt trước, rồi mới tới hàng thứ hai. Phải xếp "
        "hết một lát cắt rồi mới sang lát cắt tiếp theo: trục độ sâu phải là trục chậm nhất, đứng trước "
        "trục hàng."
    ),
}

import numpy as np


def flatten(x):
    return np.swapaxes(np.asarray(x, dtype=float), 1, 2).flatten()
