"""descend stores the step instead of taking it."""

COSTS = ["descend"]
EXPLANATION = {
    "en": (
        "Your nodes end up at learning_rate * grad: the step has taken the place of the value. "
        "The old value has to stay in the sum, value - learning_rate * grad."
    ),
    "vi": (
        "Giá trị của nút trở thành learning_rate * grad: bước đi đã chiếm chỗ của giá trị. Giá "
        "trị cũ phải được giữ lại trong phép trừ, value - learning_rate * grad."
    ),
}

def descend(nodes, learning_rate):
    for node in nodes:
        node.value = learning_rate * node.grad
