"""Answers None where there is no answer."""

COSTS = ["effect_of"]
EXPLANATION = {
    "en": (
        "For a value such as 0.5 or an unknown parameter your function returns None. It has to "
        "raise a ValueError."
    ),
    "vi": (
        "Với giá trị như 0.5 hoặc một tham số lạ, hàm của bạn trả về None. Trường hợp đó phải báo "
        "ValueError."
    ),
}

def effect_of(parameter, value):
    if parameter == "delta" and value == 0:
        return "no_update"
    if parameter == "delta" and value == 1:
        return "no_decay"
    if parameter == "beta" and value == 0:
        return "plain_gradient_descent"
    if parameter == "beta" and value == 1:
        return "unbounded_velocity"
    return None
