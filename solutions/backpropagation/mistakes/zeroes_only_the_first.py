"""zero_grad returns inside its loop."""

COSTS = ["zero_grad"]
EXPLANATION = {
    "en": (
        "Only the first node of the list gets its 0: your function ends inside the loop. All "
        "nodes of the list have to be reached."
    ),
    "vi": (
        "Chỉ nút đầu tiên trong danh sách được đặt về 0: hàm của bạn kết thúc ngay trong vòng "
        "lặp. Phải đi hết mọi nút trong danh sách."
    ),
}

def zero_grad(nodes):
    for node in nodes:
        node.grad = 0.0
        return nodes
