"""zero_grad assigns to a local name, not to the node."""

COSTS = ["zero_grad"]
EXPLANATION = {
    "en": (
        "`gradient = 0.0` gives a new meaning to a local name; the node keeps its gradient. Assign to"
        " node.grad."
    ),
    "vi": (
        "`gradient = 0.0` chỉ gán lại một biến cục bộ; grad của nút vẫn như cũ. Hãy gán vào "
        "node.grad."
    ),
}

def zero_grad(nodes):
    for node in nodes:
        gradient = node.grad
        gradient = 0.0
