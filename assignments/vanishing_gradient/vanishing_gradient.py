"""Assignment 2, vanishing_gradient: why the first of ten sigmoid layers hardly learns.

Try it with: autograde check vanishing_gradient

Every function here is a mathematical function: it leaves its arguments as they are. Arrays are NumPy; where
an array is described, lists, integers and float32 are welcome too, so convert first:
np.asarray(x, dtype=float).

Source   lecture 2, "ten layers of sigmoid"
"""

import numpy as np


def sigmoid(x):
    """The activation function of every layer.

    x        number, list or array of any shape; any finite value
    Returns  shape of x: 1 / (1 + e^(-x))
    Errors   at most 1e-12 (1e-6 if x is float32) in the tails, and no overflow warning however large |x| is
    Source   lecture 2, the formula of the sigmoid
    """
    # TODO sigmoid: your code instead of the next line.
    raise NotImplementedError("sigmoid is not written yet")


def sigmoid_derivative(x):
    """Slope of the sigmoid at x.

    x        number, list or array of any shape: where the slope is wanted, not the sigmoid's value there
    Returns  shape of x: s (1 - s) with s = sigmoid(x)
    Errors   at most 1e-12 (1e-6 if x is float32) in the tails
    Source   lecture 2, "the derivative of sigmoid is sigmoid times one minus sigmoid"
    """
    # TODO sigmoid_derivative: your code instead of the next line.
    raise NotImplementedError("sigmoid_derivative is not written yet")


def am_gm_bound(a, b):
    """Cauchy's inequality: the most that a * b can be when a + b is known.

    a, b     numbers, lists or arrays of one shape, not negative
    Returns  that shape, element by element: ((a + b) / 2)^2, which is never less than a * b
    Source   lecture 2, the inequality applied to sigmoid and 1 - sigmoid
    """
    # TODO am_gm_bound: your code instead of the next line.
    raise NotImplementedError("am_gm_bound is not written yet")


def sigmoid_derivative_bound():
    """The most that the slope of the sigmoid can be, at any x.

    Returns  a scalar: am_gm_bound(s, 1 - s), for any value s of the sigmoid: the sum s + (1 - s) is always 1
    Source   lecture 2, "so the derivative of sigmoid is at most one quarter"
    """
    # TODO sigmoid_derivative_bound: your code instead of the next line.
    raise NotImplementedError("sigmoid_derivative_bound is not written yet")


def forward(x, thetas):
    """Forward pass through L sigmoid layers without biases.

    x        shape (n_0,): the input
    thetas   list of L matrices, theta_i of shape (n_i, n_(i-1)), L >= 1
    Returns  list of L + 1 arrays [x, a_1, ..., a_L] with a_i = sigmoid(theta_i a_(i-1)), a_i of shape (n_i,);
             the input itself comes first and goes through no sigmoid
    Source   lecture 2, "layer 1 is the sigmoid of theta_1 x, layer 2 takes what layer 1 gives"
    """
    # TODO forward: your code instead of the next line.
    raise NotImplementedError("forward is not written yet")


def gradients(x, y, thetas):
    """Gradient of the loss by every parameter of the network, by the chain rule.

    x        shape (n_0,): the input
    y        shape (n_L,): the targets, each in [0, 1]
    thetas   list of L matrices, theta_i of shape (n_i, n_(i-1)), L >= 1
    Returns  list of L arrays, dJ/dtheta_i with the shape of theta_i, in the order of thetas, where J is the
             mean over the n_L outputs of -[y log a_L + (1 - y) log(1 - a_L)]
    Errors   tested where every output lies in [1e-6, 1 - 1e-6]
    Source   lecture 2, the chain rule through P_10, P_9, ..., P_1 (P_i: the product of theta_i and its input)
    """
    # TODO gradients: your code instead of the next line.
    raise NotImplementedError("gradients is not written yet")


def vanishing_bound(n_layers):
    """The most that the sigmoid derivatives of n layers multiply to.

    n_layers  how many, a whole number from 0 up (a NumPy integer will do)
    Returns   a scalar: 0.25^n; 9.5367431640625e-07 for 10 layers, 1 for none
    Raises    ValueError if n_layers is negative or not whole, e.g. -1 or 2.5
    Source    lecture 2, "0.25 to the power of ten"
    """
    # TODO vanishing_bound: your code instead of the next line.
    raise NotImplementedError("vanishing_bound is not written yet")


def first_underflow_depth(dtype):
    """How many layers it takes until the computer rounds the bound to zero.

    dtype    float16, float32 or float64, spelt as a type (np.float32), a name ("float32") or an np.dtype
    Returns  the least n for which 0.25^n, multiplied up one factor at a time in that dtype, is exactly 0
    Source   lecture 2, "with what the computer can represent, it may even be rounded to zero"
    """
    # TODO first_underflow_depth: your code instead of the next line.
    raise NotImplementedError("first_underflow_depth is not written yet")
