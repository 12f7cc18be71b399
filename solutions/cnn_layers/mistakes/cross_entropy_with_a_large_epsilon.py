"""An epsilon of 1e-3."""
COSTS = ["cross_entropy"]
EXPLANATION = {
    "en": (
        "Your epsilon is so large that it changes the loss itself: a probability of 1e-4 counts as 1e-3. It "
        "only has to keep the logarithm away from 0; 1e-7 is the most that is allowed."
    ),
    "vi": (
        "Epsilon của bạn lớn đến mức làm thay đổi cả giá trị hàm lỗi: xác suất 1e-4 bị tính thành 1e-3. Nó "
        "chỉ cần giữ logarit cách xa 0; lớn nhất được phép là 1e-7."
    ),
}

import numpy as np


def cross_entropy(probabilities, one_hot):
    probabilities, one_hot = np.asarray(probabilities, dtype=float), np.asarray(one_hot, dtype=float)
    return -np.sum(one_hot * np.log(np.clip(probabilities, 1e-3, 1 - 1e-3)))
