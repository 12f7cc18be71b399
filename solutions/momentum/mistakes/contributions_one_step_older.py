"""[beta^n ... beta]: every gradient one step too old."""

COSTS = ["gradient_contributions"]
EXPLANATION = {
    "en": (
        "Every weight has one beta too many. g_n has only just come in when v_n is made, so "
        "nothing has weakened it yet: its weight is 1."
    ),
    "vi": (
        "Mỗi hệ số bị thừa một lần nhân beta. Khi tính v_n, gradient g_n vừa mới được cộng vào "
        "nên chưa bị giảm: hệ số của nó là 1."
    ),
}

import numpy as np


def gradient_contributions(n, beta):
    return float(beta) ** np.arange(n, 0, -1)
