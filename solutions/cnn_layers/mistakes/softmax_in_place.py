"""The scores are overwritten."""
COSTS = ["softmax"]
EXPLANATION = {
    "en": (
        "Your softmax subtracts the largest score inside its argument: z -= ... changes the caller's array. "
        "z = z - ... makes a new one."
    ),
    "vi": (
        "Hàm softmax của bạn trừ điểm số lớn nhất ngay trong đối số: z -= ... làm thay đổi mảng được "
        "truyền vào. Viết z = z - ... thì sẽ tạo ra mảng mới."
    ),
}

import numpy as np


def softmax(z):
    z = np.asarray(z, dtype=float)
    z -= z.max()
    exponentials = np.exp(z)
    return exponentials / exponentials.sum()
