"""What honest students write works behind the walls as it does anywhere; where it cannot, a sentence says why."""

from __future__ import annotations

from collections.abc import Iterator
from textwrap import dedent
from typing import Any

import numpy as np
import pytest

from autograder.errors import OutOfMemory, StudentError
from autograder.sandbox.bench import Bench
from autograder.sandbox.inside import imports
from autograder.sandbox.launch import Zygote
from autograder.sandbox.student import Student
from autograder.sandbox.worker import Program

from .conftest import LIMITS, Submit
from .processes import linux_only, walled

pytestmark = linux_only

NO_FILES = "cannot read or write files"

# -- every allowed module, and what it is imported for --------------------------------------------------------

EVERY_MODULE: dict[str, tuple[str, Any]] = {
    "__future__": ("__future__.annotations.compiler_flag > 0", True),
    "abc": ("abc.ABC.__name__", "ABC"),
    "argparse": ("argparse.ArgumentParser().parse_args([]).__dict__", {}),
    "array": ("array.array('d', [1, 2]).tolist()", [1.0, 2.0]),
    "ast": ("ast.literal_eval('[1, 2]')", [1, 2]),
    "atexit": ("atexit.register(print) is print", True),
    "base64": ("base64.b64encode(b'abc')", b"YWJj"),
    "binascii": ("binascii.hexlify(b'a')", b"61"),
    "bisect": ("bisect.bisect([1, 3, 5], 3)", 2),
    "builtins": ("builtins.sum([1, 2])", 3),
    "bz2": ("bz2.decompress(bz2.compress(b'abc'))", b"abc"),
    "cProfile": ("cProfile.Profile().runcall(max, 1, 2)", 2),
    "calendar": ("calendar.isleap(2024)", True),
    "cmath": ("cmath.sqrt(-1)", 1j),
    "codecs": ("codecs.encode('ab', 'rot13')", "no"),
    "collections": ("collections.Counter('aab').most_common(1)[0]", ("a", 2)),
    "colorsys": ("colorsys.rgb_to_hsv(0, 0, 0)", (0.0, 0.0, 0)),
    "concurrent": ("concurrent.__name__", "concurrent"),
    "contextlib": ("contextlib.nullcontext(3).__enter__()", 3),
    "contextvars": ("contextvars.ContextVar('v', default=4).get()", 4),
    "copy": ("copy.deepcopy([[1]])", [[1]]),
    "csv": ("next(csv.reader(['a,b']))", ["a", "b"]),
    "dataclasses": ("dataclasses.make_dataclass('P', ['x'])(3).x", 3),
    "datetime": ("datetime.datetime.strptime('2026-03-01', '%Y-%m-%d').month", 3),
    "decimal": ("str(decimal.Decimal('0.1') + decimal.Decimal('0.2'))", "0.3"),
    "difflib": ("difflib.get_close_matches('appel', ['apple'])", ["apple"]),
    "dis": ("dis.stack_effect(dis.opmap['POP_TOP'])", -1),
    "doctest": ("doctest.run_docstring_examples(len, {}, name='len')", None),
    "enum": ("enum.Enum('Color', 'RED').RED.value", 1),
    "errno": ("errno.ENOENT", 2),
    "fnmatch": ("fnmatch.fnmatch('a.py', '*.py')", True),
    "fractions": ("str(fractions.Fraction(1, 3) + fractions.Fraction(1, 6))", "1/2"),
    "functools": ("functools.reduce(lambda a, b: a * b, [2, 3, 4])", 24),
    "gc": ("gc.collect() >= 0", True),
    "glob": ("glob.glob('*.npy')", []),
    "graphlib": ("list(graphlib.TopologicalSorter({'b': {'a'}}).static_order())", ["a", "b"]),
    "gzip": ("gzip.decompress(gzip.compress(b'abc'))", b"abc"),
    "hashlib": ("hashlib.sha256(b'').hexdigest()[:8]", "e3b0c442"),
    "heapq": ("heapq.nsmallest(2, [3, 1, 2])", [1, 2]),
    "importlib": ("importlib.import_module('math').pi > 3", True),
    "inspect": ("list(inspect.signature(lambda a, b=1: 0).parameters)", ["a", "b"]),
    "io": ("io.StringIO('abc').read()", "abc"),
    "itertools": ("list(itertools.pairwise([1, 2, 3]))", [(1, 2), (2, 3)]),
    "json": ("json.loads(json.dumps({'a': [1.5]}))", {"a": [1.5]}),
    "keyword": ("keyword.iskeyword('for')", True),
    "linecache": ("linecache.getline('nowhere.py', 1)", ""),
    "locale": ("locale.localeconv()['decimal_point']", "."),
    "logging": ("logging.getLogger('x').isEnabledFor(logging.ERROR)", True),
    "lzma": ("lzma.decompress(lzma.compress(b'abc'))", b"abc"),
    "math": ("math.comb(5, 2)", 10),
    "numbers": ("isinstance(3, numbers.Integral)", True),
    "operator": ("operator.itemgetter(1)([4, 5])", 5),
    "os": ("os.path.basename('/a/b.txt')", "b.txt"),
    "pathlib": ("pathlib.Path('a/b.txt').suffix", ".txt"),
    "pdb": ("pdb.Pdb.__name__", "Pdb"),
    "pickle": ("pickle.loads(pickle.dumps({'a': (1, 2)}))", {"a": (1, 2)}),
    "platform": ("platform.python_implementation()", "CPython"),
    "pprint": ("pprint.pformat({'a': 1})", "{'a': 1}"),
    "pstats": ("pstats.SortKey.TIME.value", "time"),
    "queue": ("(q := queue.Queue()).put(1) or q.get()", 1),
    "random": ("random.Random(0).random() == random.Random(0).random()", True),
    "re": ("re.findall(r'\\d+', 'a1b22')", ["1", "22"]),
    "reprlib": ("len(reprlib.repr('x' * 1000)) < 100", True),
    "secrets": ("len(secrets.token_hex(4))", 8),
    "shutil": ("shutil.get_terminal_size().columns > 0", True),
    "signal": ("signal.SIGINT.name", "SIGINT"),
    "stat": ("stat.S_ISDIR(0o040000)", True),
    "statistics": ("statistics.median([3, 1, 2])", 2),
    "string": ("string.Template('$a').substitute(a=1)", "1"),
    "struct": ("struct.unpack('<I', struct.pack('<I', 7))", (7,)),
    "sys": ("sys.maxsize > 2**60", True),
    "tempfile": ("tempfile.SpooledTemporaryFile().write(b'abc')", 3),
    "textwrap": ("textwrap.dedent('  a')", "a"),
    "threading": ("threading.current_thread().name", "MainThread"),
    "time": ("time.sleep(0.001) or time.perf_counter() > 0", True),
    "timeit": ("timeit.timeit('1 + 1', number=10) >= 0", True),
    "token": ("token.tok_name[token.NAME]", "NAME"),
    "tokenize": ("len(list(tokenize.generate_tokens(iter(['a\\n']).__next__))) > 1", True),
    "traceback": ("traceback.format_exception_only(ValueError('x'))", ["ValueError: x\n"]),
    "tracemalloc": ("tracemalloc.is_tracing()", False),
    "types": ("types.SimpleNamespace(a=1).a", 1),
    "typing": ("typing.get_type_hints(lambda: 0)", {}),
    "urllib": ("__import__('urllib.parse').parse.quote('a b')", "a%20b"),
    "unicodedata": ("unicodedata.name('é')", "LATIN SMALL LETTER E WITH ACUTE"),
    "unittest": ("unittest.TestCase().assertAlmostEqual(1.0, 1.0 + 1e-9)", None),
    "warnings": ("warnings.filterwarnings('ignore')", None),
    "weakref": ("weakref.WeakValueDictionary().__len__()", 0),
    "zipfile": ("zipfile.is_zipfile(__import__('io').BytesIO(b''))", False),
    "zlib": ("zlib.crc32(b'a') == zlib.crc32(b'a')", True),
}


