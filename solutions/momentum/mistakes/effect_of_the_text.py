"""Compares texts, so that 0.0 is not 0."""

COSTS = ["effect_of"]
EXPLANATION = {
    "en": (
        "Your function knows 0 and 1 but not 0.0 and 1.0, because it compares the text of the "
        "number. Compare numbers: 0 == 0.0 is true in Python."
    ),
    "vi": (
        "Hàm của bạn nhận 0 và 1 nhưng không nhận 0.0 và 1.0, vì đang so sánh chuỗi ký tự. Hãy so "
        "sánh số: trong Python 0 == 0.0 là đúng."
    ),
}

def effect_of(parameter, value):
    answers = {
        "delta0": "no_update",
        "delta1": "no_decay",
        "beta0": "plain_gradient_descent",
        "beta1": "unbounded_velocity",
    }
    key = f"{parameter}{value}"
    if key not in answers:
        raise ValueError(key)
    return answers[key]
