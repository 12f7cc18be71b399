"""Hidden suite for `backpropagation`: the gradients that `backward` leaves behind.

Each operation has a small check of its own. All graphs are shallow but in the last check, the long chain: a
recursive solution that does not survive it loses nothing else. The checks that may take long stand last.
"""

import math

import hypothesis.strategies as st
import numpy as np
import pytest

from autograder.checks import check_close, check_gradient
from autograder.checks.strategies import arguments, elements_from, reals, sizes

pytestmark = pytest.mark.function("Node.backward")
REUSE = pytest.mark.hint("First find an order: every node before all that it was computed from.")


def check_values(batch, wanted, desired, **tolerance):
    """Carry the batch out; the values that are wanted must be the desired ones."""
    seen = batch.run(*wanted)
    check_close(seen, list(desired) if len(wanted) > 1 else desired[0], call=batch.call, **tolerance)


ANY = reals(-5, 5)
POSITIVE = reals(0.3, 3)
NOT_ZERO = st.one_of(reals(0.3, 3), reals(-3, -0.3))
NUMBER = st.one_of(reals(0.25, 5), elements_from([2, 3, -1, -2, 5]), reals(-5, -0.25))
WHOLE = elements_from([2, 3, 1, -1, -2, 0, 4])
FRACTIONAL = elements_from([0.5, 1.5, -0.5, 2.0, 2.5, -1.0, 0.0])
TWO = arguments(NOT_ZERO, NOT_ZERO)
PAIR = arguments(reals(1.1, 1.9), reals(2.1, 2.9))


def check_gradients(student, cases, expression, slopes, rest=0):
    """For each case, `backward` of expression(*case) must leave slopes(*case) in the leaves.

    rest  how many of the last numbers of a case are plain numbers, not Nodes
    """
    for case in cases:
        batch = student.batch()
        number = len(case) - rest
        leaves = [batch.Node(value) for value in case[:number]]
        expression(*leaves, *case[number:]).backward()
        check_values(batch, [leaf.grad for leaf in leaves], slopes(*case))


def test_sum_and_difference(student, drawn):
    """a + b passes the gradient on to both; a - b with a minus to b"""
    cases = [(3.0, 0.5), *drawn(arguments(ANY, ANY), 2)]
    check_gradients(student, cases, lambda a, b: a + b, lambda a, b: (1.0, 1.0))
    check_gradients(student, cases, lambda a, b: a - b, lambda a, b: (1.0, -1.0))


def test_product(student, drawn):
    """a * b: each factor gets the other, however small it is"""
    cases = [(3.0, -0.5), (2e-6, -3e-6), (300.5, 1000.25), *drawn(arguments(ANY, ANY), 3)]
    check_gradients(student, cases, lambda a, b: a * b, lambda a, b: (b, a))


def test_quotient(student, drawn):
    """a / b by both"""
    cases = [(3.0, 0.5), (-3.0, 2.0), (3.0, -2.0), *drawn(TWO, 3)]
    check_gradients(student, cases, lambda a, b: a / b, lambda a, b: (1 / b, -a / b**2))


def test_minus(student, drawn):
    """-a"""
    check_gradients(student, [(3.0,), *drawn(arguments(ANY), 2)], lambda a: -a, lambda a: [-1.0])


def test_power(student, drawn):
    """a ** n: the power rule, for whole, negative and fractional n, and at 0"""
    cases = [(3.0, 2), (3.0, 1), (-2.0, 3), (-2.0, 2), (0.5, -1), (0.25, 0.5), (0.0, 2), (3.0, 0)]
    cases += drawn(arguments(NOT_ZERO, WHOLE), 3) + drawn(arguments(POSITIVE, FRACTIONAL), 3)
    check_gradients(student, cases, lambda a, n: a**n, lambda a, n: [n * a ** (n - 1)], 1)


def test_exp(student, drawn):
    """exp is its own derivative"""
    cases = [(1.0, -2.0), (6.0, 7.0), (-9.0, -12.0), *drawn(TWO, 2)]
    check_gradients(student, cases, lambda a, b: a.exp() + b.exp(), lambda a, b: (math.exp(a), math.exp(b)))


def test_log(student, drawn):
    """the derivative of log a is 1 / a"""
    cases = [(2.0,), *drawn(arguments(reals(0.05, 20)), 3)]
    check_gradients(student, cases, lambda a: a.log(), lambda a: [1 / a])


