"""One array for all gradients of a shape, which is never set back to 0."""
COSTS = ["max_pool_backward"]
EXPLANATION = {
    "en": (
        "Your max_pool_backward keeps its array between calls and goes on adding to it: the first "
        "gradient is right, and every later one of the same shape has the old ones in it. Start each call "
        "with new zeros."
    ),
    "vi": (
        "Hàm max_pool_backward của bạn giữ lại mảng giữa các lần gọi và cứ cộng thêm vào: gradient đầu "
        "tiên đúng, các gradient sau có cùng kích thước thì lẫn cả gradient cũ. Mỗi lần gọi hãy bắt đầu "
        "bằng một mảng số 0 mới."
    ),
}

import numpy as np

gradients = {}


def max_pool_backward(upstream, x, size=2, stride=2):
    upstream, x = np.asarray(upstream, dtype=float), np.asarray(x, dtype=float)
    if size < 1 or stride < 1 or size > x.shape[0] or size > x.shape[1]:
        raise ValueError("the window does not fit")
    gradient = gradients.setdefault(x.shape, np.zeros(x.shape))
    for i, j, k in np.ndindex(upstream.shape):
        window = x[i * stride : i * stride + size, j * stride : j * stride + size, k]
        a, b = np.unravel_index(window.argmax(), window.shape)
        gradient[i * stride + a, j * stride + b, k] += upstream[i, j, k]
    return gradient
