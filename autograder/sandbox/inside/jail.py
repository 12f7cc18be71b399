"""The zygote's walls: namespaces, and a root that holds only what importing needs, then nothing at all.

Put up once, before NumPy is imported: a process that has threads cannot enter a user namespace, and what was loaded
before might have read something. An ordinary user makes a user namespace first, in which the rest is allowed; root
needs none, and gives up its ids in each worker instead (see SECURITY.md's findings 1 and 3).
"""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import sys
from collections.abc import Iterable
from typing import NoReturn

from . import linux
from .layers import NOT_HERE

DATA = "/data"
SCRATCH = "/scratch"
_ROOT_OPTIONS = "mode=755,size=1m,nr_inodes=1k"
_SCRATCH_OPTIONS = "mode=1777,size=16m,nr_inodes=256"
_EMPTY = "/empty"
_HOST_NAME = "worker"
_LIBRARY_FOLDERS = (
    "/lib64",
    "/usr/lib64",
    *(f"{base}/{linux.ARCHITECTURE}-linux-gnu" for base in ("/lib", "/usr/lib")),
)
_LINKS = ("/lib", "/lib64", "/usr/lib64", "/bin")
_NAMESPACES = {
    "user": linux.CLONE_NEWUSER,
    "mount": linux.CLONE_NEWNS,
    "network": linux.CLONE_NEWNET,
    "ipc": linux.CLONE_NEWIPC,
    "uts": linux.CLONE_NEWUTS,
    "pid": linux.CLONE_NEWPID,
}


def enter(folder: str, packages: Iterable[str], data: str | None, *, root: bool) -> tuple[str, ...]:
    """Put this process behind the walls; comes back in a grandchild, below an init of its own.

    folder    an empty folder of ours, where the new root is mounted
    packages  files and folders that importing needs besides the standard library
    data      a folder that workers may read, as /data
    root      whether the file system is changed too
    Returns   the names of the namespaces
    Exits with `NOT_HERE` and a reason on stderr where this is not allowed
    """
    try:
        names = _unshare()
        # What is mounted here must not appear outside, nor what is mounted outside appear here.
        linux.mount(None, "/", None, linux.MS_REC | linux.MS_PRIVATE)
        socket.sethostname(_HOST_NAME)  # platform.node() would tell whose machine grades
        if root:
            _build_root(folder, packages, data)
            linux.make_root(folder)
            linux.restrict_mount("/", linux.MOUNT_ATTR_RDONLY)
        _become_grandchild()
    except OSError as error:
        print(error, file=sys.stderr)
        raise SystemExit(NOT_HERE) from None
    return names


def _unshare() -> tuple[str, ...]:
    names = [name for name in _NAMESPACES if name != "user" or os.geteuid() != 0]
    user, group = os.geteuid(), os.getegid()
    flags = 0
    for name in names:
        flags |= _NAMESPACES[name]
    linux.unshare(flags)
    if "user" in names:
        _write("/proc/self/setgroups", "deny")
        _write("/proc/self/uid_map", f"{user} {user} 1")
        _write("/proc/self/gid_map", f"{group} {group} 1")
    try:
        linux.unshare(linux.CLONE_NEWCGROUP)
        names.append("cgroup")
    except OSError:
        pass  # an old kernel; workers see no /proc and no /sys in any case
    return tuple(names)


def _write(path: str, text: str) -> None:
    with open(path, "w", encoding="ascii") as file:
        file.write(text)


# -- the first root: what importing needs ---------------------------------------------------------------------


def _build_root(folder: str, packages: Iterable[str], data: str | None) -> None:
    linux.mount("tmpfs", folder, "tmpfs", linux.MS_NOSUID | linux.MS_NODEV, _ROOT_OPTIONS)
    for link in _LINKS:
        if os.path.islink(link):
            _make_folder(folder + os.path.dirname(link))
            os.symlink(os.readlink(link), folder + link)
    for place in _shared_libraries():
        _bind(place, folder)
    for library in _mapped_files():
        if not os.path.lexists(folder + library):
            _bind(library, folder)
    hidden: list[str] = []
    for place in _standard_library():
        _bind(place, folder)
        hidden += _hide_other_packages(place, folder)
    for package in packages:
        _bind(package, folder)
    for place in hidden:
        linux.restrict_mount(place, linux.MOUNT_ATTR_RDONLY | _NO_MORE)
    for device in ("/dev/null", "/dev/urandom"):
        _bind(device, folder, device=True)
    if os.path.exists("/etc/ld.so.cache"):
        _bind("/etc/ld.so.cache", folder)
    for place in (_EMPTY, SCRATCH, DATA):
        os.mkdir(folder + place)
    if data is not None:
        linux.mount(data, folder + DATA, None, linux.MS_BIND)
        attributes = linux.MOUNT_ATTR_RDONLY | linux.MOUNT_ATTR_NOEXEC | _NO_MORE
        linux.restrict_mount(folder + DATA, attributes)


