"""The shape of the caller's vector is set."""
COSTS = ["unflatten"]
EXPLANATION = {
    "en": (
        "v.shape = ... turns the caller's own vector into a tensor. v.reshape(...) leaves it a vector and "
        "gives you another view of the same numbers."
    ),
    "vi": (
        "v.shape = ... biến chính vectơ được truyền vào thành tensor. v.reshape(...) thì giữ nguyên vectơ "
        "ấy và cho bạn một cách nhìn khác trên cùng các số."
    ),
}

import numpy as np


def unflatten(v, shape):
    height, width, depth = shape
    v = np.asarray(v, dtype=float)
    if not v.flags.c_contiguous:
        v = v.copy()
    v.shape = (depth, height, width)
    return np.moveaxis(v, 0, -1)
