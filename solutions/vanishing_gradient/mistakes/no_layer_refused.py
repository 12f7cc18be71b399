"""0 layers raise a ValueError."""

COSTS = ["vanishing_bound"]
EXPLANATION = {
    "en": (
        "You refuse 0 layers. It is a whole number that is not negative, and its product is the empty "
        "one: 1."
    ),
    "vi": "Bạn từ chối số lớp bằng 0. Đó là số nguyên không âm, và tích rỗng của nó bằng 1.",
}

def vanishing_bound(n_layers):
    if n_layers <= 0 or n_layers % 1 != 0:
        raise ValueError("n_layers must be a positive whole number")
    return 0.25 ** int(n_layers)