_NO_MORE = linux.MOUNT_ATTR_NOSUID | linux.MOUNT_ATTR_NODEV


def for_importing() -> tuple[str, ...]:
    """The folders of the first root, besides packages, from which modules and what they link to are loaded."""
    return (*_shared_libraries(), *_standard_library())


def _shared_libraries() -> list[str]:
    # Interpreters outside /usr may keep what their packages link to beside their standard library.
    own = () if sys.base_prefix == "/usr" else (os.path.realpath(os.path.join(sys.base_prefix, "lib")),)
    places = (*_LIBRARY_FOLDERS, *own)
    return [place for place in places if os.path.isdir(place) and os.path.realpath(place) == place]


def _standard_library() -> list[str]:
    """The folders of `sys.path` that came with the interpreter; none lies below another.

    Where the interpreter was reached through a link, what is loaded already knows its folder by that name: both stand.
    """
    found: list[str] = []
    entries = [entry for entry in sys.path if entry]
    for entry in sorted({*entries, *map(os.path.realpath, entries)}):
        inside = any(entry.startswith(other + os.sep) for other in found)
        if os.path.isdir(entry) and not inside and os.path.exists(os.path.join(entry, "os.py")):
            found.append(entry)
    return found


def _hide_other_packages(place: str, folder: str) -> list[str]:
    """Installed packages often lie within the standard library's folder; they are no part of it.

    Returns the folders that are empty now
    """
    hidden = []
    for name in ("site-packages", "dist-packages"):
        if os.path.isdir(os.path.join(place, name)):
            hidden.append(folder + os.path.join(place, name))
            linux.mount("tmpfs", hidden[-1], "tmpfs", 0, _ROOT_OPTIONS)
    return hidden


def _mapped_files() -> list[str]:
    """The shared libraries that the interpreter itself runs with, wherever they lie."""
    with open("/proc/self/maps", encoding="utf-8", errors="surrogateescape") as maps:
        paths = {line.split(maxsplit=5)[-1].rstrip("\n") for line in maps if "/" in line}
    return sorted(path for path in paths if ".so" in os.path.basename(path) and os.path.isfile(path))


def _bind(source: str, folder: str, *, device: bool = False) -> None:
    """Show a file or folder of the host at the same place below `folder`, read-only."""
    target = folder + source
    if os.path.isdir(source):
        _make_folder(target)
    else:
        _make_folder(os.path.dirname(target))
        with open(target, "a", encoding="ascii"):
            pass
    linux.mount(source, target, None, linux.MS_BIND)
    linux.restrict_mount(target, linux.MOUNT_ATTR_NOSUID if device else linux.MOUNT_ATTR_RDONLY | _NO_MORE)


def _make_folder(path: str) -> None:
    # Folders above a private home must be passable for an id that does not own it.
    os.makedirs(path, mode=0o755, exist_ok=True)


# -- the second root: nothing ---------------------------------------------------------------------------------


def empty_the_root() -> None:
    """Once everything is imported: a root without a single file. Raises OSError."""
    linux.mount("tmpfs", _EMPTY, "tmpfs", linux.MS_NOSUID | linux.MS_NODEV, "mode=555,size=4k,nr_inodes=1")
    linux.make_root(_EMPTY)
    linux.restrict_mount("/", linux.MOUNT_ATTR_RDONLY | linux.MOUNT_ATTR_NOEXEC)


def fresh_scratch() -> None:
    """A small folder of this worker's own, in the files profile. Raises OSError."""
    linux.unshare(linux.CLONE_NEWNS)
    flags = linux.MS_NOSUID | linux.MS_NODEV | linux.MS_NOEXEC
    linux.mount("tmpfs", SCRATCH, "tmpfs", flags, _SCRATCH_OPTIONS)


# -- processes ------------------------------------------------------------------------------------------------


def _become_grandchild() -> None:
    """Fork an init, which forks the zygote; the zygote returns. Each ends when the one above or below it ends."""
    if child := os.fork():
        _wait_for(child)
    linux.prctl(linux.PR_SET_PDEATHSIG, signal.SIGKILL)
    if zygote := os.fork():
        _wait_for(zygote)
    linux.prctl(linux.PR_SET_PDEATHSIG, signal.SIGKILL)


def _wait_for(child: int) -> NoReturn:
    """Hold nothing, may nothing, reap whatever ends, and end with `child`. As process 1 this ends all others with it."""
    os.closerange(3, 65_536)
    with contextlib.suppress(OSError):  # of no use to it; what it cannot give up does no harm
        linux.drop_capability_bounds()
        linux.set_capabilities()
    while True:
        pid, status = os.waitpid(-1, 0)
        if pid == child:
            os._exit(os.waitstatus_to_exitcode(status) & 0xFF)
