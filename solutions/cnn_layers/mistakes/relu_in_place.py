"""The activation writes into its argument."""
COSTS = ["relu"]
EXPLANATION = {
    "en": (
        "Your relu writes its result into x itself. The values before the activation are then lost, and "
        "relu_backward needs them: make a new array, for example with .copy()."
    ),
    "vi": (
        "Hàm relu của bạn ghi kết quả đè lên chính x. Khi đó các giá trị trước tầng kích hoạt bị mất, mà "
        "relu_backward lại cần đến chúng: hãy tạo mảng mới, chẳng hạn bằng .copy()."
    ),
}

import numpy as np


def relu(x):
    x = np.asarray(x, dtype=float)
    x[x < 0] = 0
    return x
