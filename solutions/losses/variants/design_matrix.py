"""The model as a matrix with columns x and 1; parameters in one array; generators and recursion."""

import numpy as np

TINY = 1e-9


def squared_error(y, p):
    off = np.ravel(y).astype(float) - np.ravel(p).astype(float)
    return float(off @ off) / off.size


def binary_cross_entropy(y, p):
    y, p = np.array(y, dtype=float), np.array(p, dtype=float)
    right, wrong = np.maximum(p, TINY), np.maximum(1 - p, TINY)
    return -np.average(y * np.log(right) + (1 - y) * np.log(wrong))


def squared_error_gradient(y, p):
    p = np.array(p, dtype=float)
    p -= y
    p *= 2
    p /= p.size
    return p


def binary_cross_entropy_gradient(y, p):
    y, p = np.array(y, dtype=float), np.array(p, dtype=float)
    return ((1 - y) / np.maximum(1 - p, TINY) - y / np.maximum(p, TINY)) / np.size(p)


def steepness_ratio(y, p):
    p = np.array(p, dtype=float)
    return 0.5 / p + 0.5 / (1 - p)


def _chances(matrix, parameters):
    return np.exp(-np.logaddexp(0, -(matrix @ parameters)))


def _slope(matrix, y, parameters, loss):
    p = _chances(matrix, parameters)
    error = {"bce": lambda: p - y, "squared_error": lambda: 2 * (p - y) * (p - p**2)}[loss]()
    return matrix.T @ error / len(y)


def _matrix(x):
    return np.vander(np.asarray(x, dtype=float), 2)


def logistic_gradient(x, y, theta, beta, loss):
    try:
        return tuple(_slope(_matrix(x), np.asarray(y, dtype=float), np.array([theta, beta], dtype=float), loss))
    except KeyError:
        raise ValueError(f"there is no loss {loss!r}") from None


def gradient_descent_step(theta, gradient, learning_rate):
    return np.add(theta, np.multiply(-learning_rate, gradient))


def train_logistic(x, y, loss, learning_rate, steps, theta=0.0, beta=0.0):
    value = {"bce": binary_cross_entropy, "squared_error": squared_error}.get(loss)
    if value is None:
        raise ValueError(loss)
    matrix, y = _matrix(x), np.asarray(y, dtype=float)

    def walk(parameters, left):
        while True:
            yield parameters
            if left == 0:
                return
            left -= 1
            parameters = parameters - learning_rate * _slope(matrix, y, parameters, loss)

    path = list(walk(np.array([theta, beta], dtype=float), int(steps)))
    history = np.array([value(y, _chances(matrix, parameters)) for parameters in path])
    return float(path[-1][0]), float(path[-1][1]), history
