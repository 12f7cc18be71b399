"""Public checks for `losses`: a first look, without points. Run them with: autograde check losses"""

import numpy as np
import pytest
from autograder.checks import check_between, check_close, check_finite, check_raises


@pytest.mark.function("squared_error")
def test_squared_error(student):
    """the mean of the squares: 0.125 in the statement's example"""
    check_close(student.squared_error([0.0, 1.0, 1.0], [0.25, 0.5, 0.75]), 0.125)


@pytest.mark.function("squared_error")
def test_squared_error_of_a_table(student):
    """the mean counts every element of a table"""
    check_close(student.squared_error([[0.0, 1.0], [1.0, 0.0]], [[0.5, 0.5], [1.0, 0.0]]), 0.125)


@pytest.mark.function("binary_cross_entropy")
def test_binary_cross_entropy(student):
    """the mean of the logarithms: 0.422837 in the statement's example"""
    check_close(student.binary_cross_entropy([0.0, 1.0, 1.0], [0.25, 0.5, 0.75]), 0.4228371, atol=1e-6)


@pytest.mark.function("binary_cross_entropy")
def test_binary_cross_entropy_at_the_ends(student):
    """the lecture's y = p costs nothing; being certain and wrong costs much, but not infinity"""
    check_between(student.binary_cross_entropy([0.0, 1.0], [0.0, 1.0]), -5e-7, 5e-7)
    check_between(student.binary_cross_entropy([0.0, 1.0], [1.0, 0.0]), 10, np.inf)


@pytest.mark.function("squared_error_gradient")
def test_squared_error_gradient(student):
    """2 (p - y) / N for each prediction"""
    slopes = student.squared_error_gradient([0.0, 1.0, 1.0], [0.25, 0.5, 0.75])
    check_close(slopes, [1 / 6, -1 / 3, -1 / 6])


@pytest.mark.function("binary_cross_entropy_gradient")
def test_binary_cross_entropy_gradient(student):
    """(p - y) / (p (1 - p)) / N for each prediction"""
    slopes = student.binary_cross_entropy_gradient([0.0, 1.0, 1.0], [0.25, 0.5, 0.75])
    check_close(slopes, [4 / 9, -2 / 3, -4 / 9], rtol=1e-5)


@pytest.mark.function("binary_cross_entropy_gradient")
def test_binary_cross_entropy_gradient_at_the_ends(student):
    """finite where p is exactly 0 or 1"""
    check_finite(student, "binary_cross_entropy_gradient", [([1.0, 0.0], [0.0, 0.0])], like=1)


@pytest.mark.function("steepness_ratio")
def test_steepness_ratio(student):
    """2 at p = 1/2, and 50 times as steep at p = 0.01"""
    check_close(student.steepness_ratio([1.0, 1.0, 0.0], [0.5, 0.01, 0.1]), [2.0, 50.50505, 5.555556], rtol=1e-4)


@pytest.mark.function("gradient_descent_step")
def test_gradient_descent_step(student):
    """theta minus alpha times the gradient"""
    check_close(student.gradient_descent_step([1.0, -2.0], [4.0, -8.0], 0.25), [0.0, 0.0])


@pytest.mark.function("logistic_gradient")
def test_logistic_gradient(student):
    """at theta = beta = 0, where p is 1/2"""
    check_close(student.logistic_gradient([2.0, 1.0], [1.0, 0.0], 0.0, 0.0, "bce"), [-0.25, 0.0], atol=1e-6)
    squared = student.logistic_gradient([2.0, 1.0], [1.0, 0.0], 0.0, 0.0, "squared_error")
    check_close(squared, [-0.125, 0.0], atol=1e-6)


@pytest.mark.function("logistic_gradient")
def test_logistic_gradient_of_an_unknown_loss(student):
    """another loss is a ValueError"""
    legal = ([1.0], [1.0], 0.0, 0.0, "bce")
    check_raises(student, "logistic_gradient", ValueError, legal=legal, illegal=[([1.0], [1.0], 0.0, 0.0, "mse")])


@pytest.mark.function("train_logistic")
def test_train_logistic(student):
    """one step from zero, and a history of two losses"""
    theta, beta, history = student.train_logistic([2.0], [1.0], "squared_error", 0.4, 1)
    check_close([theta, beta], [0.2, 0.1], rtol=1e-5)
    check_close(history, [0.25, 0.1425370], rtol=1e-5)


@pytest.mark.function("train_logistic")
def test_cross_entropy_trains_faster(student):
    """from the statement's wrong start, ten steps with cross-entropy get most of the way, with squared error hardly any"""
    x, y = [-2.0, -1.0, 1.0, 2.0], [0.0, 0.0, 1.0, 1.0]
    _, _, history = student.train_logistic(x, y, "bce", 1.0, 10, theta=-3.0)
    check_close([history[0], history[-1]], [4.525532, 0.077855], rtol=1e-3)
    _, _, history = student.train_logistic(x, y, "squared_error", 1.0, 10, theta=-3.0)
    check_close([history[0], history[-1]], [0.951229, 0.910451], rtol=1e-3)
