"""Rounded to ten places after the point."""

COSTS = ["vanishing_bound"]
EXPLANATION = {
    "en": (
        "You round to ten places after the point, and from the seventeenth layer on nothing is left. "
        "Small numbers are the point here; leave them as they are."
    ),
    "vi": (
        "Bạn làm tròn đến mười chữ số thập phân, nên từ lớp thứ mười bảy trở đi không còn lại gì. Ở bài "
        "này các số rất nhỏ mới là điều đáng nói; hãy để nguyên."
    ),
}

def vanishing_bound(n_layers):
    if n_layers < 0 or n_layers % 1 != 0:
        raise ValueError("n_layers must be a whole number from 0 up")
    return round(0.25 ** int(n_layers), 10)
