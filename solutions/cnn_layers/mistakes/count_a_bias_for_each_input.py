"""A fully connected layer is given a bias for each input."""
COSTS = ["count_parameters"]
EXPLANATION = {
    "en": (
        "Your count gives a fully connected layer one bias for each input. The bias is added to an output, "
        "so there are m of them: m * n weights and m biases."
    ),
    "vi": (
        "Bạn đếm cho tầng kết nối đầy đủ mỗi đầu vào một bias. Bias được cộng vào đầu ra nên chỉ có m bias: "
        "m * n trọng số và m bias."
    ),
}

def count_parameters(shapes):
    total = 0
    for kind, *numbers in shapes:
        if kind == "convolution":
            filters, height, width, depth = numbers
            total += filters * (height * width * depth + 1)
        elif kind == "fully_connected":
            outputs, inputs = numbers
            total += inputs * (outputs + 1)
    return total
