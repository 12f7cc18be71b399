"""Forgets the absolute value of one of the slopes."""

COSTS = ["steepness_ratio"]
EXPLANATION = {
    "en": (
        "Your ratio is negative wherever the prediction is too low: one of the two slopes lost "
        "its absolute value. Take the absolute value of both."
    ),
    "vi": (
        "Tỉ số của bạn bị âm ở những chỗ dự đoán thấp hơn nhãn: một trong hai độ dốc chưa lấy trị "
        "tuyệt đối. Hãy lấy trị tuyệt đối của cả hai."
    ),
}

import numpy as np


def steepness_ratio(y, p):
    y, p = np.asarray(y, dtype=float), np.asarray(p, dtype=float)
    return (p - y) / (p * (1 - p)) / np.abs(2 * (p - y))
