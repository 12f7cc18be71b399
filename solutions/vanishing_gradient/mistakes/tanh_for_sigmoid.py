"""The other S-shaped curve, from -1 to 1."""

COSTS = ["sigmoid"]
EXPLANATION = {
    "en": (
        "tanh is S-shaped too, but it runs from -1 to 1 and is 0 at 0. The sigmoid runs from 0 to 1: it "
        "is tanh at half of x, shifted up and halved."
    ),
    "vi": (
        "tanh cũng có hình chữ S, nhưng chạy từ -1 đến 1 và bằng 0 tại 0. Sigmoid chạy từ 0 đến 1: đó là "
        "tanh tại một nửa x, dịch lên rồi chia đôi."
    ),
}

import numpy as np


def sigmoid(x):
    return np.tanh(np.asarray(x, dtype=float))
