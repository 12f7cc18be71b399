"""Where windows overlap, the mean of the shares is taken."""
COSTS = ["average_pool_backward"]
EXPLANATION = {
    "en": (
        "Where windows overlap, your average_pool_backward takes the mean of the shares. A pixel of two "
        "windows moves both outputs, so its shares add up and are not divided again."
    ),
    "vi": (
        "Ở chỗ các cửa sổ chồng lên nhau, hàm average_pool_backward của bạn lấy trung bình các phần "
        "gradient. Một điểm ảnh nằm trong hai cửa sổ làm thay đổi cả hai đầu ra nên các phần phải cộng dồn, "
        "không chia thêm lần nữa."
    ),
}

import numpy as np


def average_pool_backward(upstream, x, size=2, stride=2):
    upstream, x = np.asarray(upstream, dtype=float), np.asarray(x, dtype=float)
    if size < 1 or stride < 1 or size > x.shape[0] or size > x.shape[1]:
        raise ValueError("the window does not fit")

    gradient, windows = np.zeros(x.shape), np.zeros(x.shape)
    for i, j in np.ndindex(upstream.shape[:2]):
        seen = slice(i * stride, i * stride + size), slice(j * stride, j * stride + size)
        gradient[seen] += upstream[i, j] / size**2
        windows[seen] += 1
    return gradient / np.maximum(windows, 1)
