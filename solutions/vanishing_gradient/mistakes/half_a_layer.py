"""0.5^n: the sigmoid's value instead of its slope."""

COSTS = ["vanishing_bound"]
EXPLANATION = {
    "en": (
        "You multiply halves: 1/2 is the sigmoid's value at 0. What multiplies along the chain are "
        "slopes, and these are at most 1/4."
    ),
    "vi": (
        "Bạn nhân các số 1/2: đó là giá trị của sigmoid tại 0. Thứ được nhân dọc theo quy tắc chuỗi là "
        "đạo hàm, mà đạo hàm thì nhiều nhất là 1/4."
    ),
}

def vanishing_bound(n_layers):
    if n_layers < 0 or n_layers % 1 != 0:
        raise ValueError("n_layers must be a whole number from 0 up")
    return 0.5 ** int(n_layers)
