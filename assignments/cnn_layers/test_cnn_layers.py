"""Public checks for `cnn_layers`: small examples that you can follow with a pencil. They carry no points."""

import numpy as np
import pytest

from autograder.checks import check_between, check_close, check_raises

function = pytest.mark.function

# Shape (3, 3, 2), written as its two depth slices.
TENSOR = np.stack(
    [
        [[0, -1, 0], [-2, 0, 1], [-1, -3, 1]],
        [[-1, 0, 2], [-4, -2, 1], [1, -1, 3]],
    ],
    axis=-1,
)
AFTER_RELU = np.stack(
    [
        [[0, 0, 0], [0, 0, 1], [0, 0, 1]],
        [[0, 0, 2], [0, 0, 1], [1, 0, 3]],
    ],
    axis=-1,
)
AFTER_POOLING = np.stack([[[0, 1], [0, 1]], [[0, 2], [1, 3]]], axis=-1)
FLAT = [0, 1, 0, 1, 0, 2, 1, 3]

LECTURE = np.reshape([[2, 0, 4, 1], [1, 1, 2, 1], [3, 1, 5, 2], [2, 2, 3, 2]], (4, 4, 1))


def expect(student, desired, name, *arguments):
    """The student's function `name` gives `desired` for these arguments."""
    call = student.call(name, *arguments)
    check_close(call.result(), np.array(desired, dtype=float), call=call)


@function("relu")
def test_relu(student):
    """negative values become 0, positive values stay"""
    expect(student, AFTER_RELU, "relu", TENSOR)


@function("relu_backward")
def test_relu_backward(student):
    """the gradient passes where x was positive and stops where x was negative"""
    expect(student, [5.0, 0.0, -7.0, 0.0], "relu_backward", [5.0, 6.0, -7.0, -8.0], [2.0, -1.0, 0.5, -3.0])


@function("max_pool")
def test_max_pool_of_the_lecture(student):
    """the lecture's 4 x 4 slice: [[2, 4], [3, 5]]"""
    expect(student, np.reshape([[2, 4], [3, 5]], (2, 2, 1)), "max_pool", LECTURE)


@function("max_pool")
def test_max_pool_with_stride_1(student):
    """size 2, stride 1: each depth slice shrinks from 3 x 3 to 2 x 2"""
    expect(student, AFTER_POOLING, "max_pool", AFTER_RELU, 2, 1)


@function("average_pool")
def test_average_pool_of_the_lecture(student):
    """the lecture's 4 x 4 slice: [[1, 2], [2, 3]]"""
    expect(student, np.reshape([[1, 2], [2, 3]], (2, 2, 1)), "average_pool", LECTURE)


@function("max_pool_backward")
def test_max_pool_backward(student):
    """only the largest value of each window gets the gradient"""
    x = np.reshape([[1, 2, 8, 6], [4, 3, 5, 7]], (2, 4, 1))
    desired = np.reshape([[0, 0, -5, 0], [10, 0, 0, 0]], (2, 4, 1))
    expect(student, desired, "max_pool_backward", np.reshape([10.0, -5.0], (1, 2, 1)), x)


@function("max_pool_backward")
def test_max_pool_backward_with_overlap(student):
    """the largest of two overlapping windows gets both gradients"""
    x = np.reshape([[1, 9, 2], [4, 3, 5]], (2, 3, 1))
    desired = np.reshape([[0, 30, 0], [0, 0, 0]], (2, 3, 1))
    expect(student, desired, "max_pool_backward", np.reshape([10.0, 20.0], (1, 2, 1)), x, 2, 1)


@function("average_pool_backward")
def test_average_pool_backward(student):
    """a window's gradient is shared evenly; shares of overlapping windows add up"""
    x = np.reshape([[1, 9, 2], [4, 3, 5]], (2, 3, 1))
    desired = np.reshape([[1, 3, 2], [1, 3, 2]], (2, 3, 1))
    expect(student, desired, "average_pool_backward", np.reshape([4.0, 8.0], (1, 2, 1)), x, 2, 1)


@function("flatten")
def test_flatten(student):
    """first all of slice 0, row by row, then all of slice 1"""
    expect(student, FLAT, "flatten", AFTER_POOLING)


@function("unflatten")
def test_unflatten(student):
    """the same vector goes back into its two slices"""
    expect(student, AFTER_POOLING, "unflatten", FLAT, (2, 2, 2))


@function("convolve")
def test_convolve(student):
    """one 2 x 2 filter on a 3 x 3 image; the filter is not flipped"""
    x = np.reshape([1, 2, 3, 4, 5, 6, 7, 8, 9], (3, 3, 1))
    filters = np.reshape([[0, 1], [2, 3]], (1, 2, 2, 1))
    desired = np.reshape([[125, 131], [143, 149]], (2, 2, 1))
    expect(student, desired, "convolve", x, filters, [100.0])


@function("convolve")
def test_convolve_two_filters(student):
    """two filters give two slices; the products of all depth slices are added"""
    x = np.reshape([1, 2, 3, 4, 5, 6], (1, 2, 3))  # two pixels with three channels
    filters = np.reshape([[1, 1, 1], [1, 0, -1]], (2, 1, 1, 3))
    expect(student, np.reshape([[6, 8], [15, 8]], (1, 2, 2)), "convolve", x, filters, [0.0, 10.0])


@function("fully_connected")
def test_fully_connected(student):
    """weights times vector, plus bias"""
    weights = [[0, 1, 0, 1, 0, 0, 0, 0], [0, 0, 0, 0, 0, 0, 1, 0], [0, 0, 0, 0, 0, 0, 0, 1]]
    expect(student, [2, 1, 0], "fully_connected", FLAT, weights, [0, 0, -3])


@function("softmax")
def test_softmax(student):
    """house, person, tree: the scores 2, 1, 0 as probabilities"""
    expect(student, [0.6652409557748219, 0.24472847105479767, 0.09003057317038046], "softmax", [2, 1, 0])


@function("softmax")
def test_softmax_of_large_scores(student):
    """scores of 1000 do not overflow"""
    expect(student, [0.5, 0.5, 0.0], "softmax", [1000.0, 1000.0, -1000.0])


@function("cross_entropy")
def test_cross_entropy(student):
    """minus the logarithm of the probability of the true class"""
    call = student.call("cross_entropy", [0.5, 0.25, 0.25], [0, 1, 0])
    check_close(call.result(), 1.3862943611198906, atol=1e-6, call=call)


@function("cross_entropy")
def test_cross_entropy_at_probability_0(student):
    """a true class with probability 0 costs a lot, but not infinity"""
    check_between(student.cross_entropy([0.0, 1.0], [1, 0]), 5, float("inf"))


@function("count_parameters")
def test_count_parameters(student):
    """a small network; pooling, ReLU and flatten have nothing to train"""
    network = [("convolution", 4, 3, 3, 1), ("relu",), ("pool", 2, 2), ("flatten",), ("fully_connected", 3, 36)]
    expect(student, 151, "count_parameters", network)


@function("max_pool")
def test_pooling_errors(student):
    """a window larger than the image is refused with a ValueError"""
    image = np.reshape([1.0, 2.0, 3.0, 4.0, 5.0, 6.0], (2, 3, 1))
    check_raises(student, "max_pool", ValueError, legal=(image, 2, 1), illegal=[(image, 3, 1)])
