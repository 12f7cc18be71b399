"""The derivative by theta1 lacks the factor x."""

COSTS = ["sigmoid_neuron"]
EXPLANATION = {
    "en": (
        "Your derivatives by theta0 and theta1 are the same. theta1 stands beside x in the product "
        "theta1 x, so its derivative has x as one more factor; at x = 1 one cannot see it."
    ),
    "vi": (
        "Đạo hàm theo theta0 và theta1 của bạn giống hệt nhau. theta1 nằm trong tích theta1 x, nên "
        "đạo hàm của nó còn có thừa số x; tại x = 1 thì không nhìn ra lỗi này."
    ),
}

import math


def sigmoid_neuron(x, theta0, theta1):
    f = 1 / (1 + math.exp(-(theta0 + theta1 * x)))
    slope = f * (1 - f)
    return f, {"x": slope * theta1, "theta0": slope, "theta1": slope}
