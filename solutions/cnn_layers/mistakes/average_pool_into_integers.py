"""Means are stored in an array of the image's dtype, which cuts integers off."""
COSTS = ["average_pool"]
EXPLANATION = {
    "en": (
        "For an image of integers your average_pool loses what comes after the decimal point. "
        "np.zeros_like(x) takes the dtype of x: make an array of floats, np.zeros(shape)."
    ),
    "vi": (
        "Với ảnh gồm số nguyên, hàm average_pool của bạn làm mất phần thập phân. np.zeros_like(x) lấy "
        "luôn kiểu dữ liệu của x: hãy tạo mảng số thực bằng np.zeros(shape)."
    ),
}

import numpy as np


def average_pool(x, size=2, stride=2):
    x = np.asarray(x)
    if size < 1 or stride < 1 or size > x.shape[0] or size > x.shape[1]:
        raise ValueError("the window does not fit")
    height, width = (x.shape[0] - size) // stride + 1, (x.shape[1] - size) // stride + 1
    out = np.zeros_like(x[:height, :width])
    for i in range(height):
        for j in range(width):
            window = x[i * stride : i * stride + size, j * stride : j * stride + size]
            out[i, j] = window.mean(axis=(0, 1))
    return out
