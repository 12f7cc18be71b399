"""Each slice is laid out column by column."""
COSTS = ["flatten"]
EXPLANATION = {
    "en": (
        "Your flatten takes each depth slice column by column. The order of the slices is right, but "
        "within a slice the rows come one after the other."
    ),
    "vi": (
        "Hàm flatten của bạn duỗi mỗi lát cắt theo từng cột. Thứ tự các lát cắt đã đúng, nhưng bên trong "
        "một lát cắt phải đi lần lượt theo từng hàng."
    ),
}

import numpy as np


def flatten(x):
    return np.array(x, dtype=float).ravel(order="F")
