"""Inputs and outputs of the weight matrix are swapped."""
COSTS = ["fully_connected"]
EXPLANATION = {
    "en": (
        "Your fully_connected multiplies by the transposed weight matrix. Row r of weights belongs to "
        "output r, so it is weights times v; for a square matrix the swap goes unnoticed by the shape."
    ),
    "vi": (
        "Hàm fully_connected của bạn nhân với ma trận trọng số đã bị chuyển vị. Hàng r của weights "
        "ứng với đầu ra r, nên phải là weights nhân v; với ma trận vuông thì nhìn vào kích thước "
        "không thấy được lỗi này."
    ),
}

import numpy as np


def fully_connected(v, weights, bias):
    v, weights, bias = (np.asarray(argument, dtype=float) for argument in (v, weights, bias))
    return v @ weights + bias
