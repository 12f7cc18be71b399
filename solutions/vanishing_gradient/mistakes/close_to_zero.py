"""np.isclose instead of exactly 0."""

COSTS = ["first_underflow_depth"]
EXPLANATION = {
    "en": (
        "np.isclose calls everything below 1e-8 zero, in every dtype. The question is when the product is "
        "exactly 0: compare with ==."
    ),
    "vi": (
        "np.isclose coi mọi số nhỏ hơn 1e-8 là 0, với kiểu nào cũng vậy. Câu hỏi là khi nào tích bằng "
        "đúng 0: hãy so sánh bằng ==."
    ),
}

import numpy as np


def first_underflow_depth(dtype):
    number = np.dtype(dtype).type
    n, product = 0, number(1)
    while not np.isclose(product, 0):
        product = number(product * number(0.25))
        n += 1
    return n
