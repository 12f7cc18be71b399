"""A filter is counted as h x w numbers."""
COSTS = ["count_parameters"]
EXPLANATION = {
    "en": (
        "Your count has h * w numbers for each filter. A filter is as deep as the image that it looks at, "
        "so it has h * w * D numbers, and a bias."
    ),
    "vi": (
        "Bạn đếm mỗi bộ lọc chỉ có h * w số. Bộ lọc có độ sâu bằng độ sâu của ảnh mà nó quét qua, nên nó có "
        "h * w * D số và một bias."
    ),
}

def count_parameters(shapes):
    total = 0
    for kind, *numbers in shapes:
        if kind == "convolution":
            filters, height, width, _depth = numbers
            total += filters * (height * width + 1)
        elif kind == "fully_connected":
            outputs, inputs = numbers
            total += outputs * (inputs + 1)
    return total
