"""A column of results and a row of biases make a table."""
COSTS = ["fully_connected"]
EXPLANATION = {
    "en": (
        "Your weighted sums are a column (m, 1), and the bias is a row (m,): NumPy stretches both to a "
        "table (m, m) of all their sums. Keep v a vector, then weights @ v is one too."
    ),
    "vi": (
        "Các tổng có trọng số của bạn là một cột (m, 1), còn bias là một hàng (m,): NumPy kéo giãn cả hai "
        "thành bảng (m, m) gồm mọi tổng của chúng. Hãy giữ v là vectơ, khi đó weights @ v cũng là vectơ."
    ),
}

import numpy as np


def fully_connected(v, weights, bias):
    v = np.asarray(v, dtype=float).reshape(-1, 1)
    return np.asarray(weights, dtype=float) @ v + np.asarray(bias, dtype=float)
