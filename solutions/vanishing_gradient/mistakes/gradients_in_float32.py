"""Goes back through the network in float32."""

COSTS = ["gradients"]
EXPLANATION = {
    "en": (
        "float32 has no numbers below about 1e-45, so the gradients of a deep network become 0 long "
        "before they have to. Compute in the precision of the arguments."
    ),
    "vi": (
        "float32 không có số nào nhỏ hơn khoảng 1e-45, nên gradient của mạng sâu thành 0 sớm hơn nhiều so "
        "với cần thiết. Hãy tính với độ chính xác của đối số."
    ),
}

import numpy as np


def gradients(x, y, thetas):
    thetas = [np.asarray(theta, dtype=np.float32) for theta in thetas]
    activations = [np.asarray(x, dtype=np.float32)]
    for theta in thetas:
        activations.append(1 / (1 + np.exp(-(theta @ activations[-1]))))
    delta = (activations[-1] - np.asarray(y, dtype=np.float32)) / len(activations[-1])
    result = []
    for theta, a in zip(thetas[::-1], activations[-2::-1]):
        result.insert(0, np.outer(delta, a).astype(float))
        delta = (theta.T @ delta) * a * (1 - a)
    return result
