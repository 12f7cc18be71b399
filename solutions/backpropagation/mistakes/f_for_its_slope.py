"""The neuron's value is used where its slope is due."""

COSTS = ["sigmoid_neuron"]
EXPLANATION = {
    "en": (
        "You multiply by f where the slope of the sigmoid is due. At the node of the sigmoid the "
        "chain rule has the factor f (1 - f)."
    ),
    "vi": (
        "Bạn nhân với f ở chỗ phải là đạo hàm của sigmoid. Tại nút sigmoid, quy tắc chuỗi cho thừa số"
        " f (1 - f)."
    ),
}

import math


def sigmoid_neuron(x, theta0, theta1):
    f = 1 / (1 + math.exp(-(theta0 + theta1 * x)))
    return f, {"x": f * theta1, "theta0": f, "theta1": f * x}
