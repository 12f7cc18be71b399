"""The pooling window is counted as if it were trained."""
COSTS = ["count_parameters"]
EXPLANATION = {
    "en": (
        "Your count adds something for pooling layers. Pooling is non-parametric: its size and stride are "
        "chosen, not trained."
    ),
    "vi": (
        "Bạn đếm thêm tham số cho cả tầng pooling. Pooling là tầng phi tham số: kích thước và bước "
        "nhảy do ta chọn, không được huấn luyện."
    ),
}

import numpy as np


def count_parameters(shapes):
    total = 0
    for layer in shapes:
        numbers = layer[1:]
        if numbers:
            total += int(np.prod(numbers))
        if layer[0] in ("convolution", "fully_connected"):
            total += numbers[0]
    return total
