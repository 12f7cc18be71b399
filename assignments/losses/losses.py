"""Assignment 1, losses: why binary cross-entropy and not squared error.

Truths y and predictions p are numbers, lists or arrays of one shape with N elements. Every function leaves its
arguments as they were. The logarithm is the natural one. The lecture is number 1 of the course.

Try it with: autograde check losses
"""

import numpy as np


def squared_error(y, p):
    """Mean squared error between truth and prediction.

    y, p     truth and prediction: numbers, lists or arrays of one shape, N elements
    Returns  scalar: mean of (y - p)^2 over all elements
    Source   lecture 1, loss number 2
    """
    # TODO squared_error: your code instead of the next line.
    raise NotImplementedError("squared_error is not written yet")


def binary_cross_entropy(y, p):
    """Mean binary cross-entropy between truth and predicted probability.

    y, p     truth and prediction, both in [0, 1]: numbers, lists or arrays of one shape, N elements
    Returns  scalar: mean of -[y log p + (1 - y) log(1 - p)] over all elements.
             Never nan, inf or a warning, also where p is exactly 0 or 1: at most 5e-7 where every y = p is
             0 or 1, and finite but larger than 10 where every p is exactly the wrong one of 0 and 1.
             You may keep the logarithm finite with an epsilon of at most 1e-7.
    Source   lecture 1, loss number 1
    """
    # TODO binary_cross_entropy: your code instead of the next line.
    raise NotImplementedError("binary_cross_entropy is not written yet")


def squared_error_gradient(y, p):
    """Slope of the mean squared error with respect to each prediction.

    y, p     truth and prediction: numbers, lists or arrays of one shape, N elements
    Returns  array, shape of p: 2 (p - y) / N
    Source   lecture 1, the slope of loss number 2
    """
    # TODO squared_error_gradient: your code instead of the next line.
    raise NotImplementedError("squared_error_gradient is not written yet")


def binary_cross_entropy_gradient(y, p):
    """Slope of the mean binary cross-entropy with respect to each prediction.

    y, p     truth and prediction, both in [0, 1]: numbers, lists or arrays of one shape, N elements
    Returns  array, shape of p: (p - y) / (p (1 - p)) / N; finite also where p is exactly 0 or 1
    Source   lecture 1, the slope of loss number 1
    """
    # TODO binary_cross_entropy_gradient: your code instead of the next line.
    raise NotImplementedError("binary_cross_entropy_gradient is not written yet")


def steepness_ratio(y, p):
    """How many times steeper binary cross-entropy is than squared error, element by element.

    y, p     truth in {0, 1} and prediction with 0 < p < 1: numbers, lists or arrays of one shape
    Returns  array, shape of p: |slope of binary cross-entropy| / |slope of squared error|, each taken by the
             same prediction. It is 1 / (2 p (1 - p)), which is never below 2.
    Source   lecture 1, the comparison of the two curves
    """
    # TODO steepness_ratio: your code instead of the next line.
    raise NotImplementedError("steepness_ratio is not written yet")


def gradient_descent_step(theta, gradient, learning_rate):
    """One update of the parameters by gradient descent.

    theta          parameters: a number, list or array
    gradient       derivative of the loss by each parameter, shape of theta
    learning_rate  alpha, a number
    Returns        array, shape of theta: theta - alpha * gradient; theta itself stays as it was
    Source         lecture 1, the update of theta
    """
    # TODO gradient_descent_step: your code instead of the next line.
    raise NotImplementedError("gradient_descent_step is not written yet")


def logistic_gradient(x, y, theta, beta, loss):
    """Gradient of a loss of the logistic model p = sigmoid(theta x + beta) with respect to theta and beta.

    x, y         inputs and truths: lists or arrays of shape (N,)
    theta, beta  the parameters of the model, numbers; tested while |theta x + beta| <= 13
    loss         "bce" for binary_cross_entropy or "squared_error" for squared_error
    Returns      (dJ/dtheta, dJ/dbeta), two scalars; J is the mean over the N examples.
                 Chain rule: dJ/dp, times dp/dz = p (1 - p) at z = theta x + beta, times dz/dtheta = x or
                 dz/dbeta = 1, summed over the examples.
    Raises       ValueError for any other loss
    Source       lecture 1, the derivatives of J by theta and by beta
    """
    # TODO logistic_gradient: your code instead of the next line.
    raise NotImplementedError("logistic_gradient is not written yet")


def train_logistic(x, y, loss, learning_rate, steps, theta=0.0, beta=0.0):
    """Train the logistic model p = sigmoid(theta x + beta) by gradient descent on all examples at once.

    x, y           inputs and truths: lists or arrays of shape (N,)
    loss           "bce" or "squared_error": which loss goes downhill, and which one history holds
    learning_rate  alpha, a number
    steps          how many updates of theta and beta to make, 0 or more
    theta, beta    where to start, numbers
    Returns        (theta, beta, history): the parameters after the last step, and a list or 1-D array of
                   steps + 1 losses: the one at the start, then the one after each step
    Raises         ValueError for any other loss, with steps = 0 too
    Source         lecture 1, "a bigger slope makes a bigger step"
    """
    # TODO train_logistic: your code instead of the next line.
    raise NotImplementedError("train_logistic is not written yet")
