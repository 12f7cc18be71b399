"""The answers for 0 and 1 exchanged."""

COSTS = ["effect_of"]
EXPLANATION = {
    "en": (
        "Your answers for 0 and 1 are exchanged. With delta = 0 the learning rate is gone; with "
        "delta = 1 it stays as it is."
    ),
    "vi": (
        "Câu trả lời của bạn cho 0 và 1 bị tráo nhau. Với delta = 0, tốc độ học bị triệt tiêu; với "
        "delta = 1, nó giữ nguyên."
    ),
}

def effect_of(parameter, value):
    if parameter == "delta" and value in (0, 1):
        return "no_update" if value == 1 else "no_decay"
    if parameter == "beta" and value in (0, 1):
        return "plain_gradient_descent" if value == 1 else "unbounded_velocity"
    raise ValueError(parameter)
