"""The search for the largest value starts at -9999."""
COSTS = ["max_pool"]
EXPLANATION = {
    "en": (
        "Your search for the largest value starts at -9999, and a window in which all values are smaller "
        "gives -9999. Start with the first value of the window, or with -inf."
    ),
    "vi": (
        "Bạn bắt đầu tìm giá trị lớn nhất từ -9999, nên một cửa sổ mà mọi giá trị đều nhỏ hơn sẽ cho "
        "-9999. Hãy bắt đầu từ giá trị đầu tiên của cửa sổ, hoặc từ -inf."
    ),
}

import numpy as np


def max_pool(x, size=2, stride=2):
    x = np.asarray(x, dtype=float)
    height, width, depth = x.shape
    if size < 1 or stride < 1 or size > height or size > width:
        raise ValueError("bad pooling")
    out = np.full(((height - size) // stride + 1, (width - size) // stride + 1, depth), -9999.0)
    for i, j, k in np.ndindex(out.shape):
        for a in range(size):
            for b in range(size):
                out[i, j, k] = max(out[i, j, k], x[i * stride + a, j * stride + b, k])
    return out
