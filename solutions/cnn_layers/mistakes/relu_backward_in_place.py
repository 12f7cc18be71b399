"""The upstream gradient is overwritten."""
COSTS = ["relu_backward"]
EXPLANATION = {
    "en": (
        "Your relu_backward writes its zeros into upstream itself: np.asarray makes no copy of an array. "
        "Start from a copy, or multiply by the mask."
    ),
    "vi": (
        "Hàm relu_backward của bạn ghi số 0 thẳng vào upstream: np.asarray không tạo bản sao của một mảng. "
        "Hãy bắt đầu từ một bản sao, hoặc nhân với mặt nạ."
    ),
}

import numpy as np


def relu_backward(upstream, x):
    gradient = np.asarray(upstream, dtype=float)
    if gradient.ndim == 0:
        return gradient * (np.asarray(x) > 0)
    if not gradient.flags.writeable:
        gradient = gradient.copy()
    gradient[np.asarray(x) <= 0] = 0
    return gradient
