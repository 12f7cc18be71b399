"""The absolute value instead of max(0, x)."""
COSTS = ["relu"]
EXPLANATION = {
    "en": (
        "Your relu turns negative values into positive ones. ReLU is max(0, x): a negative value carries "
        "no signal on and becomes 0."
    ),
    "vi": (
        "Hàm relu của bạn đổi giá trị âm thành giá trị dương. ReLU là max(0, x): giá trị âm bị triệt tiêu "
        "về 0, chỉ giá trị dương được giữ nguyên."
    ),
}

import numpy as np


def relu(x):
    return np.abs(np.asarray(x, dtype=float))
