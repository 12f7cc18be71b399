"""No ValueError for -1 or 2.5 layers."""

COSTS = ["vanishing_bound"]
EXPLANATION = {
    "en": (
        "-1 layers or 2.5 layers do not exist, but your function gives a number for them. Raise a "
        "ValueError, so that the mistake is seen where it is made."
    ),
    "vi": (
        "Không có mạng nào -1 lớp hay 2.5 lớp, vậy mà hàm của bạn vẫn trả về một con số. Hãy báo "
        "ValueError để lỗi lộ ra ngay tại chỗ."
    ),
}

def vanishing_bound(n_layers):
    return 0.25**n_layers
