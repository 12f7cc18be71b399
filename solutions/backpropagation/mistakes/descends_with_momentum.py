"""Every step goes on with a part of the one before."""

COSTS = ["descend"]
EXPLANATION = {
    "en": (
        "Your step adds a part of the step before to the new one. That is momentum, and a later assignment; here "
        "a step is learning_rate * grad and remembers nothing."
    ),
    "vi": (
        "Bước đi của bạn cộng thêm một phần của bước trước. Đó là động lượng (momentum), chủ đề của bài sau; ở "
        "đây mỗi bước là learning_rate * grad và không nhớ gì cả."
    ),
}

def descend(nodes, learning_rate):
    for node in nodes:
        node.step = 0.9 * getattr(node, "step", 0.0) + learning_rate * node.grad
        node.value -= node.step
