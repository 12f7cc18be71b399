"""int(2.5) is 2, without a word."""

COSTS = ["vanishing_bound"]
EXPLANATION = {
    "en": (
        "int(n) cuts 2.5 down to 2 without a word, so you answer a question that nobody asked. Compare n "
        "with int(n) first."
    ),
    "vi": (
        "int(n) lặng lẽ cắt 2.5 thành 2, nên bạn trả lời một câu mà không ai hỏi. Hãy so n với int(n) "
        "trước."
    ),
}

def vanishing_bound(n_layers):
    if n_layers < 0:
        raise ValueError("n_layers must not be negative")
    return 0.25 ** int(n_layers)
