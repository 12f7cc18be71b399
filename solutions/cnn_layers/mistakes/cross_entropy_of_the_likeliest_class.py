"""The loss of the class that the network prefers, not of the true one."""
COSTS = ["cross_entropy"]
EXPLANATION = {
    "en": (
        "Your cross_entropy looks at the largest probability, whichever class it belongs to, and so a "
        "confident mistake costs nothing. The true class is where one_hot is 1."
    ),
    "vi": (
        "Hàm cross_entropy của bạn nhìn vào xác suất lớn nhất, bất kể của lớp nào, nên một dự đoán sai mà "
        "tự tin lại không mất gì. Lớp đúng là nơi one_hot bằng 1."
    ),
}

import numpy as np


def cross_entropy(probabilities, one_hot):
    return -np.log(np.max(np.asarray(probabilities, dtype=float)))
