"""What a student's file may import: its own siblings from memory, NumPy, part of the standard library, and
inert stand-ins for what people leave in a file (plots, progress bars). Everything else is answered with a sentence.

This is a courtesy to honest students, not a wall: confinement is what stops the others.
"""

from __future__ import annotations

import errno
import importlib
import importlib.abc
import importlib.machinery
import linecache
import os
import sys
import types
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

STANDARD = [
    "abc",
    "argparse",
    "array",
    "ast",
    "atexit",
    "base64",
    "binascii",
    "bisect",
    "builtins",
    "bz2",
    "cProfile",
    "calendar",
    "cmath",
    "codecs",
    "collections",
    "colorsys",
    "concurrent",
    "contextlib",
    "contextvars",
    "copy",
    "csv",
    "dataclasses",
    "datetime",
    "decimal",
    "difflib",
    "dis",
    "doctest",
    "enum",
    "errno",
    "fnmatch",
    "fractions",
    "functools",
    "gc",
    "glob",
    "graphlib",
    "gzip",
    "hashlib",
    "heapq",
    "importlib",
    "inspect",
    "io",
    "itertools",
    "json",
    "keyword",
    "linecache",
    "locale",
    "logging",
    "lzma",
    "math",
    "numbers",
    "operator",
    "os",
    "pathlib",
    "pdb",
    "pickle",
    "platform",
    "pprint",
    "pstats",
    "queue",
    "random",
    "re",
    "reprlib",
    "secrets",
    "shutil",
    "signal",
    "stat",
    "statistics",
    "string",
    "struct",
    "sys",
    "tempfile",
    "textwrap",
    "threading",
    "time",
    "timeit",
    "token",
    "tokenize",
    "traceback",
    "tracemalloc",
    "types",
    "typing",
    "unicodedata",
    "unittest",
    "urllib",
    "warnings",
    "weakref",
    "zipfile",
    "zlib",
    "__future__",
]
_ENCODINGS = (
    "ascii",
    "cp1252",
    "cp1258",
    "hex_codec",
    "idna",
    "latin_1",
    "punycode",
    "raw_unicode_escape",
    "rot_13",
    "unicode_escape",
    "utf_16",
    "utf_16_le",
    "utf_32",
    "utf_8_sig",
)
PRELOADED = [
    *STANDARD,
    *(f"encodings.{name}" for name in _ENCODINGS),
    "_strptime",
    "collections.abc",
    "concurrent.futures.thread",
    "importlib.abc",
    "importlib.machinery",
    "importlib.util",
    "json.tool",
    "logging.handlers",
    "subprocess",  # platform asks it; starting anything is refused
    "urllib.request",  # so does np.loadtxt, for any name; and many files say how their data was downloaded
    "numpy",
    "numpy._core._dtype",
    "numpy._core._dtype_ctypes",
    "numpy._core._internal",
    "numpy.char",
    "numpy.core",
    "numpy.ctypeslib",
    "numpy.dtypes",
    "numpy.exceptions",
    "numpy.fft",
    "numpy.lib.array_utils",
    "numpy.lib.format",
    "numpy.lib.mixins",
    "numpy.lib.npyio",
    "numpy.lib.recfunctions",
    "numpy.lib.scimath",
    "numpy.lib.stride_tricks",
    "numpy.linalg",
    "numpy.ma",
    "numpy.ma.mrecords",
    "numpy.matrixlib",
    "numpy.polynomial",
    "numpy.random",
    "numpy.rec",
    "numpy.strings",
    "numpy.testing",
    "numpy.typing",
]
"""Loaded before a worker is closed off: afterwards no path can be looked up, so nothing else can be imported."""

_ALWAYS_ALLOWED = frozenset([*STANDARD, "numpy", "encodings"])

INERT = (
    "matplotlib",
    "IPython",
    "google",
    "graphviz",
    "tqdm",
    "seaborn",
    "mpl_toolkits",
    "plotly",
    "pylab",
    "ipywidgets",
)


