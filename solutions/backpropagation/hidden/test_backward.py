"""Hidden suite for `backpropagation`: the gradients that `backward` leaves behind.

Each operation has a small check of its own. All graphs are shallow but in the last check, the long chain: a
recursive solution that does not survive it loses nothing else. The checks that may take long stand last.
"""

import math

import pytest

from autograder.checks import check_close

pytestmark = pytest.mark.function("Node.backward")
REUSE = pytest.mark.hint("First find an order: every node before all that it was computed from.")


def check_values(batch, wanted, desired, **tolerance):
    """Carry the batch out; the values that are wanted must be the desired ones."""
    seen = batch.run(*wanted)
    check_close(seen, list(desired) if len(wanted) > 1 else desired[0], call=batch.call, **tolerance)


def numbers(rng, count=2):
    """Numbers in [0.5, 3]: good for division and logarithm."""
    return rng.uniform(0.5, 3.0, size=count).tolist()


def check_gradients(student, values, expression, desired):
    """`backward` of expression(*leaves) must leave the desired gradients in the leaves."""
    batch = student.batch()
    leaves = [batch.Node(value) for value in values]
    expression(*leaves).backward()
    check_values(batch, [leaf.grad for leaf in leaves], desired)


def test_sum_and_difference(student, rng):
    """a + b passes the gradient on to both; a - b with a minus to b"""
    values = numbers(rng)
    check_gradients(student, values, lambda a, b: a + b, (1.0, 1.0))
    check_gradients(student, values, lambda a, b: a - b, (1.0, -1.0))


def test_product(student, rng):
    """a * b: each factor gets the other"""
    a, b = numbers(rng)
    check_gradients(student, (a, -b), lambda a, b: a * b, (-b, a))


def test_quotient(student, rng):
    """a / b by both"""
    a, b = numbers(rng)
    check_gradients(student, (a, b), lambda a, b: a / b, (1 / b, -a / b**2))
    check_gradients(student, (-a, b), lambda a, b: a / b, (1 / b, a / b**2))


def test_minus(student, rng):
    """-a"""
    check_gradients(student, numbers(rng, 1), lambda a: -a, [-1.0])


def test_power(student, rng):
    """a ** n: the power rule, for whole, negative and fractional n, and at 0"""
    (a,) = numbers(rng, 1)
    check_gradients(student, (a,), lambda a: a**3, [3 * a**2])
    check_gradients(student, (-a,), lambda a: a**3, [3 * a**2])
    check_gradients(student, (a,), lambda a: a**-1, [-1 / a**2])
    check_gradients(student, (a,), lambda a: a**0.5, [0.5 / math.sqrt(a)])
    check_gradients(student, (0.0,), lambda a: a**2, [0.0])


def test_exp(student, rng):
    """exp is its own derivative"""
    a, b = numbers(rng)
    check_gradients(student, (a, -b), lambda a, b: a.exp() + b.exp(), (math.exp(a), math.exp(-b)))


def test_log(student, rng):
    """the derivative of log a is 1 / a"""
    (a,) = numbers(rng, 1)
    check_gradients(student, (a,), lambda a: a.log(), [1 / a])


def test_numbers_on_the_right(student, rng):
    """a number on the right is a constant"""
    (a,) = numbers(rng, 1)
    for expression, slope in (
        (lambda a: a + 2, 1.0),
        (lambda a: a - 2.5, 1.0),
        (lambda a: a * 3, 3.0),
        (lambda a: a / 4, 0.25),
    ):
        check_gradients(student, (a,), expression, [slope])


def test_numbers_on_the_left(student, rng):
    """a number on the left is a constant"""
    (a,) = numbers(rng, 1)
    for expression, slope in (
        (lambda a: 2 + a, 1.0),
        (lambda a: 2.5 - a, -1.0),
        (lambda a: 3 * a, 3.0),
        (lambda a: 1 / a, -1 / a**2),
    ):
        check_gradients(student, (a,), expression, [slope])


