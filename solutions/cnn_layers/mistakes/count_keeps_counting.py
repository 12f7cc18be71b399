"""A global total is never set back to 0."""
COSTS = ["count_parameters"]
EXPLANATION = {
    "en": (
        "Your total lives outside the function and is never set back: the first network is counted right, "
        "and every later one on top of it. Start with total = 0 inside the function."
    ),
    "vi": (
        "Biến tổng của bạn nằm ngoài hàm và không được đặt lại về 0: mạng đầu tiên đếm đúng, các mạng sau "
        "bị cộng chồng lên. Hãy bắt đầu bằng total = 0 ở bên trong hàm."
    ),
}

total = 0


def count_parameters(shapes):
    global total
    for layer in shapes:
        if layer[0] == "convolution":
            total += layer[1] * (layer[2] * layer[3] * layer[4] + 1)
        if layer[0] == "fully_connected":
            total += layer[1] * (layer[2] + 1)
    return total
