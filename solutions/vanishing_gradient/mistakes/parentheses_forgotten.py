"""s * 1 - s, which is 0."""

COSTS = ["sigmoid_derivative"]
EXPLANATION = {
    "en": (
        "s * 1 - s is s minus s, which is 0 everywhere: the product comes before the difference. The 1 - "
        "s needs parentheses."
    ),
    "vi": (
        "s * 1 - s chính là s trừ s, tức bằng 0 ở mọi nơi: phép nhân được làm trước phép trừ. Phải đặt 1 "
        "- s trong ngoặc."
    ),
}

def sigmoid_derivative(x):
    s = sigmoid(x)
    return s * 1 - s
