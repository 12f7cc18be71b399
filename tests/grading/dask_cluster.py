"""A real Dask scheduler and real Dask workers on loopback, as an operator starts them, each a process of its own."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


class Cluster:
    """A scheduler, and workers that come and go. folder: for their logs, their own files and the scheduler's file."""

    def __init__(self, folder: Path, *more: str, environment: dict[str, str] | None = None) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.file = folder / "scheduler.json"
        self._environment = environment or {}
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        host = () if "--protocol" in more else ("--host", "127.0.0.1")
        self.scheduler = self._start(
            "scheduler", *host, "--port", "0", "--no-dashboard", "--scheduler-file", str(self.file), *more
        )
        self._wait(lambda: self.file.exists() and self.file.stat().st_size > 0)
        self.address: str = json.loads(self.file.read_text())["address"]

    def worker(
        self, name: str, *more: str, nanny: bool = False, environment: dict[str, str] | None = None
    ) -> subprocess.Popen[bytes]:
        """Start one; it has joined when this returns. Without a nanny nobody starts it again."""
        log = self._log(name)
        place = self.folder / f"{name}.files"
        process = self._start(
            "worker", self.address, "--name", name, "--nthreads", "1", "--no-dashboard",
            "--host", "127.0.0.1", "--memory-limit", "0", "--local-directory", str(place),
            "--nanny" if nanny else "--no-nanny", *more, name=name, environment=environment,
        )  # fmt: skip
        self._wait(lambda: b"Registered to" in log.read_bytes(), process)
        return process

    def log(self, name: str) -> str:
        return self._log(name).read_text(errors="replace")

    def kill(self, name: str) -> None:
        """SIGKILL to that process alone."""
        self._processes[name].kill()
        self._processes[name].wait()

    def close(self) -> None:
        for process in reversed(list(self._processes.values())):
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
        for process in self._processes.values():
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(timeout=10)
            if process.poll() is None:
                process.kill()
                process.wait()

    def _log(self, name: str) -> Path:
        return self.folder / f"{name}.log"

    def _start(
        self, kind: str, *arguments: str, name: str = "", environment: dict[str, str] | None = None
    ) -> subprocess.Popen[bytes]:
        name = name or kind
        settings = {
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "PYTHONDONTWRITEBYTECODE": "1",
            **self._environment,
            **(environment or {}),
        }
        settings.pop("AUTOGRADE_COURSE", None)
        settings.update(environment or {})
        with open(self._log(name), "wb") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "distributed.cli.dask_" + kind, *arguments],
                env=settings,
                cwd=self.folder,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        self._processes[name] = process
        return process

    def _wait(self, until: object, process: subprocess.Popen[bytes] | None = None) -> None:
        end = time.monotonic() + 60
        while not until():  # type: ignore[operator]
            process = process or self.scheduler
            assert process.poll() is None, [self.log(name) for name in self._processes]
            assert time.monotonic() < end, [self.log(name) for name in self._processes]
            time.sleep(0.05)
