"""The derivative by y instead of by p: the sign is wrong."""

COSTS = ["squared_error_gradient"]
EXPLANATION = {
    "en": (
        "Your slope has the wrong sign: it is the derivative by y. The prediction p is what "
        "changes during training, so differentiate by p."
    ),
    "vi": (
        "Đạo hàm của bạn bị ngược dấu: đó là đạo hàm theo y. Khi huấn luyện, dự đoán p mới là đại "
        "lượng thay đổi, nên phải lấy đạo hàm theo p."
    ),
}

import numpy as np


def squared_error_gradient(y, p):
    y, p = np.asarray(y, dtype=float), np.asarray(p, dtype=float)
    return 2 * (y - p) / p.size
