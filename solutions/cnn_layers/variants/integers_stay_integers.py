"""Nothing is converted: integers in, integers out, where the result is a whole number."""

import numpy as np


def relu(x):
    return np.maximum(x, 0)


def relu_backward(upstream, x):
    return np.array(upstream) * (np.array(x) > 0)


def check_sizes(x, size, stride):
    height, width = x.shape[0], x.shape[1]
    if size < 1 or stride < 1 or height < size or width < size:
        raise ValueError("bad pooling")
    return (height - size) // stride + 1, (width - size) // stride + 1


def max_pool(x, size=2, stride=2):
    x = np.array(x)
    height, width = check_sizes(x, size, stride)
    out = np.zeros((height, width, x.shape[2]), dtype=x.dtype)
    for i in range(height):
        for j in range(width):
            for k in range(x.shape[2]):
                out[i, j, k] = np.max(x[i * stride : i * stride + size, j * stride : j * stride + size, k])
    return out


def max_pool_backward(upstream, x, size=2, stride=2):
    upstream, x = np.array(upstream), np.array(x)
    height, width = check_sizes(x, size, stride)
    gradient = np.zeros(x.shape, dtype=upstream.dtype)
    for i in range(height):
        for j in range(width):
            for k in range(x.shape[2]):
                window = x[i * stride : i * stride + size, j * stride : j * stride + size, k]
                a, b = np.argwhere(window == window.max())[0]
                gradient[i * stride + a, j * stride + b, k] += upstream[i, j, k]
    return gradient


def flatten(x):
    return np.transpose(x, (2, 0, 1)).ravel()


def unflatten(v, shape):
    height, width, depth = shape
    if np.size(v) != height * width * depth:
        raise ValueError("size")
    v = np.array(v)
    x = np.zeros(shape, dtype=v.dtype)
    for k in range(depth):
        x[:, :, k] = v[k * height * width : (k + 1) * height * width].reshape(height, width)
    return x


def convolve(x, filters, bias):
    x, filters, bias = np.array(x), np.array(filters), np.array(bias)
    if x.shape[2] != filters.shape[3]:
        raise ValueError("depth")
    height, width = x.shape[0] - filters.shape[1] + 1, x.shape[1] - filters.shape[2] + 1
    slices = []
    for k in range(filters.shape[0]):
        total = bias[k]
        for a in range(filters.shape[1]):
            for b in range(filters.shape[2]):
                total = total + x[a : a + height, b : b + width] @ filters[k, a, b]
        slices.append(total)
    return np.dstack(slices)


def fully_connected(v, weights, bias):
    return np.dot(weights, v) + np.array(bias)


def cross_entropy(probabilities, one_hot):
    true = np.argmax(one_hot)
    return -np.log(probabilities[true] if probabilities[true] > 1e-7 else 1e-7)
