"""The mean of a and b, not its square."""

COSTS = ["am_gm_bound"]
EXPLANATION = {
    "en": (
        "You return the mean (a + b) / 2. It bounds the square root of a * b; the product itself is "
        "bounded by the square of the mean."
    ),
    "vi": (
        "Bạn trả về trung bình (a + b) / 2. Nó chặn trên căn bậc hai của a * b; còn chính tích a * b "
        "thì bị chặn bởi bình phương của trung bình (bất đẳng thức Cauchy)."
    ),
}

import numpy as np


def am_gm_bound(a, b):
    a, b = np.asarray(a, dtype=float), np.asarray(b, dtype=float)
    return (a + b) / 2
