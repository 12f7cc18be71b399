"""What the zygote does once for all of its workers leaves nothing that a worker, or its code, could tell from its own."""

from __future__ import annotations

import os
import random
import resource

import numpy as np
import pytest

from autograder.sandbox.bench import Bench
from autograder.sandbox.inside import zygote as inside
from autograder.sandbox.inside.confine import Confinement
from autograder.sandbox.inside.layers import EVERY_LAYER
from autograder.sandbox.launch import Launcher
from autograder.sandbox.student import Student
from autograder.sandbox.worker import Clock, Program, RemoteWorker
from tests.sandbox.child import in_child
from tests.sandbox.conftest import LIMITS, Submit
from tests.sandbox.processes import linux_only
from tests.sandbox.test_confine import needs_ids

pytestmark = linux_only


def test_modules_imported_in_the_zygote_run_nothing_at_a_fork() -> None:
    def hooks() -> list[str]:
        ran: list[str] = []
        with inside._no_hooks_at_fork():
            os.register_at_fork(after_in_child=lambda: ran.append("imported meanwhile"))
        os.register_at_fork(after_in_child=lambda: ran.append("registered later"))
        answer: list[str] = in_child(lambda: ran)
        return answer

    # In a child, for a hook cannot be taken back.
    assert in_child(hooks) == ["registered later"]


STREAMS = """
import sys
def streams():
    return [
        [s.fileno(), s.name, s.mode, s.encoding, s.errors, s.isatty(), s.seekable(), s.line_buffering]
        for s in (sys.stdin, sys.stdout, sys.stderr)
    ]
def read():
    return sys.stdin.read()
"""


def test_the_streams_are_those_of_pipes(submit_either: Submit) -> None:
    student = submit_either(STREAMS)
    assert student.streams() == [
        [0, 0, "r", "utf-8", "strict", False, False, False],
        [1, 1, "w", "utf-8", "backslashreplace", False, False, False],
        [2, 2, "w", "utf-8", "backslashreplace", False, False, False],
    ]
    assert student.read() == ""


def test_two_workers_at_once_print_each_to_its_own_pipe(zygote: Launcher) -> None:
    workers = [RemoteWorker(zygote, LIMITS, Clock(60.0)) for _ in range(2)]
    try:
        for number, worker in enumerate(workers):
            source = f"print('loaded', {number})\ndef f():\n    print('called', {number})\n"
            assert worker.load(Program({"work.py": source}, "work.py")).output == f"loaded {number}\n"
        for number in (1, 0):
            (outcome,) = workers[number].map("f", [((), {})])
            assert outcome.output == f"called {number}\n"
    finally:
        for worker in workers:
            worker.close()


START = """
import inspect, linecache, random, sys
import numpy as np
def drawn():
    return [random.random(), float(np.random.rand()), random.gauss(0.0, 1.0), float(np.random.randn())]
def known():
    modules = sorted(name for name in sys.modules if name.startswith("work"))
    files = sorted(name for name in linecache.cache if not name.startswith("<"))  # Python 3.13 keeps what -c is given
    return [files, inspect.getsource(known).splitlines()[0], modules]
def environment():
    import os
    return sorted(os.environ)
"""


def _first_numbers() -> list[float]:
    ours, theirs = random.Random(0), np.random.RandomState(0)
    return [ours.random(), float(theirs.rand()), ours.gauss(0.0, 1.0), float(theirs.randn())]


def test_every_worker_starts_alike(zygote: Launcher) -> None:
    for _number in range(3):
        bench = Bench(zygote, LIMITS, Program({"work.py": START}, "work.py"))
        assert Student(bench.worker).drawn() == _first_numbers()
        bench.close()


def test_nothing_is_left_of_the_rehearsal(submit: Submit) -> None:
    student = submit(START)
    assert student.known() == [["work.py"], "def known():", ["work"]]
    assert student.environment() == []


@needs_ids
@pytest.mark.parametrize("ahead", [False, True])
def test_the_limit_on_processes_is_set_where_only_the_id_makes_it_ours(ahead: bool) -> None:
    """What the limits come to may be asked before the id has changed, and must be the same."""
    confinement = Confinement(EVERY_LAYER - {"namespaces", "root", "seccomp"}, first_id=2_100_000_000)
    if ahead:
        confinement.expect(512, 5)

    def limit() -> tuple[int, int]:
        for layer in confinement.steps(512, 5, tuple(range(3, 64)), 0, 0):
            if layer == "no_new_privs":
                break
        return resource.getrlimit(resource.RLIMIT_NPROC)

    assert in_child(limit) == [64, 64]


def test_a_refused_layer_changes_what_the_limits_come_to() -> None:
    confinement = Confinement(EVERY_LAYER, first_id=2_100_000_000, namespaces=True)
    names = [name for name, _number, _values in confinement.expect(512, 5)]
    confinement.namespaces = False
    confinement.layers -= {"ids"}
    assert [name for name, _number, _values in confinement.expect(512, 5)] == [
        n for n in names if n != "NPROC"
    ]
