"""descend makes new Nodes and leaves the old ones as they are."""

COSTS = ["descend"]
EXPLANATION = {
    "en": (
        "You return new Nodes with the new values; the ones that were given stay where they were. "
        "Change node.value itself."
    ),
    "vi": (
        "Bạn trả về các Node mới mang giá trị mới, còn các nút được truyền vào vẫn đứng yên. Hãy thay"
        " đổi chính node.value."
    ),
}

def descend(nodes, learning_rate):
    return [Node(node.value - learning_rate * node.grad) for node in nodes]
