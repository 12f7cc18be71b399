"""Plain Python loops, nested lists returned."""

import math

import numpy as np


def relu(x):
    if np.ndim(x) == 0:
        return max(0.0, float(x))
    return [relu(entry) for entry in x]


def relu_backward(upstream, x):
    if np.ndim(x) == 0:
        return float(upstream) if x > 0 else 0.0
    return [relu_backward(u, entry) for u, entry in zip(upstream, x)]


def dimensions(x):
    return len(x), len(x[0]), len(x[0][0])


def check_window(x, size, stride):
    height, width, _ = dimensions(x)
    if size < 1:
        raise ValueError("size")
    if stride < 1:
        raise ValueError("stride")
    if size > min(height, width):
        raise ValueError("too large")


def pool(x, size, stride, operation):
    check_window(x, size, stride)
    height, width, depth = dimensions(x)
    out = []
    for top in range(0, height - size + 1, stride):
        row = []
        for left in range(0, width - size + 1, stride):
            pixel = []
            for k in range(depth):
                pixel.append(operation([float(x[top + a][left + b][k]) for a in range(size) for b in range(size)]))
            row.append(pixel)
        out.append(row)
    return out


def max_pool(x, size=2, stride=2):
    return pool(x, size, stride, max)


def average_pool(x, size=2, stride=2):
    return pool(x, size, stride, lambda values: sum(values) / len(values))


def max_pool_backward(upstream, x, size=2, stride=2):
    check_window(x, size, stride)
    height, width, depth = dimensions(x)
    gradient = [[[0.0] * depth for _ in range(width)] for _ in range(height)]
    for i, row in enumerate(upstream):
        for j, pixel in enumerate(row):
            for k, u in enumerate(pixel):
                places = [(i * stride + a, j * stride + b) for a in range(size) for b in range(size)]
                top, left = max(places, key=lambda place: x[place[0]][place[1]][k])
                gradient[top][left][k] += float(u)
    return gradient


def average_pool_backward(upstream, x, size=2, stride=2):
    check_window(x, size, stride)
    height, width, depth = dimensions(x)
    gradient = [[[0.0] * depth for _ in range(width)] for _ in range(height)]
    for i, row in enumerate(upstream):
        for j, pixel in enumerate(row):
            for k, u in enumerate(pixel):
                for a in range(size):
                    for b in range(size):
                        gradient[i * stride + a][j * stride + b][k] += float(u) / (size * size)
    return gradient


def flatten(x):
    height, width, depth = dimensions(x)
    return [float(x[i][j][k]) for k in range(depth) for i in range(height) for j in range(width)]


def unflatten(v, shape):
    height, width, depth = shape
    if len(v) != height * width * depth:
        raise ValueError("does not fit")
    return [
        [[float(v[k * height * width + i * width + j]) for k in range(depth)] for j in range(width)]
        for i in range(height)
    ]


def convolve(x, filters, bias):
    height, width, depth = dimensions(x)
    rows, columns, filter_depth = dimensions(filters[0])
    if depth != filter_depth:
        raise ValueError("depth")
    out = []
    for i in range(height - rows + 1):
        out.append([])
        for j in range(width - columns + 1):
            out[i].append([])
            for k in range(len(filters)):
                total = float(bias[k])
                for a in range(rows):
                    for b in range(columns):
                        for d in range(depth):
                            total += float(x[i + a][j + b][d]) * float(filters[k][a][b][d])
                out[i][j].append(total)
    return out


def fully_connected(v, weights, bias):
    return [float(b) + sum(float(w) * float(a) for w, a in zip(row, v)) for row, b in zip(weights, bias)]


def softmax(z):
    largest = max(float(score) for score in z)
    exponentials = [math.exp(float(score) - largest) for score in z]
    return [exponential / sum(exponentials) for exponential in exponentials]


def cross_entropy(probabilities, one_hot):
    loss = 0.0
    for p, y in zip(probabilities, one_hot):
        if y == 1:
            loss -= math.log(max(float(p), 1e-15))
    return loss


def count_parameters(shapes):
    total = 0
    for layer in shapes:
        if layer[0] == "convolution":
            total += layer[1] * layer[2] * layer[3] * layer[4] + layer[1]
        if layer[0] == "fully_connected":
            total += layer[1] * layer[2] + layer[1]
    return total
