"""Standardises the array of the caller."""

COSTS = ["standardise"]
EXPLANATION = {
    "en": "Your function works on the caller's array itself (-= and /=); it must stay as it was.",
    "vi": "Hàm của bạn sửa ngay trên mảng của người gọi (-= và /=); mảng đó phải giữ nguyên.",
}

import numpy as np


def standardise(x):
    if not (isinstance(x, np.ndarray) and x.dtype.kind == "f" and x.flags.writeable):
        x = np.array(x, dtype=float)
    s = np.sqrt(sample_variance(x))
    x -= mean(x)
    x /= s
    return x
