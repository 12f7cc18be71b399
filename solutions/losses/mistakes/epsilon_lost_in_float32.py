"""An epsilon so small that float32 rounds 1 - epsilon to 1."""

COSTS = ["binary_cross_entropy", "binary_cross_entropy_gradient"]
EXPLANATION = {
    "en": (
        "In float32 the number 1 - 1e-12 is rounded to exactly 1, so for float32 predictions your "
        "clip protects nothing at that end. Convert to float64 first, or use 1e-7."
    ),
    "vi": (
        "Trong float32, số 1 - 1e-12 bị làm tròn thành đúng 1, nên với dự đoán kiểu float32 thì "
        "lệnh clip của bạn không bảo vệ được đầu này. Hãy chuyển sang float64 trước, hoặc dùng "
        "1e-7."
    ),
}

import numpy as np


def binary_cross_entropy(y, p):
    y, p = np.asarray(y), np.asarray(p)
    if p.dtype == np.float32:
        y = y.astype(np.float32)
    p = np.clip(p, 1e-12, 1 - 1e-12)
    return -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))


def binary_cross_entropy_gradient(y, p):
    y, p = np.asarray(y), np.asarray(p)
    p = np.clip(p, 1e-12, 1 - 1e-12)
    return (p - y) / (p * (1 - p)) / p.size
