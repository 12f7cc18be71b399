"""Returns what has no end, or is something else each time it is read."""

import itertools


class Shy:
    """As long as it should be, and empty when it is looked through."""

    def __init__(self, length):
        self.length = length

    def __len__(self):
        return self.length

    def __iter__(self):
        return iter(())

    def __getitem__(self, index):
        return 0.0


class Moody(list):
    """A list, which is as long as it likes."""

    reads = 0

    def __len__(self):
        Moody.reads += 1
        return Moody.reads % 5

    def __iter__(self):
        return itertools.repeat(0.0)


def double(x):
    return (value for value in itertools.count()) if isinstance(x, float) else itertools.cycle([1.0])


def mean_square(p, y):
    return Moody([1.0, 2.0])


def shift(x):
    return Shy(len(x))
