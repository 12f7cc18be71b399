"""As many bins as edges."""

# add works on the same object, so that nothing can stand in for the constructor.
COSTS = ["Histogram", "Histogram.add"]
EXPLANATION = {
    "en": "Your histogram has a count for each edge; M + 1 edges enclose only M bins.",
    "vi": "Biểu đồ của bạn có một số đếm cho mỗi mốc; M + 1 mốc chỉ tạo thành M khoảng.",
}

import numpy as np


class Histogram:
    def __init__(self, edges):
        if np.any(np.diff(edges) <= 0):
            raise ValueError("the edges must increase")
        self.edges = np.array(edges, dtype=float)
        self.counts = np.zeros(len(edges), dtype=int)

    def add(self, values):
        self.counts[:-1] += np.histogram(values, self.edges)[0]