def test_numbers_on_the_right(student, drawn):
    """a number on the right is a constant"""
    cases = [(3.0, 2), (3.0, -2), *drawn(arguments(NOT_ZERO, NUMBER), 2)]
    check_gradients(student, cases, lambda a, n: a + n, lambda a, n: [1.0], 1)
    check_gradients(student, cases, lambda a, n: a - n, lambda a, n: [1.0], 1)
    check_gradients(student, cases, lambda a, n: a * n, lambda a, n: [n * 1.0], 1)
    check_gradients(student, cases, lambda a, n: a / n, lambda a, n: [1 / n], 1)


def test_numbers_on_the_left(student, drawn):
    """a number on the left is a constant"""
    cases = [(2.0, 3), (-2.0, 3), *drawn(arguments(NOT_ZERO, NUMBER), 2)]
    check_gradients(student, cases, lambda a, n: n + a, lambda a, n: [1.0], 1)
    check_gradients(student, cases, lambda a, n: n - a, lambda a, n: [-1.0], 1)
    check_gradients(student, cases, lambda a, n: n * a, lambda a, n: [n * 1.0], 1)
    check_gradients(student, cases, lambda a, n: n / a, lambda a, n: [-n / a**2], 1)


@pytest.mark.weight(2)
def test_the_example_of_the_lecture(student):
    """(x + y) z at (3, -4, 5): 5, 5 and -1, and 5 at the node x + y; 1 at a node for itself"""
    batch = student.batch()
    alone = batch.Node(3.0)
    alone.backward()
    check_values(batch, [alone.grad], [1.0])
    batch = student.batch()
    x, y, z = batch.Node(3.0), batch.Node(-4.0), batch.Node(5.0)
    f1 = x + y
    f2 = f1 * z
    f2.backward()
    check_values(batch, [f2.value, x.grad, y.grad, z.grad, f1.grad], (-5.0, 5.0, 5.0, -1.0, 5.0))


def test_the_neuron_of_the_lecture(student):
    """the neuron at x = 1, theta0 = -3, theta1 = 3: 0.75, 0.25 and 0.25"""
    batch = student.batch()
    x, theta0, theta1 = batch.Node(1.0), batch.Node(-3.0), batch.Node(3.0)
    e = (-(theta0 + theta1 * x)).exp()
    f = (e + 1) ** -1
    f.backward()
    check_values(batch, [f.value, x.grad, theta0.grad, theta1.grad], (0.5, 0.75, 0.25, 0.25))


@pytest.mark.weight(3)
@pytest.mark.hint("A node that is used twice has two ways to the result.")
def test_a_node_used_twice(student, drawn):
    """a node that is used twice adds both contributions up"""
    ones = [(3.0,), *drawn(arguments(NOT_ZERO), 1)]
    check_gradients(student, ones, lambda a: a * a, lambda a: [2 * a])
    check_gradients(student, ones, lambda a: a + a, lambda a: [2.0])
    check_gradients(student, ones, lambda a: a - a, lambda a: [0.0])
    check_gradients(student, ones, lambda a: a / a, lambda a: [0.0])
    cases = [(3.0, 0.5), *drawn(arguments(ANY, ANY), 2)]
    check_gradients(student, cases, lambda a, b: a * b + a + b, lambda a, b: (b + 1, a + 1))


@pytest.mark.weight(4)
@REUSE
def test_an_inner_node_used_twice(student, drawn):
    """an inner node passes its gradient on once, when it is complete"""
    a, b = drawn(PAIR, 2)[-1]
    batch = student.batch()
    x, y = batch.Node(a), batch.Node(b)
    h = x * x
    k = h + y
    result = h * k
    result.backward()
    expected = ((4 * a * a + 2 * b) * a, a * a, 2 * a * a + b, a * a)
    check_values(batch, [x.grad, y.grad, h.grad, k.grad], expected)
    # The same with the operands the other way round: an order that is right by luck is wrong here.
    batch = student.batch()
    x, y = batch.Node(a), batch.Node(b)
    h = x * x
    k = y + h
    result = k * h
    result.backward()
    check_values(batch, [x.grad, y.grad, h.grad, k.grad], expected)
    # And h used twice by one node, and once more by another, which is further away from the result.
    for turned in (False, True):
        batch = student.batch()
        x, y = batch.Node(a), batch.Node(b)
        h = x * x
        near, far = h * h, (h + y) * 3
        result = far + near if turned else near + far
        result.backward()
        check_values(batch, [x.grad, y.grad, h.grad], ((2 * a * a + 3) * 2 * a, 3.0, 2 * a * a + 3))


