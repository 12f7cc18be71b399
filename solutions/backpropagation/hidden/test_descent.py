"""Hidden suite for `backpropagation`: forgetting gradients, and stepping downhill.

Both are judged by the gradients that the student's own `backward` leaves behind, right or wrong: its mistakes cost where
they were made. Only where it leaves nothing to work with are the right ones expected (and the reference's Node may
then stand in).
"""

import numpy as np
import pytest

from autograder.checks import check_close
from autograder.checks.strategies import arguments, reals, sizes

NUMBERS = reals(0.5, 3)
PAIR = arguments(NUMBERS, NUMBERS)
RATES = reals(0.01, 1.5)


def check_step(batch, gradients, right, after, expected):
    """Carry the batch out; `after` must be what `expected` makes of the gradients found before the step.

    right  what the gradients should be: expected too where one that was found is no number, or 0
    """
    values = batch.run(*gradients, *after)
    found = values[: len(gradients)]
    known = [float(value) for value in found] if all(map(is_usable, found)) else list(right)
    check_close(values, [*known, *expected(*known)], call=batch.call)


def is_usable(value):
    """Whether it is a number that shows what a step does with it."""
    if isinstance(value, bool) or not isinstance(value, (int, float, np.number, np.ndarray)):
        return False
    number = np.asarray(value)
    return number.shape == () and number.dtype.kind in "iuf" and 1e-3 < abs(float(number)) < 1e3


@pytest.mark.function("zero_grad")
@pytest.mark.weight(2)
def test_gradients_are_zero(student, drawn):
    """the gradient of each node is 0.0 afterwards, and its value is as before"""
    for a, b in [(2.0, 3.0), *drawn(PAIR, 2)]:
        batch = student.batch()
        x, y = batch.Node(a), batch.Node(-b)
        result = x * y
        result.backward()
        before = [x.grad, y.grad]
        batch.zero_grad([x, y, result])
        after = [x.grad, y.grad, result.grad, x.value, y.value, result.value]
        zeros = (0.0, 0.0, 0.0, a, -b, -a * b)
        check_step(batch, before, (-b, a), after, lambda gx, gy, zeros=zeros: zeros)


@pytest.mark.function("zero_grad")
@pytest.mark.weight(0.5)
def test_lists_of_any_length(student, drawn):
    """as many nodes as the list has, one too"""
    for (number,) in [(1,), (12,), *drawn(arguments(sizes(3, 8)), 2)]:
        batch = student.batch()
        leaves = [batch.Node(2.0 + place) for place in range(number)]
        result = leaves[0] * 3
        for leaf in leaves[1:]:
            result = result + leaf * 3
        result.backward()
        before = [leaf.grad for leaf in leaves]
        batch.zero_grad(leaves)
        after = [leaf.grad for leaf in leaves]
        check_step(batch, before, [3.0] * number, after, lambda *found: [0.0] * len(found))


@pytest.mark.function("zero_grad")
def test_others_keep_their_gradient(student, drawn):
    """a node that is not in the list keeps its gradient"""
    a, b = drawn(PAIR, 2)[-1]
    batch = student.batch()
    x, y = batch.Node(a), batch.Node(b)
    (x * y).backward()
    before = [x.grad, y.grad]
    batch.zero_grad([x])
    check_step(batch, before, (b, a), [x.grad, y.grad], lambda gx, gy: (0.0, gy))


@pytest.mark.function("zero_grad")
def test_the_next_graph_starts_anew(student, drawn):
    """the next graph counts from 0 again"""
    a, b = drawn(PAIR, 2)[-1]
    batch = student.batch()
    fresh_x, fresh_y = batch.Node(a), batch.Node(b)
    (fresh_x * 3 + fresh_y).backward()
    alone = [fresh_x.grad, fresh_y.grad]
    x, y = batch.Node(a), batch.Node(b)
    (x * y).backward()
    batch.zero_grad([x, y])
    # The product is a new number: a gradient that is an array would go on changing.
    between = [x.grad * 1.0, y.grad * 1.0]
    (x * 3 + y).backward()
    after = [*between, x.grad, y.grad]
    check_step(batch, alone, (3.0, 1.0), after, lambda gx, gy: (0.0, 0.0, gx, gy))


