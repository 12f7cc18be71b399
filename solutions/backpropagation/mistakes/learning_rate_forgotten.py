"""descend steps by the whole gradient."""

COSTS = ["descend"]
EXPLANATION = {
    "en": "Your step is the whole gradient. The learning rate says how much of it to go.",
    "vi": (
        "Bước đi của bạn bằng cả gradient. Tốc độ học (learning rate) cho biết đi bao nhiêu phần của "
        "nó."
    ),
}

def descend(nodes, learning_rate):
    for node in nodes:
        node.value -= node.grad
