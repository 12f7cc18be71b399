"""The product is built up in float64, whatever dtype is asked for."""

COSTS = ["first_underflow_depth"]
EXPLANATION = {
    "en": (
        "You multiply in Python's own floats, which are float64: the answer is 538 for every dtype. "
        "Both the product and the factor must be of the dtype asked for."
    ),
    "vi": (
        "Bạn nhân bằng số thực của Python, tức float64, nên với kiểu nào cũng ra 538. Cả tích lẫn "
        "thừa số đều phải thuộc kiểu dữ liệu được hỏi."
    ),
}

def first_underflow_depth(dtype):
    n, product = 0, 1.0
    while product != 0.0:
        product *= 0.25
        n += 1
    return n
