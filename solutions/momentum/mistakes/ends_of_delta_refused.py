"""Refuses delta = 0 and delta = 1."""

COSTS = ["decay_learning_rate"]
EXPLANATION = {
    "en": (
        "The lecture advises against delta = 0 and delta = 1, but it asks what they do, so both "
        "are legal. A ValueError is for values outside [0, 1]."
    ),
    "vi": (
        "Bài giảng khuyên không nên chọn delta = 0 hay delta = 1, nhưng vẫn hỏi điều gì xảy ra "
        "khi đó, nên cả hai đều hợp lệ. Chỉ báo ValueError khi delta nằm ngoài [0, 1]."
    ),
}

def decay_learning_rate(alpha, delta):
    if not 0 < delta < 1:
        raise ValueError(f"delta is {delta}")
    return delta * alpha