def preload(names: Iterable[str] = PRELOADED) -> None:
    """Import what students may import, so that no path is looked up once their code runs."""
    for name in names:
        importlib.import_module(name)


_behind = ""


def go_behind_walls(*, files: bool) -> None:
    """Be honest with honest code where walls stand: called once, in the zygote.

    files  whether there are some that may be read or written
    """
    global _behind
    nothing = (
        "start programs or use the network"
        if files
        else "read or write files, start programs or use the network"
    )
    _behind = f" (while it is graded, code cannot {nothing})"
    if not files:
        _keep_folders_from_failing()


def _keep_folders_from_failing() -> None:
    """Let `os.mkdir` do nothing: a folder that is made for plots costs no more than the plots.

    Files are another matter: what was not written could not be read back, so `open` says that there are none.
    """
    really = os.mkdir

    def mkdir(path: Any, mode: int = 0o777, *, dir_fd: int | None = None) -> None:
        try:
            really(path, mode, dir_fd=dir_fd)
        except PermissionError as error:
            if error.errno != errno.EPERM:
                raise

    os.mkdir = mkdir


def explained(error: BaseException) -> str:
    """The text of an exception; where a wall stands behind it, with what a student must know about walls."""
    text = str(error)
    # Only the filter of system calls answers EPERM there.
    refused = isinstance(error, PermissionError) and error.errno == errno.EPERM
    # And what is told so when it asks whether a file exists says that it was not found.
    missed = isinstance(error, FileNotFoundError) and "files" in _behind
    return text + _behind if refused or missed else text


class NotAvailable(ModuleNotFoundError):
    """An import of something that this course does not provide."""


NotAvailable.__name__ = "ModuleNotFoundError"


class CourseImports(importlib.abc.MetaPathFinder):
    """First on `sys.meta_path`: answers for every module that is not loaded yet.

    siblings  module name → (file name, source) of the submission's other files
    allowed   further top-level names that the course allows
    """

    def __init__(self, siblings: Mapping[str, tuple[str, str]], allowed: Iterable[str] = ()) -> None:
        self._siblings = siblings
        self._allowed = {name.partition(".")[0] for name in allowed}

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: types.ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        top = name.partition(".")[0]
        if name in self._siblings:
            return importlib.machinery.ModuleSpec(name, _SourceLoader(*self._siblings[name]))
        # `from numpy import *` asks for f2py, which is a compiler and nobody's business here.
        if top in INERT or name == "numpy.f2py":
            return importlib.machinery.ModuleSpec(name, _InertLoader(), is_package=True)
        # A private module is some allowed module's own business ("_strptime" for datetime).
        if top.startswith("_"):
            return None
        # Of what is allowed, a part that was not loaded before the walls went up cannot be had any more.
        allowed = top in _ALWAYS_ALLOWED or top in self._allowed
        if _is_there(name, path) if allowed else _asked_by_library():
            return None
        raise NotAvailable(f"'{name}' is not available in this course", name=name)


def _is_there(name: str, path: Sequence[str] | None) -> bool:
    if name in sys.builtin_module_names:
        return True
    if importlib.machinery.FrozenImporter.find_spec(name) is not None:
        return True
    return importlib.machinery.PathFinder.find_spec(name, path) is not None


def _asked_by_library() -> bool:
    """Whether the import statement stands in the standard library or NumPy rather than in student code."""
    frame: types.FrameType | None = sys._getframe(2)
    while frame is not None and "importlib" in frame.f_code.co_filename:
        frame = frame.f_back
    if frame is None:
        return False
    importer = str(frame.f_globals.get("__name__", "")).partition(".")[0]
    return importer == "numpy" or importer in sys.stdlib_module_names


