"""2.718 stands for e."""

COSTS = ["sigmoid"]
EXPLANATION = {
    "en": (
        "2.718 is e to four digits only, and your sigmoid is no better than that. np.exp knows e to "
        "sixteen digits."
    ),
    "vi": (
        "2.718 chỉ là e với bốn chữ số, nên hàm sigmoid của bạn cũng chỉ chính xác đến thế. np.exp biết e "
        "tới mười sáu chữ số."
    ),
}

import numpy as np


def sigmoid(x):
    x = np.asarray(x, dtype=float)
    e = 2.718 ** -np.abs(x)
    return np.where(x >= 0, 1.0, e) / (1.0 + e)
