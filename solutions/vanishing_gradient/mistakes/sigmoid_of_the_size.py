"""e^(-|x|) without the other half of the formula: never below 1/2."""

COSTS = ["sigmoid"]
EXPLANATION = {
    "en": (
        "e^(-|x|) never overflows, well seen; but by itself it forgets the sign of x, so that your "
        "sigmoid is never below 1/2. For negative x the numerator has to become e^(-|x|) as well."
    ),
    "vi": (
        "e^(-|x|) không bao giờ tràn số, bạn nghĩ rất đúng; nhưng chỉ như vậy thì dấu của x bị mất, nên "
        "hàm sigmoid của bạn không bao giờ nhỏ hơn 1/2. Với x âm, tử số cũng phải trở thành e^(-|x|)."
    ),
}

import numpy as np


def sigmoid(x):
    return 1 / (1 + np.exp(-np.abs(np.asarray(x, dtype=float))))
