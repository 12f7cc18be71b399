"""What a worker has given up, as the kernel reports it from outside; and that one which cannot give it up never runs."""

from __future__ import annotations

import os
import re
import signal
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from autograder.errors import StudentFault, SystemFault
from autograder.sandbox.inside import confine, landlock, linux, seccomp
from autograder.sandbox.inside.confine import Confinement, usable, what_fails
from autograder.sandbox.inside.layers import EVERY_LAYER, IDS, LAYERS
from autograder.sandbox.launch import Process, Zygote
from tests.sandbox.child import in_child
from tests.sandbox.conftest import LIMITS
from tests.sandbox.processes import gone, lineage, linux_only, status, walled

pytestmark = linux_only
AS_ROOT = os.getuid() == 0
# Within a user namespace root may have no other ids to take.
HAS_IDS = (
    AS_ROOT
    and linux.supported()
    and any(
        int(line.split()[2]) > 2_200_000_000 for line in Path("/proc/self/uid_map").read_text().splitlines()
    )
)
needs_ids = pytest.mark.skipif(not HAS_IDS, reason="only root has ids to give up")
needs_root = pytest.mark.skipif(not AS_ROOT, reason="only root may look into a worker")


@pytest.fixture(scope="module")
def zygote() -> Iterator[Zygote]:
    zygote = Zygote()
    yield zygote
    zygote.close()


@pytest.fixture
def worker(zygote: Zygote) -> Iterator[Process]:
    process = zygote.start(LIMITS)
    yield process
    process.end(False)
    process.channel.close()


# -- the worker -----------------------------------------------------------------------------------------------


def test_a_worker_has_no_capability_and_cannot_gain_one(worker: Process) -> None:
    facts = status(worker.pid)
    for name in ("CapInh", "CapPrm", "CapEff", "CapAmb"):
        assert int(facts[name], 16) == 0, name
    assert facts["NoNewPrivs"] == "1"


def test_not_even_in_its_bounding_set(zygote: Zygote, worker: Process) -> None:
    walled(zygote)
    assert int(status(worker.pid)["CapBnd"], 16) == 0


def test_a_worker_is_filtered_and_receives_every_signal(worker: Process) -> None:
    facts = status(worker.pid)
    # Where the grader itself runs under one, as in a container, the worker's comes on top.
    ours = status(os.getpid()).get("Seccomp_filters", "0")
    assert (facts["Seccomp"], int(facts["Seccomp_filters"])) == ("2", int(ours) + 1)
    assert int(facts["SigBlk"], 16) == 0
    # SIGPIPE and SIGXFSZ, as any Python: an error where it is written, not the end. 32 and 33 are the C library's own:
    # make starts its commands with one of them ignored, and no program can change that through the C library.
    of_the_library = 1 << 31 | 1 << 32
    assert int(facts["SigIgn"], 16) & ~of_the_library == 1 << 12 | 1 << 24


def test_what_the_shell_ignores_a_worker_does_not() -> None:
    # As under nohup, and in the background of a shell.
    numbers = (signal.SIGHUP, signal.SIGQUIT, signal.SIGUSR1)
    before = [signal.signal(number, signal.SIG_IGN) for number in numbers]
    try:
        zygote = Zygote()
        try:
            process = zygote.start(LIMITS)
            ignored = int(status(process.pid)["SigIgn"], 16)
            process.end(False)
            process.channel.close()
        finally:
            zygote.close()
    finally:
        for number, handler in zip(numbers, before, strict=True):
            signal.signal(number, handler)
    assert [number.name for number in numbers if ignored >> (number - 1) & 1] == []


@needs_ids
def test_a_worker_has_ids_that_own_nothing(worker: Process) -> None:
    facts = status(worker.pid)
    users, groups = set(facts["Uid"].split()), set(facts["Gid"].split())
    assert users == groups
    (identifier,) = map(int, users)
    assert identifier >= 2_000_000_000
    assert facts["Groups"] == ""


@needs_ids
def test_two_workers_have_two_ids(zygote: Zygote, worker: Process) -> None:
    other = zygote.start(LIMITS)
    assert status(other.pid)["Uid"] != status(worker.pid)["Uid"]
    other.end(False)
    other.channel.close()


