"""The search for the largest value starts at 0."""
COSTS = ["max_pool"]
EXPLANATION = {
    "en": (
        "Where all values of a window are negative, your max_pool gives 0. Start the search for the "
        "largest value at a value of the window, or at minus infinity, not at 0."
    ),
    "vi": (
        "Khi mọi giá trị trong cửa sổ đều âm, hàm max_pool của bạn lại cho ra 0. Hãy bắt đầu tìm giá trị "
        "lớn nhất từ một phần tử của cửa sổ, hoặc từ âm vô cùng, chứ không phải từ 0."
    ),
}

import numpy as np


def max_pool(x, size=2, stride=2):
    x = np.asarray(x, dtype=float)
    if size < 1 or stride < 1 or size > x.shape[0] or size > x.shape[1]:
        raise ValueError("the window does not fit")
    height, width = (x.shape[0] - size) // stride + 1, (x.shape[1] - size) // stride + 1
    out = np.zeros((height, width, x.shape[2]))
    for i in range(height):
        for j in range(width):
            window = x[i * stride : i * stride + size, j * stride : j * stride + size]
            out[i, j] = np.maximum(0, window.max(axis=(0, 1)))
    return out
