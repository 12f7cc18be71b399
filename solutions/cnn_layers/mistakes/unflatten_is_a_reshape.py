"""A plain reshape to (H, W, D)."""
COSTS = ["unflatten"]
EXPLANATION = {
    "en": (
        "Your unflatten reshapes the vector directly to (H, W, D), which spreads neighbouring entries "
        "over the depth. The first H * W entries belong to the first depth slice: undo flatten's steps in "
        "the opposite order."
    ),
    "vi": (
        "Hàm unflatten của bạn reshape thẳng vectơ thành (H, W, D), nên các phần tử kề nhau bị rải "
        "theo độ sâu. H * W phần tử đầu thuộc về lát cắt thứ nhất: hãy làm ngược các bước của flatten "
        "từ cuối về đầu."
    ),
}

import numpy as np


def unflatten(v, shape):
    return np.array(v, dtype=float).reshape(shape)