@needs_ids
def test_the_ids_of_two_zygotes_do_not_overlap() -> None:
    """The limit on processes is counted for each id: a neighbour's threads must not use it up."""
    first, second = Zygote(), Zygote()
    try:
        ids = []
        for launcher in (first, second):
            process = launcher.start(LIMITS)
            ids.append(int(status(process.pid)["Uid"].split()[0]))
            process.end(False)
            process.channel.close()
        assert abs(ids[0] - ids[1]) >= IDS
    finally:
        first.close()
        second.close()


@needs_root
def test_a_worker_holds_its_own_three_pipes_only(worker: Process) -> None:
    folder = f"/proc/{worker.pid}/fd"
    opened = {int(entry): os.readlink(f"{folder}/{entry}") for entry in os.listdir(folder)}
    assert all(re.fullmatch(r"pipe:\[\d+\]", target) for target in opened.values()), opened
    assert {0, 1, 2} <= opened.keys()
    assert len(opened) == 5
    assert opened[1] == opened[2]
    assert len(set(opened.values())) == 4  # standard input, output, requests, replies
    ours = {os.readlink(f"/proc/self/fd/{entry}") for entry in os.listdir("/proc/self/fd") if _is_open(entry)}
    assert len(ours & set(opened.values())) == 3  # nobody has the other end of its standard input


def _is_open(entry: str) -> bool:
    return os.path.lexists(f"/proc/self/fd/{entry}")


@needs_root
def test_two_workers_share_no_descriptor(zygote: Zygote, worker: Process) -> None:
    other = zygote.start(LIMITS)
    try:
        targets = [
            {os.readlink(f"/proc/{pid}/fd/{entry}") for entry in os.listdir(f"/proc/{pid}/fd")}
            for pid in (worker.pid, other.pid)
        ]
        assert targets[0] & targets[1] == set()
    finally:
        other.end(False)
        other.channel.close()


def test_a_worker_leads_a_session_without_a_terminal(worker: Process) -> None:
    fields = Path(f"/proc/{worker.pid}/stat").read_text().rpartition(")")[2].split()
    group, session, terminal = map(int, fields[2:5])
    assert (group, session, terminal) == (worker.pid, worker.pid, 0)


@needs_root
def test_a_worker_has_no_variables_and_works_nowhere(worker: Process) -> None:
    assert os.readlink(f"/proc/{worker.pid}/cwd") == "/"
    inherited = Path(f"/proc/{worker.pid}/environ").read_bytes().split(b"\0")
    # What exec gave the zygote still lies on the stack; nothing of this process's own environment does.
    names = {entry.split(b"=")[0].decode() for entry in inherited if entry}
    assert {name for name in names if not name.endswith("_NUM_THREADS")} <= {
        "VECLIB_MAXIMUM_THREADS",
        "PYTHONHASHSEED",
    }


def test_a_worker_belongs_to_root_and_leaves_no_core(worker: Process) -> None:
    """Not dumpable: its files in /proc are root's, whoever runs it."""
    nobody = 65534  # what root is called in a user namespace that does not know it
    assert os.stat(f"/proc/{worker.pid}/mem").st_uid in (0, nobody)
    if not AS_ROOT:
        with pytest.raises(PermissionError):
            os.listdir(f"/proc/{worker.pid}/fd")


def _limits(pid: int) -> dict[str, tuple[str, str]]:
    lines = Path(f"/proc/{pid}/limits").read_text().splitlines()[1:]
    return {line[:26].strip(): (line[26:47].strip(), line[47:68].strip()) for line in lines}


def test_the_limits_of_a_worker(zygote: Zygote, worker: Process) -> None:
    expected = {
        "Max core file size": 0,
        "Max file size": 0,
        "Max open files": 32,
        "Max stack size": 16 * 2**20,
        "Max address space": 512 * 2**20,
        "Max cpu time": 61,  # 60 s of LIMITS, and one
        "Max locked memory": 0,
        "Max msgqueue size": 0,
        "Max pending signals": 64,
        "Max nice priority": 0,
        "Max realtime priority": 0,
    }
    if HAS_IDS or "namespaces" in zygote.facts["layers"]:
        expected["Max processes"] = 64
    limits = _limits(worker.pid)
    assert {name: limits[name] for name in expected} == {
        name: (str(value), str(value)) for name, value in expected.items()
    }


