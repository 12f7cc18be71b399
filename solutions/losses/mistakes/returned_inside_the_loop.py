"""The return stands inside the loop."""

COSTS = ["squared_error"]
EXPLANATION = {
    "en": (
        "Your return is indented into the loop, so the function ends after the first example. With one "
        "example nothing is amiss; move the return one level out."
    ),
    "vi": (
        "Lệnh return của bạn thụt vào trong vòng lặp, nên hàm kết thúc ngay sau mẫu đầu tiên. Chỉ có "
        "một mẫu thì không thấy gì sai; hãy đưa return ra ngoài một bậc."
    ),
}

import numpy as np


def squared_error(y, p):
    y, p = np.ravel(np.asarray(y, dtype=float)), np.ravel(np.asarray(p, dtype=float))
    total = 0.0
    for truth, prediction in zip(y, p):
        total += (truth - prediction) ** 2
        return total
