"""The gradient has the dtype of the image, so an image of integers cuts it off."""
COSTS = ["max_pool_backward"]
EXPLANATION = {
    "en": (
        "np.zeros_like(x) has the dtype of x. If the image holds integers, the fractions of the gradient "
        "are cut off as they are stored: use np.zeros(x.shape)."
    ),
    "vi": (
        "np.zeros_like(x) có cùng dtype với x. Nếu ảnh gồm các số nguyên, phần thập phân của gradient bị "
        "cắt mất khi ghi vào: hãy dùng np.zeros(x.shape)."
    ),
}

import numpy as np


def max_pool_backward(upstream, x, size=2, stride=2):
    upstream, x = np.asarray(upstream), np.asarray(x)
    if size < 1 or stride < 1 or size > x.shape[0] or size > x.shape[1]:
        raise ValueError("bad pooling")
    gradient = np.zeros_like(x)
    for i, j, k in np.ndindex(upstream.shape):
        window = x[i * stride : i * stride + size, j * stride : j * stride + size, k]
        a, b = np.unravel_index(window.argmax(), window.shape)
        gradient[i * stride + a, j * stride + b, k] += upstream[i, j, k]
    return gradient
