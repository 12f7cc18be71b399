"""zero_grad sets the gradients to None."""

COSTS = ["zero_grad"]
EXPLANATION = {
    "en": "You set grad to None; the next backward cannot add to None. The gradient is a number: 0.0.",
    "vi": (
        "Bạn gán grad bằng None; lần backward sau không thể cộng vào None. Gradient là một con số: "
        "0.0."
    ),
}

def zero_grad(nodes):
    for node in nodes:
        node.grad = None
