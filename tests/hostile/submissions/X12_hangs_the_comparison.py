"""Answers with texts whose difference takes minutes to find, where numbers are expected."""


def text(seed):
    """400 lines of 60 characters, almost the same for another seed."""
    return "\n".join(
        "".join(chr(97 + (seed * i + 7 * j + i * j) % 23) for j in range(60)) for i in range(400)
    )


def double(x):
    return text(1)


def mean_square(p, y):
    return [text(1), text(2)]


def shift(x):
    return {text(n): text(n + 1) for n in range(3)}
