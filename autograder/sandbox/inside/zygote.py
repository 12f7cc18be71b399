"""A warm process that forks workers: NumPy is imported once, and every worker starts in a few milliseconds.

It is started by exec with a clean environment and holds no secret. Before it imports NumPy it walls itself in (`jail`).
It runs no student code and reads nothing from its workers; it only forks them, ends them, and tells how they ended.
Commands arrive on one socket:

    {"fork": {"memory_mib": …, "cpu_seconds": …, "role": …}} with three descriptors → {"pid": …} and a pidfd
    {"end": pid, "patience": seconds}  kill it if it still runs by then   → {"status": …, "cpu": …, "peak_kib": …}
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import signal
import socket
import struct
import sys
import time
from collections.abc import Iterator
from typing import Any

from . import jail, linux
from .confine import Confinement, usable
from .ids import spare_ids

_TRIAL_MIB = 1024
_THREE, _ONE = struct.Struct("3i"), struct.Struct("i")
_ROOM_FOR_THREE = socket.CMSG_SPACE(_THREE.size) if hasattr(socket, "CMSG_SPACE") else 0


def main(options: dict[str, Any]) -> None:
    """Serve until the trusted side closes the socket.

    options  control (descriptor), layers, files (profile), packages, data, modules, first_id; see `launch`
    """
    # What is imported stays, mostly: left to the end, the rest would leave holes that every worker writes into.
    usual = gc.get_threshold()
    gc.set_threshold(5_000, 20, 20)
    os.umask(0o022)
    _forget_ignored_signals()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _be_ended_first()
    layers = frozenset(options["layers"])
    options["first_id"] = spare_ids(options["first_id"])  # while there is a /proc
    namespaces: tuple[str, ...] = ()
    root = "host"
    if "namespaces" in layers:
        changed = "root" in layers
        namespaces = jail.enter(os.getcwd(), options["packages"], options["data"], root=changed)
        root = "minimal" if changed else "host"
    confinement = _load(layers, options, namespaces)
    if root == "minimal" and not options["files"]:
        jail.empty_the_root()
        root = "empty"
    _give_up_privileges(confinement)
    refused = usable(confinement, _TRIAL_MIB)
    gc.collect()
    gc.freeze()
    gc.set_threshold(*usual)
    control = socket.socket(fileno=options["control"])
    facts = {
        **confinement.facts,
        "layers": sorted(confinement.layers),
        "namespaces": namespaces,
        "root": root,
        "refused": refused,
        "uid_dropped": "ids" in confinement.layers if confinement.changes_ids else None,
    }
    control.send(json.dumps({"ready": True, "facts": facts}).encode())
    _serve(control, confinement)
    # Nothing is left to be done, and taking NumPy down takes longer than a worker.
    os._exit(0)


def _be_ended_first() -> None:
    """Where memory runs out, the kernel ends the largest of these processes, and neither a lane nor anything else."""
    with contextlib.suppress(OSError), open("/proc/self/oom_score_adj", "w", encoding="ascii") as file:
        file.write("1000")


def _forget_ignored_signals() -> None:
    """What whoever started the grader ignores (nohup, a shell's background) is still ignored after exec."""
    usual = {
        signal.SIGKILL,
        signal.SIGSTOP,
        signal.SIGPIPE,
        signal.SIGXFSZ,
    }  # Python ignores the last two itself
    for number in signal.valid_signals() - usual:
        signal.signal(number, signal.SIG_DFL)


def _load(layers: frozenset[str], options: dict[str, Any], namespaces: tuple[str, ...]) -> Confinement:
    """Everything that workers may use, while there are still files to load it from."""
    with _no_hooks_at_fork():
        from . import imports, worker

        imports.preload()
        imports.preload(options["modules"])
        worker.prepare()
    imports.go_behind_walls(files=options["files"])
    sys.path[:] = [
        entry for entry in sys.path if "site-packages" not in entry and "dist-packages" not in entry
    ]
    if "environment" in layers:
        os.environ.clear()
    sys.argv[:], sys.orig_argv[:] = [""], []
    # Where things lie on the host is no worker's business.
    vars(sys.modules["__main__"]).pop("options", None)
    return Confinement(
        layers,
        options["files"],
        (*options["packages"], *jail.for_importing()),
        options["first_id"],
        bool(namespaces),
    )


@contextlib.contextmanager
def _no_hooks_at_fork() -> Iterator[None]:
    """What is imported meanwhile does not get to run code of its own in each worker, which costs as much as the fork.

    `threading`, `logging` and others would mend locks that another thread might have held, and this process has one;
    `random` would draw what is set to a fixed state anyway (`worker.prepare`).
    """
    really = os.register_at_fork
    os.register_at_fork = _register_nothing
    try:
        yield
    finally:
        os.register_at_fork = really


def _register_nothing(**_hooks: Any) -> None:
    pass


def _give_up_privileges(confinement: Confinement) -> None:
    """Keep what confining and ending a worker needs: changing ids where we are root, mounts in the files profile."""
    if "no_new_privs" in confinement.layers and sys.platform == "linux":
        linux.prctl(linux.PR_SET_NO_NEW_PRIVS, 1)
    if "capabilities" not in confinement.layers or not linux.supported():
        return
    kept = []
    if confinement.changes_ids:
        kept = [linux.CAP_SETUID, linux.CAP_SETGID, linux.CAP_KILL]
    if confinement.files and "root" in confinement.layers:
        kept.append(linux.CAP_SYS_ADMIN)
    with contextlib.suppress(PermissionError):  # an ordinary user outside a namespace has nothing to lose
        linux.drop_capability_bounds()
    with contextlib.suppress(PermissionError):
        linux.set_capabilities(*kept)


def _serve(control: socket.socket, confinement: Confinement) -> None:
    children: set[int] = set()
    forked = 0
    while True:
        # Not socket.recv_fds and the like: while a worker lives, what is used here is copied page by page.
        data, beside, _flags, _address = control.recvmsg(4096, _ROOM_FOR_THREE)
        if not data:
            break
        descriptors = _THREE.unpack(beside[0][2]) if beside else ()
        command: dict[str, Any] = json.loads(data)
        if "fork" in command:
            own = os.getpid()
            forked += 1
            _expect(confinement, command["fork"])
            pid = os.fork()
            if pid == 0:
                _become_worker(control, descriptors, command["fork"], confinement, forked, own)
            for descriptor in descriptors:
                os.close(descriptor)
            children.add(pid)
            _tell(control, pid)
        elif command["end"] in children:
            children.discard(command["end"])
            control.send(_as_json(_end(command["end"], command["patience"])))
    for pid in children:
        _end(pid, 0.0)


def _expect(confinement: Confinement, command: dict[str, Any]) -> None:
    with contextlib.suppress(Exception):  # the worker meets it again, and says so
        confinement.expect(command["memory_mib"], command["cpu_seconds"])


def _tell(control: socket.socket, pid: int) -> None:
    """The id of a new worker, and a descriptor of it: outside this pid namespace the id means nothing."""
    answer = b'{"pid": %d}' % pid
    try:
        descriptor = os.pidfd_open(pid)
    except (AttributeError, OSError):
        control.send(answer)
        return
    try:
        control.sendmsg([answer], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, _ONE.pack(descriptor))])
    finally:
        os.close(descriptor)


