"""The list of layers is emptied while it is counted."""
COSTS = ["count_parameters"]
EXPLANATION = {
    "en": (
        "You take the layers out of the caller's list with pop. Whoever counts once has no network left: "
        "go over the list with for."
    ),
    "vi": (
        "Bạn lấy các tầng ra khỏi danh sách được truyền vào bằng pop. Đếm xong một lần thì mạng không "
        "còn tầng nào: hãy duyệt danh sách bằng for."
    ),
}

def count_parameters(shapes):
    total = 0
    while shapes:
        kind, *numbers = shapes.pop()
        if kind == "convolution":
            total += numbers[0] * (numbers[1] * numbers[2] * numbers[3] + 1)
        if kind == "fully_connected":
            total += numbers[0] * (numbers[1] + 1)
    return total
