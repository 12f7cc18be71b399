"""A window that does not fit, or a stride below 1, is not refused."""
COSTS = ["max_pool", "average_pool", "max_pool_backward", "average_pool_backward"]
EXPLANATION = {
    "en": (
        "Your pooling accepts a window larger than the image, or a size or stride below 1. All four "
        "pooling functions raise ValueError then; an empty answer would travel on unnoticed."
    ),
    "vi": (
        "Phép pooling của bạn vẫn chấp nhận cửa sổ lớn hơn ảnh, hoặc size hay stride nhỏ hơn 1. Khi đó cả "
        "bốn hàm pooling phải báo ValueError; nếu trả về mảng rỗng thì lỗi sẽ lan đi mà không ai biết."
    ),
}

import numpy as np


def corners(x, size, stride):
    for i, top in enumerate(range(0, x.shape[0] - size + 1, stride)):
        for j, left in enumerate(range(0, x.shape[1] - size + 1, stride)):
            yield i, j, slice(top, top + size), slice(left, left + size)


def pool(x, size, stride, operation):
    x = np.asarray(x, dtype=float)
    if size < 1 or stride < 1:
        return np.zeros((0, 0, x.shape[2]))
    height, width = max(0, (x.shape[0] - size) // stride + 1), max(0, (x.shape[1] - size) // stride + 1)
    out = np.zeros((height, width, x.shape[2]))
    for i, j, rows, columns in corners(x, size, stride):
        out[i, j] = operation(x[rows, columns], axis=(0, 1))
    return out


def max_pool(x, size=2, stride=2):
    return pool(x, size, stride, np.max)


def average_pool(x, size=2, stride=2):
    return pool(x, size, stride, np.mean)


def max_pool_backward(upstream, x, size=2, stride=2):
    upstream, x = np.asarray(upstream, dtype=float), np.asarray(x, dtype=float)
    gradient = np.zeros(x.shape)
    if size < 1 or stride < 1:
        return gradient
    for i, j, rows, columns in corners(x, size, stride):
        window = x[rows, columns]
        gradient[rows, columns] += upstream[i, j] * (window == window.max(axis=(0, 1)))
    return gradient


def average_pool_backward(upstream, x, size=2, stride=2):
    upstream, x = np.asarray(upstream, dtype=float), np.asarray(x, dtype=float)
    gradient = np.zeros(x.shape)
    if size < 1 or stride < 1:
        return gradient
    for i, j, rows, columns in corners(x, size, stride):
        gradient[rows, columns] += upstream[i, j] / size**2
    return gradient
