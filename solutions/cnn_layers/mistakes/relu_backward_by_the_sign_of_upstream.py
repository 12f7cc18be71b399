"""The mask looks at the upstream gradient instead of x."""
COSTS = ["relu_backward"]
EXPLANATION = {
    "en": (
        "Your relu_backward applies ReLU to the upstream gradient. Whether the gradient passes is decided "
        "by x, the input of the forward pass; a negative gradient passes unchanged where x > 0."
    ),
    "vi": (
        "Hàm relu_backward của bạn lại áp dụng ReLU lên chính đạo hàm từ tầng trên truyền xuống. Đạo hàm "
        "có được truyền qua hay không là do x, đầu vào của lượt đi, quyết định; nơi x > 0 thì đạo hàm âm "
        "vẫn được giữ nguyên."
    ),
}

import numpy as np


def relu_backward(upstream, x):
    return np.maximum(np.asarray(upstream, dtype=float), 0)
