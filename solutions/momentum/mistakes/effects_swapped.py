"""The answers for delta and beta exchanged."""

COSTS = ["effect_of"]
EXPLANATION = {
    "en": (
        "Your answers for delta and beta are exchanged. delta multiplies the learning rate, beta "
        "the old velocity: ask what is left of the update when each is 0 or 1."
    ),
    "vi": (
        "Câu trả lời của bạn cho delta và beta bị tráo nhau. delta nhân với tốc độ học, beta nhân với "
        "vận tốc cũ: hãy xem phép cập nhật còn lại gì khi mỗi hệ số bằng 0 hoặc 1."
    ),
}

def effect_of(parameter, value):
    answers = {
        ("beta", 0): "no_update",
        ("beta", 1): "no_decay",
        ("delta", 0): "plain_gradient_descent",
        ("delta", 1): "unbounded_velocity",
    }
    if (parameter, value) not in answers:
        raise ValueError(parameter)
    return answers[parameter, value]
