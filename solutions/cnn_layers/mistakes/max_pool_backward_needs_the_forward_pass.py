"""The positions are remembered from the last call of max_pool."""
COSTS = ["max_pool_backward"]
EXPLANATION = {
    "en": (
        "Your max_pool_backward uses positions that max_pool left in a global variable, so it answers for "
        "the image that was pooled last. It is given x: find the positions in that image."
    ),
    "vi": (
        "Hàm max_pool_backward của bạn dùng các vị trí mà max_pool để lại trong một biến toàn cục, nên nó "
        "trả lời cho ảnh vừa được pooling gần nhất. Hàm này được cho sẵn x: hãy tìm vị trí trong chính ảnh "
        "ấy."
    ),
}

import numpy as np


positions = {}


def max_pool(x, size=2, stride=2):
    x = np.asarray(x, dtype=float)
    if size < 1 or stride < 1 or size > x.shape[0] or size > x.shape[1]:
        raise ValueError("the window does not fit")
    out = np.zeros(((x.shape[0] - size) // stride + 1, (x.shape[1] - size) // stride + 1, x.shape[2]))
    positions.clear()
    for i, j, k in np.ndindex(out.shape):
        window = x[i * stride : i * stride + size, j * stride : j * stride + size, k]
        a, b = np.unravel_index(window.argmax(), window.shape)
        positions[i, j, k] = i * stride + a, j * stride + b
        out[i, j, k] = window[a, b]
    return out


def max_pool_backward(upstream, x, size=2, stride=2):
    upstream, x = np.asarray(upstream, dtype=float), np.asarray(x, dtype=float)
    if size < 1 or stride < 1 or size > x.shape[0] or size > x.shape[1]:
        raise ValueError("the window does not fit")
    gradient = np.zeros(x.shape)
    for (i, j, k), (a, b) in positions.items():
        gradient[a, b, k] += upstream[i, j, k]
    return gradient
