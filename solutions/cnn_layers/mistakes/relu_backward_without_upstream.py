"""The slope of ReLU alone, without the chain rule."""
COSTS = ["relu_backward"]
EXPLANATION = {
    "en": (
        "Your relu_backward returns ReLU's own slope, 0 or 1. By the chain rule that slope is multiplied "
        "by upstream, the gradient that arrives from the layer above."
    ),
    "vi": (
        "Hàm relu_backward của bạn chỉ trả về đạo hàm của riêng ReLU, tức 0 hoặc 1. Theo quy tắc "
        "chuỗi (chain rule), phải nhân nó với upstream, gradient do tầng phía sau truyền về."
    ),
}

import numpy as np


def relu_backward(upstream, x):
    return (np.asarray(x, dtype=float) > 0).astype(float)
