"""An epsilon that is 0 in float32."""
COSTS = ["cross_entropy"]
EXPLANATION = {
    "en": (
        "Your epsilon is so small that float32 rounds it to 0, and then the logarithm of 0 is back. Convert "
        "the probabilities with dtype=float first, or take an epsilon that float32 can hold, such as 1e-12."
    ),
    "vi": (
        "Epsilon của bạn nhỏ đến mức float32 làm tròn nó về 0, và logarit của 0 lại xuất hiện. Hãy đổi xác "
        "suất sang dtype=float trước, hoặc chọn epsilon mà float32 giữ được, chẳng hạn 1e-12."
    ),
}

import numpy as np


def cross_entropy(probabilities, one_hot):
    return -np.sum(np.asarray(one_hot) * np.log(np.maximum(np.asarray(probabilities), 1e-300)))
