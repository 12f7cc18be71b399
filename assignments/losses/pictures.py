"""The pictures of this assignment: in the statement from the reference, in a report from the student's functions."""

import numpy as np

from autograder.pictures import Line, Lines, compare_lines, dig, picture

# Three equal examples: the mean of three equal losses is the loss of one, and a sum is three times that.
P = np.concatenate([np.geomspace(0.01, 0.3, 26)[:-1], np.linspace(0.3, 0.99, 21)])
THREE_TRUE = [([1.0] * 3, [p] * 3) for p in P]

X, Y = [-2.0, -1.0, 1.0, 2.0], [0.0, 0.0, 1.0, 1.0]
CROSS_ENTROPY, SQUARED_ERROR = "cross-entropy", "squared error"


@picture("squared_error", "binary_cross_entropy")
def losses(student, reference):
    return Lines(
        title="The two losses where the truth is 1",
        text="Both curves fall to 0 at p = 1. Towards p = 0 cross-entropy climbs without bound, squared error only to 1.",
        x="prediction p",
        y="loss",
        lines=both_losses(student, reference, P, THREE_TRUE),
    )


@picture("binary_cross_entropy", statement=False)
def losses_where_false(student, reference):
    return Lines(
        title="The two losses where the truth is 0",
        text="Both curves start at 0 where p = 0. Towards p = 1 cross-entropy climbs without bound, squared error only to 1.",
        x="prediction p",
        y="loss",
        lines=both_losses(student, reference, 1 - P, [([0.0] * 3, [1 - p] * 3) for p in P]),
    )


def both_losses(student, reference, p, cases):
    return [
        *compare_lines(
            student, reference, CROSS_ENTROPY, p, lambda one: one.numbers("binary_cross_entropy", cases)
        ),
        *compare_lines(student, reference, SQUARED_ERROR, p, lambda one: one.numbers("squared_error", cases)),
    ]


@picture("squared_error_gradient", "binary_cross_entropy_gradient")
def slopes(student, reference):
    def slope(name):
        # All three predictions move together: the sum of the three derivatives is the slope of the curve.
        return lambda one: [
            sum(dig(answer, k) for k in range(3)) for answer in one.values(name, THREE_TRUE[11:])
        ]

    return Lines(
        title="The slopes of the two losses where the truth is 1",
        text="The slope of squared error is a straight line from −2 to 0. Cross-entropy is steeper everywhere: its slope "
        "plunges below −20 towards p = 0, and is still −1 at p = 1.",
        x="prediction p",
        y="slope of the loss",
        lines=[
            *compare_lines(student, reference, CROSS_ENTROPY, P[11:], slope("binary_cross_entropy_gradient")),
            *compare_lines(student, reference, SQUARED_ERROR, P[11:], slope("squared_error_gradient")),
        ],
    )


@picture("steepness_ratio")
def steepness(student, reference):
    p = np.linspace(0.01, 0.99, 99)
    return Lines(
        title="How many times steeper cross-entropy is",
        text="A bowl: the ratio is 2 in the middle, at p = 0.5, and grows to 50 at both ends.",
        x="prediction p",
        y="ratio of the slopes",
        y_scale="log",
        lines=[
            Line("2", [0.01, 0.99], [2, 2], look="guide"),
            *compare_lines(
                student,
                reference,
                "ratio",
                p,
                lambda one: [
                    dig(answer, k)
                    for answer in one.values("steepness_ratio", [([1.0] * 99, p)])
                    for k in range(99)
                ],
            ),
        ],
    )


@picture("gradient_descent_step", statement=False)
def steps(student, reference):
    def walk(one):
        way = [2.0]
        for _ in range(10):
            way.append(one.numbers("gradient_descent_step", [(way[-1], 2 * way[-1], 0.1)])[0])
            if not abs(way[-1]) < 1e6:
                break
        return way

    return Lines(
        title="Ten steps down the bowl θ², from θ = 2 with learning rate 0.1",
        text="Each step goes a fifth of the way to 0, so the points fall quickly at first and then ever more slowly.",
        x="step",
        y="θ",
        lines=compare_lines(student, reference, "θ", range(11), walk, look="both"),
    )


def logistic_slopes(by, title, text, y):
    theta = np.linspace(-5, 5, 31)

    def slope(loss):
        return lambda one: [
            dig(answer, by)
            for answer in one.values("logistic_gradient", [(X, Y, t, 0.5, loss) for t in theta])
        ]

    def draw(student, reference):
        return Lines(
            title=title,
            text=text,
            x="θ",
            y=y,
            lines=[
                *compare_lines(student, reference, CROSS_ENTROPY, theta, slope("bce")),
                *compare_lines(student, reference, SQUARED_ERROR, theta, slope("squared_error")),
            ],
        )

    return draw


slope_by_theta = picture("logistic_gradient", statement=False)(
    logistic_slopes(
        0,
        "The slope by θ on four examples, with β = 0.5",
        "Where θ is confidently wrong, far to the left, cross-entropy has a steep slope and squared error almost none.",
        "slope by θ",
    )
)
slope_by_beta = picture("logistic_gradient", statement=False)(
    logistic_slopes(
        1,
        "The slope by β on four examples, with β = 0.5",
        "Both slopes are small: these examples lie evenly on both sides of 0.",
        "slope by β",
    )
)


@picture("train_logistic")
def race(student, reference):
    def history(loss):
        return lambda one: [
            dig(one.value("train_logistic", X, Y, loss, 1.0, 20, theta=-3.0), 2, k) for k in range(21)
        ]

    return Lines(
        title="The race from the same confidently wrong start",
        text="Twenty steps. With cross-entropy the loss falls from 4.5 to nearly 0 within a few steps; with squared error "
        "it hardly moves at first, and is still above 0.5 at the end.",
        x="step",
        y="loss",
        lines=[
            *compare_lines(student, reference, CROSS_ENTROPY, range(21), history("bce"), look="both"),
            *compare_lines(
                student, reference, SQUARED_ERROR, range(21), history("squared_error"), look="both"
            ),
        ],
    )
