"""The pictures of this assignment: in the statement from the reference, in a report from the student's functions."""

import numpy as np

from autograder.pictures import Grid, Grids, Lines, compare_grids, compare_lines, dig, picture

SIGNED = np.stack([[[0, -1, 0], [-2, 0, 1], [-1, -3, 1]], [[-1, 0, 2], [-4, -2, 1], [1, -1, 3]]], axis=-1)
NO_ZERO = np.stack([[[2, -1, 3], [-2, 1, -4]], [[-1, 5, 2], [4, -2, 1]]], axis=-1)
POOLED = np.stack(
    [
        [[2, 0, 4, 1], [1, 1, 2, 1], [3, 1, 5, 2], [2, 2, 3, 2]],
        [[-1, -6, -7, -9], [-3, -2, -8, -4], [6, 0, -5, -6], [2, 4, -2, -7]],
    ],
    axis=-1,
)
SLICES = np.arange(1.0, 13.0).reshape(2, 2, 3).transpose(1, 2, 0)
OVERLAPPED = np.stack([[[1, 9, 2], [4, 3, 5], [7, 0, 6]], [[2, 1, 4], [8, 6, 3], [0, 5, 7]]], axis=-1)
UPSTREAM = np.stack([[[10, 20], [30, 40]], [[1, 2], [3, 4]]], axis=-1)


@picture("relu")
def relu(student, reference):
    return Grids(
        title="ReLU, entry by entry",
        text="Two slices of 3 × 3. Every negative entry becomes 0, the others stay as they are.",
        grids=[
            Grid("input", SIGNED),
            *compare_grids(student, reference, "after ReLU", lambda one: one.array("relu", SIGNED)),
        ],
    )


@picture("relu_backward", statement=False)
def relu_backward(student, reference):
    upstream = np.arange(1.0, 13.0).reshape(NO_ZERO.shape)
    return Grids(
        title="The gradient on its way back through ReLU",
        text="The upstream gradient passes where the input is positive, and is 0 where the input is negative.",
        grids=[
            Grid("input", NO_ZERO),
            Grid("upstream", upstream),
            *compare_grids(
                student, reference, "gradient", lambda one: one.array("relu_backward", upstream, NO_ZERO)
            ),
        ],
    )


def pooling(title, text, name, x=POOLED, **how):
    def draw(student, reference):
        return Grids(
            title=title,
            text=text,
            grids=[
                Grid("input", x),
                *compare_grids(student, reference, "pooled", lambda one: one.array(name, x, **how)),
            ],
        )

    return draw


max_pool = picture("max_pool")(
    pooling(
        "Max pooling, size 2 and stride 2",
        "Each window of 2 × 2 gives its largest entry, in each of the two slices by itself: 4 × 4 becomes 2 × 2.",
        "max_pool",
    )
)
average_pool = picture("average_pool")(
    pooling(
        "Average pooling, size 2 and stride 2",
        "Each window of 2 × 2 gives its mean, in each of the two slices by itself: 4 × 4 becomes 2 × 2.",
        "average_pool",
    )
)


# Not square, steps that are longer than the window, a column and two rows that fill none.
WIDE = np.array([[3.0, 1, 9, 4, 2, 8], [5, 2, 9, 6, 7, 1], [9, 9, 9, 9, 9, 9], [1, 8, 9, 2, 3, 9]])[
    :, :, None
]
max_pool_of_another_size = picture("max_pool", statement=False)(
    pooling(
        "Max pooling of 4 × 6, size 2 and stride 3",
        "Two windows of 2 × 2, three columns apart, give 5 and 7. The rows and columns beside them belong to no window.",
        "max_pool",
        WIDE,
        size=2,
        stride=3,
    )
)
average_pool_of_another_size = picture("average_pool", statement=False)(
    pooling(
        "Average pooling of 4 × 6, size 2 and stride 3",
        "Two windows of 2 × 2, three columns apart, give 2.75 and 4.75. The rows and columns beside them belong to no window.",
        "average_pool",
        WIDE,
        size=2,
        stride=3,
    )
)


def pooling_backward(title, text, name):
    def draw(student, reference):
        return Grids(
            title=title,
            text=text,
            grids=[
                Grid("input", OVERLAPPED),
                Grid("upstream", UPSTREAM),
                *compare_grids(
                    student,
                    reference,
                    "gradient",
                    lambda one: one.array(name, UPSTREAM, OVERLAPPED, size=2, stride=1),
                ),
            ],
        )

    return draw


