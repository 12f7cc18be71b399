"""The derivative by y gets a minus, as if f were (x - y) z."""

COSTS = ["product_of_sum"]
EXPLANATION = {
    "en": (
        "Your derivative by y has the wrong sign. The value of y is negative in the example, but the "
        "node is a sum: its derivative by y is +1, and z is copied as it is."
    ),
    "vi": (
        "Đạo hàm theo y của bạn sai dấu. Trong ví dụ giá trị của y là số âm, nhưng nút này là phép "
        "cộng: đạo hàm của nó theo y là +1, và z được chép xuống nguyên vẹn."
    ),
}

def product_of_sum(x, y, z):
    f = (x + y) * z
    return f, {"x": z, "y": -z, "z": x + y}
