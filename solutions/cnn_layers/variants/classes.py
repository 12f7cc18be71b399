"""A dataclass for the windows of a pooling, a class for each layer, the functions as thin methods of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np


@dataclass(frozen=True)
class Windows:
    """Where the windows of a pooling lie."""

    height: int
    width: int
    size: int
    stride: int

    def __post_init__(self):
        if self.size < 1:
            raise ValueError(f"size = {self.size}")
        if self.stride < 1:
            raise ValueError(f"stride = {self.stride}")
        if self.size > self.height or self.size > self.width:
            raise ValueError(f"{self.size} > {self.height} or {self.width}")

    @property
    def shape(self):
        return 1 + (self.height - self.size) // self.stride, 1 + (self.width - self.size) // self.stride

    def __iter__(self):
        rows, columns = self.shape
        for i in range(rows):
            for j in range(columns):
                top, left = i * self.stride, j * self.stride
                yield (i, j), np.s_[top : top + self.size, left : left + self.size]


class Pooling:
    reduce: ClassVar

    def __init__(self, x, size, stride):
        self.x = np.array(x, dtype=np.float64)
        self.windows = Windows(*self.x.shape[:2], size, stride)

    def forward(self):
        out = np.empty((*self.windows.shape, self.x.shape[2]))
        for place, seen in self.windows:
            out[place] = self.reduce(self.x[seen].reshape(-1, self.x.shape[2]))
        return out

    def backward(self, upstream):
        upstream = np.array(upstream, dtype=np.float64)
        gradient = np.zeros_like(self.x)
        for place, seen in self.windows:
            gradient[seen] += self.share(self.x[seen]) * upstream[place]
        return gradient


class MaxPooling(Pooling):
    def reduce(self, pixels):
        return np.sort(pixels, axis=0)[-1]

    def share(self, window):
        flat = window.reshape(-1, window.shape[2])
        one = np.zeros_like(flat)
        one[np.argmax(flat, axis=0), np.arange(flat.shape[1])] = 1.0
        return one.reshape(window.shape)


class AveragePooling(Pooling):
    def reduce(self, pixels):
        return np.average(pixels, axis=0)

    def share(self, window):
        return np.full(window.shape, self.windows.size**-2.0)


def max_pool(x, size=2, stride=2):
    return MaxPooling(x, size, stride).forward()


def average_pool(x, size=2, stride=2):
    return AveragePooling(x, size, stride).forward()


def max_pool_backward(upstream, x, size=2, stride=2):
    return MaxPooling(x, size, stride).backward(upstream)


def average_pool_backward(upstream, x, size=2, stride=2):
    return AveragePooling(x, size, stride).backward(upstream)


class Trained:
    """Layers that count themselves."""

    def __init__(self, *numbers):
        self.numbers = numbers

    def __len__(self):
        return 0


class Convolution(Trained):
    def __len__(self):
        k, h, w, d = self.numbers
        return k * h * w * d + k


class FullyConnected(Trained):
    def __len__(self):
        m, n = self.numbers
        return m * n + m


KINDS = {"convolution": Convolution, "fully_connected": FullyConnected}


def count_parameters(shapes):
    return sum(len(KINDS.get(kind, Trained)(*numbers)) for kind, *numbers in shapes)


class Softmax:
    def __init__(self, z):
        self.z = np.array(z, dtype=np.float64)

    def __call__(self):
        e = np.exp(self.z - np.amax(self.z, keepdims=True))
        return np.divide(e, e.sum(keepdims=True) + 1e-8)


def softmax(z):
    return Softmax(z)()
