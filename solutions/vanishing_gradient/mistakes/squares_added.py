"""Each number is squared before the sum is taken."""

COSTS = ["am_gm_bound"]
EXPLANATION = {
    "en": (
        "You square a and b first and add afterwards. In Cauchy's inequality the sum comes first: "
        "add, divide by 2, then square."
    ),
    "vi": (
        "Bạn bình phương a và b trước rồi mới cộng. Trong bất đẳng thức Cauchy phải lấy tổng trước: "
        "cộng, chia 2, rồi mới bình phương."
    ),
}

import numpy as np


def am_gm_bound(a, b):
    a, b = np.asarray(a, dtype=float), np.asarray(b, dtype=float)
    return (a**2 + b**2) / 4