def test_the_table_holds_every_module_that_is_allowed() -> None:
    assert sorted(EVERY_MODULE) == sorted(imports.STANDARD)


@pytest.fixture(scope="module")
def modules() -> Iterator[Student]:
    """One worker with a function for each module."""
    zygote = Zygote()
    functions = [
        f"def use_{name}():\n    import {name}\n    return {what}\n"
        for name, (what, _) in EVERY_MODULE.items()
    ]
    bench = Bench(zygote, LIMITS, Program({"work.py": "\n".join(functions)}, "work.py"))
    yield Student(bench.worker)
    bench.close()
    zygote.close()


@pytest.mark.parametrize("name", EVERY_MODULE)
def test_an_allowed_module_and_its_usual_function(modules: Student, name: str) -> None:
    value = getattr(modules, f"use_{name}")()
    assert value == EVERY_MODULE[name][1]
    assert type(value) is type(EVERY_MODULE[name][1])


# -- whole files ----------------------------------------------------------------------------------------------

FILES: dict[str, tuple[str, Any]] = {
    # NumPy
    "svd": (
        """
        def answer():
            a = np.random.default_rng(0).normal(size=(200, 200))
            u, s, vt = np.linalg.svd(a)
            return bool(np.allclose(u * s @ vt, a))
        """,
        True,
    ),
    "eig": (
        """
        def answer():
            a = np.diag(np.arange(1.0, 201.0))
            values, vectors = np.linalg.eigh(a)
            return [float(values[0]), float(values[-1]), bool(np.isclose(np.linalg.eigvals(a).real.sum(), 20100))]
        """,
        [1.0, 200.0, True],
    ),
    "solve and inv": (
        """
        def answer():
            a = np.random.default_rng(1).normal(size=(200, 200)) + 50 * np.eye(200)
            b = np.ones(200)
            same = np.allclose(np.linalg.solve(a, b), np.linalg.inv(a) @ b)
            return [bool(same), bool(np.linalg.det(np.eye(3)) == 1), int(np.linalg.matrix_rank(np.ones((3, 3))))]
        """,
        [True, True, 1],
    ),
    "lstsq, qr, cholesky, pinv, norm": (
        """
        def answer():
            a = np.array([[2.0, 0.0], [0.0, 3.0]])
            q, r = np.linalg.qr(a)
            solution, *_ = np.linalg.lstsq(a, np.array([2.0, 3.0]), rcond=None)
            fits = [np.allclose(q @ r, a), np.allclose(solution, 1), np.allclose(np.linalg.pinv(a) @ a, np.eye(2))]
            return [*map(bool, fits), float(np.linalg.norm([3.0, 4.0])), np.linalg.cholesky(a * a).tolist()]
        """,
        [True, True, True, 5.0, [[2.0, 0.0], [0.0, 3.0]]],
    ),
    "a singular matrix": (
        """
        def answer():
            try:
                np.linalg.inv(np.zeros((2, 2)))
            except np.linalg.LinAlgError as error:
                return str(error)
        """,
        "Singular matrix",
    ),
    "a large product": (
        "def answer():\n    a = np.ones((600, 600))\n    return float((a @ a)[0, 0])\n",
        600.0,
    ),
    "fft": (
        "def answer():\n    return np.fft.fft([1.0, 0.0, 0.0, 0.0]).real.tolist()\n",
        [1.0, 1.0, 1.0, 1.0],
    ),
    "rfft and back": (
        "def answer():\n    return bool(np.allclose(np.fft.irfft(np.fft.rfft(np.arange(8.0))), np.arange(8)))\n",
        True,
    ),
    "generators": (
        """
        def answer():
            one, two = np.random.default_rng(7), np.random.default_rng(7)
            shuffled = one.permutation(5).tolist() == two.permutation(5).tolist()
            return [shuffled, one.normal(size=3).shape, np.random.default_rng().integers(0, 10) < 10]
        """,
        [True, (3,), True],
    ),
    "the global generator": (
        """
        np.random.seed(42)
        first = np.random.normal(size=3).tolist()
        def answer():
            np.random.seed(42)
            np.random.randn(0), np.random.shuffle([1, 2]), np.random.choice(3)
            np.random.seed(42)
            return np.random.normal(size=3).tolist() == first
        """,
        True,
    ),
    "masked arrays": (
        "def answer():\n    return float(np.ma.masked_invalid([1.0, np.nan, 3.0]).mean())\n",
        2.0,
    ),
    "einsum and tensordot": (
        """
        def answer():
            a = np.arange(6.0).reshape(2, 3)
            same = np.array_equal(np.einsum("ij,kj->ik", a, a), np.tensordot(a, a, axes=([1], [1])))
            return [bool(same), np.einsum("ij->", a, optimize=True).item()]
        """,
        [True, 15.0],
    ),
    "savez into memory": (
        """
        import io
        def answer():
            memory = io.BytesIO()
            np.savez(memory, w=np.arange(3), b=np.ones(2))
            memory.seek(0)
            stored = np.load(memory)
            return [stored["w"].tolist(), stored["b"].tolist(), sorted(stored.files)]
        """,
        [[0, 1, 2], [1.0, 1.0], ["b", "w"]],
    ),
    "savez_compressed and save": (
        """
        import io
        def answer():
            one, two = io.BytesIO(), io.BytesIO()
            np.savez_compressed(one, np.zeros(1000))
            np.save(two, np.arange(3))
            two.seek(0)
            return [len(one.getvalue()) < 1000, np.load(two).tolist()]
        """,
        [True, [0, 1, 2]],
    ),
    "loadtxt and genfromtxt": (
        """
        import io
        def answer():
            text = "1,2\\n3,4\\n"
            one = np.loadtxt(io.StringIO(text), delimiter=",").sum()
            two = np.genfromtxt(io.StringIO("a,b\\n" + text), delimiter=",", names=True)["b"].tolist()
            out = io.StringIO()
            np.savetxt(out, [[1, 2]], fmt="%d")
            return [float(one), two, out.getvalue()]
        """,
        [10.0, [2.0, 4.0], "1 2\n"],
    ),
    "testing": (
        """
        def answer():
            np.testing.assert_allclose([1.0], [1.0 + 1e-12])
            try:
                np.testing.assert_allclose([1.0], [2.0])
            except AssertionError as error:
                return "Mismatched elements: 1 / 1" in str(error)
        """,
        True,
    ),
    "print options": (
        """
        np.set_printoptions(precision=2, suppress=True)
        def answer():
            with np.printoptions(precision=1):
                inner = str(np.array([0.123]))
            return [inner, str(np.array([0.123])), repr(np.float64(0.5))]
        """,
        ["[0.1]", "[0.12]", "np.float64(0.5)"],
    ),
    "show_config": (
        "np.show_config()\ndef answer():\n    return np.__version__ == np.version.version\n",
        True,
    ),
    "polynomials": (
        "def answer():\n    return [np.polyfit([0, 1, 2], [0, 1, 4], 2).round(6).tolist(),"
        " np.polynomial.Polynomial([1, 2])(3.0).item()]\n",
        [[1.0, 0.0, 0.0], 7.0],
    ),
    "windows over an array": (
        """
        from numpy.lib.stride_tricks import as_strided, sliding_window_view
        def answer():
            return sliding_window_view(np.arange(4), 2).tolist()
        """,
        [[0, 1], [1, 2], [2, 3]],
    ),
    "floating-point errors": (
        """
        import warnings
        def answer():
            with warnings.catch_warnings(record=True) as caught:
                warnings.simplefilter("always")
                np.array([1.0]) / 0
            with np.errstate(all="raise"):
                try:
                    np.array([1.0]) / 0
                except FloatingPointError as error:
                    return [len(caught), str(error)]
        """,
        [1, "divide by zero encountered in divide"],
    ),
    "numpy.typing": (
        """
        from __future__ import annotations
        import numpy.typing as npt
        from numpy.typing import NDArray, ArrayLike
        def double(x: NDArray[np.float64] | ArrayLike) -> npt.NDArray[np.float64]:
            return np.asarray(x) * 2
        def answer():
            return double([1.0]).tolist()
        """,
        [2.0],
    ),
    "structured arrays, strings, dates": (
        """
        def answer():
            table = np.array([(1, "a")], dtype=[("n", int), ("s", "U3")])
            days = np.datetime64("2026-03-01") - np.datetime64("2026-02-28")
            return [table["s"].tolist(), np.char.upper(["a"]).tolist(), int(days.astype(int))]
        """,
        [["a"], ["A"], 1],
    ),
    "vectorize, apply_along_axis, piecewise": (
        """
        def answer():
            f = np.vectorize(lambda x: x + 1)
            return [f([1, 2]).tolist(), np.apply_along_axis(sum, 0, np.ones((2, 2))).tolist(),
                    np.piecewise(np.array([-1.0, 1.0]), [True, False], [0, 1]).tolist()]
        """,
        [[2, 3], [2.0, 2.0], [0.0, 1.0]],
    ),
    "gradient, convolve, histogram, meshgrid": (
        """
        def answer():
            xx, yy = np.meshgrid(np.arange(2), np.arange(3))
            return [np.gradient([0.0, 1.0, 4.0]).tolist(), np.convolve([1, 2], [1, 1]).tolist(),
                    np.histogram([1, 1, 2], bins=2)[0].tolist(), xx.shape]
        """,
        [[1.0, 2.0, 3.0], [1, 3, 2], [2, 1], (3, 2)],
    ),
    "a large but legal array": (
        "def answer():\n    a = np.zeros(25_000_000)\n    a[-1] = 1\n    return float(a.sum())\n",
        1.0,
    ),
    # The language
    "threads": (
        """
        import threading
        def answer():
            found = []
            threads = [threading.Thread(target=found.append, args=(i,)) for i in range(8)]
            for thread in threads: thread.start()
            for thread in threads: thread.join()
            return sorted(found)
        """,
        list(range(8)),
    ),
    "thread pools": (
        """
        from concurrent.futures import ThreadPoolExecutor, as_completed
        def answer():
            with ThreadPoolExecutor() as pool:
                return list(pool.map(lambda x: float((np.ones((x, x)) @ np.ones(x)).sum()), [1, 2, 3]))
        """,
        [1.0, 4.0, 9.0],
    ),
    "multiprocessing.dummy's cousin: a queue and a daemon": (
        """
        import queue, threading
        def answer():
            todo, done = queue.Queue(), queue.Queue()
            threading.Thread(target=lambda: done.put(todo.get() + 1), daemon=True).start()
            todo.put(1)
            return done.get(timeout=15)
        """,
        2,
    ),
    "a traceback as text": (
        """
        import traceback
        def answer():
            try:
                np.ones(2) @ np.ones(3)
            except ValueError:
                return "np.ones(2) @ np.ones(3)" in traceback.format_exc()
        """,
        True,
    ),
    "a printed traceback": (
        """
        import traceback
        def answer():
            try:
                1 / 0
            except ZeroDivisionError:
                traceback.print_exc()
            return True
        """,
        True,
    ),
    "logging": (
        """
        import logging
        logging.basicConfig(level=logging.INFO, format="%(asctime)s %(filename)s:%(lineno)d %(message)s")
        log = logging.getLogger(__name__)
        log.info("epoch %d loss %.3f", 1, 0.5)
        def answer():
            log.warning("late")
            return log.name
        """,
        "work",
    ),
    "warnings": (
        """
        import warnings
        warnings.filterwarnings("ignore")
        warnings.warn("this is old")
        def answer():
            warnings.warn("so is this", DeprecationWarning)
            return True
        """,
        True,
    ),
    "dataclasses and enums": (
        """
        from dataclasses import dataclass, field, asdict, replace
        from enum import Enum, auto
        class Mode(Enum):
            TRAIN = auto()
            TEST = auto()
        @dataclass
        class Config:
            rate: float = 0.1
            sizes: list[int] = field(default_factory=lambda: [2, 3])
            mode: Mode = Mode.TRAIN
        def answer():
            return [replace(Config(), rate=1.0).rate, asdict(Config())["sizes"], Config().mode.name]
        """,
        [1.0, [2, 3], "TRAIN"],
    ),
    "caches": (
        """
        from functools import lru_cache, cache, wraps, partial
        @lru_cache(maxsize=None)
        def fibonacci(n):
            return n if n < 2 else fibonacci(n - 1) + fibonacci(n - 2)
        def answer():
            return [fibonacci(50), fibonacci.cache_info().misses]
        """,
        [12586269025, 51],
    ),
    "typing": (
        """
        from typing import Callable, Dict, List, NamedTuple, Optional, Protocol, Tuple, TypedDict, Union, Any
        class Point(NamedTuple):
            x: float
            y: float = 0.0
        class Layer(Protocol):
            def forward(self, x: Any) -> Any: ...
        def f(x: Optional[List[int]] = None) -> Dict[str, Union[int, float]]:
            return {"a": 1}
        def answer() -> Tuple[float, int]:
            return (Point(1.0).y, f()["a"])
        """,
        (0.0, 1),
    ),
    "abstract classes": (
        """
        from abc import ABC, abstractmethod
        class Layer(ABC):
            @abstractmethod
            def forward(self, x): ...
        class Twice(Layer):
            def forward(self, x): return 2 * x
        def answer():
            try:
                Layer()
            except TypeError:
                return Twice().forward(2)
        """,
        4,
    ),
    "copies and pickles of own objects": (
        """
        import copy, pickle
        class Node:
            def __init__(self, value): self.value, self.grad = value, np.zeros(2)
        def answer():
            node = copy.deepcopy(Node(3))
            again = pickle.loads(pickle.dumps(node))
            return [again.value, again.grad.tolist()]
        """,
        [3, [0.0, 0.0]],
    ),
    "strptime and strftime": (
        """
        from datetime import datetime, timedelta, timezone, date
        def answer():
            then = datetime.strptime("2026-03-01 12:30", "%Y-%m-%d %H:%M") + timedelta(days=1)
            return [then.strftime("%d %B %Y"), datetime.now().year >= 2024, datetime(2026, 1, 1, tzinfo=timezone.utc).isoformat()]
        """,
        ["02 March 2026", True, "2026-01-01T00:00:00+00:00"],
    ),
    "timers": (
        """
        import time
        start = time.time()
        def answer():
            begin = time.perf_counter()
            time.sleep(0.01)
            slept = time.perf_counter() - begin >= 0.01
            return [slept, time.time() >= start, len(time.strftime("%H:%M:%S")), time.process_time() >= 0]
        """,
        [True, True, 8, True],
    ),
    "unbounded recursion": (
        """
        def forever(n): return forever(n + 1)
        def answer():
            try:
                forever(0)
            except RecursionError:
                return "caught"
        """,
        "caught",
    ),
    "deep but legal recursion": (
        """
        import sys
        sys.setrecursionlimit(20_000)
        def depth(n): return 0 if n == 0 else 1 + depth(n - 1)
        def answer():
            return depth(10_000)
        """,
        10_000,
    ),
    "unicode": (
        """
        print("xin chào — ∂L/∂w → 0 ✓ 日本 😀")
        print("lỗi", end="", flush=True)
        def answer():
            return f"{'hàm':>5}".strip().encode("utf-16").decode("utf-16")
        """,
        "hàm",
    ),
    "printing in many ways": (
        """
        import sys, pprint
        sys.stdout.write("a"); sys.stderr.write("b"); sys.stdout.flush()
        print(np.arange(3), {"a": 1}, sep=" | ", file=sys.stderr)
        pprint.pprint({"w": np.ones(2)})
        print("\\rstep 3", end="")
        def answer():
            return [sys.stdout.isatty(), sys.stdout.encoding]
        """,
        [False, "utf-8"],
    ),
    "generators, comprehensions, match, walrus": (
        """
        def batches(n):
            yield from range(n)
        def answer():
            match [b for b in batches(3) if (c := b) >= 0]:
                case [first, *rest]:
                    return [first, rest, c]
        """,
        [0, [1, 2], 2],
    ),
    "inspect its own source": (
        """
        import inspect
        def answer():
            return inspect.getsource(answer).splitlines()[0]
        """,
        "def answer():",
    ),
    "regular expressions, json, csv in memory": (
        """
        import csv, io, json, re
        def answer():
            out = io.StringIO()
            csv.writer(out).writerow(["epoch", 1])
            return [re.sub(r"(\\w+)@", r"<\\1>", "a@b"), json.dumps({"ự": [1, None]}), out.getvalue()]
        """,
        ["<a>b", '{"\\u1ef1": [1, null]}', "epoch,1\r\n"],
    ),
    "platform, versions, processors": (
        """
        import os, platform, sys
        print(platform.platform(), platform.processor(), platform.machine(), sys.version)
        def answer():
            return [(os.cpu_count() or 1) >= 1, sys.version_info >= (3, 11), platform.system()]
        """,
        [True, True, "Linux"],
    ),
    "an exit handler": ("import atexit\natexit.register(print, 'bye')\ndef answer():\n    return 1\n", 1),
    "a handler of Ctrl-C": (
        "import signal\nsignal.signal(signal.SIGINT, signal.SIG_DFL)\ndef answer():\n    return 1\n",
        1,
    ),
    # What stands at the head and the foot of files
    "paths from __file__": (
        """
        import os, sys
        from pathlib import Path
        here = os.path.dirname(os.path.abspath(__file__))
        sys.path.append(here)
        sys.path.insert(0, os.path.join(here, ".."))
        sys.path.append(os.path.dirname(__file__))
        root = Path(__file__).resolve().parent
        real = os.path.realpath(__file__)
        cwd = os.getcwd(), Path.cwd()
        home = os.path.expanduser("~")
        def answer():
            import math
            return [os.path.basename(real), math.floor(1.5)]
        """,
        ["work.py", 1],
    ),
    "looking for files": (
        """
        import os, glob
        DATA = "data" if os.path.exists("data") else None
        if os.path.isfile("weights.npy"):
            raise AssertionError("there is none")
        found = glob.glob("*.csv") + glob.glob("data/*/*.png")
        walked = list(os.walk("."))
        def answer():
            return [DATA, found, walked]
        """,
        [None, [], []],
    ),
    "a folder for the plots": (
        """
        import os
        from pathlib import Path
        os.makedirs("plots", exist_ok=True)
        os.makedirs("out/figures")
        if not os.path.exists("logs"):
            os.mkdir("logs")
        Path("more/plots").mkdir(parents=True, exist_ok=True)
        import matplotlib.pyplot as plt
        plt.savefig("plots/loss.png")
        def answer():
            return 1
        """,
        1,
    ),
    "variables of the environment": (
        """
        import os
        os.environ["OMP_NUM_THREADS"] = "1"
        os.environ.setdefault("PYTHONHASHSEED", "0")
        debug = os.environ.get("DEBUG", "no") + (os.getenv("HOME") or "")
        def answer():
            return [debug, os.environ["OMP_NUM_THREADS"]]
        """,
        ["no", "1"],
    ),
    "a main block": (
        """
        import argparse
        def answer():
            return 1
        def main():
            parser = argparse.ArgumentParser()
            parser.add_argument("--epochs", type=int, default=10)
            return parser.parse_args()
        if __name__ == "__main__":
            main()
            open("results.txt", "w").write("x")
        """,
        1,
    ),
    "arguments parsed while it is imported": (
        """
        import argparse, sys
        parser = argparse.ArgumentParser()
        parser.add_argument("--epochs", type=int, default=10)
        args = parser.parse_args()
        def answer():
            return [args.epochs, sys.argv]
        """,
        [10, [""]],
    ),
    "optional imports": (
        """
        try:
            import torch
        except ImportError:
            torch = None
        try:
            from scipy.special import expit
        except ModuleNotFoundError:
            expit = None
        try:
            import numpy.nothing_like_this
        except ImportError:
            pass
        def answer():
            return [torch, expit]
        """,
        [None, None],
    ),
    "an answer from the keyboard": (
        """
        def answer():
            try:
                return input("Continue? ")
            except EOFError:
                return "nobody there"
        """,
        "nobody there",
    ),
    # Stand-ins
    "plots": (
        """
        import matplotlib
        matplotlib.use("Agg")
        import matplotlib.pyplot as plt
        from matplotlib import cm, rcParams
        from mpl_toolkits.mplot3d import Axes3D
        plt.style.use("seaborn-v0_8")
        plt.rcParams["figure.figsize"] = (8, 4)
        fig, (left, right) = plt.subplots(1, 2, figsize=(8, 4), sharey=True)
        left.plot([1, 2], label="loss"); right.imshow(np.ones((2, 2)), cmap="gray"); left.legend()
        fig, axes = plt.subplots(2, 3)
        for ax in axes.flat:
            ax.set_title("x")
        axes[0, 1].hist([1, 2]); axes[1][2].axis("off")
        figure, ax = plt.subplots()
        low, high = ax.get_ylim()
        ax.set_ylim(low, high * 1.1)
        ax.text(0, ax.get_ylim()[1] * 0.9, "top")
        (line,) = plt.plot([1, 2])
        line.set_color(plt.cm.viridis(0.5))
        counts, edges, patches = plt.hist([1, 2])
        bar = fig.colorbar(ax.scatter([1], [2]))
        one, two = fig.subplots(2)
        ax3 = fig.add_subplot(111, projection="3d")
        ax3.plot_surface(*np.meshgrid([1, 2], [1, 2]), np.ones((2, 2)))
        plt.tight_layout(); plt.savefig("loss.png"); plt.show(); plt.close("all")
        def answer():
            return [axes.shape, (fig.get_figwidth() + 1) is not None]
        """,
        [(2, 3), True],
    ),
    "progress bars": (
        """
        from tqdm import tqdm, trange
        from tqdm.notebook import tqdm as other
        import tqdm as whole
        bar = tqdm(range(3), desc="epochs")
        seen = []
        for step in bar:
            seen.append(step)
            bar.set_description(f"loss {step}")
            bar.set_postfix(loss=step)
        with tqdm(total=10, unit="step") as manual:
            manual.update(5)
        tqdm.write("half way")
        seen += [i for i in trange(2, desc="again", leave=False)] + list(other([7])) + list(whole.tqdm([8]))
        def answer():
            return [seen, len(bar)]
        """,
        [[0, 1, 2, 0, 1, 7, 8], 3],
    ),
    "notebook leftovers": (
        """
        from IPython.display import clear_output, display, HTML
        from google.colab import drive
        import ipywidgets as widgets
        import seaborn as sns
        from graphviz import Digraph
        drive.mount("/content/drive")
        sns.set_theme()
        clear_output(wait=True)
        display(HTML("<b>x</b>"))
        dot = Digraph(format="svg", graph_attr={"rankdir": "LR"})
        dot.node(name="a", label="a"); dot.edge("a", "b"); dot.render("graph")
        def answer():
            return 1
        """,
        1,
    ),
}


