"""1 - s^2, as for tanh."""

COSTS = ["sigmoid_derivative"]
EXPLANATION = {
    "en": (
        "1 - s^2 is the slope of tanh. For the sigmoid it is s (1 - s), which you can check at x = 0: "
        "1/4."
    ),
    "vi": (
        "1 - s^2 là đạo hàm của tanh. Với sigmoid, đạo hàm là s (1 - s); hãy thử lại tại x = 0: phải được "
        "1/4."
    ),
}

import numpy as np


def sigmoid_derivative(x):
    return 1 - np.asarray(sigmoid(x)) ** 2
