"""np.resize repeats or drops entries until they fit."""
COSTS = ["unflatten"]
EXPLANATION = {
    "en": (
        "np.resize repeats or drops entries until the shape is full, so a vector of the wrong length goes "
        "unnoticed. reshape says aloud that it does not fit, with a ValueError."
    ),
    "vi": (
        "np.resize lặp lại hoặc bỏ bớt phần tử cho đến khi vừa kích thước, nên một vectơ sai độ dài vẫn lọt "
        "qua. reshape thì báo ngay là không vừa, bằng ValueError."
    ),
}

import numpy as np


def unflatten(v, shape):
    height, width, depth = shape
    return np.moveaxis(np.resize(np.asarray(v, dtype=float), (depth, height, width)), 0, -1)
