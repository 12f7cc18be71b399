"""The answer to the first call is kept for all others."""

COSTS = ["first_underflow_depth"]
EXPLANATION = {
    "en": (
        "You keep the first answer and give it again to later calls, whatever dtype they ask for. If you "
        "want to remember answers, remember one for each dtype."
    ),
    "vi": (
        "Bạn giữ lại đáp số đầu tiên rồi dùng nó cho mọi lần gọi sau, dù chúng hỏi kiểu nào. Nếu muốn nhớ "
        "đáp số, hãy nhớ riêng cho từng kiểu."
    ),
}

import numpy as np

KEPT = []


def first_underflow_depth(dtype):
    if KEPT:
        return KEPT[0]
    number = np.dtype(dtype).type
    n, product = 0, number(1)
    while product != 0:
        product = number(product * number(0.25))
        n += 1
    KEPT.append(n)
    return n
