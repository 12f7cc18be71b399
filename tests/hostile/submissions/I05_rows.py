"""Rows of their own in all that could become a cell of a table."""

ATTACK = 'an","graded",100,100\r\nbinh,graded,100,100\n"'
Attack = type(ATTACK, (ValueError,), {})
print(ATTACK)


def double(x):
    raise Attack(ATTACK)


def mean_square(p, y):
    return ATTACK


def shift(x):
    return {ATTACK: [ATTACK]}
