"""Assignment 3, cnn_layers: activation, pooling, flatten, fully connected.
Try it with: autograde check cnn_layers

The lecture's chain: convolution, ReLU, pooling, flatten, fully connected, softmax.

An image or feature map has shape (H, W, D): height, width, depth; ``x[:, :, k]`` is one depth slice.
Arguments may be lists, integers, float32 or float64, and read-only. No function changes its arguments.
"""

import numpy as np


def relu(x):
    """The rectified linear unit, element by element: negative values become 0, positive ones pass.

    x        a number, or an array of any shape
    Returns  array, shape of x: max(0, x)
    Source   lecture 3, the activation layer
    """
    # TODO relu: your code instead of the next line.
    raise NotImplementedError("relu is not written yet")


def relu_backward(upstream, x):
    """Gradient of the loss by the input of a ReLU.

    upstream  gradient by the ReLU's output, shape of x
    x         the input that the ReLU was given: a number, or an array of any shape
    Returns   array, shape of x: upstream where x > 0, 0 where x < 0; where x = 0 the slope is your choice,
              from 0 to 1 times upstream
    Source    lecture 3, the activation layer: why the derivative does not vanish
    """
    # TODO relu_backward: your code instead of the next line.
    raise NotImplementedError("relu_backward is not written yet")


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
    # TODO max_pool: your code instead of the next line.
    raise NotImplementedError("max_pool is not written yet")


def average_pool(x, size=2, stride=2):
    """The mean of every size x size window, each depth slice on its own.

    x, size, stride  as in max_pool
    Returns          array (H', W', D), as in max_pool with the mean in place of the largest value
    Errors           ValueError, as in max_pool
    Source           lecture 3, the pooling layer
    """
    # TODO average_pool: your code instead of the next line.
    raise NotImplementedError("average_pool is not written yet")


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
    # TODO max_pool_backward: your code instead of the next line.
    raise NotImplementedError("max_pool_backward is not written yet")


def average_pool_backward(upstream, x, size=2, stride=2):
    """Gradient of the loss by the input of average_pool.

    upstream         gradient by the output of average_pool(x, size, stride), shape (H', W', D)
    x, size, stride  what average_pool was given
    Returns          array, shape of x: every position of a window gets upstream / size**2;
                     where windows overlap, the shares add up
    Errors           ValueError, as in max_pool
    Source           lecture 3, the pooling layer
    """
    # TODO average_pool_backward: your code instead of the next line.
    raise NotImplementedError("average_pool_backward is not written yet")


def flatten(x):
    """The tensor laid out as a vector: depth slice after depth slice, each row by row.

    x        array (H, W, D)
    Returns  array (H*W*D,): first all of x[:, :, 0], then all of x[:, :, 1], and so on;
             entry x[i, j, k] moves to index k*H*W + i*W + j. This is not the order of x.ravel().
    Source   lecture 3, flattening before the fully connected layer
    """
    # TODO flatten: your code instead of the next line.
    raise NotImplementedError("flatten is not written yet")


def unflatten(v, shape):
    """The exact inverse of flatten.

    v        array (H*W*D,)
    shape    the tuple (H, W, D)
    Returns  array (H, W, D): unflatten(flatten(x), x.shape) equals x
    Errors   ValueError if v does not have H*W*D entries
    Source   lecture 3, flattening before the fully connected layer
    """
    # TODO unflatten: your code instead of the next line.
    raise NotImplementedError("unflatten is not written yet")


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
    # TODO convolve: your code instead of the next line.
    raise NotImplementedError("convolve is not written yet")


def fully_connected(v, weights, bias):
    """Every output is connected to every input.

    v        array (n,)
    weights  array (m, n): row r holds the weights of output r
    bias     array (m,)
    Returns  array (m,): weights · v + bias
    Source   lecture 3, the fully connected layer
    """
    # TODO fully_connected: your code instead of the next line.
    raise NotImplementedError("fully_connected is not written yet")


def softmax(z):
    """Scores to probabilities.

    z        array (n,): any numbers with |z| <= 1e300, so exp(z) itself may overflow
    Returns  array (n,): exp(z_i) / sum over j of exp(z_j); at least 0, with sum 1, never nan
    Source   lecture 3, the last layer
    """
    # TODO softmax: your code instead of the next line.
    raise NotImplementedError("softmax is not written yet")


def cross_entropy(probabilities, one_hot):
    """The loss of one classified image.

    probabilities  array (n,), at least 0, with sum 1: the prediction
    one_hot        array (n,): 1 for the true class, 0 for the others
    Returns        a number: -sum over the classes of one_hot * log(probabilities), natural logarithm.
                   A probability of 0 for another class adds nothing; a probability of 0 for the true class
                   gives a large finite number: keep the logarithm finite with an epsilon of at most 1e-7.
    Source         lecture 3, the loss of the whole network
    """
    # TODO cross_entropy: your code instead of the next line.
    raise NotImplementedError("cross_entropy is not written yet")


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
    # TODO count_parameters: your code instead of the next line.
    raise NotImplementedError("count_parameters is not written yet")
