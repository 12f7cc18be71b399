"""max(0, x) as it stands, which cannot compare an array."""
COSTS = ["relu"]
EXPLANATION = {
    "en": (
        "max(0, x) compares two numbers. Where x is an array, Python cannot say whether it is larger than 0 "
        "as a whole, and raises an error: np.maximum compares element by element."
    ),
    "vi": (
        "max(0, x) chỉ so sánh hai số. Khi x là mảng, Python không thể nói cả mảng lớn hơn 0 hay không nên "
        "báo lỗi: np.maximum so sánh theo từng phần tử."
    ),
}

def relu(x):
    return max(0, x)
