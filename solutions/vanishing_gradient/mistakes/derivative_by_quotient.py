"""e^(-x) / (1 + e^(-x))^2, which is inf / inf far out."""

COSTS = ["sigmoid_derivative"]
EXPLANATION = {
    "en": (
        "For large negative x both parts of your quotient overflow, and inf / inf is nan. The slope "
        "there is 0; write it with the sigmoid, which stays between 0 and 1."
    ),
    "vi": (
        "Với x âm rất lớn, cả tử lẫn mẫu trong công thức của bạn đều tràn số, và inf / inf cho ra "
        "nan. Đạo hàm ở đó bằng 0; hãy viết nó qua hàm sigmoid, vốn luôn nằm giữa 0 và 1."
    ),
}

import numpy as np


def sigmoid_derivative(x):
    x = np.asarray(x, dtype=float)
    return np.exp(-x) / (1 + np.exp(-x)) ** 2