def test_limits_follow_the_assignment(zygote: Zygote) -> None:
    process = zygote.start(replace(LIMITS, memory_mib=300, submission_seconds=2.5))
    limits = _limits(process.pid)
    assert limits["Max address space"][0] == str(300 * 2**20)
    assert limits["Max cpu time"][0] == "4"
    process.end(False)
    process.channel.close()


# -- those above it -------------------------------------------------------------------------------------------


def test_init_may_nothing_and_the_zygote_only_what_it_needs(zygote: Zygote) -> None:
    pids = lineage(walled(zygote))
    for name in ("init", "outer"):
        facts = status(pids[name])
        assert {facts[field] for field in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb")} == {"0" * 16}, (
            name
        )
    facts = status(pids["zygote"])
    # Of root's capabilities: SETUID and SETGID for the ids of workers, KILL to end them; an ordinary user has none.
    kept = 1 << 5 | 1 << 6 | 1 << 7 if AS_ROOT else 0
    assert {int(facts[field], 16) for field in ("CapPrm", "CapEff")} == {kept}
    assert {int(facts[field], 16) for field in ("CapInh", "CapBnd", "CapAmb")} == {0}
    assert facts["NoNewPrivs"] == "1"
    assert int(facts["SigBlk"], 16) == 0


def test_those_above_hold_no_stray_descriptor(zygote: Zygote) -> None:
    """A descriptor of ours that is open and inheritable here, as shells and test runners leave them."""
    reading, writing = os.pipe()
    os.set_inheritable(reading, True)
    other = Zygote()
    try:
        pids = lineage(walled(other))
        for name, pid in pids.items():
            held = set(map(int, os.listdir(f"/proc/{pid}/fd")))
            links = {os.readlink(f"/proc/{pid}/fd/{number}") for number in held}
            assert os.readlink(f"/proc/self/fd/{reading}") not in links, name
            assert {0, 1, 2} <= held
            assert len(held) == (4 if name == "zygote" else 3), name  # its control socket
    except PermissionError:
        pytest.skip("only root may look")
    finally:
        other.close()
        os.close(reading)
        os.close(writing)


# -- confinement that fails -----------------------------------------------------------------------------------


HERE = EVERY_LAYER - {"namespaces", "root"} - ({"ids"} if AS_ROOT and not HAS_IDS else set())


def _refuses(*_args: Any, **_named: Any) -> Any:
    raise OSError(38, "not on this machine")


@pytest.fixture
def confinement() -> Confinement:
    # What a process of these tests can put on in a child without being a zygote.
    return Confinement(HERE, first_id=2_100_000_000)


def test_all_layers_hold_here(confinement: Confinement) -> None:
    assert what_fails(confinement, 512) == {}


BREAKS = {
    "capabilities": (linux, "set_capabilities"),
    "landlock": (landlock, "restrict"),
    "seccomp": (linux, "seccomp"),
    **({"ids": (confine.os, "setresuid")} if HAS_IDS else {}),
}


