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
    # BEGIN SOLUTION
    x = np.asarray(x, dtype=float)
    e = np.exp(-np.abs(x))  # at most 1, so it cannot overflow
    return np.where(x >= 0, 1.0, e) / (1.0 + e)
    # END SOLUTION


def sigmoid_derivative(x):
    """Slope of the sigmoid at x.

    x        number, list or array of any shape: where the slope is wanted, not the sigmoid's value there
    Returns  shape of x: s (1 - s) with s = sigmoid(x)
    Errors   at most 1e-12 (1e-6 if x is float32) in the tails
    Source   lecture 2, "the derivative of sigmoid is sigmoid times one minus sigmoid"
    """
    # BEGIN SOLUTION
    s = sigmoid(x)
    return s * (1.0 - s)
    # END SOLUTION


def am_gm_bound(a, b):
    """Cauchy's inequality: the most that a * b can be when a + b is known.

    a, b     numbers, lists or arrays of one shape, not negative
    Returns  that shape, element by element: ((a + b) / 2)^2, which is never less than a * b
    Source   lecture 2, the inequality applied to sigmoid and 1 - sigmoid
    """
    # BEGIN SOLUTION
    a, b = np.asarray(a, dtype=float), np.asarray(b, dtype=float)
    return ((a + b) / 2.0) ** 2
    # END SOLUTION


def sigmoid_derivative_bound():
    """The most that the slope of the sigmoid can be, at any x.

    Returns  a scalar: am_gm_bound(s, 1 - s), for any value s of the sigmoid: the sum s + (1 - s) is always 1
    Source   lecture 2, "so the derivative of sigmoid is at most one quarter"
    """
    # BEGIN SOLUTION
    s = sigmoid(0.0)
    return am_gm_bound(s, 1.0 - s)
    # END SOLUTION


def forward(x, thetas):
    """Forward pass through L sigmoid layers without biases.

    x        shape (n_0,): the input
    thetas   list of L matrices, theta_i of shape (n_i, n_(i-1)), L >= 1
    Returns  list of L + 1 arrays [x, a_1, ..., a_L] with a_i = sigmoid(theta_i a_(i-1)), a_i of shape (n_i,);
             the input itself comes first and goes through no sigmoid
    Source   lecture 2, "layer 1 is the sigmoid of theta_1 x, layer 2 takes what layer 1 gives"
    """
    # BEGIN SOLUTION
    activations = [np.array(x, dtype=float)]
    for theta in thetas:
        activations.append(sigmoid(np.asarray(theta, dtype=float) @ activations[-1]))
    return activations
    # END SOLUTION


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
    # BEGIN SOLUTION
    activations = forward(x, thetas)
    output = np.asarray(activations[-1], dtype=float)
    # At the last layer the slope of the loss, (a - y) / (a (1 - a)) / n, times the sigmoid's, a (1 - a), is
    # simply (a - y) / n. From here on, delta is the gradient by the product P_i = theta_i a_(i-1).
    delta = (output - np.asarray(y, dtype=float)) / output.size
    result = []
    for i in reversed(range(len(thetas))):
        before = np.asarray(activations[i], dtype=float)
        result.append(np.outer(delta, before))
        if i > 0:  # the input itself is not the value of any sigmoid
            delta = (np.asarray(thetas[i], dtype=float).T @ delta) * before * (1.0 - before)
    return result[::-1]
    # END SOLUTION


def vanishing_bound(n_layers):
    """The most that the sigmoid derivatives of n layers multiply to.

    n_layers  how many, a whole number from 0 up (a NumPy integer will do)
    Returns   a scalar: 0.25^n; 9.5367431640625e-07 for 10 layers, 1 for none
    Raises    ValueError if n_layers is negative or not whole, e.g. -1 or 2.5
    Source    lecture 2, "0.25 to the power of ten"
    """
    # BEGIN SOLUTION
    if n_layers != int(n_layers) or n_layers < 0:
        raise ValueError(f"the number of layers must be a whole number from 0 up, not {n_layers!r}")
    return float(sigmoid_derivative_bound()) ** int(n_layers)
    # END SOLUTION


def first_underflow_depth(dtype):
    """How many layers it takes until the computer rounds the bound to zero.

    dtype    float16, float32 or float64, spelt as a type (np.float32), a name ("float32") or an np.dtype
    Returns  the least n for which 0.25^n, multiplied up one factor at a time in that dtype, is exactly 0
    Source   lecture 2, "with what the computer can represent, it may even be rounded to zero"
    """
    # BEGIN SOLUTION
    number = np.dtype(dtype).type
    factor, product, depth = number(sigmoid_derivative_bound()), number(1.0), 0
    while product > 0:
        product = number(product * factor)
        depth += 1
    return depth
    # END SOLUTION
