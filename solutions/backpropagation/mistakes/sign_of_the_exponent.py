"""The minus in e^-(...) is counted in the derivatives but its partner is not."""

COSTS = ["sigmoid_neuron"]
EXPLANATION = {
    "en": (
        "All three derivatives have the wrong sign. On the way back there are two minus signs, one "
        "from the exponent and one from 1 / u, and together they make a plus."
    ),
    "vi": (
        "Cả ba đạo hàm đều sai dấu. Khi lan truyền ngược có hai dấu trừ, một từ số mũ và một từ 1 / "
        "u, gộp lại thành dấu cộng."
    ),
}

import math


def sigmoid_neuron(x, theta0, theta1):
    e = math.exp(-(theta0 + theta1 * x))
    f = 1 / (1 + e)
    slope = -e / (1 + e) ** 2
    return f, {"x": slope * theta1, "theta0": slope, "theta1": slope * x}
