"""a * b instead of its bound."""

COSTS = ["am_gm_bound"]
EXPLANATION = {
    "en": (
        "You return the product a * b, which is what the inequality bounds. Its bound depends on the sum "
        "a + b only, and equals the product where a = b."
    ),
    "vi": (
        "Bạn trả về chính tích a * b, tức là cái bị chặn. Chặn trên của nó chỉ phụ thuộc tổng a + b, và "
        "chỉ bằng tích khi a = b."
    ),
}

import numpy as np


def am_gm_bound(a, b):
    return np.asarray(a, dtype=float) * np.asarray(b, dtype=float)
