"""alpha *= delta changes the array that was passed in."""

COSTS = ["decay_learning_rate"]
EXPLANATION = {
    "en": (
        "Where alpha is an array, alpha *= delta writes into the caller's array. Compute a new "
        "number and give it back."
    ),
    "vi": (
        "Khi alpha là một mảng, alpha *= delta ghi thẳng vào mảng được truyền vào. Hãy tính ra "
        "một số mới rồi trả về."
    ),
}

def decay_learning_rate(alpha, delta):
    if not 0 <= delta <= 1:
        raise ValueError(f"delta is {delta}")
    alpha *= delta
    return alpha
