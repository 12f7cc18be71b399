"""Any delta is accepted."""

COSTS = ["decay_learning_rate"]
EXPLANATION = {
    "en": (
        "Your function accepts a dampening factor above 1 or below 0. Above 1 the learning rate "
        "would grow from step to step: raise a ValueError."
    ),
    "vi": (
        "Hàm của bạn chấp nhận hệ số giảm delta lớn hơn 1 hoặc nhỏ hơn 0. Nếu delta lớn hơn 1, tốc độ "
        "học sẽ tăng dần sau mỗi bước: hãy báo ValueError."
    ),
}

def decay_learning_rate(alpha, delta):
    return delta * alpha
