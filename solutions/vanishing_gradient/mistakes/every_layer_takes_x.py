"""Each matrix is multiplied by the input itself."""

COSTS = ["forward"]
EXPLANATION = {
    "en": (
        "Every layer of yours multiplies its matrix by x. Only the first one does; layer 2 takes what "
        "layer 1 gave, and so on."
    ),
    "vi": (
        "Lớp nào của bạn cũng nhân ma trận với x. Chỉ lớp thứ nhất mới làm vậy; lớp 2 nhận đầu ra của lớp "
        "1, cứ thế tiếp tục."
    ),
}

import numpy as np


def forward(x, thetas):
    x = np.asarray(x, dtype=float)
    return [x] + [sigmoid(np.asarray(theta, dtype=float) @ x) for theta in thetas]