def test_what_does_not_matter(student, drawn):
    """a node that the result does not depend on keeps its 0"""
    a, b = drawn(PAIR, 2)[-1]
    batch = student.batch()
    x, y = batch.Node(a), batch.Node(b)
    aside = x * y
    result = x * 3
    result.backward()
    check_values(batch, [x.grad, y.grad, aside.grad], (3.0, 0.0, 0.0))
    # An inner node of which one use leads to the result, and others lead elsewhere.
    batch = student.batch()
    x, y = batch.Node(a), batch.Node(b)
    h = x * y
    aside = h * x + h
    result = h + x
    result.backward()
    check_values(batch, [x.grad, y.grad, h.grad, aside.grad], (b + 1, a, 1.0, 0.0))


@pytest.mark.weight(3)
@pytest.mark.hint("Add to what is there; only zero_grad starts anew.")
def test_graphs_that_share_leaves(student, drawn):
    """a second graph with the same leaves adds to what the first one left"""
    a, b = drawn(PAIR, 2)[-1]
    batch = student.batch()
    x, y = batch.Node(a), batch.Node(b)
    (x * y).backward()
    first = (x.grad, y.grad)
    (x * x + y).backward()
    check_values(batch, [*first, x.grad, y.grad], (b, a, b + 2 * a, a + 1.0))
    # The same with both graphs made before the first `backward`.
    batch = student.batch()
    x, y = batch.Node(a), batch.Node(b)
    one, other = x * y, x * x + y
    one.backward()
    other.backward()
    check_values(batch, [x.grad, y.grad], (b + 2 * a, a + 1.0))


def test_values_stay(student, drawn):
    """backward changes gradients, and no value"""
    a, b = drawn(PAIR, 2)[-1]
    batch = student.batch()
    x, y = batch.Node(a), batch.Node(b)
    inner = x * y
    result = inner + x
    result.backward()
    wanted = [x.value, y.value, inner.value, result.value, x.grad, y.grad]
    check_values(batch, wanted, (a, b, a * b, a * b + a, b + 1, a))


TAKE_ONE = {
    "exp": lambda b: math.exp(b) if isinstance(b, float) else b.exp(),
    "log": lambda b: math.log(b) if isinstance(b, float) else b.log(),
    "-b": lambda b: -b,
    "b ** 2": lambda b: b**2,
    "b ** 0.5": lambda b: b**0.5,
    "b ** -1": lambda b: b**-1,
    "b * 0.5": lambda b: b * 0.5,
    "b / 3": lambda b: b / 3,
    "2 + b": lambda b: 2 + b,
    "1 - b": lambda b: 1 - b,
    "2 / b": lambda b: 2 / b,
}
TAKE_TWO = {
    "a + b": lambda a, b: a + b,
    "a - b": lambda a, b: a - b,
    "a * b": lambda a, b: a * b,
    "a / b": lambda a, b: a / b,
}
OPERATIONS = st.sampled_from([*TAKE_TWO, *TAKE_ONE])
OFF_ZERO = ("b ** -1", "2 / b", "a / b")
POSITIVE_ONLY = ("log", "b ** 0.5")


def apply(operation, a, b):
    """One step of a random graph, for Nodes and for plain numbers."""
    return TAKE_TWO[operation](a, b) if operation in TAKE_TWO else TAKE_ONE[operation](b)


def is_tame(operation, a, b):
    """Whether a step stays small and off every pole, so that rounding decides nothing."""
    if (operation in OFF_ZERO and abs(b) < 0.3) or (operation in POSITIVE_ONLY and b < 0.3):
        return False
    return (operation != "exp" or b < 3) and abs(apply(operation, a, b)) < 20


