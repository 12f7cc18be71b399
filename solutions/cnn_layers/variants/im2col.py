"""Every window becomes a column of one matrix; the errors that NumPy raises by itself are left to it."""

import numpy as np


def columns(x, height, width, stride):
    """Matrix (windows, height * width * depth) and the number of windows down and across."""
    down, across = (x.shape[0] - height) // stride + 1, (x.shape[1] - width) // stride + 1
    rows = np.arange(down)[:, None] * stride + np.arange(height)
    cols = np.arange(across)[:, None] * stride + np.arange(width)
    patches = x[rows[:, None, :, None], cols[None, :, None, :]]
    return patches.reshape(down * across, height * width * x.shape[2]), down, across


def pooling_columns(x, size, stride):
    if size <= 0 or stride <= 0:
        raise ValueError("size and stride must be positive")
    if x.shape[0] < size or x.shape[1] < size:
        raise ValueError("the image is too small")
    matrix, down, across = columns(x, size, size, stride)
    return matrix.reshape(down, across, size * size, x.shape[2])


def max_pool(x, size=2, stride=2):
    return pooling_columns(np.array(x), size, stride).max(axis=2)


def average_pool(x, size=2, stride=2):
    return pooling_columns(np.array(x), size, stride).mean(axis=2)


def max_pool_backward(upstream, x, size=2, stride=2):
    x, upstream = np.array(x), np.array(upstream)
    index = np.arange(x.size).reshape(x.shape)
    best = pooling_columns(x, size, stride).argmax(axis=2)
    places = np.take_along_axis(pooling_columns(index, size, stride), best[:, :, None], axis=2)[:, :, 0]
    gradient = np.zeros(x.size)
    np.add.at(gradient, places.ravel(), upstream.ravel())
    return gradient.reshape(x.shape)


def average_pool_backward(upstream, x, size=2, stride=2):
    x, upstream = np.array(x), np.array(upstream)
    places = pooling_columns(np.arange(x.size).reshape(x.shape), size, stride)
    gradient = np.zeros(x.size)
    np.add.at(gradient, places, upstream[:, :, None] / size**2)
    return gradient.reshape(x.shape)


def unflatten(v, shape):
    return np.array(v).reshape(shape[2], shape[0], shape[1]).transpose(1, 2, 0)


def convolve(x, filters, bias):
    x, filters = np.array(x), np.array(filters)
    matrix, down, across = columns(x, filters.shape[1], filters.shape[2], 1)
    return (matrix @ filters.reshape(len(filters), -1).T + bias).reshape(down, across, len(filters))


def fully_connected(v, weights, bias):
    return (np.array(weights) @ np.array(v)[:, None]).ravel() + np.array(bias)


def softmax(z):
    z = np.array(z)
    return np.exp(z - np.max(z)) / np.sum(np.exp(z - np.max(z)))


def count_parameters(shapes):
    total = 0
    for layer in shapes:
        match layer:
            case ("convolution", n, height, width, depth):
                total += n * (height * width * depth + 1)
            case ("fully_connected", outputs, inputs):
                total += outputs * (inputs + 1)
    return total
