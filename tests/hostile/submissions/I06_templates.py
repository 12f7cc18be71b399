"""Templates of every kind in all that a report could show."""

ATTACK = (
    "{{7*191}}{% if 1 %}jinja{% endif %}{0.token}{0.__class__}%(x)s{text}{error}${x}[bold red]rich[/bold red]"
)
Attack = type(ATTACK, (ValueError,), {})
print(ATTACK)
print("{0.token}")
print("%(x)s")


def double(x):
    print(ATTACK)
    raise Attack(ATTACK)


def mean_square(p, y):
    return ATTACK


def shift(x):
    return {ATTACK: [ATTACK]}
