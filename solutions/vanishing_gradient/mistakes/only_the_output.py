"""The last activation instead of all of them."""

COSTS = ["forward"]
EXPLANATION = {
    "en": (
        "You return the network's output. On the way back all activations are needed, so return the whole "
        "list, x first."
    ),
    "vi": (
        "Bạn chỉ trả về đầu ra của mạng. Khi lan truyền ngược ta cần mọi giá trị kích hoạt, vậy hãy trả "
        "về cả danh sách, bắt đầu từ x."
    ),
}

import numpy as np


def forward(x, thetas):
    a = np.asarray(x, dtype=float)
    for theta in thetas:
        a = sigmoid(np.asarray(theta, dtype=float) @ a)
    return a