@pytest.mark.parametrize("name", FILES)
def test_an_honest_file(submit: Submit, name: str) -> None:
    source, expected = FILES[name]
    body = dedent(source)
    # Where a file has a future import, it comes first.
    head = "import numpy as np\n"
    if "from __future__" in body:
        future = "from __future__ import annotations\n"
        head, body = future + head, body.replace(future, "")
    value = submit(head + body).answer()
    assert _plain(value) == expected


def _plain(value: Any) -> Any:
    return value.tolist() if isinstance(value, np.ndarray | np.generic) else value


# -- what cannot be had, and what is said then ----------------------------------------------------------------


@pytest.mark.parametrize(
    "act",
    [
        "open('weights.txt', 'w')",
        "open('data.csv')",
        "np.save('weights.npy', np.ones(2))",
        "np.load('weights.npy')",
        "np.loadtxt('data.csv')",
        "np.savetxt('out.csv', np.ones(2))",
        "__import__('pathlib').Path('x').write_text('x')",
        "__import__('pathlib').Path('x').read_text()",
        "__import__('os').listdir('.')",
        "__import__('os').remove('x')",
        "__import__('subprocess').run(['ls'])",
        "__import__('os').system",
        "__import__('socket').create_connection(('127.0.0.1', 9))",
        "__import__('logging').basicConfig(filename='train.log')",
        "__import__('json').dump({}, open('config.json', 'w'))",
    ],
)
def test_the_sentence_about_files_programs_and_the_network(submit: Submit, act: str) -> None:
    if act.endswith("system"):
        # It answers with a status, as it does for any command that cannot be started.
        student = submit("import os\ndef answer():\n    return os.system('true')\n")
        assert student.answer() != 0
        return
    with pytest.raises(StudentError) as caught:
        submit(f"import numpy as np\ndef answer():\n    return {act} is None\n").answer()
    assert caught.value.type_name == ("FileNotFoundError" if "loadtxt" in act else "PermissionError")
    assert NO_FILES in caught.value.text
    assert caught.value.line == 3


