"""Where do temporary files go, so that none stays, however a run ends? Into one folder a run; the next run removes it.

The folder of a run that was killed is known by its lock, which nobody holds any more.
"""

from __future__ import annotations

import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from time import time

_PREFIX = "autograde-run-"
_LOCK = "lock"
_MAKING_SECONDS = 600.0
"""How long a folder may be in the making at most."""


@contextmanager
def own_temporary_folder() -> Iterator[None]:
    """A folder of our own for all temporary files, of this process and of those that it starts; empty and gone afterwards.

    Where none can be made, everything is as before: whoever needs a file will say so.
    """
    try:
        import fcntl
    except ImportError:
        yield
        return
    lock, folder = -1, None
    try:
        outside = Path(tempfile.gettempdir())
        _remove_abandoned(outside)
        # Under another name until it is locked: nobody may take it for an abandoned one.
        made = Path(tempfile.mkdtemp(prefix=f".{_PREFIX}", dir=outside))
        lock = os.open(made / _LOCK, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
        fcntl.flock(lock, fcntl.LOCK_EX)
        folder = made.rename(outside / made.name.removeprefix("."))
    except OSError:
        if lock >= 0:
            os.close(lock)
    if folder is None:
        yield
        return
    before = os.environ.get("TMPDIR")
    os.environ["TMPDIR"] = tempfile.tempdir = str(folder)
    try:
        yield
    finally:
        tempfile.tempdir = None
        if before is None:
            os.environ.pop("TMPDIR", None)
        else:
            os.environ["TMPDIR"] = before
        shutil.rmtree(folder, ignore_errors=True)
        os.close(lock)


def _remove_abandoned(outside: Path) -> None:
    import fcntl

    with suppress(OSError):
        for folder in [*outside.glob(f"{_PREFIX}*"), *outside.glob(f".{_PREFIX}*")]:
            with suppress(OSError):
                about = folder.lstat()
                in_the_making = folder.name.startswith(".") and abs(time() - about.st_mtime) < _MAKING_SECONDS
                if about.st_uid != os.geteuid() or not stat.S_ISDIR(about.st_mode) or in_the_making:
                    continue
                try:
                    lock = os.open(folder / _LOCK, os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC)
                except FileNotFoundError:
                    # Killed before the lock was made, or while all was being removed.
                    shutil.rmtree(folder, ignore_errors=True)
                    continue
                try:
                    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    shutil.rmtree(folder, ignore_errors=True)
                finally:
                    os.close(lock)
