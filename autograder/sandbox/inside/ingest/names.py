"""Which of some file names is the one to be graded, and which travel with it as modules?

Asked of a folder's names by the trusted side and of an archive's by the worker, so that both are read by one rule.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ..imports import STANDARD
from . import said
from .said import Notices, Unreadable

MAX_FILES = 50
ARCHIVES = (".zip", ".tar", ".tar.gz", ".tgz")
IGNORED_FOLDERS = frozenset({"__MACOSX", "__pycache__", "ipynb_checkpoints"})
SILENT = frozenset({".DS_Store", "Thumbs.db", "desktop.ini"})

_RESERVED = frozenset({*STANDARD, "numpy", "pytest", "msgpack", "inside", "autograder"})


@dataclass(frozen=True)
class Choice:
    """What counts.

    main   the name under which the file to be graded was found
    files  name to use, of a file or of the notebook in its place → name found; `main` is among the latter
    """

    main: str
    files: Mapping[str, str]


def notebook_of(main: str) -> str:
    """The notebook that may be handed in instead of a file: "work.ipynb" for "work.py"."""
    return main.removesuffix(".py") + ".ipynb"


def is_archive(name: str) -> bool:
    """Whether a file says that it is one."""
    return name.lower().endswith(ARCHIVES)


def is_source(name: str) -> bool:
    """Whether a file could be a module or a notebook, or is near enough ("work (1).py") to be named."""
    return name.endswith((".py", ".ipynb")) and name.isprintable() and not name.startswith(".")


def is_hidden(folder: str) -> bool:
    """Whether a folder is some program's own, so that nothing in it was handed in."""
    return folder.startswith(".") or folder in IGNORED_FOLDERS


def is_reserved(module: str) -> bool:
    """Whether a file of this name could not be imported, since a module of Python's or ours is called so."""
    return module in _RESERVED


def choose(names: Iterable[str], main: str, notices: Notices) -> Choice:
    """Tell the file to be graded and its sibling modules from what lies beside them.

    names   those of sources (see `is_source`), no two alike
    main    the file's name in the contract
    Raises  Unreadable where `main` is missing or it is not clear which file is meant
    """
    names = sorted(names)
    notebook = notebook_of(main)
    # Python reads identifiers in this form too, so `import đạo` finds a file whose name came from a Mac.
    composed = {name: unicodedata.normalize("NFKC", name) for name in names}
    counting = [name for name in names if composed[name] == notebook or _is_module(composed[name])]
    if main in composed.values() and notebook in composed.values():
        raise Unreadable(said.BOTH, file=main, notebook=notebook)
    _refuse_alike(counting)
    found = next((name for name in counting if composed[name] in (main, notebook)), None)
    if found is None:
        found = _renamed(main, names, notices)
    if len(names) > MAX_FILES:
        raise Unreadable(said.TOO_MANY_FILES, count=len(names), most=MAX_FILES)
    files: dict[str, str] = {}
    for name in names:
        module = composed[name].removesuffix(".py")
        if name == found:
            files[composed[name] if composed[name] == main else notebook] = name
        elif name not in counting:
            notices.add(said.IGNORED, name=name)
        elif is_reserved(module):
            notices.add(said.SHADOWS, name=name, module=module)
        else:
            files[composed[name]] = name
    return Choice(found, files)


def _renamed(main: str, names: list[str], notices: Notices) -> str:
    """The one notebook that is called nearly as it should be: "work (1).ipynb", "Work.ipynb", "work_an.ipynb".

    A browser, a learning platform or Jupyter renames a notebook without being asked. A file of another program's name
    keeps being refused: whoever named it can rename it, and nobody can tell what it was meant for.
    """
    notebook = notebook_of(main)
    module = _plain(main.removesuffix(".py"))
    alike = [name for name in names if name.endswith(".ipynb") and module in _plain(name)]
    if len(alike) > 1:
        raise Unreadable(said.MANY_NOTEBOOKS, notebook=notebook, found=", ".join(alike[:5]))
    if not alike or any(_may_be_meant(name, module) for name in names):
        raise _missing(main, names)
    notices.add(said.RENAMED, name=alike[0], notebook=notebook)
    return alike[0]


def _may_be_meant(name: str, module: str) -> bool:
    """Whether a file could be the one to be graded under another name: "Work.py" or "work (1).py", not "work_tools.py"."""
    plain = _plain(name)
    return plain.endswith(".py") and module in plain and (plain == f"{module}.py" or not _is_module(name))


def _plain(name: str) -> str:
    return unicodedata.normalize("NFKC", name).casefold().replace("-", "_").replace(" ", "_")


def _is_module(name: str) -> bool:
    return name.endswith(".py") and name.removesuffix(".py").isidentifier()


def _refuse_alike(names: Iterable[str]) -> None:
    seen: dict[str, str] = {}
    for name in names:
        key = unicodedata.normalize("NFKC", name).casefold()
        if key in seen:
            raise Unreadable(said.SAME_NAME, one=seen[key], other=name)
        seen[key] = name


def _missing(main: str, names: list[str]) -> Unreadable:
    found = ", ".join(names[:5])
    if not names:
        return Unreadable(said.NO_PYTHON, file=main)
    if not any(name.endswith(".py") for name in names):
        return Unreadable(said.MISSING_NOTEBOOK, file=main, notebook=notebook_of(main), found=found)
    return Unreadable(said.MISSING, file=main, found=found)