def test_the_sentence_while_it_is_imported(submit: Submit) -> None:
    with pytest.raises(StudentError, match=r"'results\.txt'.*cannot read or write files") as caught:
        submit("x = 1\nopen('results.txt', 'w').write('x')\n")
    assert (caught.value.file, caught.value.line) == ("work.py", 2)


def test_a_file_profile_says_another_sentence() -> None:
    zygote = Zygote(files=True)
    source = (
        "import os, subprocess\ndef start():\n    subprocess.run(['ls'])\ndef read():\n    open('none.txt')\n"
    )
    bench = Bench(walled(zygote), LIMITS, Program({"work.py": source}, "work.py"))
    try:
        with pytest.raises(StudentError, match="cannot start programs or use the network"):
            Student(bench.worker).start()
        with pytest.raises(StudentError, match=r"No such file or directory: 'none\.txt'$"):
            Student(bench.worker).read()
    finally:
        bench.close()
        zygote.close()


def test_the_sentence_is_for_walls_only() -> None:
    assert (
        imports.explained(PermissionError(1, "Operation not permitted"))
        == "[Errno 1] Operation not permitted"
    )
    assert (
        imports.explained(PermissionError(13, "Permission denied", "x"))
        == "[Errno 13] Permission denied: 'x'"
    )
    assert imports.explained(PermissionError("you may not")) == "you may not"
    assert imports.explained(ValueError("x")) == "x"


