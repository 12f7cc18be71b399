"""What a worker gives up after it was forked and before the first byte of student code, and in which order.

The order matters: what needs a privilege comes before privileges go, seccomp comes last, and two canaries at the end
make sure. What this machine can do is found out once, by doing it in a child of the zygote.
"""

from __future__ import annotations

import _socket
import os
import signal
import socket
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from . import jail, landlock, linux, seccomp
from .layers import EVERY_LAYER, IDS, LAYERS

resource: Any
try:
    import resource
except ImportError:  # not on Windows: there a student's own code is checked with time limits only
    resource = None

_OPEN_FILES = 32
_PROCESSES = 64
_SIGNALS = 64
_STACK_BYTES = 16 * 2**20
_SCRATCH_FILE_BYTES = 16 * 2**20


class NotConfined(Exception):
    """A layer that held in the zygote's trial did not hold here."""


@dataclass
class Confinement:
    """What to put on, prepared in the zygote so that a worker has only to do it.

    layers     names of `LAYERS`
    files      whether workers may read data and use a scratch folder (the files profile)
    packages   folders that may be read in the files profile
    first_id   the first of `IDS` user ids that own nothing, used where the zygote is root; 0 where it has none
    namespaces whether there are namespaces around the zygote, so that the process limit counts its workers only
    """

    layers: frozenset[str] = EVERY_LAYER
    files: bool = False
    packages: tuple[str, ...] = ()
    first_id: int = 0
    namespaces: bool = False
    _policy: seccomp.Policy | None = field(default=None, init=False)
    _abi: int = field(default=0, init=False)
    _expected: tuple[Any, list[tuple[str, int, tuple[int, int]]]] | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        if linux.supported():
            self._policy = seccomp.Policy(files=self.files)
            self._abi = linux.landlock_abi()

    @property
    def changes_ids(self) -> bool:
        """Whether workers can and must give up root's ids."""
        return self.first_id > 0 and hasattr(os, "getuid") and os.getuid() == 0

    @property
    def facts(self) -> dict[str, Any]:
        """Which versions and rules: for the record of a result."""
        return {
            "kernel": os.uname().release if hasattr(os, "uname") else "",
            "architecture": linux.ARCHITECTURE,
            "landlock_abi": self._abi,
            "policy": self._policy.fingerprint if self._policy else "",
            "profile": "files" if self.files else "closed",
        }

    def apply(
        self, memory_mib: int, cpu_seconds: int, keep: tuple[int, ...], *, slot: int = 0, parent: int = 0
    ) -> None:
        """Put all layers on this process.

        keep    descriptors besides 0, 1, 2 that stay open
        slot    which of the ids to take
        parent  the zygote's process id; 0 where there is none
        Raises  OSError or NotConfined
        """
        for _layer in self.steps(memory_mib, cpu_seconds, keep, slot, parent):
            pass
        self._try_the_walls()

    def steps(
        self, memory_mib: int, cpu_seconds: int, keep: tuple[int, ...], slot: int, parent: int
    ) -> Iterator[str]:
        """Put on layer after layer; yields the name of each before it is tried."""
        yield "environment"
        if "environment" in self.layers:
            linux.clear_environment()
        yield "descriptors"
        if "descriptors" in self.layers:
            _close_descriptors(keep)
        yield "session"
        if "session" in self.layers and hasattr(os, "setsid"):
            try:  # noqa: SIM105 — a worker pays for what it touches: each page is then copied for it
                os.setsid()
            except PermissionError:
                pass  # it leads a group already
        if sys.platform != "linux":
            yield "rlimits"
            self._limit_resources(memory_mib, cpu_seconds)
            return
        os.umask(0o077)
        yield "root"
        if "root" in self.layers and self.files:
            jail.fresh_scratch()
        if not self.files:
            os.chdir("/")
        elif "root" in self.layers:
            os.chdir(jail.SCRATCH)
        yield "ids"
        if "ids" in self.layers and self.changes_ids:
            self._drop_ids(self.first_id + slot % IDS)
        yield "capabilities"
        if "capabilities" in self.layers and linux.supported():
            linux.set_capabilities()
        yield "dumpable"
        if "dumpable" in self.layers:
            linux.prctl(linux.PR_SET_DUMPABLE, 0)
        yield "parent_death"
        # Only now: a change of ids takes it off again.
        if "parent_death" in self.layers:
            linux.prctl(linux.PR_SET_PDEATHSIG, signal.SIGKILL)
            if parent and os.getppid() != parent:
                raise NotConfined("the zygote has ended")
        yield "rlimits"
        if "rlimits" in self.layers:
            self._limit_resources(memory_mib, cpu_seconds)
        yield "no_new_privs"
        if "no_new_privs" in self.layers:
            linux.prctl(linux.PR_SET_NO_NEW_PRIVS, 1)
        yield "landlock"
        if "landlock" in self.layers:
            if not self._abi:
                raise NotConfined("this kernel has no Landlock")
            landlock.restrict(self._abi, self._grants())
        yield "seccomp"
        if "seccomp" in self.layers:
            if self._policy is None:
                raise NotConfined("the system calls of this architecture are not known")
            linux.seccomp(self._policy.program(os.getpid()))

    def _grants(self) -> tuple[tuple[str, int], ...]:
        if not self.files:
            return ()
        readable = [path for path in (*self.packages, jail.DATA) if os.path.isdir(path)]
        scratch = [(jail.SCRATCH, landlock.SCRATCH)] if "root" in self.layers else []
        return (*((path, landlock.READ) for path in readable), *scratch)

    def _drop_ids(self, identifier: int) -> None:
        os.setgroups([])
        os.setresgid(identifier, identifier, identifier)
        os.setresuid(identifier, identifier, identifier)
        if os.getresuid() != (identifier,) * 3 or os.getresgid() != (identifier,) * 3:
            raise NotConfined("the ids did not change")

    def _limit_resources(self, memory_mib: int, cpu_seconds: int) -> None:
        if "rlimits" not in self.layers or resource is None:
            return
        for name, what, both in self.expect(memory_mib, cpu_seconds):
            try:
                resource.setrlimit(what, both)
            except (OSError, ValueError) as error:
                if sys.platform == "linux":
                    raise NotConfined(f"RLIMIT_{name}: {error}") from None
                # Other systems know some limits by name only.

    def expect(self, memory_mib: int, cpu_seconds: int) -> list[tuple[str, int, tuple[int, int]]]:
        """What the limits of a worker come to: their names, numbers and values. A zygote asks before it forks."""
        key = memory_mib, cpu_seconds, self.layers
        if self._expected is not None and self._expected[0] == key:
            return self._expected[1]
        limits = {
            "CORE": 0,
            "FSIZE": _SCRATCH_FILE_BYTES if self.files else 0,
            "NOFILE": _OPEN_FILES,
            "CPU": cpu_seconds,
            "STACK": _STACK_BYTES,
        }
        if sys.platform == "linux":
            limits |= {"AS": memory_mib * 2**20, "MEMLOCK": 0, "MSGQUEUE": 0, "SIGPENDING": _SIGNALS}
            limits |= {"NICE": 0, "RTPRIO": 0}
            # Elsewhere it would count the user's other programs too, and an honest thread could not be started.
            own_id = ("ids" in self.layers and self.changes_ids) or os.getuid() >= self.first_id > 0
            if self.namespaces or own_id:
                limits["NPROC"] = _PROCESSES
        numbered = []
        for name, value in limits.items():
            what = getattr(resource, f"RLIMIT_{name}")
            _soft, hard = resource.getrlimit(what)
            if hard != resource.RLIM_INFINITY:
                value = min(value, hard)
            numbered.append((name, what, (value, value)))
        self._expected = key, numbered
        return numbered

    def _try_the_walls(self) -> None:
        """What must be denied now is denied, or this process ends."""
        if {"seccomp", "landlock"} & self.layers:
            try:
                os.close(os.open("/etc" if self.files else "/", os.O_RDONLY))
            except OSError:
                pass
            else:
                raise NotConfined("a folder could be opened")
        if "seccomp" in self.layers:
            try:
                _socket.socket(socket.AF_UNIX).close()
            except OSError:
                pass
            else:
                raise NotConfined("a socket could be made")


