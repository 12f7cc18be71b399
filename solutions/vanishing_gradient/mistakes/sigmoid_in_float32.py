"""Everything is computed in float32."""

COSTS = ["sigmoid"]
EXPLANATION = {
    "en": (
        "float32 has seven digits, and the tails of the sigmoid need twelve places after the point. "
        "Compute in float64 unless x itself is float32."
    ),
    "vi": (
        "float32 chỉ có bảy chữ số, còn hai đuôi của sigmoid cần đúng tới mười hai chữ số thập phân. Hãy "
        "tính bằng float64, trừ khi chính x là float32."
    ),
}

import numpy as np


def sigmoid(x):
    x = np.clip(np.asarray(x, dtype=np.float64), -1e30, 1e30).astype(np.float32)
    e = np.exp(-np.abs(x))
    return np.where(x >= 0, np.float32(1), e) / (1 + e)
