"""A warm process that forks workers: NumPy is imported once, and every worker starts in about a millisecond.

It is started by exec with a clean environment and holds no secret. It runs no student code and reads nothing
from its workers; it only forks them, ends them, and tells how they ended. Commands arrive on one socket:

    {"fork": {"memory_mib": …, "cpu_seconds": …}} with three descriptors  → {"pid": …}
    {"end": pid, "patience": seconds}  kill it if it still runs by then   → {"status": …, "cpu": …, "peak_kib": …}
"""

from __future__ import annotations

import gc
import json
import os
import signal
import socket
import sys
import time
from typing import Any

from . import imports, worker


def main(control_descriptor: int) -> None:
    """Serve until the trusted side closes the socket."""
    imports.preload()
    sys.path[:] = [
        entry for entry in sys.path if "site-packages" not in entry and "dist-packages" not in entry
    ]
    os.environ.clear()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.collect()
    gc.freeze()
    control = socket.socket(fileno=control_descriptor)
    control.send(b'{"ready": true}')
    children: set[int] = set()
    while True:
        data, descriptors, _flags, _address = socket.recv_fds(control, 4096, 3)
        if not data:
            break
        command: dict[str, Any] = json.loads(data)
        if "fork" in command:
            pid = os.fork()
            if pid == 0:
                _become_worker(control, descriptors, command["fork"])
            for descriptor in descriptors:
                os.close(descriptor)
            children.add(pid)
            control.send(json.dumps({"pid": pid}).encode())
        elif command["end"] in children:
            children.discard(command["end"])
            control.send(json.dumps(_end(command["end"], command["patience"])).encode())
    for pid in children:
        _end(pid, 0.0)


def _become_worker(control: socket.socket, descriptors: list[int], limits: dict[str, int]) -> None:
    status = 0
    try:
        control.close()
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        requests, replies, output = descriptors
        worker.run(requests, replies, output, limits["memory_mib"], limits["cpu_seconds"])
    except BaseException:  # whatever it was, this process must not return into the zygote's loop
        status = 70
    finally:
        os._exit(status)


def _end(pid: int, patience: float) -> dict[str, Any]:
    """Wait for a worker, after killing it where it outlives our patience. status is None where we killed it."""
    give_up = time.monotonic() + patience
    while True:
        waited, status, usage = os.wait4(pid, os.WNOHANG)
        if waited:
            return {"status": status, "cpu": usage.ru_utime + usage.ru_stime, "peak_kib": usage.ru_maxrss}
        if time.monotonic() >= give_up:
            break
        time.sleep(0.001)
    os.kill(pid, signal.SIGKILL)
    _pid, _status, usage = os.wait4(pid, 0)
    return {"status": None, "cpu": usage.ru_utime + usage.ru_stime, "peak_kib": usage.ru_maxrss}
