"""descend divides each step by the number of nodes."""

COSTS = ["descend"]
EXPLANATION = {
    "en": (
        "You divide each step by the number of nodes. A gradient belongs to its own node alone; "
        "nothing is averaged here, so a list of one node hides it."
    ),
    "vi": (
        "Bạn chia mỗi bước cho số nút. Gradient là của riêng từng nút, ở đây không lấy trung "
        "bình; với danh sách chỉ có một nút thì không thấy được lỗi này."
    ),
}

def descend(nodes, learning_rate):
    for node in nodes:
        node.value = node.value - learning_rate * node.grad / len(nodes)
