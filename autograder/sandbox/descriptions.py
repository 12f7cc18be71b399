"""Which words describe what student code returned, or how its process ended? Listed here for the catalogues.

The parts that say them cannot translate: workers speak English, and so do the texts of exceptions. A number in one
is `{n}` here. `language.translate` looks them up where they fill a field such as `{what}` or `{how}`.
"""

from __future__ import annotations

from autograder.language import later

RETURNED = (
    later("a generator"),
    later("a module"),
    later("a masked array"),
    later("a masked value"),
    later("more than {n} MiB"),
    later("something nested more than {n} deep"),
    later("more than {n} values"),
    later("more than {n} MiB of bytes"),
    later("more than {n} keys that are neither texts nor small numbers"),
    later("an array of {n} MiB"),
    later("an array of {n} dimensions"),
    later("an array of objects"),
    later("an array of text"),
    later("an array of bytes"),
    later("an array of records"),
    later("an array of dates"),
    later("an array of time spans"),
    later("an array of an unknown kind"),
    later("a NumPy scalar that is not a number"),
    later("a text of more than {n} MiB"),
    later("an integer of more than {n} digits"),
    later("a value of type {name}"),
)
"""What is no plain data: fills "It returned {what}"."""

ENDED = (
    later("it ended"),
    later("it had ended before"),
    later("it closed its pipe"),
    later("it was closed"),
    later("it could not be started"),
    later("it stopped answering"),
    later("it exited with status {n}"),
    later("it was killed by SIGSYS, for asking the system for something that no solution needs"),
    later("it was killed by SIGSEGV"),
    later("it was killed by SIGABRT"),
    later("it was killed by SIGKILL"),
    later("it was killed by SIGTERM"),
    later("it was killed by SIGFPE"),
    later("it was killed by SIGBUS"),
    later("it was killed by SIGILL"),
    later("it was killed by SIGPIPE"),
    later("it was killed by signal {n}"),
    later("it printed more than {n} MiB"),
    later("its answers came to more than {n} MiB"),
    later("it called back more than {n} times"),
)
"""How a process ended: fills "… ended in the middle: {how}"."""
