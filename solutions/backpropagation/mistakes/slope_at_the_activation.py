"""The sigmoid's slope is taken at f instead of at theta0 + theta1 x."""

COSTS = ["sigmoid_neuron"]
EXPLANATION = {
    "en": (
        "You put f into the sigmoid once more before you take f (1 - f). The slope at theta0 + "
        "theta1 x is f (1 - f) with f as it is: the sigmoid has been applied already."
    ),
    "vi": (
        "Bạn đưa f qua hàm sigmoid thêm một lần nữa rồi mới tính f (1 - f). Đạo hàm tại theta0 + "
        "theta1 x là f (1 - f) với chính f đó: hàm sigmoid đã được áp dụng rồi."
    ),
}

import math


def sigmoid(z):
    return 1 / (1 + math.exp(-z))


def sigmoid_neuron(x, theta0, theta1):
    x, theta0, theta1 = float(x), float(theta0), float(theta1)
    f = sigmoid(theta0 + theta1 * x)
    slope = sigmoid(f) * (1 - sigmoid(f))
    return f, {"x": slope * theta1, "theta0": slope, "theta1": slope * x}
