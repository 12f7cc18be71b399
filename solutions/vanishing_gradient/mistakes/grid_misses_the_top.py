"""The largest slope on a grid of points that leaves out x = 0."""

COSTS = ["sigmoid_derivative_bound"]
EXPLANATION = {
    "en": (
        "Your ten points from -5 to 5 do not hit x = 0, where the slope is largest, so your bound is "
        "below some of the slopes. Cauchy's inequality gives it without any search."
    ),
    "vi": (
        "Mười điểm từ -5 đến 5 của bạn không trúng x = 0, nơi đạo hàm lớn nhất, nên chặn trên của bạn còn "
        "nhỏ hơn một số đạo hàm. Bất đẳng thức Cauchy cho đáp số mà không phải dò tìm."
    ),
}

import numpy as np


def sigmoid_derivative_bound():
    return np.max(sigmoid_derivative(np.linspace(-5, 5, 10)))