@pytest.mark.function("descend")
@pytest.mark.weight(2)
def test_the_example_of_the_lecture(student):
    """(x + y) z at (3, -4, 5) with a learning rate of 0.1: 2.5, -4.5 and 5.1"""
    batch = student.batch()
    x, y, z = batch.Node(3.0), batch.Node(-4.0), batch.Node(5.0)
    ((x + y) * z).backward()
    before = [x.grad, y.grad, z.grad]
    batch.descend([x, y, z], 0.1)
    after = [x.value, y.value, z.value]
    check_step(
        batch, before, (5.0, 5.0, -1.0), after, lambda gx, gy, gz: (3 - 0.1 * gx, -4 - 0.1 * gy, 5 - 0.1 * gz)
    )


@pytest.mark.function("descend")
@pytest.mark.weight(2)
@pytest.mark.hint("Downhill is against the gradient, and the learning rate says how far.")
def test_one_step(student, drawn):
    """each value becomes value - learning_rate * grad"""
    cases = [
        (2.0, 3.0, 0.5),
        (2.0, 3.0, 0.0),
        (2.0, 3.0, 1),
        (30.0, 40.0, 2.5),
        *drawn(arguments(NUMBERS, NUMBERS, RATES), 3),
    ]
    for a, b, alpha in cases:
        batch = student.batch()
        x, y = batch.Node(a), batch.Node(-b)
        (x * y).backward()
        before = [x.grad, y.grad]
        batch.descend([x, y], alpha)
        after = [x.value, y.value]
        check_step(batch, before, (-b, a), after, one_step(a, -b, alpha))


def one_step(a, b, alpha):
    """What a step makes of the values a and b, given their gradients."""
    return lambda gx, gy: (a - alpha * gx, b - alpha * gy)


@pytest.mark.function("descend")
@pytest.mark.weight(0.5)
def test_steps_of_many_nodes(student, drawn):
    """as many nodes as the list has, one too, each by its own gradient"""
    for number, alpha in [(1, 0.5), *drawn(arguments(sizes(3, 8), RATES), 2)]:
        batch = student.batch()
        leaves = [batch.Node(2.0 + place) for place in range(number)]
        result = leaves[0] * 1.5
        for place, leaf in enumerate(leaves[1:]):
            result = result + leaf * (place - 2.5)
        result.backward()
        right = [1.5, *(place - 2.5 for place in range(number - 1))]
        before = [leaf.grad for leaf in leaves]
        batch.descend(leaves, alpha)
        after = [leaf.value for leaf in leaves]

        def expected(*found, alpha=alpha):
            return [2.0 + place - alpha * gradient for place, gradient in enumerate(found)]

        check_step(batch, before, right, after, expected)


@pytest.mark.function("descend")
def test_in_place(student, drawn):
    """the nodes themselves change: the next graph and the next step start from the new values"""
    a, rate = drawn(arguments(NUMBERS, RATES), 2)[-1]
    batch = student.batch()
    x = batch.Node(a)
    (x * 3).backward()
    before = [x.grad]
    batch.descend([x], rate)
    after = [x.value, (x * 2).value]
    (x * 3).backward()
    before.append(x.grad)
    batch.descend([x], rate)
    after.append(x.value)

    def expected(first, second):
        return a - rate * first, 2 * (a - rate * first), a - rate * first - rate * second

    check_step(batch, before, (3.0, 6.0), after, expected)


@pytest.mark.function("descend")
def test_others_keep_their_value(student, drawn):
    """a node that is not in the list stays where it is, and so does one without a slope"""
    a, b, c = drawn(arguments(NUMBERS, NUMBERS, NUMBERS), 2)[-1]
    batch = student.batch()
    x, y, aside = batch.Node(a), batch.Node(b), batch.Node(c)
    (x + y).backward()
    before = [x.grad]
    batch.descend([x, aside], 0.25)
    after = [x.value, y.value, aside.value]
    check_step(batch, before, (1.0,), after, lambda gx: (a - 0.25 * gx, b, c))