@pytest.mark.parametrize(
    ("statement", "name"),
    [
        ("import torch", "torch"),
        ("import torch.nn as nn", "torch"),
        ("from sklearn.datasets import load_iris", "sklearn"),
        ("import xml.etree.ElementTree", "xml"),
        ("import numpy.matlib", "numpy.matlib"),
        ("import numpy as np; np.matlib", "numpy.matlib"),
        ("from numpy.distutils import misc_util", "numpy.distutils"),
        ("import numpy.arrray", "numpy.arrray"),
        ("import unittest.mock", "unittest.mock"),
        ("import logging.config", "logging.config"),
        ("import multiprocessing", "multiprocessing"),
        ("import asyncio", "asyncio"),
        ("import importlib; importlib.import_module('pandas')", "pandas"),
    ],
)
def test_a_module_that_is_not_there(submit: Submit, statement: str, name: str) -> None:
    with pytest.raises(StudentError) as caught:
        submit(statement)
    assert caught.value.type_name == "ModuleNotFoundError"
    assert caught.value.text == f"'{name}' is not available in this course"


def test_a_name_that_numpy_does_not_have_is_an_ordinary_error(submit: Submit) -> None:
    with pytest.raises(StudentError, match="cannot import name 'arrray' from 'numpy'") as caught:
        submit("from numpy import arrray")
    assert caught.value.type_name == "ImportError"


def test_a_module_that_the_course_allows() -> None:
    """A part of it by its full name: the whole package is then allowed, as far as it is loaded."""
    zygote = Zygote(modules=("xml.etree.ElementTree",))
    program = Program(
        {
            "work.py": "import xml.etree.ElementTree as ET\ndef answer():\n    return ET.fromstring('<a>1</a>').text\n"
        },
        "work.py",
        ("xml.etree.ElementTree",),
    )
    bench = Bench(zygote, LIMITS, program)
    try:
        assert Student(bench.worker).answer() == "1"
    finally:
        bench.close()
        zygote.close()


def test_too_large_an_array_is_out_of_memory_and_no_riddle(submit: Submit) -> None:
    student = submit("import numpy as np\ndef answer():\n    return float(np.ones(200_000_000).sum())\n")
    with pytest.raises((OutOfMemory, StudentError)) as caught:
        student.answer()
    assert isinstance(caught.value, OutOfMemory) or caught.value.is_a(MemoryError)
