"""The position within the window is taken for the position in the image."""
COSTS = ["max_pool_backward"]
EXPLANATION = {
    "en": (
        "Your max_pool_backward finds where the largest value is within its window, and writes to that "
        "place of the image. Add where the window starts: i * stride down and j * stride across."
    ),
    "vi": (
        "Hàm max_pool_backward của bạn tìm được vị trí của giá trị lớn nhất bên trong cửa sổ, rồi ghi vào "
        "đúng vị trí ấy của cả ảnh. Hãy cộng thêm chỗ cửa sổ bắt đầu: i * stride theo chiều dọc và j * "
        "stride theo chiều ngang."
    ),
}

import numpy as np


def max_pool_backward(upstream, x, size=2, stride=2):
    upstream, x = np.asarray(upstream, dtype=float), np.asarray(x, dtype=float)
    if size < 1 or stride < 1 or size > x.shape[0] or size > x.shape[1]:
        raise ValueError("the window does not fit")

    gradient = np.zeros(x.shape)
    for i, j, k in np.ndindex(upstream.shape):
        window = x[i * stride : i * stride + size, j * stride : j * stride + size, k]
        a, b = np.unravel_index(window.argmax(), window.shape)
        gradient[a, b, k] += upstream[i, j, k]
    return gradient
