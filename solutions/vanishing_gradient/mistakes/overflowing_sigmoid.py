"""The formula as it stands, which overflows for large negative x."""

COSTS = ["sigmoid"]
EXPLANATION = {
    "en": (
        "Your formula is right, but for x = -800 it asks for e^800, which is larger than any float: "
        "NumPy warns of an overflow. Use a power of e that is never positive, for example e^(-|x|)."
    ),
    "vi": (
        "Công thức của bạn đúng, nhưng với x = -800 nó phải tính e^800, lớn hơn mọi số thực máy tính "
        "biểu diễn được, nên NumPy cảnh báo tràn số. Hãy chỉ dùng lũy thừa của e với số mũ không "
        "dương, chẳng hạn e^(-|x|)."
    ),
}

import numpy as np


def sigmoid(x):
    x = np.asarray(x, dtype=float)
    return 1 / (1 + np.exp(-x))
