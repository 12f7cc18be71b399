"""One bias a layer instead of one a filter or output."""
COSTS = ["count_parameters"]
EXPLANATION = {
    "en": (
        "Your count has a single bias for each layer. Every filter of a convolution and every output of a "
        "fully connected layer has a bias of its own."
    ),
    "vi": (
        "Bạn chỉ đếm một bias cho mỗi tầng. Mỗi bộ lọc của tầng tích chập và mỗi đầu ra của tầng kết "
        "nối đầy đủ đều có bias riêng."
    ),
}

import numpy as np


def count_parameters(shapes):
    total = 0
    for layer in shapes:
        if layer[0] in ("convolution", "fully_connected"):
            total += int(np.prod(layer[1:])) + 1
    return total
