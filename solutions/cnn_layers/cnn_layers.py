"""Assignment 3, cnn_layers: activation, pooling, flatten, fully connected.
Try it with: autograde check cnn_layers

The lecture's chain: convolution, ReLU, pooling, flatten, fully connected, softmax.

An image or feature map has shape (H, W, D): height, width, depth; ``x[:, :, k]`` is one depth slice.
Arguments may be lists, integers, float32 or float64, and read-only. No function changes its arguments.
"""

import numpy as np

# BEGIN SOLUTION
from numpy.lib.stride_tricks import sliding_window_view


def _check_pooling(shape, size, stride):
    """Raise ValueError unless a window of `size` fits an image of this shape, at steps of `stride`."""
    height, width, _ = shape
    if size < 1 or stride < 1:
        raise ValueError(f"size and stride must be at least 1, not {size} and {stride}")
    if size > height or size > width:
        raise ValueError(f"a {size} x {size} window does not fit an image of {height} x {width}")


def _pooling_windows(x, size, stride):
    """All windows of all depth slices, as a view of shape (H', W', D, size, size)."""
    x = np.asarray(x, dtype=float)
    _check_pooling(x.shape, size, stride)
    return sliding_window_view(x, (size, size), axis=(0, 1))[::stride, ::stride]


def _window_of(i, j, size, stride):
    """The rows and columns of x that output (i, j) has seen."""
    return slice(i * stride, i * stride + size), slice(j * stride, j * stride + size)


# END SOLUTION


def relu(x):
    """The rectified linear unit, element by element: negative values become 0, positive ones pass.

    x        a number, or an array of any shape
    Returns  array, shape of x: max(0, x)
    Source   lecture 3, the activation layer
    """
    # BEGIN SOLUTION
    return np.maximum(np.asarray(x, dtype=float), 0.0)
    # END SOLUTION


def relu_backward(upstream, x):
    """Gradient of the loss by the input of a ReLU.

    upstream  gradient by the ReLU's output, shape of x
    x         the input that the ReLU was given: a number, or an array of any shape
    Returns   array, shape of x: upstream where x > 0, 0 where x < 0; where x = 0 the slope is your choice,
              from 0 to 1 times upstream
    Source    lecture 3, the activation layer: why the derivative does not vanish
    """
    # BEGIN SOLUTION
    upstream, x = np.asarray(upstream, dtype=float), np.asarray(x, dtype=float)
    return upstream * (x > 0)
    # END SOLUTION


def max_pool(x, size=2, stride=2):
    """The largest value of every size x size window, each depth slice on its own.

    x        array (H, W, D)
    size     height and width of the window
    stride   step from one window to the next, down and across; it may differ from size
    Returns  array (H', W', D), H' = floor((H - size) / stride) + 1, W' likewise;
             out[i, j, k] = max of x[i*stride : i*stride + size, j*stride : j*stride + size, k].
             Rows and columns at the end that fill no window are dropped.
    Errors   ValueError if size < 1 or stride < 1, or if size > H or size > W
    Source   lecture 3, the pooling layer
    """
    # BEGIN SOLUTION
    return _pooling_windows(x, size, stride).max(axis=(-2, -1))
    # END SOLUTION


def average_pool(x, size=2, stride=2):
    """The mean of every size x size window, each depth slice on its own.

    x, size, stride  as in max_pool
    Returns          array (H', W', D), as in max_pool with the mean in place of the largest value
    Errors           ValueError, as in max_pool
    Source           lecture 3, the pooling layer
    """
    # BEGIN SOLUTION
    return _pooling_windows(x, size, stride).mean(axis=(-2, -1))
    # END SOLUTION


def max_pool_backward(upstream, x, size=2, stride=2):
    """Gradient of the loss by the input of max_pool.

    upstream         gradient by the output of max_pool(x, size, stride), shape (H', W', D)
    x, size, stride  what max_pool was given
    Returns          array, shape of x: each upstream value at the position of its window's largest value,
                     0 elsewhere. A position that is the largest of several overlapping windows gets the sum.
                     (Windows with two equal largest values are not tested.)
    Errors           ValueError, as in max_pool
    Source           lecture 3, the pooling layer
    """
    # BEGIN SOLUTION
    upstream, x = np.asarray(upstream, dtype=float), np.asarray(x, dtype=float)
    _check_pooling(x.shape, size, stride)
    gradient = np.zeros(x.shape)
    for i, j in np.ndindex(upstream.shape[:2]):
        seen = _window_of(i, j, size, stride)
        largest = x[seen] == x[seen].max(axis=(0, 1))
        # Equal largest values share the gradient evenly.
        gradient[seen] += upstream[i, j] * largest / largest.sum(axis=(0, 1))
    return gradient
    # END SOLUTION


def average_pool_backward(upstream, x, size=2, stride=2):
    """Gradient of the loss by the input of average_pool.

    upstream         gradient by the output of average_pool(x, size, stride), shape (H', W', D)
    x, size, stride  what average_pool was given
    Returns          array, shape of x: every position of a window gets upstream / size**2;
                     where windows overlap, the shares add up
    Errors           ValueError, as in max_pool
    Source           lecture 3, the pooling layer
    """
    # BEGIN SOLUTION
    upstream, x = np.asarray(upstream, dtype=float), np.asarray(x, dtype=float)
    _check_pooling(x.shape, size, stride)
    gradient = np.zeros(x.shape)
    for i, j in np.ndindex(upstream.shape[:2]):
        gradient[_window_of(i, j, size, stride)] += upstream[i, j] / size**2
    return gradient
    # END SOLUTION


