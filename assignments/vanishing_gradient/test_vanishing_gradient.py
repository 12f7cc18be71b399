"""Public checks for `vanishing_gradient`. Run them with: autograde check vanishing_gradient

The hidden checks decide the mark; they ask more of the same functions.
"""

import numpy as np
import pytest

from autograder.checks import check_close, check_raises, check_shape


@pytest.mark.function("sigmoid")
def test_sigmoid(student):
    """sigmoid at 0, log 3 and -log 3 is 1/2, 3/4 and 1/4"""
    call = student.call("sigmoid", np.array([0.0, np.log(3.0), -np.log(3.0)]))
    check_close(call.result(), [0.5, 0.75, 0.25], call=call)


@pytest.mark.function("sigmoid")
def test_sigmoid_far_out(student):
    """sigmoid of -1000 is 0, and of 1000 it is 1"""
    call = student.call("sigmoid", [-1000.0, 1000.0])
    check_close(call.result(), [0.0, 1.0], atol=1e-12, call=call)


@pytest.mark.function("sigmoid_derivative")
def test_sigmoid_derivative(student):
    """its slope is 1/4 at 0, and 3/16 at log 3 and at -log 3"""
    call = student.call("sigmoid_derivative", np.array([[0.0, np.log(3.0)], [-np.log(3.0), 0.0]]))
    check_close(call.result(), [[0.25, 0.1875], [0.1875, 0.25]], call=call)


@pytest.mark.function("am_gm_bound")
def test_am_gm_bound(student):
    """2 * 8 = 16 is at most 25, and 3 * 3 at most 9"""
    call = student.call("am_gm_bound", [2.0, 3.0], [8.0, 3.0])
    check_close(call.result(), [25.0, 9.0], call=call)


@pytest.mark.function("sigmoid_derivative_bound")
def test_sigmoid_derivative_bound(student):
    """the slope of the sigmoid is at most 0.25"""
    check_close(student.sigmoid_derivative_bound(), 0.25)


@pytest.mark.function("forward")
def test_forward(student):
    """two layers, 2 -> 3 -> 1: input, three activations, one output"""
    x = np.array([np.log(3.0), 0.0])
    thetas = [np.array([[1.0, 0.0], [-1.0, 5.0], [0.0, 2.0]]), np.array([[2.0, 2.0, -4.0]])]
    activations = student.forward(x, thetas)
    check_close(activations, [x, np.array([0.75, 0.25, 0.5]), np.array([0.5])])


@pytest.mark.function("gradients")
def test_gradients_of_one_layer(student):
    """one layer that says 3/4 where 1 is right: the error -1/4 times the input"""
    call = student.call("gradients", [1.0, 0.0], [1.0], [np.array([[np.log(3.0), 7.0]])])
    check_close(call.result(), [np.array([[-0.25, 0.0]])], rtol=1e-5, atol=1e-6, call=call)


@pytest.mark.function("gradients")
def test_gradients_of_ten_layers(student):
    """ten layers of one neuron each: ten gradients, each of shape (1, 1)"""
    layers = student.gradients([1.0], [0.0], [np.array([[1.0]])] * 10)
    check_close(len(layers), 10)
    for layer in layers:
        check_shape(layer, (1, 1))


@pytest.mark.function("vanishing_bound")
def test_vanishing_bound(student):
    """ten layers: 0.25^10 = 9.5367431640625e-07"""
    check_close(student.vanishing_bound(10), 9.5367431640625e-07, atol=0.0)


@pytest.mark.function("vanishing_bound")
def test_vanishing_bound_refuses(student):
    """-1 layers and 2.5 layers do not exist: ValueError"""
    check_raises(student, "vanishing_bound", ValueError, legal=(3,), illegal=[(-1,), (2.5,)])


@pytest.mark.function("first_underflow_depth")
def test_first_underflow_depth(student):
    """in float32, 0.25^75 is the first power that is exactly 0"""
    check_close(student.first_underflow_depth("float32"), 75)
