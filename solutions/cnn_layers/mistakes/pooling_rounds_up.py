"""Windows that hang over the edge are kept."""
COSTS = ["max_pool", "average_pool"]
EXPLANATION = {
    "en": (
        "Your pooling rounds the number of windows up and keeps windows that hang over the edge. The "
        "number is floor((H - size) / stride) + 1: rows and columns that fill no window are dropped."
    ),
    "vi": (
        "Phép pooling của bạn làm tròn lên số cửa sổ nên giữ cả những cửa sổ thò ra ngoài mép ảnh. Số cửa "
        "sổ là floor((H - size) / stride) + 1: hàng và cột không lấp đầy một cửa sổ thì bị bỏ đi."
    ),
}

import numpy as np


def pool(x, size, stride, operation):
    x = np.asarray(x, dtype=float)
    if size < 1 or stride < 1 or size > x.shape[0] or size > x.shape[1]:
        raise ValueError("the window does not fit")
    height = int(np.ceil((x.shape[0] - size) / stride)) + 1
    width = int(np.ceil((x.shape[1] - size) / stride)) + 1
    rows = []
    for i in range(height):
        row = []
        for j in range(width):
            window = x[i * stride : i * stride + size, j * stride : j * stride + size]
            row.append(operation(window, axis=(0, 1)) if window.size else np.zeros(x.shape[2]))
        rows.append(row)
    return np.array(rows)


def max_pool(x, size=2, stride=2):
    return pool(x, size, stride, np.max)


def average_pool(x, size=2, stride=2):
    return pool(x, size, stride, np.mean)