def flatten(x):
    """The tensor laid out as a vector: depth slice after depth slice, each row by row.

    x        array (H, W, D)
    Returns  array (H*W*D,): first all of x[:, :, 0], then all of x[:, :, 1], and so on;
             entry x[i, j, k] moves to index k*H*W + i*W + j. This is not the order of x.ravel().
    Source   lecture 3, flattening before the fully connected layer
    """
    # BEGIN SOLUTION
    return np.moveaxis(np.asarray(x, dtype=float), -1, 0).flatten()
    # END SOLUTION


def unflatten(v, shape):
    """The exact inverse of flatten.

    v        array (H*W*D,)
    shape    the tuple (H, W, D)
    Returns  array (H, W, D): unflatten(flatten(x), x.shape) equals x
    Errors   ValueError if v does not have H*W*D entries
    Source   lecture 3, flattening before the fully connected layer
    """
    # BEGIN SOLUTION
    v = np.asarray(v, dtype=float)
    height, width, depth = shape
    if v.size != height * width * depth:
        raise ValueError(f"{v.size} entries do not fill the shape {tuple(shape)}")
    return np.moveaxis(v.reshape(depth, height, width), 0, -1).copy()
    # END SOLUTION


def convolve(x, filters, bias):
    """K filters slid over the image one pixel at a time (valid cross-correlation, the filter is not flipped).

    x        array (H, W, D)
    filters  array (K, h, w, D): filters[f] is one filter, as deep as the image
    bias     array (K,): one number a filter
    Returns  array (H - h + 1, W - w + 1, K): out[i, j, f] = bias[f]
             + sum over a, b, d of x[i + a, j + b, d] * filters[f, a, b, d]
    Errors   ValueError if the filters' depth is not the image's
    Source   lecture 3, the convolution layer that all others follow
    """
    # BEGIN SOLUTION
    x, filters, bias = (np.asarray(argument, dtype=float) for argument in (x, filters, bias))
    _, height, width, depth = filters.shape
    if depth != x.shape[2]:  # said aloud, because a depth of 1 would broadcast
        raise ValueError(f"filters of depth {depth} do not match an image of depth {x.shape[2]}")
    windows = sliding_window_view(x, (height, width), axis=(0, 1))
    return np.einsum("ijdab,kabd->ijk", windows, filters) + bias
    # END SOLUTION


def fully_connected(v, weights, bias):
    """Every output is connected to every input.

    v        array (n,)
    weights  array (m, n): row r holds the weights of output r
    bias     array (m,)
    Returns  array (m,): weights · v + bias
    Source   lecture 3, the fully connected layer
    """
    # BEGIN SOLUTION
    v, weights, bias = (np.asarray(argument, dtype=float) for argument in (v, weights, bias))
    return weights @ v + bias
    # END SOLUTION


def softmax(z):
    """Scores to probabilities.

    z        array (n,): any numbers with |z| <= 1e300, so exp(z) itself may overflow
    Returns  array (n,): exp(z_i) / sum over j of exp(z_j); at least 0, with sum 1, never nan
    Source   lecture 3, the last layer
    """
    # BEGIN SOLUTION
    z = np.asarray(z, dtype=float)
    exponentials = np.exp(z - z.max())  # the common factor exp(-max) cancels; the largest exponent is 0
    return exponentials / exponentials.sum()
    # END SOLUTION


def cross_entropy(probabilities, one_hot):
    """The loss of one classified image.

    probabilities  array (n,), at least 0, with sum 1: the prediction
    one_hot        array (n,): 1 for the true class, 0 for the others
    Returns        a number: -sum over the classes of one_hot * log(probabilities), natural logarithm.
                   A probability of 0 for another class adds nothing; a probability of 0 for the true class
                   gives a large finite number: keep the logarithm finite with an epsilon of at most 1e-7.
    Source         lecture 3, the loss of the whole network
    """
    # BEGIN SOLUTION
    probabilities, one_hot = np.asarray(probabilities, dtype=float), np.asarray(one_hot, dtype=float)
    return -np.sum(one_hot * np.log(np.maximum(probabilities, 1e-12)))
    # END SOLUTION


def count_parameters(shapes):
    """How many numbers of a network are trained: all its weights and biases, the lecture's theta.

    shapes   list of layers, each a tuple:
             ("convolution", K, h, w, D)   K filters h x w x D, a bias each
             ("relu",)
             ("pool", size, stride)
             ("flatten",)
             ("fully_connected", m, n)     m outputs, n inputs, a bias for each output
    Returns  a whole number, the sum over the layers
    Source   lecture 3, what theta is in a CNN, and why pooling has none
    """
    # BEGIN SOLUTION
    total = 0
    for kind, *numbers in shapes:
        if kind == "convolution":
            filters, height, width, depth = numbers
            total += filters * (height * width * depth + 1)
        elif kind == "fully_connected":
            outputs, inputs = numbers
            total += outputs * (inputs + 1)
    return total
    # END SOLUTION
