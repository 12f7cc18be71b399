"""Hidden suite for `backpropagation`: forgetting gradients, and stepping downhill."""

import pytest

from autograder.checks import check_close


def check_values(batch, wanted, desired, **tolerance):
    """Carry the batch out; the values that are wanted must be the desired ones."""
    seen = batch.run(*wanted)
    check_close(seen if len(wanted) > 1 else [seen], list(desired), call=batch.call, **tolerance)



@pytest.mark.function("zero_grad")
@pytest.mark.weight(2)
def test_gradients_are_zero(student, rng):
    """the gradient of each node is 0.0 afterwards, and its value is as before"""
    a, b = rng.uniform(0.5, 3.0, size=2).tolist()
    batch = student.batch()
    x, y = batch.Node(a), batch.Node(b)
    result = x * y
    result.backward()
    before = [x.grad, y.grad]
    batch.zero_grad([x, y, result])
    wanted = [*before, x.grad, y.grad, result.grad, x.value, y.value, result.value]
    check_values(batch, wanted, (b, a, 0.0, 0.0, 0.0, a, b, a * b))


@pytest.mark.function("zero_grad")
def test_others_keep_their_gradient(student, rng):
    """a node that is not in the list keeps its gradient"""
    a, b = rng.uniform(0.5, 3.0, size=2).tolist()
    batch = student.batch()
    x, y = batch.Node(a), batch.Node(b)
    (x * y).backward()
    batch.zero_grad([x])
    check_values(batch, [x.grad, y.grad], (0.0, a))


@pytest.mark.function("zero_grad")
def test_the_next_graph_starts_anew(student, rng):
    """the next graph counts from 0 again"""
    a, b = rng.uniform(0.5, 3.0, size=2).tolist()
    batch = student.batch()
    x, y = batch.Node(a), batch.Node(b)
    (x * y).backward()
    batch.zero_grad([x, y])
    (x * 3 + y).backward()
    check_values(batch, [x.grad, y.grad], (3.0, 1.0))


@pytest.mark.function("descend")
@pytest.mark.weight(2)
def test_the_example_of_the_lecture(student):
    """(x + y) z at (3, -4, 5) with a learning rate of 0.1: 2.5, -4.5 and 5.1"""
    batch = student.batch()
    x, y, z = batch.Node(3.0), batch.Node(-4.0), batch.Node(5.0)
    ((x + y) * z).backward()
    batch.descend([x, y, z], 0.1)
    check_values(batch, [x.value, y.value, z.value], (2.5, -4.5, 5.1))


@pytest.mark.function("descend")
@pytest.mark.weight(2)
@pytest.mark.hint("Downhill is against the gradient, and the learning rate says how far.")
def test_one_step(student, rng):
    """each value becomes value - learning_rate * grad"""
    a, b, rate = rng.uniform(0.5, 3.0, size=3).tolist()
    for alpha in (rate / 10, 0.0, 1):
        batch = student.batch()
        x, y = batch.Node(a), batch.Node(-b)
        (x * y).backward()
        batch.descend([x, y], alpha)
        check_values(batch, [x.value, y.value], (a + alpha * b, -b - alpha * a), atol=1e-12)


@pytest.mark.function("descend")
def test_in_place(student, rng):
    """the nodes themselves change: the next graph computes with the new values"""
    a, rate = rng.uniform(0.5, 3.0, size=2).tolist()
    batch = student.batch()
    x = batch.Node(a)
    (x * 3).backward()
    batch.descend([x], rate)
    check_values(batch, [(x * 2).value, x.value], (2 * (a - 3 * rate), a - 3 * rate), atol=1e-12)


@pytest.mark.function("descend")
def test_others_keep_their_value(student, rng):
    """a node that is not in the list stays where it is, and so does one without a slope"""
    a, b, c = rng.uniform(0.5, 3.0, size=3).tolist()
    batch = student.batch()
    x, y, aside = batch.Node(a), batch.Node(b), batch.Node(c)
    (x + y).backward()
    batch.descend([x, aside], 0.25)
    check_values(batch, [x.value, y.value, aside.value], (a - 0.25, b, c), atol=1e-12)
