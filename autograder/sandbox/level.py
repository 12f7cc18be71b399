"""How well are workers held back here? One letter, from what was found by doing it (SECURITY.md, section 7)."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from autograder.language import later
from autograder.model import Message, message
from autograder.sandbox.canaries import Finding

LETTERS = {
    "A": later("namespaces, an empty root, Landlock and a filter of system calls"),
    "B": later("Landlock and a filter of system calls, without namespaces"),
    "B-": later("a filter of system calls alone"),
    "C": later("time limits, no confinement by the kernel"),
    "D": later("a required layer is missing, or a canary was not stopped"),
    "-": later("root, without giving up its ids"),
}
"""From best to worst."""

_REQUIRED = (
    "environment",
    "descriptors",
    "session",
    "capabilities",
    "dumpable",
    "parent_death",
    "rlimits",
    "no_new_privs",
    "seccomp",
)
"""Layers that every Linux has; without one of them it is level D."""

_NAMESPACES = frozenset({"mount", "network", "ipc", "uts", "pid"})


@dataclass(frozen=True)
class Level:
    """What to think of this machine.

    letter    one of `LETTERS`
    missing   names of layers that are not there, and of canaries that were not stopped
    remedies  what to do about it, in the same order, each once
    """

    letter: str
    missing: tuple[str, ...] = ()
    remedies: tuple[Message, ...] = ()

    @property
    def grades_others(self) -> bool:
        """Whether other people's code may be graded without being asked to."""
        return self.letter in ("A", "B")

    @property
    def may_be_overruled(self) -> bool:
        """Whether `--allow-weak-isolation` opens what `grades_others` closes. Never for root that stays root."""
        return self.letter != "-"


_REMEDIES = {
    "namespaces": message(
        "Allow user namespaces: sysctl user.max_user_namespaces above 0, kernel.unprivileged_userns_clone=1 on older "
        "Debian, an AppArmor profile for this Python on Ubuntu, a seccomp profile that allows unshare in a container; or "
        "run as root."
    ),
    "namespaces of root": message(
        "Root may make no namespaces here, or mount nothing in them, as in most containers (for want of CAP_SYS_ADMIN, or "
        "by a profile of seccomp or AppArmor). This level will do there; a virtual machine allows more."
    ),
    "root": message("Allow mounts inside namespaces: AppArmor or a container's profile forbids them here."),
    "landlock": message(
        "Use Linux 5.13 or newer with Landlock switched on: 'landlock' belongs in the kernel's parameter lsm=."
    ),
    "seccomp": message("Use a kernel with CONFIG_SECCOMP_FILTER, on x86-64 or 64-bit ARM."),
    "ids": message(
        "Run as an ordinary user, or as root that may change its ids (CAP_SETUID, CAP_SETGID) with a Python that other "
        "users can execute."
    ),
    "linux": message(
        "Grade on Linux, in WSL 2 or in a container; here only one's own code should be checked."
    ),
    "layer": message("Run 'autograde doctor' and report what it prints: every Linux has this layer."),
}


def decide(facts: Mapping[str, Any], findings: Iterable[Finding], *, system: str = sys.platform) -> Level:
    """The level of this machine.

    facts     as the zygote reports them: layers, namespaces, root, landlock_abi, uid_dropped, profile; {} without a zygote
    findings  of the canaries; on Linux none at all means that nothing is known, which is level D
    system    as `sys.platform`
    """
    if system != "linux" or not facts:
        return Level("C", ("linux",), (_REMEDIES["linux"],))
    findings = tuple(findings)
    layers = frozenset(facts.get("layers", ()))
    lost: dict[str, Message] = {
        layer: _REMEDIES.get(layer, _REMEDIES["layer"]) for layer in _REQUIRED if layer not in layers
    }
    lost |= {finding.name: finding.remedy for finding in findings if not finding.blocked}
    if not findings:
        lost["canaries"] = _REMEDIES["layer"]
    weak = _not_there(facts, layers)
    if facts.get("uid_dropped") is False:
        return _level("-", {"ids": _REMEDIES["ids"]} | lost | weak)
    if lost:
        return _level("D", lost | weak)
    if "landlock" in weak:
        return _level("B-", weak)
    return _level("B" if weak else "A", weak)


def _level(letter: str, lacking: Mapping[str, Message]) -> Level:
    remedies: list[Message] = []
    for remedy in lacking.values():
        if remedy not in remedies:
            remedies.append(remedy)
    return Level(letter, tuple(lacking), tuple(remedies))


def _not_there(facts: Mapping[str, Any], layers: frozenset[str]) -> dict[str, Message]:
    """The layers that a kernel may lack, where it does; with the remedy."""
    wanted = {
        "namespaces": "namespaces" in layers and frozenset(facts.get("namespaces", ())) >= _NAMESPACES,
        # In the files profile there must be something to read.
        "root": facts.get("root") == "empty"
        or (facts.get("root") == "minimal" and facts.get("profile") == "files"),
        "landlock": "landlock" in layers and int(facts.get("landlock_abi", 0)) >= 1,
    }
    remedies = _REMEDIES
    if facts.get("uid_dropped") is not None:
        remedies = remedies | dict.fromkeys(("namespaces", "root"), remedies["namespaces of root"])
    return {layer: remedies[layer] for layer, there in wanted.items() if not there}
