"""The derivative by z is given as z."""

COSTS = ["product_of_sum"]
EXPLANATION = {
    "en": "A product passes to each factor the value of the other one. z gets f1 = x + y, not z itself.",
    "vi": (
        "Ở nút nhân, đạo hàm theo mỗi thừa số là giá trị của thừa số kia. z nhận f1 = x + y chứ không"
        " phải chính z."
    ),
}

def product_of_sum(x, y, z):
    f = (x + y) * z
    return f, {"x": z, "y": z, "z": z}
