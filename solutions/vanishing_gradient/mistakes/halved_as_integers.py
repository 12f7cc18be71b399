"""(a + b) // 2 drops the half."""

COSTS = ["am_gm_bound"]
EXPLANATION = {
    "en": (
        "// divides and drops what is behind the point: (1 + 2) // 2 is 1. The mean of 1 and 2 is 1.5, so "
        "divide with a single /."
    ),
    "vi": (
        "// là phép chia bỏ phần thập phân: (1 + 2) // 2 bằng 1. Trung bình của 1 và 2 là 1.5, vậy hãy "
        "chia bằng một dấu /."
    ),
}

import numpy as np


def am_gm_bound(a, b):
    return ((np.asarray(a, dtype=float) + np.asarray(b, dtype=float)) // 2) ** 2
