"""Runs a weak grader with a hostile file, bounded from outside: for the proofs that an attack works somewhere."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

HERE = Path(__file__).parent
PYTHON = os.path.realpath(sys.executable)
_SITE = str(Path(np.__file__).parent.parent)
_SHOWN = ["/usr", "/bin", "/sbin", "/lib", "/lib64", "/etc/ld.so.cache", sys.base_prefix, _SITE]
_SPARE_SECONDS = 10.0


@dataclass(frozen=True)
class Bounded:
    """What became of a command in its box.

    stdout, stderr  what it wrote, at most 16 MiB each
    status          exit status, negative for a signal as in subprocess; None where it still ran at its deadline
    left            how many other processes still ran at its end
    files           path below /box → the first 64 KiB of each file that lay there in the end
    """

    stdout: str
    stderr: str
    status: int | None
    left: int
    files: Mapping[str, bytes]

    @property
    def said(self) -> str:
        """All that was written."""
        return self.stdout + self.stderr

    @property
    def timed_out(self) -> bool:
        return self.status is None


def run_bounded(
    command: Sequence[str],
    files: Mapping[str, bytes],
    *,
    seconds: float = 5.0,
    environment: Mapping[str, str] | None = None,
    privileged: bool = False,
    links: Mapping[str, str] | None = None,
    stdin: int = subprocess.DEVNULL,
) -> Bounded:
    """Run `command` (after Python's own path) in namespaces of its own, in /box/work, with /box filled by `files`.

    At most 64 processes, 256 MiB of memory each, 16 MiB a file, 64 MiB of files, and `seconds` (5 at most) in all.

    privileged  as root of its own user namespace, for attacks that start from there
    links       path below /box → what the symbolic link there points to
    stdin       the descriptor that the command reads from
    Raises      RuntimeError where the box cannot be built
    """
    assert seconds <= 5
    with (
        tempfile.TemporaryDirectory(prefix="autograde-box-") as root,
        tempfile.TemporaryFile() as stdout,
        tempfile.TemporaryFile() as stderr,
        # Files, because a pipe and a command line hold too little.
        tempfile.TemporaryFile() as report,
        tempfile.TemporaryFile() as given,
    ):
        options = {
            "command": [PYTHON, *command],
            "environment": {
                "PATH": "/usr/bin:/bin",
                "PYTHONPATH": f"/box/work:/box/grader:{_SITE}",
                "PYTHONDONTWRITEBYTECODE": "1",
                "PYTHONHASHSEED": "0",
                "OPENBLAS_NUM_THREADS": "1",
                "HOME": "/box/home",
                **(environment or {}),
            },
            "files": {name: data.hex() for name, data in {"home/.profile": b"", **files}.items()},
            "links": dict(links or {}),
            "privileged": privileged,
            "report": report.fileno(),
            "root": root,
            "seconds": seconds,
            "show": _SHOWN,
        }
        given.write(json.dumps(options).encode())
        given.seek(0)
        box = subprocess.Popen(
            [sys.executable, "-I", "-S", "-B", str(HERE / "box.py"), str(given.fileno())],
            stdin=stdin,
            stdout=stdout,
            stderr=stderr,
            pass_fds=(given.fileno(), report.fileno()),
            cwd="/",
        )
        try:
            box.wait(seconds + _SPARE_SECONDS)
        finally:
            # pid 1 of the box goes with it, and everything in the box with that.
            box.kill()
            box.wait()
        report.seek(0)
        told = json.loads(report.read() or b'{"error": "it told nothing"}')
        texts = []
        for stream in (stdout, stderr):
            stream.seek(0)
            texts.append(stream.read(2**24).decode("utf-8", "replace"))
    if told["error"] is not None:
        raise RuntimeError(f"The box could not be built: {told['error']} {texts[1][-500:]}")
    left = {name: bytes.fromhex(data) for name, data in told["files"].items()}
    return Bounded(texts[0], texts[1], told["status"], told["left"], left)
