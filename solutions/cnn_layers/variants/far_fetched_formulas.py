"""Unusual but exact: FFT, summed areas, running differences, bincount, pairwise softmax."""

import numpy as np


def sizes(x, size, stride):
    height, width = x.shape[:2]
    if size < 1 or stride < 1 or size > min(height, width):
        raise ValueError("bad pooling")
    return np.arange((height - size) // stride + 1) * stride, np.arange((width - size) // stride + 1) * stride


def relu(x):
    return (np.asarray(x) + np.abs(x)) / 2


def relu_backward(upstream, x):
    return np.asarray(upstream) * np.heaviside(x, 0.5)


def max_pool(x, size=2, stride=2):
    x = np.asarray(x)
    rows, columns = sizes(x, size, stride)
    low = np.stack([x[top : top + size].max(axis=0) for top in rows])
    return np.stack([low[:, left : left + size].max(axis=1) for left in columns], axis=1)


def average_pool(x, size=2, stride=2):
    x = np.asarray(x, dtype=float)
    rows, columns = sizes(x, size, stride)
    area = np.zeros((x.shape[0] + 1, x.shape[1] + 1, x.shape[2]))
    area[1:, 1:] = x.cumsum(axis=0).cumsum(axis=1)
    strips = area[rows + size] - area[rows]
    return (strips[:, columns + size] - strips[:, columns]) / size**2


def max_pool_backward(upstream, x, size=2, stride=2):
    x = np.asarray(x, dtype=float)
    rows, columns = sizes(x, size, stride)
    numbers = np.arange(x.size).reshape(x.shape)
    places = []
    for top in rows:
        for left in columns:
            for k in range(x.shape[2]):
                window = np.s_[top : top + size, left : left + size, k]
                places.append(numbers[window].flat[x[window].argmax()])
    weights = np.asarray(upstream, dtype=float).ravel()
    return np.bincount(places, weights=weights, minlength=x.size).reshape(x.shape)


def average_pool_backward(upstream, x, size=2, stride=2):
    x = np.asarray(x)
    rows, columns = sizes(x, size, stride)
    share = np.asarray(upstream, dtype=float) / size**2
    change = np.zeros((x.shape[0] + 1, x.shape[1] + 1, x.shape[2]))
    for sign_down, down in ((1, 0), (-1, size)):
        for sign_across, across in ((1, 0), (-1, size)):
            np.add.at(change, np.ix_(rows + down, columns + across), sign_down * sign_across * share)
    return change.cumsum(axis=0).cumsum(axis=1)[:-1, :-1]


def flatten(x):
    return np.swapaxes(x, 0, 1).flatten(order="F")


def unflatten(v, shape):
    height, width, depth = shape
    return np.swapaxes(np.reshape(v, (width, height, depth), order="F"), 0, 1)


def convolve(x, filters, bias):
    x, filters = np.asarray(x, dtype=float), np.asarray(filters, dtype=float)
    height, width, depth = filters.shape[1:]
    if depth != x.shape[2]:
        raise ValueError("depths differ")
    extent = x.shape[:2]
    spectrum = np.fft.rfft2(filters[:, ::-1, ::-1], s=extent, axes=(1, 2)) * np.fft.rfft2(x, axes=(0, 1))
    full = np.fft.irfft2(spectrum.sum(axis=-1), s=extent, axes=(1, 2))
    return full[:, height - 1 :, width - 1 :].transpose(1, 2, 0) + np.asarray(bias)


def fully_connected(v, weights, bias):
    return np.einsum("mn,n->m", np.asarray(weights), np.asarray(v)) + np.asarray(bias)


def softmax(z):
    z = np.asarray(z, dtype=float)
    with np.errstate(over="ignore"):
        return 1 / np.exp(z[None, :] - z[:, None]).sum(axis=1)


def cross_entropy(probabilities, one_hot):
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.nan_to_num(-np.log(np.asarray(probabilities, dtype=float)) * np.asarray(one_hot)).sum()


def count_parameters(shapes):
    trained = [numbers for kind, *numbers in shapes if kind in ("convolution", "fully_connected")]
    return sum(np.prod(numbers) + numbers[0] for numbers in trained)
