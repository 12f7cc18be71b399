"""Scripts in all that a report could show: output, exception, type, text that is returned, names, docstrings."""

ATTACK = (
    "</pre></code></td></title></style><script>document.title = 'owned'</script>"
    "<img src=x onerror=\"document.title = 'owned'\"><svg onload=\"document.title = 'owned'\">"
    "<a href=\"javascript:document.title = 'owned'\">details</a>"
    "<iframe srcdoc=\"<script>parent.document.title = 'owned'</script>\"></iframe>"
)
Attack = type(ATTACK, (ValueError,), {"__doc__": ATTACK})
print(ATTACK)


def double(x):
    print(ATTACK)
    raise Attack(ATTACK)


def mean_square(p, y):
    return ATTACK


def shift(x):
    return {ATTACK: [ATTACK]}


double.__doc__ = double.__name__ = double.__qualname__ = ATTACK
