"""np.isclose for ==: a value that is nearly the largest gets a gradient too."""
COSTS = ["max_pool_backward"]
EXPLANATION = {
    "en": (
        "np.isclose also takes values that are nearly as large as the largest. Only the largest one "
        "reaches the output, so only it gets a gradient: compare with ==, or use argmax."
    ),
    "vi": (
        "np.isclose chấp nhận cả những giá trị chỉ gần bằng giá trị lớn nhất. Chỉ giá trị lớn nhất đi tới "
        "đầu ra, nên chỉ nó nhận gradient: hãy so sánh bằng == hoặc dùng argmax."
    ),
}

import numpy as np


def max_pool_backward(upstream, x, size=2, stride=2):
    upstream, x = np.asarray(upstream, dtype=float), np.asarray(x, dtype=float)
    if size < 1 or stride < 1 or size > x.shape[0] or size > x.shape[1]:
        raise ValueError("bad pooling")
    gradient = np.zeros(x.shape)
    for i, j in np.ndindex(upstream.shape[:2]):
        seen = slice(i * stride, i * stride + size), slice(j * stride, j * stride + size)
        gradient[seen] += upstream[i, j] * np.isclose(x[seen], x[seen].max(axis=(0, 1)))
    return gradient
