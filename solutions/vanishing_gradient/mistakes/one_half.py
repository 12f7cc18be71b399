"""One half, the sigmoid's value at 0, instead of its slope there."""

COSTS = ["sigmoid_derivative_bound"]
EXPLANATION = {
    "en": (
        "1/2 is the value of the sigmoid at 0. Its slope there, and nowhere more, is s (1 - s) with s"
        " = 1/2."
    ),
    "vi": (
        "1/2 là giá trị của sigmoid tại 0. Đạo hàm tại đó, cũng là lớn nhất, bằng s (1 - s) với s = "
        "1/2."
    ),
}

def sigmoid_derivative_bound():
    return sigmoid(0.0)
