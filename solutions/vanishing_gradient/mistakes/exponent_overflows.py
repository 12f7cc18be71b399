"""2 * n in a NumPy integer of eight bits."""

COSTS = ["vanishing_bound"]
EXPLANATION = {
    "en": (
        "2 * n is computed in n's own type, and a NumPy integer of eight bits ends at 127 or 255: beyond "
        "it starts again from the other end. Convert with int(n) first."
    ),
    "vi": (
        "2 * n được tính trong chính kiểu của n, mà số nguyên 8 bit của NumPy chỉ tới 127 hoặc 255: vượt "
        "quá thì quay vòng về đầu kia. Hãy đổi bằng int(n) trước."
    ),
}

def vanishing_bound(n_layers):
    if n_layers < 0 or n_layers % 1 != 0:
        raise ValueError("n_layers must be a whole number from 0 up")
    return 0.5 ** float(n_layers + n_layers)
