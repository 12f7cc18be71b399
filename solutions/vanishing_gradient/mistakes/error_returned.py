"""The ValueError is returned instead of raised."""

COSTS = ["vanishing_bound"]
EXPLANATION = {
    "en": (
        "return ValueError(...) hands the error back as if it were a result. With raise, the program "
        "stops where the mistake was made."
    ),
    "vi": (
        "return ValueError(...) trả lỗi về như thể đó là kết quả. Dùng raise thì chương trình mới dừng "
        "lại đúng chỗ sai."
    ),
}

def vanishing_bound(n_layers):
    if n_layers < 0 or n_layers % 1 != 0:
        return ValueError("n_layers must be a whole number from 0 up")
    return 0.25 ** int(n_layers)
