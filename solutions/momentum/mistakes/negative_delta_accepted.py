"""Looks at one end of the range of delta only."""

COSTS = ["decay_learning_rate"]
EXPLANATION = {
    "en": (
        "You refuse a delta above 1 but not one below 0, which would turn the step round. The "
        "range has two ends."
    ),
    "vi": (
        "Bạn đã chặn delta lớn hơn 1 nhưng chưa chặn delta âm, mà delta âm sẽ làm bước đi đảo "
        "chiều. Khoảng giá trị có hai đầu."
    ),
}

def decay_learning_rate(alpha, delta):
    if delta > 1:
        raise ValueError(f"delta is {delta}")
    return delta * alpha
