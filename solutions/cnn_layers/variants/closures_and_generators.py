"""A factory of pooling functions, generators of windows, in-place work on copies, float32 where it is given."""

import numpy as np


def floats(*arguments):
    """Arrays of one floating dtype: the smallest that holds all of them."""
    arrays = [np.asarray(argument) for argument in arguments]
    kind = np.result_type(*arrays)
    kind = kind if kind.kind == "f" else np.float64
    copies = [np.array(array, dtype=kind, copy=True) for array in arrays]
    return copies if len(copies) > 1 else copies[0]


def relu(x):
    x = floats(x)
    np.maximum(x, 0, out=x)
    return x


def relu_backward(upstream, x):
    upstream, x = floats(upstream, x)
    upstream *= x > 0
    return upstream


def windows(x, size, stride):
    """(output row, output column, slice), lazily, once the numbers are known to be good."""
    if any(number < 1 for number in (size, stride)) or any(size > side for side in x.shape[:2]):
        raise ValueError("bad window")

    def walk():
        top = i = 0
        while top + size <= x.shape[0]:
            left = j = 0
            while left + size <= x.shape[1]:
                yield i, j, np.s_[top : top + size, left : left + size]
                left, j = left + stride, j + 1
            top, i = top + stride, i + 1

    return list(walk())


def pooling(value):
    def pool(x, size=2, stride=2):
        x = floats(x)
        seen = windows(x, size, stride)
        last_row, last_column, _ = seen[-1]
        out = np.zeros((last_row + 1, last_column + 1, x.shape[2]), dtype=x.dtype)
        for i, j, window in seen:
            out[i, j] = value(x[window])
        return out

    return pool


def pooling_backward(slope):
    def backward(upstream, x, size=2, stride=2):
        upstream, x = floats(upstream, x)
        gradient = x * 0
        for i, j, window in windows(x, size, stride):
            gradient[window] += slope(x[window]) * upstream[i, j]
        return gradient

    return backward


def of_the_largest(window):
    return (window == window.max(axis=0).max(axis=0)).astype(window.dtype)


forward_max = pooling(lambda window: np.maximum.reduce(np.maximum.reduce(window)))
forward_average = pooling(lambda window: window.mean(axis=0).mean(axis=0))
backward_max = pooling_backward(of_the_largest)
backward_average = pooling_backward(lambda window: np.ones_like(window) / window[..., 0].size)


def max_pool(*args, **kwargs):
    return forward_max(*args, **kwargs)


def average_pool(*args, **kwargs):
    return forward_average(*args, **kwargs)


def max_pool_backward(*args, **kwargs):
    return backward_max(*args, **kwargs)


def average_pool_backward(*args, **kwargs):
    return backward_average(*args, **kwargs)


def flatten(x):
    return np.hstack([one.ravel() for one in np.rollaxis(floats(x), 2)])


def unflatten(v, shape):
    v = floats(v)
    x = np.zeros(shape, dtype=v.dtype)
    x.transpose(2, 0, 1)[...] = v.reshape(shape[2], *shape[:2])
    return x


def convolve(x, filters, bias):
    x, filters, bias = floats(x, filters, bias)
    if filters.shape[-1] != x.shape[-1]:
        raise ValueError("bad depth")
    out = np.zeros((*np.subtract(x.shape[:2], filters.shape[1:3]) + 1, len(filters)), dtype=x.dtype)
    out += bias
    for i in range(out.shape[0]):
        for j in range(out.shape[1]):
            for k, one in enumerate(filters):
                out[i, j, k] += (one * x[i:, j:][: one.shape[0], : one.shape[1]]).sum()
    return out


def fully_connected(v, weights, bias):
    v, weights, bias = floats(v, weights, bias)
    return (weights * v).sum(axis=1) + bias


def softmax(z):
    z = floats(z)
    z -= z.max()
    np.exp(z, out=z)
    z /= z.sum()
    return z


def cross_entropy(probabilities, one_hot):
    p = floats(probabilities)
    p += p.dtype.type(1e-7)
    np.log(p, out=p)
    p *= np.asarray(one_hot)
    return -p.sum()


def count_parameters(shapes):
    rules = {"convolution": lambda k, h, w, d: k + k * h * w * d, "fully_connected": lambda m, n: m + m * n}
    return sum(rules.get(kind, lambda *_: 0)(*numbers) for kind, *numbers in shapes)
