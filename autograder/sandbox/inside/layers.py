"""What holds a worker back, layer by layer. Each can be left out, so that a test can show what it is there for."""

from __future__ import annotations

LAYERS = (
    "environment",
    "descriptors",
    "session",
    "namespaces",
    "root",
    "ids",
    "capabilities",
    "dumpable",
    "parent_death",
    "rlimits",
    "no_new_privs",
    "landlock",
    "seccomp",
)
"""In the order in which they are put on.

environment   no variables
descriptors   only the worker's own pipes are open
session       a session of its own, so no terminal and no process group of ours
namespaces    user, mount, net, ipc, uts and pid namespaces around the zygote
root          an empty read-only file system; needs "namespaces"
ids           a user id that owns nothing, where the zygote runs as root
capabilities  none, in every set
dumpable      no core, and /proc of this process belongs to root
parent_death  SIGKILL when the zygote ends
rlimits       memory, processor time, descriptors, processes, file size, …
no_new_privs  exec gives no privileges; needed by the next two
landlock      no file, no network port, no signal or socket beyond this process
seccomp       only the system calls that computing needs
"""

EVERY_LAYER = frozenset(LAYERS)

IDS = 64
"""How many user ids a zygote hands out in turn; as many workers of one zygote never run at once."""

NOT_HERE = 75
"""The exit status of a zygote whose kernel does not allow it namespaces."""
