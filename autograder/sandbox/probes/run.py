"""Carries out probes in real workers, and says of each whether it was stopped."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from autograder.course.manifest import Limits
from autograder.errors import CallTimedOut, StudentFault, SystemFault, WorkerEnded
from autograder.sandbox.launch import Launcher
from autograder.sandbox.probes.scene import Scene
from autograder.sandbox.probes.table import PROBES
from autograder.sandbox.worker import Clock, Outcome, Program, RemoteWorker

LIMITS = Limits(call_seconds=5, submission_seconds=60, memory_mib=512)
_MARK = "\n\n\n@probe("
_FILE = "probe.py"


@dataclass(frozen=True)
class Result:
    """How one probe ended.

    blocked  whether it was stopped; an end that cannot be told from success is none
    how      the error's name ("EPERM"), "killed", or what was achieved
    """

    blocked: bool
    how: str


def run_probes(launcher: Launcher, names: Iterable[str], limits: Limits = LIMITS) -> dict[str, Result]:
    """The result of each probe, each group of them in one worker; a worker that is killed costs a fresh one.

    Raises SystemFault where a worker cannot be started or does not even load the probes.
    """
    wanted = list(dict.fromkeys(names))
    results: dict[str, Result] = {}
    with Scene() as scene:
        waiting = [name for name in wanted if not PROBES[name].alone]
        while waiting:
            done = _one_worker(launcher, waiting, scene, limits)
            results |= done
            waiting = waiting[len(done) :]
        for name in wanted:
            if PROBES[name].alone:
                results |= _one_worker(launcher, [name], scene, limits)
    return {name: results[name] for name in wanted}


def _one_worker(launcher: Launcher, names: list[str], scene: Scene, limits: Limits) -> dict[str, Result]:
    """The results of as many of these as one worker lives for, at least one."""
    worker = RemoteWorker(launcher, limits, Clock(limits.submission_seconds))
    try:
        loaded = worker.load(Program({_FILE: source(names)}, _FILE))
        if loaded.error is not None:
            raise SystemFault(f"A worker does not load the probes: {loaded.error}. Run 'autograde doctor'.")
        outcomes = worker.map("attempt", [((name, scene.facts), {}) for name in names])
    finally:
        worker.close()
    results: dict[str, Result] = {}
    for name, outcome in zip(names, outcomes, strict=True):
        results[name] = _result(outcome, str(scene.facts["name"]))
        if isinstance(outcome.error, (WorkerEnded, CallTimedOut)):
            break  # the others were not tried
    return results


def _result(outcome: Outcome, name: str) -> Result:
    match outcome.value if outcome.error is None else outcome.error:
        case ["blocked", str(how)]:
            return Result(True, how)
        case ["succeeded", str(how)]:
            return Result(False, how)
        case WorkerEnded(how=how) if "SIGSYS" in how:
            return Result(True, "killed")
        case WorkerEnded() if name in outcome.output:
            return Result(False, "another program ran in its place")
        case StudentFault() as error:
            return Result(False, f"unclear: {error}")
        case _:
            return Result(False, "unclear: not an answer")


@cache
def _parts() -> tuple[str, dict[str, str]]:
    """The program's text up to its first probe, and each probe's own."""
    text = Path(__file__).with_name("program.py").read_text(encoding="utf-8")
    head, *chunks = text.split(_MARK)
    return head, {chunk.partition("def ")[2].partition("(")[0]: _MARK + chunk for chunk in chunks}


def source(names: Iterable[str]) -> str:
    """The program with these probes only: each worker compiles what it is sent."""
    head, probes = _parts()
    return head + "".join(probes[name] for name in names) + "\n"


def all_names() -> tuple[str, ...]:
    """The probes that the program has, in its order."""
    return tuple(_parts()[1])
