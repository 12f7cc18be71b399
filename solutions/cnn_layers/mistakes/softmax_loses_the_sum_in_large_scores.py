"""The logarithm of the sum is added to the largest score and lost there."""
COSTS = ["softmax"]
EXPLANATION = {
    "en": (
        "Your softmax adds log(sum) to the largest score before it subtracts; next to 1e300 the small "
        "term is rounded away. Subtract the largest score first, and log(sum) after that."
    ),
    "vi": (
        "Hàm softmax của bạn cộng log(tổng) vào điểm số lớn nhất rồi mới trừ; bên cạnh 1e300, số hạng nhỏ "
        "bị làm tròn mất. Hãy trừ điểm số lớn nhất trước, rồi mới trừ log(tổng)."
    ),
}

import numpy as np


def softmax(z):
    z = np.asarray(z, dtype=float)
    log_of_sum = z.max() + np.log(np.sum(np.exp(z - z.max())))
    return np.exp(z - log_of_sum)