@pytest.mark.parametrize("layer", BREAKS)
def test_a_layer_that_the_machine_refuses_is_named(
    confinement: Confinement, layer: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(*BREAKS[layer], _refuses)
    assert what_fails(confinement, 512) == {layer: "[Errno 38] not on this machine"}
    assert usable(confinement, 512).keys() == {layer}
    assert confinement.layers == HERE - {layer}


def test_more_than_one_refused_layer(confinement: Confinement, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(landlock, "restrict", _refuses)
    monkeypatch.setattr(linux, "seccomp", _refuses)
    assert usable(confinement, 512).keys() == {"landlock", "seccomp"}
    assert not {"landlock", "seccomp"} & confinement.layers


def test_a_limit_that_cannot_be_set_is_no_detail(
    confinement: Confinement, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = confine.resource.setrlimit

    def setrlimit(what: int, values: tuple[int, int]) -> None:
        if what == confine.resource.RLIMIT_AS:
            raise ValueError("not allowed")
        real(what, values)

    monkeypatch.setattr(confine.resource, "setrlimit", setrlimit)
    ((layer, reason),) = what_fails(confinement, 512).items()
    assert layer == "rlimits"
    assert "RLIMIT_AS" in reason


def _applied(confinement: Confinement, **options: Any) -> Any:
    """What putting everything on comes to in a child: "held", or the reason why not."""

    def apply() -> str:
        # in_child answers through a descriptor that it made last.
        confinement.apply(512, 5, tuple(range(3, 64)), **options)
        return "held"

    return in_child(apply)


def test_putting_everything_on(confinement: Confinement) -> None:
    assert _applied(confinement) == "held"


@pytest.mark.parametrize(
    ("layers", "silent", "said"),
    [
        ({"seccomp", "no_new_privs"}, (linux, "seccomp"), "a folder could be opened"),
        ({"landlock", "no_new_privs"}, (landlock, "restrict"), "a folder could be opened"),
        ({"landlock", "seccomp", "no_new_privs"}, (linux, "seccomp"), "a socket could be made"),
    ],
)
def test_a_layer_that_only_seems_to_be_on_is_found_out(
    layers: set[str], silent: tuple[Any, str], said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(*silent, lambda *args, **named: None)
    assert _applied(Confinement(frozenset(layers))) == {"error": f"NotConfined: {said}"}


@needs_ids
def test_ids_that_only_seem_to_change_are_found_out(
    confinement: Confinement, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(confine.os, "setresuid", lambda *ids: None)
    assert _applied(confinement) == {"error": "NotConfined: the ids did not change"}


def test_a_worker_whose_zygote_has_ended_does_not_begin(confinement: Confinement) -> None:
    # PR_SET_PDEATHSIG says nothing of a parent that ended before it was set.
    assert _applied(confinement, parent=os.getpid()) == "held"
    assert _applied(confinement, parent=os.getpid() + 1) == {"error": "NotConfined: the zygote has ended"}


def test_a_kernel_without_landlock_or_an_unknown_machine(confinement: Confinement) -> None:
    confinement._abi = 0
    assert what_fails(confinement, 512) == {"landlock": "this kernel has no Landlock"}
    confinement._abi = linux.landlock_abi()
    confinement._policy = None
    assert what_fails(confinement, 512) == {"seccomp": "the system calls of this architecture are not known"}


def test_every_layer_is_a_step_in_its_order(confinement: Confinement) -> None:
    """`what_fails` knows a layer by the step that was announced before it: none may be passed over."""

    def steps() -> list[str]:
        made = Confinement(frozenset({"rlimits"}))
        return list(made.steps(512, 5, tuple(range(3, 64)), 0, 0))

    expected = [layer for layer in LAYERS if layer != "namespaces"]  # which the zygote enters
    assert in_child(steps) == expected


def test_a_worker_that_cannot_be_confined_is_our_fault(zygote: Zygote) -> None:
    """Its limits cannot be set: it must say so and end before it is sent a byte of anybody's code."""
    impossible = replace(LIMITS, submission_seconds=1e30)
    with pytest.raises(SystemFault, match="OverflowError") as caught:
        zygote.start(impossible)
    assert not isinstance(caught.value, StudentFault)
    # The same zygote goes on.
    pid = zygote._process.pid
    process = zygote.start(LIMITS)
    assert zygote._process.pid == pid
    process.end(False)
    process.channel.close()


def test_a_worker_that_is_not_confined_leaves_no_process(zygote: Zygote) -> None:
    before = status(zygote.start(LIMITS).pid)["PPid"]
    with pytest.raises(SystemFault):
        zygote.start(replace(LIMITS, submission_seconds=1e30))
    children = [int(entry) for entry in os.listdir("/proc") if entry.isdigit() and _parent(entry) == before]
    assert len(children) <= 1
    zygote._give_up()
    assert gone(children)


def _parent(entry: str) -> str:
    try:
        return status(int(entry))["PPid"]
    except (OSError, KeyError):
        return ""


def test_the_facts_name_versions_and_rules(zygote: Zygote) -> None:
    facts = zygote.facts
    assert facts["policy"] == seccomp.Policy().fingerprint
    assert facts["landlock_abi"] == linux.landlock_abi()
    assert facts["kernel"] == os.uname().release
    assert facts["profile"] == "closed"
    assert facts["refused"] == {} or "namespaces" in facts["refused"]
