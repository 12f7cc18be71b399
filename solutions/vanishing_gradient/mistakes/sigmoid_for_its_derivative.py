"""The sigmoid itself is returned as its derivative."""

COSTS = ["sigmoid_derivative"]
EXPLANATION = {
    "en": (
        "You return the sigmoid itself. Its derivative is the product of two factors: the sigmoid, "
        "and one minus the sigmoid."
    ),
    "vi": (
        "Bạn trả về chính hàm sigmoid. Đạo hàm của nó là tích của hai thừa số: sigmoid và một trừ "
        "sigmoid."
    ),
}

def sigmoid_derivative(x):
    return sigmoid(x)
