"""Each call of add starts from zero."""

COSTS = ["Histogram.add"]
EXPLANATION = {
    "en": "Your add replaces the counts; it should add to those that are there.",
    "vi": "Hàm add của bạn thay thế các số đếm; nó phải cộng thêm vào các số đã có.",
}

import numpy as np


class Histogram:
    def __init__(self, edges):
        if np.any(np.diff(edges) <= 0):
            raise ValueError("the edges must increase")
        self.edges = np.array(edges, dtype=float)
        self.counts = np.zeros(len(edges) - 1, dtype=int)

    def add(self, values):
        self.counts = np.histogram(values, self.edges)[0]