@st.composite
def graphs(draw, most=10):
    """(values of the leaves, steps): each step is an operation and the places of a and b among all values so far."""
    values = [draw(POSITIVE) for _ in range(draw(sizes(1, 3)))]
    leaves, steps = tuple(values), []
    for _ in range(draw(sizes(1, most))):
        operation, last = draw(OPERATIONS), len(values) - 1
        i, j = draw(sizes(0, last)), draw(sizes(0, last))
        if not is_tame(operation, values[i], values[j]):
            operation = "b * 0.5"
        values.append(apply(operation, values[i], values[j]))
        steps.append((operation, i, j))
    return leaves, tuple(steps)


def carried_out(leaves, steps):
    """The result of a random graph, in which every node counts, and all its nodes: of Nodes or of plain numbers."""
    nodes = list(leaves)
    for operation, i, j in steps:
        nodes.append(apply(operation, nodes[i], nodes[j]))
    result = nodes[0] * 0.5
    for node in nodes[1:]:
        result = result + node
    return result, nodes


def program(who, leaves, steps):
    """The batch of a random graph with `backward` called, and what is wanted of it: value and gradients."""
    batch = who.batch()
    result, nodes = carried_out([batch.Node(value) for value in leaves], steps)
    result.backward()
    return batch, [result.value, *[node.grad for node in nodes]]


@pytest.mark.weight(3)
@REUSE
def test_random_graphs(student, reference, drawn):
    """graphs put together at random"""
    for case in drawn(graphs(), 10):
        batch, wanted = program(reference, *case)
        check_values(*program(student, *case), batch.run(*wanted), rtol=1e-7)


@pytest.mark.weight(0.5)
@pytest.mark.hint("Move one leaf by a thousandth: by how much does the result change?")
def test_gradients_agree_with_differences(student, drawn):
    """the result changes by as much as the gradients say when the leaves move a little"""
    for leaves, steps in drawn(graphs(5), 3):
        batch = student.batch()
        nodes = [batch.Node(value) for value in leaves]
        result, _ = carried_out(nodes, steps)
        result.backward()
        found = batch.run(result.value, *[node.grad for node in nodes])

        def value(at, steps=steps):
            return carried_out([float(number) for number in at], steps)[0]

        check_gradient(value, list(found[1:]), np.array(leaves), call=batch.call)


@pytest.mark.weight(0.5)
@REUSE
def test_any_node_may_be_the_result(student, reference, drawn):
    """backward from the middle of a graph: what comes later, or stands aside, keeps its 0"""
    for leaves, steps in drawn(graphs(), 4):
        seen = []
        for who in (reference, student):
            batch = who.batch()
            _, nodes = carried_out([batch.Node(value) for value in leaves], steps)
            nodes[len(nodes) // 2].backward()
            seen.append(batch.run(*[node.grad for node in nodes]))
        check_close(list(seen[1]), list(seen[0]), rtol=1e-7, call=batch.call)


@pytest.mark.weight(0.5)
@pytest.mark.hint("Add to what is there; only zero_grad starts anew.")
def test_random_graphs_that_share_leaves(student, reference, drawn):
    """two random graphs with the same leaves leave the sum of their gradients"""
    for leaves, steps in drawn(graphs(6), 3):
        seen = []
        for who in (reference, student):
            batch = who.batch()
            nodes = [batch.Node(value) for value in leaves]
            carried_out(nodes, steps)[0].backward()
            (nodes[0] * nodes[-1] * 3).backward()
            seen.append(batch.run(nodes[0].value, *[node.grad for node in nodes]))
        check_close(list(seen[1]), list(seen[0]), rtol=1e-7, call=batch.call)


@pytest.mark.weight(3)
@REUSE
def test_a_chain_of_diamonds(student):
    """x + x, 60 times over: every derivative is worked out once"""
    # A short chain first: who counts wrong fails there, and only who walks along every path runs out of time.
    for depth in (3, 60):
        batch = student.batch()
        x = y = batch.Node(1.0)
        for _ in range(depth):
            y = y + y
        y.backward()
        check_values(batch, [y.value, x.grad], (2.0**depth, 2.0**depth))


@pytest.mark.weight(2)
@pytest.mark.hint("How deep may Python's recursion go?")
def test_a_long_chain(student):
    """a chain of 20,000 nodes"""
    batch = student.batch()
    x = y = batch.Node(2.0)
    # The cheapest operation to send: this check alone takes most of the suite's time.
    for _ in range(20_000):
        y = -y
    y.backward()
    check_values(batch, [y.value, x.grad], (2.0, 1.0))
