"""Every linear layer as the matrix that it is; max pooling by sorting the columns of a table."""

import numpy as np


def selection(length, size, stride):
    """Matrix (windows, length) with ones where a window lies."""
    first = np.arange(0, length - size + 1, stride)[:, None]
    place = np.arange(length)[None, :]
    return ((place >= first) & (place < first + size)).astype(float)


def fitting(x, size, stride):
    if not (size >= 1 and stride >= 1 and size <= np.min(x.shape[:2])):
        raise ValueError("the window has to fit")
    return selection(x.shape[0], size, stride), selection(x.shape[1], size, stride)


def relu(x):
    return np.asarray(x, dtype=float) * np.greater(x, 0)


def relu_backward(upstream, x):
    slope = np.diag(np.greater(np.ravel(x), 0).astype(float))
    return (slope @ np.asarray(upstream, dtype=float).ravel()).reshape(np.shape(x))


def max_pool(x, size=2, stride=2):
    x = np.array(x, dtype=float)
    down, across = fitting(x, size, stride)
    out = np.empty((len(down), len(across), x.shape[2]))
    for i, rows in enumerate(down > 0):
        for j, columns in enumerate(across > 0):
            out[i, j] = np.partition(x[rows][:, columns].reshape(size * size, -1), size * size - 1, axis=0)[-1]
    return out


def average_pool(x, size=2, stride=2):
    x = np.array(x, dtype=float)
    down, across = fitting(x, size, stride)
    return np.stack([down @ x[:, :, k] @ across.T for k in range(x.shape[2])], axis=-1) / size / size


def max_pool_backward(upstream, x, size=2, stride=2):
    upstream, x = np.array(upstream, dtype=float), np.array(x, dtype=float)
    down, across = fitting(x, size, stride)
    gradient = np.zeros(x.shape)
    for i, j in np.ndindex(len(down), len(across)):
        inside = np.outer(down[i], across[j])[:, :, None] > 0
        hidden = np.where(inside, x, -np.inf)
        gradient += upstream[i, j] * (hidden == hidden.max(axis=(0, 1)))
    return gradient


def average_pool_backward(upstream, x, size=2, stride=2):
    upstream, x = np.array(upstream, dtype=float), np.array(x, dtype=float)
    down, across = fitting(x, size, stride)
    return np.einsum("ia,ijk,jb->abk", down, upstream, across) / (size * size)


def order(shape):
    """For each entry of the vector, its place in x.ravel()."""
    return np.lexsort([a.ravel() for a in np.indices(shape)[[1, 0, 2]]])


def flatten(x):
    x = np.asarray(x, dtype=float)
    return x.ravel()[order(x.shape)]


def unflatten(v, shape):
    v = np.asarray(v, dtype=float)
    if v.shape != (np.prod(shape),):
        raise ValueError("the shape does not fit")
    x = np.empty(v.shape)
    x[order(shape)] = v
    return x.reshape(shape)


def convolve(x, filters, bias):
    x, filters, bias = (np.array(argument, dtype=float) for argument in (x, filters, bias))
    n, height, width, depth = filters.shape
    if depth != x.shape[-1]:
        raise ValueError("depth")
    rows, columns = x.shape[0] - height + 1, x.shape[1] - width + 1
    toeplitz = np.zeros((rows * columns * n, x.size))
    places = np.arange(x.size).reshape(x.shape)
    for row, (i, j, k) in enumerate(np.ndindex(rows, columns, n)):
        toeplitz[row, places[i : i + height, j : j + width].ravel()] = filters[k].ravel()
    return (toeplitz @ x.ravel() + np.tile(bias, rows * columns)).reshape(rows, columns, n)


def fully_connected(v, weights, bias):
    # The bias as one more column of weights, for an input that is always 1.
    extended = np.column_stack([np.asarray(weights, dtype=float), np.asarray(bias, dtype=float)])
    return extended @ np.append(np.asarray(v, dtype=float), 1.0)


def softmax(z):
    z = np.sort_complex(np.asarray(z, dtype=float)).real[-1] - np.asarray(z, dtype=float)
    with np.errstate(over="ignore"):
        e = 1 / np.exp(z)
    return np.diag(e).sum(axis=0) / np.trace(np.diag(e))


def cross_entropy(probabilities, one_hot):
    p = np.clip(np.asarray(probabilities, dtype=float), 1e-7, 1)
    return np.inner(one_hot, np.log(1 / p))


def count_parameters(shapes):
    weights = [np.prod(s[1:]) for s in shapes if s[0][0] == "c" or s[0].startswith("fully")]
    biases = [s[1] for s in shapes if s[0] in ["convolution", "fully_connected"]]
    return np.add(np.sum(weights), np.sum(biases))
