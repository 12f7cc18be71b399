"""What must succeed when layers are missing: the table of the probes, and what depends on who runs it and where.

`probes.table` says which layers stop a probe. Here is the rest, by hand: what the probe itself needs, which layers need
others, and what a machine's settings may forbid without us.
"""

from __future__ import annotations

from dataclasses import dataclass

from autograder.sandbox.inside.layers import EVERY_LAYER, LAYERS
from autograder.sandbox.probes.table import PROBES


@dataclass(frozen=True)
class Machine:
    """Who runs the grader, and on what kernel.

    root  its user id is 0: there is no user namespace around the zygote
    abi   of Landlock
    """

    root: bool
    abi: int


NEEDS_CAPABILITY = frozenset(
    {
        "capabilities",
        "use_capability",
        "new_network",
        "new_file_system",
        "change_root",
        "packet_socket",
        "join_namespace",
        "swap_root",
        "mount",
        "unmount",
    }
)
"""Done by whoever has capabilities in its own namespaces: root, and an ordinary user inside a user namespace."""

NEEDS_ROOT = frozenset({"become_root", "become_other_user", "load_bpf", "load_module", "kernel_log"})
"""Done by the machine's root alone: a user namespace maps one id and rules over nothing outside it."""

MAY_FAIL = {
    "type_into_terminal": "no descriptor of a worker is a terminal, whatever else it has",
    "load_module": "a kernel may have no modules",
    "other_calling_convention": "few kernels speak x32",
    "load_bpf": "kernel.unprivileged_bpf_disabled decides for whom",
    "kernel_log": "kernel.dmesg_restrict decides for whom",
    "count_events": "kernel.perf_event_paranoid",
    "handle_page_faults": "CONFIG_USERFAULTFD",
    "ring_of_requests": "kernel.io_uring_disabled, and the limit of locked memory",
    "new_user_namespace": "kernel.unprivileged_userns_clone, user.max_user_namespaces, AppArmor",
    "machine_socket": "CONFIG_VSOCKETS",
    "make_executable_by_key": "CONFIG_ARCH_HAS_PKEYS",
    "keyring": "CONFIG_KEYS",
    "add_key": "CONFIG_KEYS",
    "set_attribute": "the file system of the temporary folder",
    "stat_home": "the folder above it may be private",
}
"""Where no layer stops these, the machine still may."""

NEEDED_FIRST = {
    "root": "namespaces",
    "landlock": "no_new_privs",
    "seccomp": "no_new_privs",
}
"""The layer that another one cannot be put on without, unless one has CAP_SYS_ADMIN."""

LANDLOCK_SINCE = {
    "truncate_file": 3,
    "connect_to_host": 4,
    "listen": 4,
    "connect_by_name": 6,
    "signal_parent": 6,
    "signal_thread_of_parent": 6,
    "queue_signal": 6,
    "signal_parent_by_descriptor": 6,
}
"""The version of Landlock's interface that governs them; all others are of the first."""

STOPPED_ONLY_AS_ROOT = frozenset(
    {
        # Tracing asks for at least the target's capabilities; root's zygote keeps three, a user's has none.
        ("capabilities", "environment_of_parent"),
        ("capabilities", "descriptor_of_parent"),
        ("capabilities", "memory_of_parent"),
    }
)
STOPPED_ONLY_AS_USER = frozenset(
    {
        # What is not dumpable belongs to root, who may open it.
        ("dumpable", "write_own_memory"),
    }
)


def rows() -> dict[str, dict[str, frozenset[str]]]:
    """The two matrices: title → row → layers that are on."""
    return {
        "all layers but one": {layer: EVERY_LAYER - {layer} for layer in LAYERS},
        "one layer alone": {layer: frozenset({layer, NEEDED_FIRST.get(layer, layer)}) for layer in LAYERS},
    }


def effective(layers: frozenset[str], machine: Machine) -> frozenset[str]:
    """The layers that can really be put on."""
    if "namespaces" not in layers:
        layers -= {"root"}
    if not machine.root:
        layers -= {"ids"}
    if "no_new_privs" not in layers and not _has_capabilities(layers, machine):
        layers -= {"landlock", "seccomp"}
    return layers


def _has_capabilities(layers: frozenset[str], machine: Machine) -> bool:
    if "capabilities" in layers:
        return False
    return "ids" not in layers if machine.root else "namespaces" in layers


def stops(layer: str, name: str, layers: frozenset[str], machine: Machine) -> bool:
    """Whether `layer`, one of `layers`, stops a probe by itself."""
    if (layer, name) in STOPPED_ONLY_AS_ROOT:
        return machine.root
    if layer not in PROBES[name].layers:
        return False
    if (layer, name) in STOPPED_ONLY_AS_USER:
        return not machine.root
    if layer == "landlock":
        return machine.abi >= LANDLOCK_SINCE.get(name, 1)
    if (layer, name) == ("rlimits", "lock_memory"):
        return not (machine.root and _has_capabilities(layers, machine))  # CAP_IPC_LOCK of the machine's root
    return True


def expected(layers: frozenset[str], machine: Machine) -> tuple[frozenset[str], frozenset[str]]:
    """(those that must succeed, those that may besides) with these layers and no others."""
    layers = effective(layers, machine)
    capable = _has_capabilities(layers, machine)
    open_ones = {
        name
        for name in PROBES
        if not any(stops(layer, name, layers, machine) for layer in layers)
        and not (name in NEEDS_CAPABILITY and not capable)
        and not (name in NEEDS_ROOT and not machine.root and name not in MAY_FAIL)
    }
    unsure = open_ones & MAY_FAIL.keys()
    if machine.root and "ids" in layers:
        # The interpreter may lie in root's own home.
        unsure |= open_ones & {"open_library"}
    return frozenset(open_ones - unsure), frozenset(unsure)


REASONS = {
    "environment": "nothing else takes away the few variables that the zygote is started with",
    "descriptors": "nothing else closes what is open",
    "session": "the filter allows no question about sessions, terminals or groups; no terminal can be opened",
    "namespaces": "Landlock and the filter stop each of them; the filter alone does for files, processes and network",
    "root": "Landlock and the filter stop every path",
    "ids": "root without capabilities, paths, signals and tracing owns files that it cannot name",
    "capabilities": "as root the change of ids takes them; the filter denies every call that would ask for one",
    "dumpable": "there is no /proc to read, and tracing is for Landlock and the filter to deny",
    "parent_death": "the init of the pid namespace ends every worker with its zygote",
    "rlimits": "nothing else counts memory, descriptors or processor time",
    "no_new_privs": "the kernel then lets nobody without CAP_SYS_ADMIN use Landlock or a filter: both are gone",
    "landlock": "the filter denies every call that Landlock would judge",
    "seccomp": "what needs no path, no privilege and no other process is for a filter of system calls alone",
}
"""Why the set of "all layers but this one" is what it is: who overlaps with it."""
