"""A process that speaks like a lane, and misbehaves as its plan says: python fake_lane.py PLAN.

The plan is a msgpack file: what to say first, the honest report on each student, and what else to do in the middle of
which student's job, always or once. It counts the jobs in files beside the plan, over all lanes of a test.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path
from typing import Any

import msgpack

from autograder.grading import frames


def write(data: bytes, descriptor: int = 1) -> None:
    while data:
        data = data[os.write(descriptor, data) :]


def send(tree: Any) -> None:
    write(frames.frame(tree))


def flood(descriptor: int, data: bytes) -> None:
    while True:
        write(data, descriptor)


def wait() -> None:
    time.sleep(600)


def times_before(folder: Path, name: str) -> int:
    """How often this was asked before."""
    path = folder / name.encode().hex()
    with open(path, "ab") as file:
        before = file.tell()
        file.write(b".")
    return before


def misbehave(trick: str, report: Any) -> None:
    """Do what `trick` names instead of reporting; some come back."""
    match trick:
        case "ends":
            os._exit(0)
        case "ends after half a report":
            write(frames.frame(report)[:100])
            os._exit(0)
        case "says nothing":
            wait()
        case "sends noise":
            write(b"\x00garbage that is no frame" * 10)
            wait()
        case "sends a frame of noise":
            write(frames.HEADER.pack(5) + b"\xc1\xff\x00\x01\x02")
            wait()
        case "announces a terabyte":
            write(frames.HEADER.pack(2**40))
            wait()
        case "floods its reports":
            flood(1, b"\x00" * 2**16)
        case "floods its errors":
            flood(2, b"x" * 2**16)
        case "sends nothing":
            send(None)
            wait()
        case "sends a number":
            send(7)
            wait()
        case "reports an error":
            send({"error": [["The course is broken.", {}]], "exit_code": 2})
            wait()
        case "says that it is ready":
            send({"ready": True})
            wait()
        case "reports twice":
            write(frames.frame(report) * 2)
            wait()
        case "sends a million parts":
            send([[[]] * 4000] * 300)
            wait()
        case "sends a deep tree":
            tree: Any = []
            for _ in range(500):
                tree = [tree]
            send(tree)
            wait()
        case _:
            raise ValueError(trick)


def main() -> None:
    path = Path(sys.argv[1])
    plan = msgpack.unpackb(path.read_bytes())
    folder = path.parent
    start = times_before(folder, "start")
    if "reports before it is ready" in plan["always"].values():
        send(next(iter(plan["reports"].values())))
    if start >= 2:
        time.sleep(plan.get("slow start", 0))
    if said := plan.get("starts", {}).get(str(start)):
        send(said)
    else:
        send(plan["ready"])
    if plan.get("deaf"):
        wait()
    if plan.get("stubborn"):
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    met: list[str] = []
    while (job := frames.read(sys.stdin.buffer)) is not None:
        student = os.fsdecode(job["student"])
        report = plan["reports"][student]
        before = times_before(folder, f"job {student}")
        met.append(f"{student}{before + 1}")
        (folder / f"{os.getpid()}.met").write_text(" ".join(met))
        trick = plan["always"].get(student) or (plan["once"].get(student) if before == 0 else None)
        if trick == "reports once more later":
            send(report)
            time.sleep(0.1)
            send(report)
            continue
        if trick == "tampers":
            send(plan["tampered"])
            continue
        if trick == "writes some errors":
            write(b"warning\n" * 40_000, 2)
        elif trick:
            misbehave(trick, report)
        time.sleep(plan.get("pause", 0))
        send(report)
    if plan.get("stubborn"):
        wait()


if __name__ == "__main__":
    main()
