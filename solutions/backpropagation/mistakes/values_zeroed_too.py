"""zero_grad clears the values as well."""

COSTS = ["zero_grad"]
EXPLANATION = {
    "en": (
        "zero_grad forgets gradients only. You set the values to 0 too, and with them everything that"
        " was learnt."
    ),
    "vi": (
        "zero_grad chỉ xóa gradient. Bạn gán luôn value bằng 0, tức xóa hết những gì mạng đã học "
        "được."
    ),
}

def zero_grad(nodes):
    for node in nodes:
        node.grad = 0.0
        node.value = 0.0