def _close_descriptors(keep: tuple[int, ...]) -> None:
    low = 3
    for descriptor in sorted(keep):
        os.closerange(low, descriptor)
        low = descriptor + 1
    os.closerange(low, 65_536 if os.name == "posix" else 256)


def what_fails(confinement: Confinement, memory_mib: int) -> dict[str, str]:
    """Layers that this machine refuses, with the reason: tried one after another in a child of this process."""
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        layer = ""
        try:
            for step in confinement.steps(memory_mib, 2, (writing,), 0, os.getppid()):
                layer = step
            layer = "the walls"
            confinement._try_the_walls()
        except BaseException as error:
            os.write(writing, f"{layer}\0{error}".encode()[:1000])
        finally:
            os._exit(0)
    os.close(writing)
    said = b""
    while part := os.read(reading, 1024):
        said += part
    os.close(reading)
    _pid, status = os.waitpid(pid, 0)
    if not said:
        return {} if status == 0 else {"seccomp": f"the trial ended with status {status}"}
    layer, _nul, reason = said.decode(errors="replace").partition("\0")
    return {layer: reason}


def usable(confinement: Confinement, memory_mib: int) -> dict[str, str]:
    """Take off the layers that this machine refuses, until the others hold; layer → why it was refused."""
    refused: dict[str, str] = {}
    for _attempt in range(len(LAYERS)):
        failed = what_fails(confinement, memory_mib)
        if not failed:
            break
        refused |= failed
        confinement.layers = confinement.layers - failed.keys()
    return refused
