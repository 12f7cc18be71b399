"""What the probes act on: files, sockets and shared memory of ours that a worker must not reach."""

from __future__ import annotations

import contextlib
import ctypes
import os
import secrets
import shutil
import socket
import sys
import tempfile
from pathlib import Path
from types import TracebackType

_FILES = ("append", "truncate", "mode", "owner", "times", "attribute", "rename", "remove")
_IPC_CREATE, _IPC_REMOVE = 0o1000, 0
_BYTES = 4096


class Scene:
    """A folder that everyone may enter, with a file for each probe; listeners on loopback. Use it with `with`.

    facts  what the probes are told: paths, a port, names
    """

    def __enter__(self) -> Scene:
        self._stack = contextlib.ExitStack()
        folder = Path(tempfile.mkdtemp(prefix="autograde-probe-"))
        self._stack.callback(shutil.rmtree, folder, ignore_errors=True)
        # The folder is open to all, so that what stops a probe is not that it cannot come near.
        folder.chmod(0o755)
        for name in _FILES:
            (folder / name).write_text("text", encoding="ascii")
        secret = folder / "secret"
        secret.write_text("secret", encoding="ascii")
        secret.chmod(0o600)
        (folder / "empty").mkdir()
        (folder / "link").symlink_to("append")
        name = f"autograde-{secrets.token_hex(8)}"
        self.facts: dict[str, str | int] = {
            "folder": str(folder),
            "name": name,
            "library": os.__file__,
            "home": _home(),
            "uid": os.getuid() if hasattr(os, "getuid") else 0,
            "gid": os.getgid() if hasattr(os, "getgid") else 0,
            "port": self._listen(socket.AF_INET, ("127.0.0.1", 0)),
            "key": self._shared_memory() if sys.platform == "linux" else 0,
        }
        if sys.platform == "linux":
            self._listen(socket.AF_UNIX, "\0" + name)
            self._listen(socket.AF_UNIX, str(folder / "socket"))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    def _listen(self, family: int, address: str | tuple[str, int]) -> int:
        """Listen without ever accepting; the port, where there is one."""
        listener = self._stack.enter_context(socket.socket(family, socket.SOCK_STREAM))
        listener.bind(address)
        listener.listen(8)
        return int(listener.getsockname()[1]) if family == socket.AF_INET else 0

    def _shared_memory(self) -> int:
        """The key of a System V segment that everyone may attach; 0 where there are none."""
        libc = ctypes.CDLL(None)
        key = secrets.randbelow(2**30) + 1
        segment = libc.shmget(key, ctypes.c_size_t(_BYTES), _IPC_CREATE | 0o666)
        if segment < 0:
            return 0
        self._stack.callback(libc.shmctl, segment, _IPC_REMOVE, None)
        return key


def _home() -> str:
    home = os.path.expanduser("~")
    # Every file system has a "/", so it would tell nothing.
    return home if home != "/" and os.path.isdir(home) else sys.executable