class _SourceLoader(importlib.abc.Loader):
    def __init__(self, file: str, source: str) -> None:
        self._file = file
        self._source = source

    def exec_module(self, module: types.ModuleType) -> None:
        module.__file__ = self._file
        remember_lines(self._file, self._source)
        exec(compile(self._source, self._file, "exec", dont_inherit=True), module.__dict__)


def remember_lines(file: str, source: str) -> None:
    """Let tracebacks and `inspect` see a source that is on no disk."""
    linecache.cache[file] = (len(source), None, source.splitlines(keepends=True), file)


class Inert:
    """Accepts every use and does nothing, so that a plot left in a file costs nothing."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        pass

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return Inert()

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return _axes_of if name == "subplots" else _special(name)

    def __setattr__(self, name: str, value: Any) -> None:
        pass

    def __getitem__(self, key: Any) -> Any:
        return Inert()

    def __setitem__(self, key: Any, value: Any) -> None:
        pass

    def __iter__(self) -> Iterator[Any]:
        return iter(())

    def __len__(self) -> int:
        return 0

    def __bool__(self) -> bool:
        return False

    def __enter__(self) -> Any:
        return self

    def __exit__(self, *exc: object) -> None:
        return None


for _name in ("add", "sub", "mul", "truediv", "floordiv", "mod", "pow"):
    for _side in ("", "r"):
        setattr(Inert, f"__{_side}{_name}__", lambda self, other: Inert())


class Progress:
    """A progress bar that shows nothing: the iterable itself, with everything that a bar can be told."""

    def __init__(self, iterable: Any = None, *args: Any, **kwargs: Any) -> None:
        self._iterable = () if iterable is None else iterable

    def __iter__(self) -> Iterator[Any]:
        return iter(self._iterable)

    def __len__(self) -> int:
        return len(self._iterable)

    def __enter__(self) -> Any:
        return self

    def __exit__(self, *exc: object) -> None:
        return None

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return Inert()

    @staticmethod
    def write(text: str = "", *args: Any, **kwargs: Any) -> None:
        """Prints, as the real one does beside its bar."""
        print(text)


def _progress_of_range(*bounds: Any, **kwargs: Any) -> Progress:
    return Progress(range(*bounds))


def _axes_of(nrows: int = 1, ncols: int = 1, *args: Any, squeeze: bool = True, **kwargs: Any) -> Any:
    """As many inert axes as were asked for, in the shape that they are unpacked from."""
    import numpy as np

    axes = np.empty((nrows, ncols), dtype=object)
    for place in np.ndindex(axes.shape):
        axes[place] = Inert()
    if not squeeze:
        return axes
    return axes.squeeze() if axes.size > 1 else axes[0, 0]


def _figure_and_axes(*args: Any, **kwargs: Any) -> tuple[Any, Any]:
    return Inert(), _axes_of(*args, **kwargs)


def _interval(*args: Any, **kwargs: Any) -> tuple[float, float]:
    return 0.0, 1.0


_RESULTS: dict[str, Any] = {
    "subplots": _figure_and_axes,
    "subplot_mosaic": lambda *a, **k: (Inert(), Inert()),
    "plot": lambda *a, **k: [Inert()],
    "hist": lambda *a, **k: ([], [], Inert()),
    "get_legend_handles_labels": lambda *a, **k: ([], []),
    **dict.fromkeys(["xlim", "ylim", "get_xlim", "get_ylim", "get_zlim"], _interval),
    "tqdm": Progress,
    "tqdm_notebook": Progress,
    "trange": _progress_of_range,
    "display": Inert(),  # a function in one place, a module in another
    "get_ipython": Inert(),
}


def _special(name: str) -> Any:
    return _RESULTS.get(name, Inert())


class _InertModule(types.ModuleType):
    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return _special(name)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return Progress(*args, **kwargs)


class _InertLoader(importlib.abc.Loader):
    def create_module(self, spec: importlib.machinery.ModuleSpec) -> types.ModuleType:
        return _InertModule(spec.name)

    def exec_module(self, module: types.ModuleType) -> None:
        pass
