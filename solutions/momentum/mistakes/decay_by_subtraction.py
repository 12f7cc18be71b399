"""Takes delta as the part that is lost."""

COSTS = ["decay_learning_rate"]
EXPLANATION = {
    "en": (
        "You compute (1 - delta) alpha. In the lecture delta is the part that stays: delta = 1 "
        "means that alpha does not decay, delta = 0 that nothing is left of it."
    ),
    "vi": (
        "Bạn tính (1 - delta) alpha. Trong bài giảng, delta là phần được giữ lại: delta = 1 nghĩa "
        "là alpha không giảm, delta = 0 nghĩa là alpha bị triệt tiêu."
    ),
}

def decay_learning_rate(alpha, delta):
    if not 0 <= delta <= 1:
        raise ValueError(f"delta is {delta}")
    return (1 - delta) * alpha