def _become_worker(
    control: socket.socket,
    descriptors: tuple[int, ...],
    command: dict[str, Any],
    confinement: Confinement,
    slot: int,
    zygote: int,
) -> None:
    from . import worker

    status = 0
    try:
        control.close()
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        requests, replies, output = descriptors

        def confine(keep: tuple[int, ...]) -> None:
            limits = command["memory_mib"], command["cpu_seconds"]
            try:
                confinement.apply(*limits, keep, slot=slot, parent=zygote)
            except BaseException as error:
                print(f"{type(error).__name__}: {error}", file=sys.stderr, flush=True)
                raise

        worker.run(requests, replies, output, confine, command["role"])
    except BaseException:  # whatever it was, this process must not return into the zygote's loop
        status = 70
    finally:
        os._exit(status)


def _end(pid: int, patience: float) -> dict[str, Any]:
    """Wait for a worker, after killing it where it outlives our patience. status is None where that is what ended it."""
    give_up = time.monotonic() + patience
    while True:
        waited, status, usage = os.wait4(pid, os.WNOHANG)
        if waited:
            return {"status": status, "cpu": usage.ru_utime + usage.ru_stime, "peak_kib": usage.ru_maxrss}
        if time.monotonic() >= give_up:
            break
        time.sleep(0.001)
    os.kill(pid, signal.SIGKILL)
    _pid, status, usage = os.wait4(pid, 0)
    # One that was on its way out already, on a busy machine, says how by itself.
    ended: int | None = None if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL else status
    return {"status": ended, "cpu": usage.ru_utime + usage.ru_stime, "peak_kib": usage.ru_maxrss}


def _as_json(ending: dict[str, Any]) -> bytes:
    # By hand: see `_serve`.
    status = b"null" if ending["status"] is None else b"%d" % ending["status"]
    return b'{"status": %s, "cpu": %.6f, "peak_kib": %d}' % (status, ending["cpu"], ending["peak_kib"])
