"""Powers of 2 instead of powers of e."""
COSTS = ["softmax"]
EXPLANATION = {
    "en": (
        "Your softmax takes powers of 2. The probabilities sum to 1, but they are too close together: the "
        "base is e, np.exp."
    ),
    "vi": (
        "Hàm softmax của bạn dùng lũy thừa của 2. Các xác suất vẫn có tổng bằng 1 nhưng quá gần nhau: cơ số "
        "phải là e, np.exp."
    ),
}

import numpy as np


def softmax(z):
    z = np.asarray(z, dtype=float)
    powers = np.exp2(z - z.max())
    return powers / powers.sum()
