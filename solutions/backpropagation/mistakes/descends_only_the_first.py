"""descend returns inside its loop."""

COSTS = ["descend"]
EXPLANATION = {
    "en": (
        "Only the first node of the list takes its step: your function ends inside the loop. "
        "Every node of the list has to move."
    ),
    "vi": (
        "Chỉ nút đầu tiên trong danh sách được cập nhật: hàm của bạn kết thúc ngay trong vòng "
        "lặp. Mọi nút trong danh sách đều phải di chuyển."
    ),
}

def descend(nodes, learning_rate):
    for node in nodes:
        node.value = node.value - learning_rate * node.grad
        return nodes
