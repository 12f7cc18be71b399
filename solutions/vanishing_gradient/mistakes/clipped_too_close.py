"""x is clipped to [-10, 10] to avoid the overflow."""

COSTS = ["sigmoid"]
EXPLANATION = {
    "en": (
        "Clipping x to [-10, 10] avoids the overflow, but beyond 10 your sigmoid stands still at "
        "0.99995. The error may be 1e-12 at most: clip much further out, or not at all."
    ),
    "vi": (
        "Cắt x về đoạn [-10, 10] thì tránh được tràn số, nhưng ngoài 10 hàm sigmoid của bạn đứng yên "
        "ở 0.99995. Sai số cho phép nhiều nhất là 1e-12: hãy cắt ở xa hơn nhiều, hoặc đừng cắt."
    ),
}

import numpy as np


def sigmoid(x):
    x = np.clip(np.asarray(x, dtype=float), -10, 10)
    return 1 / (1 + np.exp(-x))
