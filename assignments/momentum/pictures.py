"""The pictures of this assignment: in the statement from the reference, in a report from the student's functions."""

import numpy as np

from autograder.pictures import Line, Lines, Note, compare_lines, dig, picture

STEPS = 60
MOMENTUM, PLAIN = "β = 0.9", "β = 0"


def valleys_of(theta):
    """The curve with a shallow valley at 2 and a deep one at -2."""
    return theta**4 / 4 - theta**3 / 3 - 2 * theta**2 + 4 * theta


def slope(theta):
    theta = np.asarray(theta, dtype=float)
    with np.errstate(all="ignore"):
        return (theta - 2) * (theta - 1) * (theta + 2)


def bowl(theta):
    return np.asarray(theta, dtype=float)


def walk(one, beta, steps=STEPS):
    """The way from θ = 3, as far as it can be drawn."""
    way = one.array("minimize", slope, 3.0, alpha=0.02, delta=1.0, beta=beta, steps=steps)
    return [] if way is None else way.reshape(-1)[: steps + 1]


CURVE = np.linspace(-3.2, 3.3, 80)


@picture("minimize")
def two_valleys(student, reference):
    ways = [("", PLAIN, student, 0.0), ("", MOMENTUM, student, 0.9)]
    if not student.is_reference:
        ways = [("expected", MOMENTUM, reference, 0.9), ("yours", MOMENTUM, student, 0.9)]
    lines = [Line("J(θ)", CURVE, valleys_of(CURVE), look="guide")]
    for of, label, one, beta in ways:
        theta = np.asarray(walk(one, beta), dtype=float)
        theta = theta[np.abs(theta) < 1e3]
        lines.append(Line(label, theta, valleys_of(theta), of, "points"))
    return Lines(
        title="From θ = 3 over two valleys: a mark for each step",
        text="The curve J has a shallow valley at θ = 2 and a deep one at θ = −2. Without momentum the steps end in the "
        "shallow valley; with β = 0.9 they run over the hill into the deep one.",
        x="θ",
        y="J(θ)",
        lines=lines,
        notes=[Note(3, valleys_of(3.0), "start")],
    )


@picture("minimize")
def way_of_theta(student, reference):
    return Lines(
        title="The same way, step by step",
        text="Without momentum θ slides from 3 to 2 and stays. With β = 0.9 it runs past 2 and past the hill at 1, swings "
        "to and fro around −2 and settles there.",
        x="step",
        y="θ",
        lines=[
            *compare_lines(student, reference, PLAIN, range(STEPS + 1), lambda one: walk(one, 0.0)),
            *compare_lines(student, reference, MOMENTUM, range(STEPS + 1), lambda one: walk(one, 0.9)),
        ],
    )


@picture("minimize", statement=False)
def way_with_decay(student, reference):
    def theta(one):
        way = one.array("minimize", bowl, 1.0, alpha=0.8, delta=0.8, beta=0.5, steps=15)
        return [] if way is None else way.reshape(-1)

    return Lines(
        title="In the bowl θ²/2 with a decaying rate: α = 0.8, δ = 0.8, β = 0.5",
        text="θ falls from 1 to below 0, comes back, and moves less and less, since the learning rate shrinks.",
        x="step",
        y="θ",
        lines=compare_lines(student, reference, "θ", range(16), theta, look="both"),
    )


@picture("minimize", statement=False)
def way_until_tolerance(student, reference):
    def theta(one):
        way = one.array("minimize", bowl, 1.0, alpha=0.4, delta=1.0, beta=0.5, steps=20, tolerance=0.05)
        return [] if way is None else way.reshape(-1)

    return Lines(
        title="In the bowl θ²/2 until the tolerance 0.05 is met: α = 0.4, δ = 1, β = 0.5",
        text="θ falls from 1 to below 0 and swings back. The way ends with the first step that is no longer than 0.05.",
        x="step",
        y="θ",
        lines=compare_lines(student, reference, "θ", range(21), theta, look="both"),
    )


def rolled(one):
    """(θ, v) after each of 25 steps in the bowl, each from where the one before has led."""
    theta, velocity, way = 1.0, 0.0, [(1.0, 0.0)]
    for _ in range(25):
        answer = one.value("momentum_step", theta, velocity, theta, 0.1, 0.9)
        theta, velocity = dig(answer, 0), dig(answer, 1)
        if not (abs(theta) < 1e6 and abs(velocity) < 1e6):
            break
        way.append((theta, velocity))
    return way


@picture("momentum_step", statement=False)
def ball(student, reference):
    return Lines(
        title="A ball in the bowl θ²/2, from θ = 1 with α = 0.1, β = 0.9",
        text="The ball runs past 0 to about −0.6 and swings back, less far each time.",
        x="step",
        y="θ",
        lines=compare_lines(
            student, reference, "θ", range(26), lambda one: [theta for theta, _ in rolled(one)], look="both"
        ),
    )


@picture("momentum_step", statement=False)
def velocity_of_the_ball(student, reference):
    return Lines(
        title="The velocity of a ball in the bowl θ²/2, with α = 0.1, β = 0.9",
        text="The velocity grows from 0 to about 0.26 while the ball rolls down, and changes its sign where the ball turns.",
        x="step",
        y="v",
        lines=compare_lines(
            student, reference, "v", range(26), lambda one: [v for _, v in rolled(one)], look="both"
        ),
    )


@picture("gradient_contributions")
def contributions(student, reference):
    n = 20

    def weights(one):
        found = one.array("gradient_contributions", n, 0.9)
        return [] if found is None else found.reshape(-1)

    return Lines(
        title="How much each of 20 gradients counts in v₂₀, for β = 0.9",
        text="The last gradient counts in full. Going back, each counts 0.9 times as much as the next, "
        "down to 0.14 for the first.",
        x="gradient number",
        y="weight",
        lines=[
            Line("", [1, n], [0, 0], look="guide"),
            *compare_lines(student, reference, "weight", range(1, n + 1), weights, look="both"),
        ],
    )


@picture("decay_learning_rate", statement=False)
def decay(student, reference):
    def rates(one):
        alpha, found = 0.5, [0.5]
        for _ in range(12):
            alpha = one.numbers("decay_learning_rate", [(alpha, 0.8)])[0]
            if not abs(alpha) < 1e6:
                break
            found.append(alpha)
        return found

    return Lines(
        title="The learning rate from step to step, from 0.5 with δ = 0.8",
        text="Each rate is 0.8 times the one before: a curve that falls quickly at first and then ever more slowly towards 0.",
        x="step",
        y="α",
        lines=compare_lines(student, reference, "α", range(13), rates, look="both"),
    )
