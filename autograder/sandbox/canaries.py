"""The canaries: the most telling probes, carried out in real workers before anyone else's code is graded.

findings = canaries.run(launcher)
if canaries.escaped(findings): refuse
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from autograder.model import Message, message
from autograder.sandbox.launch import Launcher
from autograder.sandbox.probes.table import PROBES

CANARIES = (
    # Reading: three doors to the same file, and its mere existence.
    "open_library",
    "open_passwd",
    "open_secret",
    "stat_secret",
    "list_root",
    # Writing, and messages to other workers.
    "create_file",
    "change_mode",
    "lock_file",
    "shared_memory",
    # The grader's own process and what came from it.
    "environment",
    "inherited_descriptors",
    "signal_parent",
    "memory_of_parent",
    # Staying, and spreading.
    "fork",
    "clone",
    "execute_memory",
    # The network.
    "connect_to_host",
    "connect_by_name",
    "send_datagram",
    # The kernel.
    "become_root",
    "make_executable",
    "new_user_namespace",
    "unlimited",
    "reserve_memory",
)
"""Names of probes. Some end their worker or need one for themselves, so a run takes five of them."""


@dataclass(frozen=True)
class Finding:
    """What became of one canary.

    name     of the probe, such as "open_secret"
    layers   those that should have stopped it, each alone
    blocked  whether it was stopped; what cannot be told counts as not stopped
    how      an error's name, "killed", or what was achieved
    remedy   what to do where it was not
    """

    name: str
    layers: tuple[str, ...]
    blocked: bool
    how: str
    remedy: Message


_ALLOWED_WITH_FILES = frozenset({"make_executable", "open_library"})
"""The files profile allows these: modules, some with compiled parts, are loaded when they are imported."""


def run(launcher: Launcher, *, files: bool = False) -> tuple[Finding, ...]:
    """Carry out the canaries, about a tenth of a second.

    files   whether the launcher's workers have the files profile
    Raises  SystemFault where no worker can be had
    """
    # Only now: it needs NumPy, and who only looks at findings does not.
    from autograder.sandbox.probes.run import run_probes

    names = (name for name in CANARIES if not (files and name in _ALLOWED_WITH_FILES))
    results = run_probes(launcher, names)
    return tuple(finding(name, result.blocked, result.how) for name, result in results.items())


def finding(name: str, blocked: bool, how: str) -> Finding:
    """What became of one canary, with what the table says of it. Raises KeyError where there is no such probe."""
    layers = PROBES[name].layers
    return Finding(name, tuple(sorted(layers)), blocked, how, _remedy(layers))


def escaped(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Those that nothing stopped: with any of them, others' code must not be graded."""
    return tuple(finding for finding in findings if not finding.blocked)


def _remedy(layers: frozenset[str]) -> Message:
    if "seccomp" in layers:
        return message(
            "A filter of system calls should have stopped this. Use Linux 5.13 or newer, and a container that allows "
            "seccomp; 'autograde doctor' names what is missing."
        )
    return message(
        "This needs nothing of the machine, so it is a fault of autograde: do not grade, and report it."
    )
