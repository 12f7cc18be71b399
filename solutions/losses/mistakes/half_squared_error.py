"""Half of the squared error, as some books define it."""

COSTS = ["squared_error"]
EXPLANATION = {
    "en": (
        "You halve the squares. Some books do, so that the 2 of the slope disappears; here the "
        "loss is the plain mean of (y - p)^2 and its slope keeps the 2."
    ),
    "vi": (
        "Bạn đã nhân thêm 1/2. Một số sách làm vậy để đạo hàm mất hệ số 2; ở đây hàm lỗi là trung "
        "bình của (y - p)^2 và đạo hàm vẫn giữ hệ số 2."
    ),
}

import numpy as np


def squared_error(y, p):
    y, p = np.asarray(y, dtype=float), np.asarray(p, dtype=float)
    return np.mean((y - p) ** 2) / 2
