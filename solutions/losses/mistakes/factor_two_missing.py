"""The 2 of the squared error's slope is missing."""

COSTS = ["squared_error_gradient"]
EXPLANATION = {
    "en": "Your slope is half of what it should be. The derivative of (p - y)^2 is 2 (p - y).",
    "vi": "Đạo hàm của bạn chỉ bằng một nửa giá trị đúng. Đạo hàm của (p - y)^2 là 2 (p - y).",
}

import numpy as np


def squared_error_gradient(y, p):
    y, p = np.asarray(y, dtype=float), np.asarray(p, dtype=float)
    return (p - y) / p.size
