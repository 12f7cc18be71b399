"""descend adds the gradient instead of subtracting it."""

COSTS = ["descend"]
EXPLANATION = {
    "en": (
        "You step along the gradient, which is uphill. Gradient descent steps against it: value - "
        "learning_rate * grad."
    ),
    "vi": (
        "Bạn bước theo chiều gradient, tức là đi lên dốc. Gradient descent đi ngược chiều gradient: "
        "value - learning_rate * grad."
    ),
}

def descend(nodes, learning_rate):
    for node in nodes:
        node.value = node.value + learning_rate * node.grad
