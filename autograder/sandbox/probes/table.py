"""Which layers of confinement stop each probe, each of them without the others' help.

Written by hand from what the kernel documents about each layer, and shown to be true by `tests/ablation`. Two layers in a
row mean that either of them may fail. What depends on the machine (its settings, or who runs the grader) is in
`tests/ablation/expected.py`.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Probe:
    """One thing that a worker must not be able to do.

    layers  each stops it alone
    alone   it changes its own process, so it needs a worker for itself
    """

    layers: frozenset[str]
    alone: bool = False


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


_ALONE = _names(
    "inherited_descriptors change_directory be_traced execute set_priority set_scheduler become_root become_other_user "
    "become_dumpable new_user_namespace new_network join_namespace change_root change_personality"
)

_STOPPED_BY = {
    # No path leads out of an empty root. Landlock governs opening, listing and changing names; not stat, chdir,
    # readlink, statfs, chmod, chown, utime, xattr, watches (its documentation lists them as "current limitations").
    # Programs are files too: nothing to run in an empty root, and no right to execute it under Landlock.
    "root landlock seccomp": (
        "open_library open_passwd list_folder list_root read_own_maps open_terminal make_shared_memory_file "
        "spawn execute"
    ),
    "root landlock seccomp ids": (
        "open_secret create_file append_to_file truncate_file rename_file remove_file link_file make_symbolic_link "
        "make_folder remove_folder make_pipe"
    ),
    "root seccomp": (
        "stat_secret stat_home find_secret read_link stat_file_system file_handle watch_folder change_directory"
    ),
    "root seccomp ids": "change_mode change_owner change_times set_attribute connect_by_path",
    # /proc as root's own: another id, or a process that is not dumpable, may not open these.
    "root landlock seccomp ids dumpable": "write_own_memory",
    "root landlock seccomp ids namespaces": "environment_of_parent",
    # Signals and tracing: another id may not; Landlock's scope ends at its own domain.
    "landlock seccomp ids": (
        "signal_parent signal_thread_of_parent queue_signal signal_parent_by_descriptor descriptor_of_parent "
        "memory_of_parent"
    ),
    "seccomp ids": "limits_of_parent become_root",
    # What needs a capability.
    "seccomp ids capabilities": (
        "become_other_user capabilities use_capability new_network new_file_system change_root load_bpf load_module "
        "kernel_log packet_socket"
    ),
    "landlock seccomp ids capabilities": "join_namespace swap_root",
    "root landlock seccomp ids capabilities": "mount",
    "root seccomp ids capabilities": "unmount",
    # The network: an empty one has no loopback that is up, and abstract names are its own, but it lets one listen.
    # Landlock knows TCP and abstract names, not UDP.
    "namespaces landlock seccomp": "connect_to_host connect_by_name",
    "landlock seccomp": "listen",
    "namespaces seccomp": "send_datagram shared_memory_of_host",
    # Layers that answer one question each. A filter that does not allow the question hides the answer too.
    "environment": "environment",
    "descriptors": "inherited_descriptors",
    "session seccomp": "session_of_others",
    "dumpable seccomp ids": "dumpable",
    "parent_death seccomp": "outlive_parent",
    "no_new_privs seccomp": "gain_privileges_by_exec",
    "rlimits": "unlimited reserve_memory many_descriptors",
    "rlimits seccomp": "lock_memory",
    # The queues lie in a file system that can be mounted, so Landlock governs them.
    "rlimits landlock seccomp": "named_queue",
    # Only a filter of system calls stops these: they need no path, no privilege and no other process.
    "seccomp": (
        "meet_in_shared_memory time_of_parent affinity_of_parent "
        "lock_file lock_record send_signals_from_pipe change_pipe_size control_pipe type_into_terminal "
        "splice_memory fork clone clone3 execute_memory memory_file hold_parent be_traced set_own_limit set_affinity "
        "set_priority set_scheduler set_io_priority become_dumpable keyring add_key count_events handle_page_faults "
        "ring_of_requests new_user_namespace change_personality map_executable make_executable make_executable_by_key "
        "other_calling_convention shared_memory message_queue semaphore internet_socket pair_of_sockets netlink_socket "
        "machine_socket"
    ),
}

PROBES: dict[str, Probe] = {
    name: Probe(_names(layers), name in _ALONE)
    for layers, names in _STOPPED_BY.items()
    for name in names.split()
}
