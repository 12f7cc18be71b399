"""The pictures of this assignment: in the statement from the reference, in a report from the student's functions."""

import numpy as np

from autograder.pictures import Grids, Line, Lines, compare_grids, compare_lines, dig, picture

X = np.linspace(-6, 6, 49)
QUARTER = Line("the bound 1/4", [-6, 6], [0.25, 0.25], look="guide")


@picture("sigmoid", "sigmoid_derivative")
def sigmoid_and_slope(student, reference):
    def of(name):
        return lambda one: [dig(answer, k) for answer in one.values(name, [(X,)]) for k in range(len(X))]

    return Lines(
        title="The sigmoid and its slope",
        text="The sigmoid climbs from 0 to 1, through 1/2 at x = 0. Its slope is a small hill there that just touches 1/4 "
        "and is nearly 0 on both sides.",
        x="x",
        y="value",
        lines=[
            QUARTER,
            *compare_lines(student, reference, "sigmoid", X, of("sigmoid")),
            *compare_lines(student, reference, "its slope", X, of("sigmoid_derivative")),
        ],
    )


@picture("sigmoid_derivative_bound", statement=False)
def slope_and_bound(student, reference):
    return Lines(
        title="The slope of the sigmoid and its bound",
        text="The slope is a small hill. The bound is the horizontal line that touches its top, at 1/4.",
        x="x",
        y="value",
        lines=[
            Line("its slope", X, np.exp(-X) / (1 + np.exp(-X)) ** 2, look="guide"),
            *compare_lines(
                student,
                reference,
                "the bound",
                [-6, 6],
                lambda one: one.numbers("sigmoid_derivative_bound", [()]) * 2,
            ),
        ],
    )


@picture("am_gm_bound", statement=False)
def bound(student, reference):
    a = np.linspace(0, 3, 31)
    return Lines(
        title="Cauchy's inequality for b = 1",
        text="The product a · 1 is a straight line. The bound is a parabola above it that touches it at a = 1, where a = b.",
        x="a",
        y="value",
        lines=[
            Line("the product a · b", a, a, look="guide"),
            *compare_lines(
                student,
                reference,
                "the bound",
                a,
                lambda one: one.numbers("am_gm_bound", [(float(value), 1.0) for value in a]),
            ),
        ],
    )


def weights(layers, width):
    """The same matrices each time: entries between −1.5 and 1.5 without a pattern."""
    entries = np.sin(1.7 * np.arange(1, layers * width * width + 1) ** 1.3) * 1.5
    return list(entries.reshape(layers, width, width))


@picture("forward", statement=False)
def activations(student, reference):
    x, thetas = [0.5, -1.0, 2.0], weights(4, 3)

    def table(one):
        layers = one.arrays("forward", x, thetas)
        if not layers or any(layer is None or layer.size != 3 for layer in layers):
            return None
        return np.array([layer.reshape(3) for layer in layers])

    return Grids(
        title="Three numbers on their way through four layers",
        text="A row for each layer: x first, then a_1 to a_4. From a_1 on all entries lie between 0 and 1.",
        grids=compare_grids(student, reference, "activations", table),
    )


@picture("gradients")
def gradient_sizes(student, reference):
    x, y, thetas = [0.5, -1.0, 2.0, 1.0], [1.0, 0.0, 1.0, 0.0], weights(10, 4)

    def largest(one):
        return [
            np.nan if part is None or not part.size else np.max(np.abs(part))
            for part in one.arrays("gradients", x, y, thetas)
        ]

    return Lines(
        title="The largest entry of each layer's gradient",
        text="Ten layers on a logarithmic scale. From the last layer back to the first the gradient shrinks by several "
        "powers of ten.",
        x="layer",
        y="largest |∂J/∂θ|",
        y_scale="log",
        lines=compare_lines(student, reference, "gradient", range(1, 11), largest, look="both"),
    )


@picture("vanishing_bound")
def product_of_slopes(student, reference):
    n = range(21)
    return Lines(
        title="The most that n slopes of the sigmoid multiply to",
        text="A straight line downwards on a logarithmic scale: 1 for no layer, a millionth for ten, a millionth of a "
        "millionth for twenty.",
        x="layers n",
        y="0.25ⁿ",
        y_scale="log",
        lines=compare_lines(
            student,
            reference,
            "bound",
            n,
            lambda one: one.numbers("vanishing_bound", [(k,) for k in n]),
            look="both",
        ),
    )
