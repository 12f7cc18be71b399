"""Takes a value near 0 or 1 for 0 or 1."""

COSTS = ["effect_of"]
EXPLANATION = {
    "en": (
        "With beta = 0.001 a little of the old velocity is kept, so it is not plain gradient descent. "
        "Only 0 and 1 have an answer here."
    ),
    "vi": (
        "Với beta = 0.001 vẫn giữ lại một chút vận tốc cũ, nên đó không phải gradient descent thường. "
        "Ở đây chỉ 0 và 1 mới có câu trả lời."
    ),
}

def effect_of(parameter, value):
    answers = {
        "delta": ("no_update", "no_decay"),
        "beta": ("plain_gradient_descent", "unbounded_velocity"),
    }
    if parameter not in answers or abs(value - round(value)) > 0.01 or round(value) not in (0, 1):
        raise ValueError("no such question")
    return answers[parameter][round(value)]
