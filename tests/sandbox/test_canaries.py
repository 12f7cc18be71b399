"""The canaries are stopped in a real worker, can fly in a weak one, and whatever is unclear counts as flown."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from autograder.errors import CallTimedOut, OutOfMemory, StudentError, StudentFault, SystemFault, WorkerEnded
from autograder.sandbox import canaries, level
from autograder.sandbox.inside.layers import EVERY_LAYER
from autograder.sandbox.launch import Launcher, Zygote
from autograder.sandbox.probes import run
from autograder.sandbox.probes.scene import Scene
from autograder.sandbox.probes.table import PROBES
from autograder.sandbox.worker import Clock, Outcome, Program, RemoteWorker
from tests.kernel import needs_namespaces

linux = pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="confinement is for Linux")

WEAK = frozenset({"environment", "descriptors", "session", "rlimits"})


@linux
def test_every_canary_is_stopped(zygote: Launcher) -> None:
    findings = canaries.run(zygote)
    assert [finding.name for finding in findings] == list(canaries.CANARIES)
    assert canaries.escaped(findings) == ()
    assert len(findings) >= 20


@linux
def test_they_fly_where_the_kernel_confines_nobody() -> None:
    weak = Zygote(layers=WEAK)
    try:
        findings = canaries.run(weak)
        found = level.decide(weak.facts, findings)
    finally:
        weak.close()
    flown = {finding.name for finding in canaries.escaped(findings)}
    assert {"open_library", "open_secret", "list_root", "signal_parent", "fork", "connect_to_host"} <= flown
    assert flown.isdisjoint({"environment", "inherited_descriptors", "unlimited", "reserve_memory"})
    assert all(finding.remedy.id for finding in findings)
    assert not found.grades_others
    assert flown <= set(found.missing)


@needs_namespaces
def test_only_what_the_files_profile_allows_is_left_out(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    launcher = Zygote(files=True, data=tmp_path / "data")
    try:
        findings = canaries.run(launcher, files=True)
    finally:
        launcher.close()
    assert canaries.escaped(findings) == ()
    assert len(findings) == len(canaries.CANARIES) - 2


def test_the_program_and_the_table_have_the_same_probes() -> None:
    assert set(run.all_names()) == set(PROBES)
    assert set(canaries.CANARIES) <= set(PROBES)
    assert all(probe.layers <= EVERY_LAYER for probe in PROBES.values())


def test_a_probe_is_sent_without_the_others() -> None:
    text = run.source(["fork", "listen"])
    names: dict[str, object] = {"__name__": "probe"}
    exec(compile(text, "probe.py", "exec"), names)
    probes = names["PROBES"]
    assert isinstance(probes, dict)
    assert list(probes) == ["fork", "listen"]


@pytest.mark.parametrize(
    ("outcome", "blocked", "how"),
    [
        (Outcome(value=["blocked", "EPERM"]), True, "EPERM"),
        (Outcome(value=["succeeded", "opened"]), False, "opened"),
        (Outcome(error=WorkerEnded("it was killed by SIGSYS")), True, "killed"),
        (Outcome(error=WorkerEnded("it exited with status 0"), output="a token\n"), False, "another program"),
        (Outcome(error=WorkerEnded("it was killed by SIGSEGV")), False, "unclear"),
        (Outcome(error=WorkerEnded("it exited with status 0")), False, "unclear"),
        (Outcome(error=CallTimedOut(5)), False, "unclear"),
        (Outcome(error=OutOfMemory(512)), False, "unclear"),
        (Outcome(error=StudentError("KeyError", ("KeyError",))), False, "unclear"),
        (Outcome(value=["blocked", 1]), False, "unclear"),
        (Outcome(value="blocked"), False, "unclear"),
        (Outcome(value=None), False, "unclear"),
    ],
)
def test_only_a_clear_answer_is_a_wall(outcome: Outcome, blocked: bool, how: str) -> None:
    result = run._result(outcome, "token")
    assert result.blocked is blocked
    assert result.how.startswith(how)


def test_after_a_death_the_others_are_tried_in_a_fresh_worker(
    zygote: Launcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of three probes in one worker the second ends it; the third must not share its verdict."""
    head, probes = run._parts()
    ending = "\n\n\n@probe()\ndef fork(scene: Scene) -> Any:\n    os.kill(os.getpid(), 11)\n"
    monkeypatch.setattr(run, "_parts", lambda: (head, {**probes, "fork": ending}))
    results = run.run_probes(zygote, ["unlimited", "fork", "reserve_memory"])
    assert results["unlimited"].blocked
    assert not results["fork"].blocked
    assert "SIGSEGV" in results["fork"].how
    assert results["reserve_memory"].blocked
    assert "SIGSEGV" not in results["reserve_memory"].how


def test_probes_that_do_not_load_are_no_proof(zygote: Launcher, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "_parts", lambda: ("1 / 0\n", {"fork": ""}))
    with pytest.raises(SystemFault, match="does not load"):
        run.run_probes(zygote, ["fork"])


def test_a_scene_leaves_nothing_behind() -> None:
    with Scene() as scene:
        folder = Path(str(scene.facts["folder"]))
        secret = folder / "secret"
        assert secret.stat().st_mode & 0o777 == 0o600
        assert folder.stat().st_mode & 0o777 == 0o755
    assert not folder.exists()


def test_an_unclear_end_is_a_students_fault_of_some_kind() -> None:
    """What `_result` takes for unclear covers whatever a worker may end in."""
    assert all(
        issubclass(kind, StudentFault) for kind in (WorkerEnded, CallTimedOut, OutOfMemory, StudentError)
    )


_LEAVE_AND_LOOK = """
import fcntl
APPEND = 0o2000
def leave():
    for descriptor in range(32):
        try:
            fcntl.fcntl(descriptor, fcntl.F_SETFL, fcntl.fcntl(descriptor, fcntl.F_GETFL) | APPEND)
        except OSError:
            pass
    return look()
def look():
    found = 0
    for descriptor in range(32):
        try:
            found += bool(fcntl.fcntl(descriptor, fcntl.F_GETFL) & APPEND)
        except OSError:
            pass
    return found
"""


@linux
def test_the_flags_of_descriptors_carry_nothing_to_the_next_worker(zygote: Launcher) -> None:
    """They belong to the open file, which would be one for all workers if the zygote had opened it."""
    found = []
    for function in ("look", "leave", "look"):
        worker = RemoteWorker(zygote, run.LIMITS, Clock(10))
        worker.load(Program({"work.py": _LEAVE_AND_LOOK}, "work.py"))
        found.append(worker.map(function, [((), {})])[0].value)
        worker.close()
    assert found[0] == found[2] == 0
    assert found[1] >= 3
