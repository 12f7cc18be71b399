"""(a + b)^2 / 2: the half is not squared."""

COSTS = ["am_gm_bound"]
EXPLANATION = {
    "en": "The square has to include the division: ((a + b) / 2)^2 is (a + b)^2 / 4, not / 2.",
    "vi": (
        "Phép bình phương phải bao gồm cả phép chia: ((a + b) / 2)^2 bằng (a + b)^2 / 4, chứ không phải "
        "chia 2."
    ),
}

import numpy as np


def am_gm_bound(a, b):
    return (np.asarray(a, dtype=float) + np.asarray(b, dtype=float)) ** 2 / 2
