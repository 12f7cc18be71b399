"""No worker outlives its zygote: the signal and the pid namespace each see to it, and without both one does."""

from __future__ import annotations

import os
import select
import signal

import pytest

from autograder.sandbox.inside.layers import EVERY_LAYER
from autograder.sandbox.launch import Zygote
from autograder.sandbox.probes.run import LIMITS
from tests.kernel import needs_namespaces

pytestmark = needs_namespaces

_SECONDS = 5
_SHORT_SECONDS = 0.3


@pytest.mark.parametrize(
    ("missing", "ends"),
    [
        (set(), True),
        ({"parent_death"}, True),
        ({"namespaces"}, True),
        ({"parent_death", "namespaces"}, False),
    ],
    ids=lambda value: " and ".join(sorted(value)) or "nothing" if isinstance(value, set) else "",
)
def test_a_killed_zygote_takes_its_workers_with_it(missing: set[str], ends: bool) -> None:
    zygote = Zygote(layers=EVERY_LAYER - missing)
    try:
        process = zygote.start(LIMITS)
        worker = os.pidfd_open(process.pid)
        try:
            zygote._process.kill()
            # While it waits for requests: our ends of its pipes are still open.
            seconds = _SECONDS if ends else _SHORT_SECONDS
            assert bool(select.select([worker], [], [], seconds)[0]) is ends
        finally:
            if not ends:
                signal.pidfd_send_signal(worker, signal.SIGKILL)
            os.close(worker)
            process.channel.close()
    finally:
        zygote.close()
