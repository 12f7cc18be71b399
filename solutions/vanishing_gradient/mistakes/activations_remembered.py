"""The list is a default argument, so it is made only once."""

COSTS = ["forward"]
EXPLANATION = {
    "en": (
        "activations=[] in the def line is made once, when the function is defined. Each call adds to "
        "what the calls before it have left there; only the first one is right. Make the list inside the "
        "function."
    ),
    "vi": (
        "activations=[] ở dòng def chỉ được tạo một lần, khi hàm được định nghĩa. Mỗi lần gọi lại nối "
        "thêm vào những gì các lần trước để lại, nên chỉ lần gọi đầu tiên là đúng. Hãy tạo danh sách bên "
        "trong hàm."
    ),
}

import numpy as np


def forward(x, thetas, activations=[]):
    a = np.asarray(x, dtype=float)
    activations.append(a)
    for theta in thetas:
        a = sigmoid(np.asarray(theta, dtype=float) @ a)
        activations.append(a)
    return list(activations)
