"""The product starts at 0.25, so that no layer counts as one."""

COSTS = ["vanishing_bound"]
EXPLANATION = {
    "en": (
        "With 0 layers there is no sigmoid derivative at all, and an empty product is 1. Your product"
        " starts with one factor already in it."
    ),
    "vi": (
        "Với 0 lớp thì không có đạo hàm sigmoid nào, và tích rỗng bằng 1. Tích của bạn đã có sẵn một "
        "thừa số ngay từ đầu."
    ),
}

def vanishing_bound(n_layers):
    if n_layers < 0 or n_layers % 1 != 0:
        raise ValueError("n_layers must be a whole number from 0 up")
    product = 0.25
    for _ in range(int(n_layers) - 1):
        product *= 0.25
    return product
