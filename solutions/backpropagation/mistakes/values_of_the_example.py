"""The derivatives of the worked example, whatever the numbers are."""

COSTS = ["product_of_sum"]
EXPLANATION = {
    "en": (
        "You return the numbers of the worked example. The derivatives depend on where they are "
        "taken: they are formulas in x, y and z."
    ),
    "vi": (
        "Bạn trả về các con số của ví dụ trong bài giảng. Đạo hàm phụ thuộc vào điểm đang xét: chúng "
        "là công thức theo x, y và z."
    ),
}

def product_of_sum(x, y, z):
    f1 = x + y
    return f1 * z, {"x": 5.0, "y": 5.0, "z": -1.0}
