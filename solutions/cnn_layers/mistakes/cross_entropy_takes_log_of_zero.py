"""The logarithm of 0 is not avoided."""
COSTS = ["cross_entropy"]
EXPLANATION = {
    "en": (
        "Your cross_entropy takes the logarithm of 0: minus infinity, and 0 times infinity is nan. Keep "
        "the argument of the logarithm away from 0 with an epsilon of at most 1e-7."
    ),
    "vi": (
        "Hàm cross_entropy của bạn lấy logarit của 0: ra âm vô cùng, còn 0 nhân vô cùng ra nan. Hãy giữ "
        "đối số của logarit khác 0 bằng một epsilon không quá 1e-7."
    ),
}

import numpy as np


def cross_entropy(probabilities, one_hot):
    probabilities, one_hot = np.asarray(probabilities, dtype=float), np.asarray(one_hot, dtype=float)
    return -np.sum(one_hot * np.log(probabilities))
