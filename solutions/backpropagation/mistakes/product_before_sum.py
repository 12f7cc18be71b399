"""Computes x + y z: the brackets are lost."""

COSTS = ["product_of_sum"]
EXPLANATION = {
    "en": (
        "You compute x + y z. In (x + y) z the sum comes first; without the brackets the product "
        "does, and x no longer meets z."
    ),
    "vi": (
        "Bạn tính x + y z. Trong (x + y) z, phép cộng làm trước; thiếu dấu ngoặc thì phép nhân "
        "làm trước, và x không còn gặp z nữa."
    ),
}

def product_of_sum(x, y, z):
    x, y, z = float(x), float(y), float(z)
    return x + y * z, {"x": 1.0, "y": z, "z": y}
