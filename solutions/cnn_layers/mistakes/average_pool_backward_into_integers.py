"""The gradient has the dtype of the image."""
COSTS = ["average_pool_backward"]
EXPLANATION = {
    "en": (
        "np.zeros_like(x) has the dtype of x. If the image holds integers, every share is cut off as it is "
        "stored, and most become 0: use np.zeros(x.shape)."
    ),
    "vi": (
        "np.zeros_like(x) có cùng dtype với x. Nếu ảnh gồm các số nguyên thì mỗi phần gradient bị cắt mất "
        "phần thập phân khi ghi vào, đa số thành 0: hãy dùng np.zeros(x.shape)."
    ),
}

import numpy as np


def average_pool_backward(upstream, x, size=2, stride=2):
    upstream, x = np.asarray(upstream), np.asarray(x)
    if size < 1 or stride < 1 or size > x.shape[0] or size > x.shape[1]:
        raise ValueError("the window does not fit")
    gradient = np.zeros_like(x)
    for i, j, k in np.ndindex(upstream.shape):
        for a in range(size):
            for b in range(size):
                place = i * stride + a, j * stride + b, k
                gradient[place] = gradient[place] + upstream[i, j, k] / size**2
    return gradient
