"""The whole forward pass in float32."""

COSTS = ["forward"]
EXPLANATION = {
    "en": (
        "You convert everything to float32, which keeps seven digits. Where large weights nearly cancel, "
        "the result is wrong after a few digits. Compute in the precision of the arguments."
    ),
    "vi": (
        "Bạn đổi mọi thứ sang float32, vốn chỉ giữ bảy chữ số. Khi các trọng số lớn gần triệt tiêu nhau, "
        "kết quả sai chỉ sau vài chữ số. Hãy tính với độ chính xác của đối số."
    ),
}

import numpy as np


def forward(x, thetas):
    activations = [np.asarray(x, dtype=np.float32)]
    for theta in thetas:
        activations.append(np.asarray(sigmoid(np.asarray(theta, dtype=np.float32) @ activations[-1]), dtype=np.float32))
    return activations
