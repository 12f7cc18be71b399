"""What a student's file may import: its own siblings from memory, NumPy, part of the standard library, and
inert stand-ins for what people leave in a file (plots, progress bars). Everything else is answered with a sentence.

This is a courtesy to honest students, not a wall: confinement is what stops the others.
"""

from __future__ import annotations

import importlib
import importlib.abc
import importlib.machinery
import linecache
import sys
import types
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

STANDARD = [
    "abc",
    "argparse",
    "array",
    "ast",
    "base64",
    "binascii",
    "bisect",
    "builtins",
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
    "enum",
    "errno",
    "fnmatch",
    "fractions",
    "functools",
    "gc",
    "glob",
    "graphlib",
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
    "math",
    "numbers",
    "operator",
    "os",
    "pathlib",
    "pickle",
    "platform",
    "pprint",
    "queue",
    "random",
    "re",
    "reprlib",
    "secrets",
    "shutil",
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
    "types",
    "typing",
    "unicodedata",
    "unittest",
    "warnings",
    "weakref",
    "zlib",
    "__future__",
]
_ENCODINGS = (
    "ascii",
    "cp1252",
    "cp1258",
    "idna",
    "latin_1",
    "punycode",
    "raw_unicode_escape",
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
    "tracemalloc",
    "zipfile",
    "numpy",
    "numpy._core._dtype",
    "numpy._core._dtype_ctypes",
    "numpy._core._internal",
    "numpy.char",
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

INERT = ("matplotlib", "IPython", "google", "tqdm", "seaborn", "mpl_toolkits", "pylab", "ipywidgets")


def preload(names: Iterable[str] = PRELOADED) -> None:
    """Import what students may import, so that no path is looked up once their code runs."""
    for name in names:
        importlib.import_module(name)


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
        self._allowed = {*STANDARD, "numpy", "encodings", *allowed}

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: types.ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        top = name.partition(".")[0]
        if name in self._siblings:
            return importlib.machinery.ModuleSpec(name, _SourceLoader(*self._siblings[name]))
        if top in INERT:
            return importlib.machinery.ModuleSpec(name, _InertLoader(), is_package=True)
        # A private module is some allowed module's own business ("_strptime" for datetime).
        if top in self._allowed or top.startswith("_") or _asked_by_library():
            return None
        raise NotAvailable(f"'{name}' is not available in this course", name=name)


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
        return _special(name)

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


def _passes_through(iterable: Any = (), *args: Any, **kwargs: Any) -> Any:
    """tqdm(iterable) is the iterable."""
    return iterable


_RESULTS: dict[str, Any] = {
    "subplots": lambda *a, **k: (Inert(), Inert()),
    "plot": lambda *a, **k: [Inert()],
    "hist": lambda *a, **k: ([], [], Inert()),
    "tqdm": _passes_through,
    "tqdm_notebook": _passes_through,
    "trange": range,
    "display": lambda *a, **k: None,
    "get_ipython": lambda: None,
}


def _special(name: str) -> Any:
    return _RESULTS.get(name, Inert())


class _InertModule(types.ModuleType):
    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return _special(name)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return _passes_through(*args, **kwargs)


class _InertLoader(importlib.abc.Loader):
    def create_module(self, spec: importlib.machinery.ModuleSpec) -> types.ModuleType:
        return _InertModule(spec.name)

    def exec_module(self, module: types.ModuleType) -> None:
        pass
