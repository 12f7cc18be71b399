"""Each layer of confinement is taken away, and left alone: what hostile code can then do is what we say it can."""

from __future__ import annotations

import os

import pytest

from autograder.sandbox.inside.layers import EVERY_LAYER, LAYERS
from autograder.sandbox.probes.table import PROBES
from tests.kernel import needs_namespaces

from .expected import MAY_FAIL, REASONS, Machine, expected, rows, stops
from .matrix import measure

pytestmark = pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="confinement is for Linux")

TELLING = {
    "environment": "environment",
    "descriptors": "inherited_descriptors",
    "session": "session_of_others",
    "namespaces": "send_datagram",
    "root": "stat_secret",
    "ids": "limits_of_parent",
    "capabilities": "use_capability",
    "dumpable": "dumpable",
    "parent_death": "outlive_parent",
    "rlimits": "reserve_memory",
    "no_new_privs": "gain_privileges_by_exec",
    "landlock": "open_secret",
    "seccomp": "fork",
}
"""The probe that says most about each layer."""

ROOT, USER = Machine(True, 7), Machine(False, 7)

# The matrix "all layers but one" once more, written out; what is not here is empty because others overlap.
ONLY_SECCOMP = {
    "meet_in_shared_memory",
    "time_of_parent",
    "affinity_of_parent",
    "lock_file",
    "lock_record",
    "send_signals_from_pipe",
    "change_pipe_size",
    "control_pipe",
    "splice_memory",
    "fork",
    "clone",
    "clone3",
    "execute_memory",
    "memory_file",
    "hold_parent",
    "be_traced",
    "set_own_limit",
    "set_affinity",
    "set_priority",
    "set_scheduler",
    "set_io_priority",
    "become_dumpable",
    "change_personality",
    "map_executable",
    "make_executable",
    "shared_memory",
    "message_queue",
    "semaphore",
    "internet_socket",
    "pair_of_sockets",
    "netlink_socket",
}
WITHOUT = {
    "environment": {"environment"},
    "descriptors": {"inherited_descriptors"},
    "rlimits": {"unlimited", "reserve_memory", "many_descriptors"},
    "seccomp": ONLY_SECCOMP,
    # Landlock goes too, so its share comes back where nothing else has it: listening in a network of one's own.
    "no_new_privs": ONLY_SECCOMP | {"gain_privileges_by_exec", "listen"},
}
# An ordinary user's worker has the user id of its zygote.
WITHOUT_AS_USER = {
    "seccomp": {"limits_of_parent"},
    "no_new_privs": {
        "limits_of_parent",
        "signal_parent",
        "signal_thread_of_parent",
        "queue_signal",
        "signal_parent_by_descriptor",
    },
}
# Tracing a zygote with as few capabilities as oneself; in the files profile it keeps one more.
TRACING = {"descriptor_of_parent", "memory_of_parent"}


@pytest.mark.parametrize("layer", LAYERS)
@pytest.mark.parametrize("machine", [ROOT, USER], ids=["root", "user"])
def test_the_model_says_what_is_written_out(layer: str, machine: Machine) -> None:
    must, _may = expected(EVERY_LAYER - {layer}, machine)
    written = WITHOUT.get(layer, set())
    if not machine.root:
        written = written | WITHOUT_AS_USER.get(layer, set())
        if layer == "no_new_privs":
            written = written | TRACING
    assert must == written


def test_every_layer_has_a_reason_and_two_rows() -> None:
    assert list(REASONS) == list(LAYERS)
    assert all(list(matrix) == list(LAYERS) for matrix in rows().values())


def test_every_probe_has_a_layer_against_it_and_all_are_known() -> None:
    assert len(PROBES) >= 62
    assert all(probe.layers and probe.layers <= EVERY_LAYER for probe in PROBES.values())
    assert MAY_FAIL.keys() <= PROBES.keys()


@needs_namespaces
def test_with_all_layers_nothing_succeeds() -> None:
    row = measure(EVERY_LAYER)
    assert row.succeeded == ()
    assert row.refused == {}
    assert len(row.results) == len(PROBES)


@needs_namespaces
def test_without_layers_the_probes_work() -> None:
    """The positive control of all others: a probe that is stopped by nothing must succeed."""
    row = measure(frozenset())
    assert not row.missing
    assert not row.unexpected
    assert len(row.succeeded) >= 80


@needs_namespaces
@pytest.mark.parametrize("layer", TELLING)
def test_one_layer_alone_stops_what_it_is_for(layer: str) -> None:
    layers = rows()["one layer alone"][layer]
    machine = Machine(os.getuid() == 0, 7)
    if not stops(layer, TELLING[layer], layers, machine):
        pytest.fail("the table says that this layer does not stop its own probe")
    if layer == "ids" and not machine.root:
        pytest.skip("an ordinary user has no other id to take")
    row = measure(layers, TELLING.values())
    assert row.right, row
    assert row.results[TELLING[layer]].blocked


@needs_namespaces
@pytest.mark.slow
@pytest.mark.parametrize("title", list(rows()))
@pytest.mark.parametrize("layer", LAYERS)
def test_the_matrix(title: str, layer: str) -> None:
    row = measure(rows()[title][layer])
    assert row.right, (row.missing, row.unexpected, row.refused)
