"""The root of a * b: the other mean."""

COSTS = ["am_gm_bound"]
EXPLANATION = {
    "en": (
        "The square root of a * b is the geometric mean, the smaller side of Cauchy's inequality. What is "
        "asked for is the other side: the square of the arithmetic mean (a + b) / 2."
    ),
    "vi": (
        "Căn bậc hai của a * b là trung bình nhân, vế nhỏ hơn của bất đẳng thức Cauchy. Đề bài hỏi vế "
        "kia: bình phương của trung bình cộng (a + b) / 2."
    ),
}

import numpy as np


def am_gm_bound(a, b):
    return np.sqrt(np.asarray(a, dtype=float) * np.asarray(b, dtype=float))
