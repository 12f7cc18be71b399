"""Assignment 1, losses: why binary cross-entropy and not squared error.

Truths y and predictions p are numbers, lists or arrays of one shape with N elements. Every function leaves its
arguments as they were. The logarithm is the natural one. The lecture is number 1 of the course.

Try it with: autograde check losses
"""

import numpy as np

# BEGIN SOLUTION
# Keeps every logarithm and quotient finite. A power of two that float64 and float32 can both tell from 0,
# small enough to change no digit that matters for predictions between 1e-6 and 1 - 1e-6.
TINY = 2.0**-50


def _numbers(*arguments):
    """The arguments as float64 arrays; an argument that already is one is looked at, never written to."""
    return [np.asarray(argument, dtype=float) for argument in arguments]


def _both_sides(p):
    """p and 1 - p, both kept away from 0."""
    return np.maximum(p, TINY), np.maximum(1 - p, TINY)


def _require_known(loss):
    if loss not in ("bce", "squared_error"):
        raise ValueError(f'loss is {loss!r}; it must be "bce" or "squared_error"')


def _prediction(x, theta, beta):
    """The logistic model: sigmoid(theta x + beta), one probability for each element of x."""
    return 1 / (1 + np.exp(-(theta * x + beta)))


# END SOLUTION


def squared_error(y, p):
    """Mean squared error between truth and prediction.

    y, p     truth and prediction: numbers, lists or arrays of one shape, N elements
    Returns  scalar: mean of (y - p)^2 over all elements
    Source   lecture 1, loss number 2
    """
    # BEGIN SOLUTION
    y, p = _numbers(y, p)
    return np.mean((y - p) ** 2)
    # END SOLUTION


def binary_cross_entropy(y, p):
    """Mean binary cross-entropy between truth and predicted probability.

    y, p     truth and prediction, both in [0, 1]: numbers, lists or arrays of one shape, N elements
    Returns  scalar: mean of -[y log p + (1 - y) log(1 - p)] over all elements.
             Never nan, inf or a warning, also where p is exactly 0 or 1: at most 5e-7 where every y = p is
             0 or 1, and finite but larger than 10 where every p is exactly the wrong one of 0 and 1.
             You may keep the logarithm finite with an epsilon of at most 1e-7.
    Source   lecture 1, loss number 1
    """
    # BEGIN SOLUTION
    y, p = _numbers(y, p)
    p, not_p = _both_sides(p)
    return np.mean(-y * np.log(p) - (1 - y) * np.log(not_p))
    # END SOLUTION


def squared_error_gradient(y, p):
    """Slope of the mean squared error with respect to each prediction.

    y, p     truth and prediction: numbers, lists or arrays of one shape, N elements
    Returns  array, shape of p: 2 (p - y) / N
    Source   lecture 1, the slope of loss number 2
    """
    # BEGIN SOLUTION
    y, p = _numbers(y, p)
    return 2 * (p - y) / p.size
    # END SOLUTION


def binary_cross_entropy_gradient(y, p):
    """Slope of the mean binary cross-entropy with respect to each prediction.

    y, p     truth and prediction, both in [0, 1]: numbers, lists or arrays of one shape, N elements
    Returns  array, shape of p: (p - y) / (p (1 - p)) / N; finite also where p is exactly 0 or 1
    Source   lecture 1, the slope of loss number 1
    """
    # BEGIN SOLUTION
    y, p = _numbers(y, p)
    p, not_p = _both_sides(p)
    return ((1 - y) / not_p - y / p) / p.size
    # END SOLUTION


def steepness_ratio(y, p):
    """How many times steeper binary cross-entropy is than squared error, element by element.

    y, p     truth in {0, 1} and prediction with 0 < p < 1: numbers, lists or arrays of one shape
    Returns  array, shape of p: |slope of binary cross-entropy| / |slope of squared error|, each taken by the
             same prediction. It is 1 / (2 p (1 - p)), which is never below 2.
    Source   lecture 1, the comparison of the two curves
    """
    # BEGIN SOLUTION
    # The factor |p - y| is in both slopes and cancels, and so does 1 / N.
    (p,) = _numbers(p)
    return 1 / (2 * p * (1 - p))
    # END SOLUTION


def gradient_descent_step(theta, gradient, learning_rate):
    """One update of the parameters by gradient descent.

    theta          parameters: a number, list or array
    gradient       derivative of the loss by each parameter, shape of theta
    learning_rate  alpha, a number
    Returns        array, shape of theta: theta - alpha * gradient; theta itself stays as it was
    Source         lecture 1, the update of theta
    """
    # BEGIN SOLUTION
    theta, gradient = _numbers(theta, gradient)
    return theta - learning_rate * gradient
    # END SOLUTION


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
    # BEGIN SOLUTION
    _require_known(loss)
    x, y, theta, beta = _numbers(x, y, theta, beta)
    p = _prediction(x, theta, beta)
    by_z = (p - y) / p.size  # cross-entropy: the sigmoid's p (1 - p) cancels the denominator of the slope
    if loss == "squared_error":
        by_z = squared_error_gradient(y, p) * p * (1 - p)
    return np.sum(by_z * x), np.sum(by_z)
    # END SOLUTION


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
    # BEGIN SOLUTION
    _require_known(loss)
    measure = binary_cross_entropy if loss == "bce" else squared_error
    x, y, theta, beta = _numbers(x, y, theta, beta)
    history = [measure(y, _prediction(x, theta, beta))]
    for _ in range(steps):
        # Both slopes belong to the same point, so both are taken before either parameter moves.
        by_theta, by_beta = logistic_gradient(x, y, theta, beta, loss)
        theta = gradient_descent_step(theta, by_theta, learning_rate)
        beta = gradient_descent_step(beta, by_beta, learning_rate)
        history.append(measure(y, _prediction(x, theta, beta)))
    return theta, beta, np.array(history)
    # END SOLUTION