@pytest.mark.weight(2)
def test_the_example_of_the_lecture(student):
    """(x + y) z at (3, -4, 5): 5, 5 and -1, and 5 at the node x + y"""
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
def test_a_node_used_twice(student, rng):
    """a node that is used twice adds both contributions up"""
    a, b = numbers(rng)
    check_gradients(student, (a,), lambda a: a * a, [2 * a])
    check_gradients(student, (a,), lambda a: a + a, [2.0])
    check_gradients(student, (a,), lambda a: a - a, [0.0])
    check_gradients(student, (a, b), lambda a, b: a * b + a + b, (b + 1, a + 1))


@pytest.mark.weight(4)
@REUSE
def test_an_inner_node_used_twice(student, rng):
    """an inner node passes its gradient on once, when it is complete"""
    a, b = numbers(rng)
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


def test_what_does_not_matter(student, rng):
    """a node that the result does not depend on keeps its 0"""
    a, b = numbers(rng)
    batch = student.batch()
    x, y = batch.Node(a), batch.Node(b)
    aside = x * y
    result = x * 3
    result.backward()
    check_values(batch, [x.grad, y.grad, aside.grad], (3.0, 0.0, 0.0))


@pytest.mark.weight(3)
@pytest.mark.hint("Add to what is there; only zero_grad starts anew.")
def test_graphs_that_share_leaves(student, rng):
    """a second graph with the same leaves adds to what the first one left"""
    a, b = numbers(rng)
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


def test_values_stay(student, rng):
    """backward changes gradients, and no value"""
    a, b = numbers(rng)
    batch = student.batch()
    x, y = batch.Node(a), batch.Node(b)
    inner = x * y
    result = inner + x
    result.backward()
    wanted = [x.value, y.value, inner.value, result.value, x.grad, y.grad]
    check_values(batch, wanted, (a, b, a * b, a * b + a, b + 1, a))


OPERATIONS = ["+", "-", "*", "/", "exp", "log", "neg", "square", "inverse", "half"]


def random_graph(rng):
    """Leaves, and steps (operation, operands): every operation once, all values small and off every pole."""
    leaves = rng.uniform(0.5, 2.0, size=3).tolist()
    values, steps = list(leaves), []
    for operation in map(str, rng.permutation(OPERATIONS)):
        while len(values) < len(leaves) + len(steps) + 1:
            i, j = (int(index) for index in rng.integers(0, len(values), size=2))
            a, b = values[i], values[j]
            near_pole = (operation in ("/", "inverse") and abs(b) < 0.3) or (operation == "log" and b < 0.3)
            if not near_pole and abs(value := apply(operation, a, b)) < 20:
                values.append(value)
        steps.append((operation, i, j))
    return leaves, steps


def apply(operation, a, b):
    """One step of a random graph, for Nodes and for plain numbers; with one operand it is the second."""
    if operation == "+":
        return a + b
    if operation == "-":
        return a - b
    if operation == "*":
        return a * b
    if operation == "/":
        return a / b
    if operation == "exp":
        return math.exp(b) if isinstance(b, float) else b.exp()
    if operation == "log":
        return math.log(b) if isinstance(b, float) else b.log()
    if operation == "neg":
        return -b
    if operation == "square":
        return b**2
    if operation == "inverse":
        return b**-1
    return b * 0.5


def program(who, leaves, steps):
    """The batch of a random graph with `backward` called, and what is wanted of it: value and gradients."""
    batch = who.batch()
    nodes = [batch.Node(value) for value in leaves]
    for operation, i, j in steps:
        nodes.append(apply(operation, nodes[i], nodes[j]))
    result = nodes[0] * 0.5
    for node in nodes[1:]:
        result = result + node
    result.backward()
    return batch, [result.value, *[node.grad for node in nodes]]


@pytest.mark.weight(3)
@REUSE
def test_random_graphs(student, reference, rng):
    """graphs put together at random"""
    for _ in range(3):
        leaves, steps = random_graph(rng)
        batch, wanted = program(reference, leaves, steps)
        desired = batch.run(*wanted)
        check_values(*program(student, leaves, steps), desired, rtol=1e-9)


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