max_pool_backward = picture("max_pool_backward")(
    pooling_backward(
        "Back through max pooling, size 2 and stride 1",
        "Each window's upstream gradient goes to its largest entry. The windows overlap: what wins several of them gets "
        "the sum.",
        "max_pool_backward",
    )
)
average_pool_backward = picture("average_pool_backward", statement=False)(
    pooling_backward(
        "Back through average pooling, size 2 and stride 1",
        "Each window's upstream gradient is shared out evenly among its four entries. The windows overlap: the shares add "
        "up, most of them in the middle.",
        "average_pool_backward",
    )
)


@picture("flatten")
def flatten(student, reference):
    return Grids(
        title="Flatten: slice after slice, row by row",
        text="Two slices of 2 × 3, numbered in reading order, become the vector 1 to 12 in this order.",
        grids=[
            Grid("input", SLICES),
            *compare_grids(student, reference, "vector", lambda one: one.array("flatten", SLICES)),
        ],
    )


@picture("unflatten", statement=False)
def unflatten(student, reference):
    v = np.arange(1.0, 13.0)
    return Grids(
        title="Unflatten to the shape (2, 3, 2)",
        text="The vector 1 to 12 fills the first slice of 2 × 3 row by row, then the second.",
        grids=[
            Grid("vector", v),
            *compare_grids(student, reference, "slices", lambda one: one.array("unflatten", v, (2, 3, 2))),
        ],
    )


@picture("convolve")
def convolve(student, reference):
    x = np.array([[1.0, 2, 3], [4, 5, 6], [7, 8, 9]])
    kernel = np.array([[0.0, 1], [2, 3]])
    return Grids(
        title="One filter slides over one slice, bias 100",
        text="At each of the four positions the filter is laid on the image, the pairs are multiplied and added up, and "
        "100 is added: 125, 131, 143, 149.",
        grids=[
            Grid("input", x),
            Grid("filter", kernel),
            *compare_grids(
                student,
                reference,
                "output",
                lambda one: one.array("convolve", x[:, :, None], kernel[None, :, :, None], [100.0]),
            ),
        ],
    )


@picture("convolve", statement=False)
def convolve_two_slices(student, reference):
    x = np.stack([[[1.0, 0, 2], [0, 3, 1], [2, 1, 0]], [[0.0, 1, 1], [2, 0, 1], [1, 3, 0]]], axis=-1)
    kernel = np.stack([[[1.0, 2], [0, 1]], [[0.0, 10], [20, 0]]], axis=-1)
    return Grids(
        title="A filter is as deep as the image, bias 0",
        text="The filter has a slice for each slice of the image. The products of both are added up to one number for each "
        "position.",
        grids=[
            Grid("input", x),
            Grid("filter", kernel),
            *compare_grids(
                student, reference, "output", lambda one: one.array("convolve", x, kernel[None], [0.0])
            ),
        ],
    )


@picture("fully_connected", statement=False)
def fully_connected(student, reference):
    v, weights, bias = [1.0, 2.0, 3.0], [[1.0, 0.0, 2.0], [0.0, -1.0, 1.0]], [10.0, 20.0]
    return Grids(
        title="Every output has a row of weights",
        text="Each entry of the result is a row of the weights times v, plus its bias.",
        grids=[
            Grid("weights", weights),
            Grid("v", v),
            Grid("bias", bias),
            *compare_grids(
                student, reference, "output", lambda one: one.array("fully_connected", v, weights, bias)
            ),
        ],
    )


@picture("softmax", statement=False)
def softmax(student, reference):
    z = np.linspace(-5, 5, 41)

    def probability(of):
        return lambda one: [
            dig(answer, of) for answer in one.values("softmax", [([s, 1.0, 0.0],) for s in z])
        ]

    return Lines(
        title="Softmax of the scores z, 1 and 0",
        text="The first class's probability climbs from 0 to 1 as its score z grows; those of the other two fall.",
        x="score z",
        y="probability",
        lines=[
            *compare_lines(student, reference, "score z", z, probability(0)),
            *compare_lines(student, reference, "score 1", z, probability(1)),
            *compare_lines(student, reference, "score 0", z, probability(2)),
        ],
    )


@picture("cross_entropy", statement=False)
def cross_entropy(student, reference):
    p = np.linspace(0.01, 0.99, 50)
    return Lines(
        title="The loss by the probability of the true class",
        text="A curve that falls from 4.6 at probability 0.01 to nearly 0 at 0.99; the rest is shared by two other classes.",
        x="probability of the true class",
        y="loss",
        lines=compare_lines(
            student,
            reference,
            "cross-entropy",
            p,
            lambda one: one.numbers(
                "cross_entropy", [([q, 0.7 * (1 - q), 0.3 * (1 - q)], [1.0, 0.0, 0.0]) for q in p]
            ),
        ),
    )
