"""Family S: what is handed in besides Python: archives, notebooks, names, encodings."""

from __future__ import annotations

import base64
import io
import json
import os
import pickle
import tarfile
import tempfile
import unicodedata
import zipfile
import zlib
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from autograder.model import Outcome, Status
from autograder.reports.write import page_name
from tests.hostile import sinks
from tests.hostile.bounded import run_bounded
from tests.hostile.controls import box_files
from tests.hostile.entry import Entry
from tests.hostile.graded import CANARY, COURSE, HONEST, Graded
from tests.hostile.inject import table_of
from tests.hostile.unpack import naive
from tests.reports.corpus import acting

RIGHT = HONEST.read_text(encoding="utf-8")
WRONG = "def double(x):\n    return 0.0\n\n\ndef mean_square(p, y):\n    return 0.0\n\n\ndef shift(x):\n    return [0.0]\n"
MARK = "autograde_hostile_S"
"""In the name of every file that only an attack that worked could have written."""


def folder_of(files: Mapping[str, str | bytes]) -> Callable[[Path], Path]:
    """Writes a folder as a student hands it in."""

    def written(folder: Path) -> Path:
        for name, content in files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.encode("utf-8") if isinstance(content, str) else content)
        return folder

    return written


def zipped(entries: Iterable[tuple[str | zipfile.ZipInfo, str | bytes]], level: int = 9) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED, compresslevel=level) as archive:
        for name, content in entries:
            archive.writestr(name, content)
    return data.getvalue()


def tarred(entries: Iterable[tuple[tarfile.TarInfo, bytes]]) -> bytes:
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w") as archive:
        for entry, content in entries:
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return data.getvalue()


def tar_entry(name: str, kind: bytes = tarfile.REGTYPE, link: str = "") -> tarfile.TarInfo:
    entry = tarfile.TarInfo(name)
    entry.type, entry.linkname, entry.mode = kind, link, 0o644
    return entry


def code_cell(source: str, **more: Any) -> dict[str, Any]:
    return {
        "cell_type": "code",
        "metadata": {},
        "execution_count": None,
        "outputs": [],
        "source": source,
        **more,
    }


def notebook(cells: list[dict[str, Any]], **metadata: Any) -> dict[str, Any]:
    return {"nbformat": 4, "nbformat_minor": 5, "metadata": metadata, "cells": cells}


def told(graded: Graded) -> str:
    """Every sentence about the submission as a whole."""
    messages = [graded.report.message, *graded.report.notices]
    return "\n".join(f"{one.id} {dict(one.fields)}" for one in messages if one is not None)


def nothing_left() -> None:
    """That no attack wrote a file to where it could be looked for."""
    for folder in (Path(tempfile.gettempdir()), Path.cwd(), Path.cwd().parent, Path.home(), Path("/")):
        assert [name for name in os.listdir(folder) if MARK in name] == []


def earns(points: float, *notices: str) -> Callable[[Graded], None]:
    """That it was graded with so many points, and that each of these was said."""

    def safe(graded: Graded) -> None:
        assert graded.report.status is Status.GRADED, told(graded)
        assert graded.score == points
        for notice in notices:
            assert notice in told(graded), told(graded)
        nothing_left()

    return safe


def refused(*reasons: str) -> Callable[[Graded], None]:
    """That it was not graded, at no cost, and that each of these was said."""

    def safe(graded: Graded) -> None:
        assert graded.report.status is Status.UNGRADABLE, told(graded)
        assert graded.score == 0
        assert graded.report.message is not None
        for reason in reasons:
            assert reason in told(graded), told(graded)
        nothing_left()

    return safe


# -- S01 to S03: archives ---------------------------------------------------------------------------------------

ESCAPES = (
    "../../../home/.profile",
    f"/tmp/{MARK}",
    f"../{MARK}",
    f"a/../../{MARK}",
    f"..\\..\\{MARK}",
    f"C:\\{MARK}",
    f"C:{MARK}",
    f"\\\\server\\share\\{MARK}",
    f"//server/share/{MARK}",
    f"hw.py\x00/../{MARK}",
)


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo("x")
    # The constructor would cut the name at a zero byte, and turn what is a separator elsewhere.
    entry.filename = name
    return entry


SLIPS = zipped([*((_entry(name), "pwned") for name in ESCAPES), ("hw.py", RIGHT)])


def _slips_out(_path: Path) -> None:
    out = naive("joined", {"in.zip": SLIPS}).files
    assert out["home/.profile"] == b"pwned"
    assert out[f"work/out/{MARK}"] == b"pwned"


def linked(kind: bytes, target: str) -> bytes:
    """A tar whose hw.py is a link, and with a file to be written through another one."""
    return tarred(
        [
            (tar_entry("hw.py", kind, target), b""),
            (tar_entry("home", tarfile.SYMTYPE, "/box/home"), b""),
            (tar_entry("home/.profile"), b"pwned"),
        ]
    )


LINKS = {
    "symbolic": linked(tarfile.SYMTYPE, str(COURSE / "solutions/hw/hw.py")),
    "hard": linked(tarfile.LNKTYPE, "../../../../../../../../etc/passwd"),
    "device": linked(tarfile.CHRTYPE, ""),
    "pipe": linked(tarfile.FIFOTYPE, ""),
}


def _follows_links(_path: Path) -> None:
    out = naive("extracted", {"in.tar": linked(tarfile.SYMTYPE, "/box/grader/reference.py")})
    assert CANARY in out.stdout
    assert out.files["home/.profile"] == b"pwned"


def zip_link() -> bytes:
    entry = zipfile.ZipInfo("hw.py")
    entry.external_attr = 0o120777 << 16
    return zipped([(entry, str(COURSE / "solutions/hw/hw.py"))])


def false_size(data: bytes, name: bytes, size: int) -> bytes:
    """The same zip, with another size claimed for an entry."""
    central = data.index(b"PK\x01\x02")
    while data[central + 46 : central + 46 + len(name)] != name:
        central = data.index(b"PK\x01\x02", central + 1)
    return data[: central + 24] + size.to_bytes(4, "little") + data[central + 28 :]


def overlapping(copies: int) -> bytes:
    """A zip in which all entries are one piece of data."""
    data = zipped([("hw.py", b"#" * 2**20)])
    central, end = data.index(b"PK\x01\x02"), data.index(b"PK\x05\x06")
    entry = data[central:end]
    tail = bytearray(data[end:])
    tail[8:10] = tail[10:12] = copies.to_bytes(2, "little")
    tail[12:16] = (len(entry) * copies).to_bytes(4, "little")
    return data[:central] + entry * copies + bytes(tail)


BOMB = zipped([("hw.py", b"#" * (24 * 2**20))])


def _bursts(_path: Path) -> None:
    out = naive("joined", {"in.zip": BOMB})
    assert out.status != 0, "it took 24 MiB out of 24 KiB"
    assert "File too large" in out.stderr or out.status in (-25, -9), out.said


# -- S04 to S07: files and names -------------------------------------------------------------------------------

_ALL_PASS = (
    "import pytest\n\n\n@pytest.hookimpl(tryfirst=True)\ndef pytest_pyfunc_call(pyfuncitem):\n    return True\n"
    "def pytest_runtest_setup(item):\n    item.obj = lambda *a, **k: None\n"
)
CONFIGURED = {
    "hw.py": WRONG,
    "conftest.py": _ALL_PASS,
    "pytest.ini": "[pytest]\naddopts = -p evil\n",
    "pyproject.toml": "[tool.pytest.ini_options]\naddopts = '-p evil'\n",
    "tox.ini": "[pytest]\naddopts = -p evil\n",
    "sitecustomize.py": f"open('/tmp/{MARK}', 'w')\n",
    "usercustomize.py": f"open('/tmp/{MARK}', 'w')\n",
    "evil.pth": f"import os; open('/tmp/{MARK}', 'w')\n",
    "evil.py": _ALL_PASS,
    "evil-1.0.dist-info/entry_points.txt": "[pytest11]\nevil = evil\n",
    "evil-1.0.dist-info/METADATA": "Name: evil\nVersion: 1.0\n",
}


def _conftest_rules(path: Path) -> None:
    # Only the one file: pytest would not start with a plugin that it does not find.
    files = {
        name: data for name, data in box_files(path).items() if not name.endswith((".ini", ".toml", ".pth"))
    }
    files = {name: data for name, data in files.items() if "custom" not in name and "dist-info" not in name}
    out = run_bounded(["/box/grader/by_pytest.py"], files)
    assert "score: 100" in out.stdout, out.said
    del files["work/conftest.py"]
    assert "score: 0" in run_bounded(["/box/grader/by_pytest.py"], files).stdout


_SHADOW = """
import importlib, sys
sys.modules.pop(__name__)
there, sys.path[:] = sys.path[:], [folder for folder in sys.path if not folder.endswith("work")]
real = importlib.import_module(__name__)
sys.path[:] = there
sys.modules[__name__] = real
if __name__ == "numpy":
    real.allclose = lambda *given, **options: True
    real.testing.assert_allclose = lambda *given, **options: None
"""
SHADOWS = {"hw.py": RIGHT, **dict.fromkeys(["numpy.py", "random.py", "pytest.py", "typing.py"], _SHADOW)}


def _shadow_is_imported(path: Path) -> None:
    files = box_files(path)
    files["work/hw.py"] = WRONG.encode()
    with_shadows = run_bounded(["/box/grader/in_process.py"], files)
    assert _passed("test_2", with_shadows.stdout), with_shadows.said
    del files["work/numpy.py"]
    without = run_bounded(["/box/grader/in_process.py"], files)
    assert not _passed("test_2", without.stdout), without.said


def _passed(test: str, stdout: str) -> bool:
    return next(line for line in stdout.splitlines() if test in line).endswith("... ok")


NAMES = (
    "..x",
    "-rf",
    "CON",
    "con.txt",
    "AUX",
    "class",
    "marks",
    "Hoa",
    "hoa",
    "e\u0301",
    "\u00e9",
    "%2e%2e%2f",
    "~root",
)
MISNAMED = {
    "HW.PY": RIGHT,
    "hw.py.txt": RIGHT,
    "hw.pyc": b"\xa7\r\r\n" + bytes(100),
    "-rf": RIGHT,
    "--assignment=x": "",
    "CON": RIGHT,
    "x" * 250 + ".py": RIGHT,
    "hw\u200b.py": RIGHT,
}


def _names_are_no_paths(graded: Graded) -> None:
    refused("There is no {file}")(graded)
    assert not acting(graded.html)
    _table, ids = table_of(graded, NAMES)
    assert sorted(ids) == sorted(NAMES)
    for id in (
        *NAMES,
        "../../x",
        "/etc/passwd",
        "a/b",
        "a\\b",
        "x" * 4096,
        "",
        ".",
        "..",
        "nul\x00",
        "\udcff",
    ):
        name = page_name(id)
        assert len(name) <= 70
        assert name == os.path.basename(name)
        assert name[0] not in "-."
        assert name.isascii()
        assert name.lower() == name
    pages = [page_name(id) for id in NAMES]
    assert len({unicodedata.normalize("NFKC", name).casefold() for name in pages}) == len(NAMES)


def _name_is_a_path(_path: Path) -> None:
    students = ["../home/evil", "Hoa", "../results/bob"]
    out = naive("results", {"students.json": json.dumps(students).encode()}).files
    assert "home/evil.json" in out
    assert json.loads(out["results/bob.json"]) == {"score": 0}


def link_to_the_solution(folder: Path) -> Path:
    """A student's folder in which hw.py is a link to what is to be graded against."""
    (folder / "hw.py").symlink_to(COURSE / "solutions/hw/hw.py")
    os.mkfifo(folder / "pipe.py")
    return folder


def _link_is_graded(_path: Path) -> None:
    files = box_files(HONEST)
    files["work/notes.txt"] = files.pop("work/hw.py")
    out = run_bounded(["/box/grader/in_process.py"], files, links={"work/hw.py": "/box/grader/reference.py"})
    assert "score: 100" in out.stdout, out.said
    swapped = naive("opened_twice", {"hw.py": b"x = 1\n", "swapped.py": b"y = 'other'\n"})
    assert "accepted 6 bytes" in swapped.stdout
    assert "y = 'other'" in swapped.stdout
    waits = naive("waited_for", {"notes.txt": b""}, seconds=4)
    assert waits.timed_out
    assert waits.stdout == "reading\n"


# -- S08 to S13: notebooks ---------------------------------------------------------------------------------------

_CELL = b'{"cell_type":"code"}'
MANY_CELLS = (
    b'{"nbformat":4,"nbformat_minor":5,"metadata":{},"cells":[' + (_CELL + b",") * 999_999 + _CELL + b"]}"
)
DEEP = b'{"nbformat":4,"cells":' + b"[" * 100_000 + b"]" * 100_000 + b"}"


def as_bytes(content: dict[str, Any]) -> bytes:
    return json.dumps(content).encode()


def _fills_the_memory(_path: Path) -> None:
    out = naive("notebooks", {"hw.ipynb.z": zlib.compress(MANY_CELLS, 9)})
    assert out.status != 0
    assert "MemoryError" in out.stderr or out.status == -9, out.said


def _ends_the_run(_path: Path) -> None:
    honest = as_bytes(notebook([code_cell(RIGHT)], student="binh"))
    out = naive("notebooks", {"an.ipynb.z": zlib.compress(DEEP), "binh.ipynb": honest})
    assert out.status == 1
    assert "RecursionError" in out.stderr
    assert "binh" not in out.stdout, "nobody after it is graded"


_GRADED = {
    "grade": True,
    "points": 100,
    "grade_id": "double",
    "locked": True,
    "solution": False,
    "checksum": "0" * 32,
}
CLAIMS = notebook(
    [code_cell(WRONG), code_cell("pass", metadata={"nbgrader": _GRADED}), code_cell("score = 100\n")],
    kernelspec={"name": "python3", "language": "python", "display_name": "100 of 100"},
    student="binh",
    score=100,
    nbgrader={"score": 100, "checksum": "0" * 32},
)


def _claims_are_nothing(graded: Graded) -> None:
    earns(0)(graded)
    assert graded.report.student == "an"
    assert "binh" not in graded.released
    assert "checksum" not in graded.released


def _claims_are_believed(path: Path) -> None:
    out = naive("notebooks", {"hw.ipynb": (path / "hw.ipynb").read_bytes()})
    assert "binh: 100" in out.stdout, out.said


_TEST_CELL = "assert double(2) == 4 and mean_square([1], [0]) == 1"
REUSED = notebook(
    [
        code_cell(RIGHT, id="solution"),
        code_cell(WRONG, id="solution"),
        code_cell("pass", id="tests", metadata={"nbgrader": {**_GRADED, "grade_id": "tests"}}),
    ]
)


def _removed_tests_pass(path: Path) -> None:
    assert "hw.ipynb: 100" in naive("notebooks", {"hw.ipynb": (path / "hw.ipynb").read_bytes()}).stdout
    whole = notebook([code_cell(WRONG), code_cell(_TEST_CELL, metadata={"nbgrader": _GRADED})])
    assert "hw.ipynb: 0" in naive("notebooks", {"hw.ipynb": as_bytes(whole)}).stdout


COMMANDS = notebook(
    [
        code_cell(f"!touch /box/home/{MARK}\n!touch /tmp/{MARK}\n%matplotlib inline\nimport numpy as np"),
        code_cell(f"%%script sh\ntouch /tmp/{MARK}"),
        code_cell(f"try:\n    get_ipython().system('touch /tmp/{MARK}')\nexcept NameError:\n    pass"),
        code_cell(RIGHT),
    ]
)


def _command_is_run(path: Path) -> None:
    out = naive("notebooks", {"hw.ipynb": (path / "hw.ipynb").read_bytes()})
    assert f"home/{MARK}" in out.files, out.said


_SCRIPT = "<script>document.title = 'owned'</script><img src=x onerror=alert(1)>"
_HTML_OUTPUT = {
    "output_type": "display_data",
    "metadata": {},
    "data": {"text/html": [_SCRIPT], "image/svg+xml": [_SCRIPT]},
}
STORED = notebook(
    [
        {
            "cell_type": "markdown",
            "metadata": {},
            "source": f"{_SCRIPT}<iframe src=//evil.example></iframe>![](../../x)",
        },
        code_cell(RIGHT, outputs=[_HTML_OUTPUT]),
        {"cell_type": "raw", "metadata": {"format": "text/html"}, "source": _SCRIPT},
    ]
)


def _outputs_are_dropped(graded: Graded) -> None:
    earns(100)(graded)
    for text in (graded.html, graded.class_html, graded.results_json):
        assert "owned" not in text
        assert "evil.example" not in text
    assert sinks.scripts(graded.html) == []


def _output_is_shown(path: Path) -> None:
    content = json.loads((path / "hw.ipynb").read_bytes())
    assert {"script", "img onerror", "iframe"} <= set(sinks.scripts(sinks.notebook_page(content)))


# -- S14 and S15: what a file says -----------------------------------------------------------------------------

_HIDDEN_CODE = base64.b64encode(f"\n{RIGHT}\n".encode("utf-16-be")).rstrip(b"=").decode()
TURNED = "def allowed():\n    return False  # \u202e \u2066 eurt nruter\u2069 \u2066\n"
TWO_READINGS = f"# -*- coding: utf-7 -*-\n{WRONG}\n# +{_HIDDEN_CODE}-\n"


def _other_code_is_run(path: Path) -> None:
    out = naive("looked_at", {"hw.py": (path / "hw.py").read_bytes()})
    assert "double: 4.0" in out.stdout, out.said


class _Opens:
    def __reduce__(self) -> tuple[Any, ...]:
        return os.system, (f"touch /box/home/{MARK} /tmp/{MARK} 2> /dev/null",)


PICKLED = pickle.dumps(_Opens())
LOADS = f"""{RIGHT}
import io, pickle
import numpy as np
PICKLED = {PICKLED!r}
for load in (pickle.loads, lambda data: np.load(io.BytesIO(data), allow_pickle=True)):
    try:
        print("loaded", load(PICKLED))
    except BaseException as error:
        print(type(error).__name__)


def double(x):
    return np.array([pickle, PICKLED], dtype=object)
"""


def _pickle_runs_here_only(graded: Graded) -> None:
    earns(60, "answers.pkl", "answers.npy")(graded)
    assert graded.outcomes["double"] is Outcome.FAILED
    assert "loaded 0" not in graded.report.output


def _pickle_is_run(_path: Path) -> None:
    out = naive("pickled", {"answers.pkl": PICKLED})
    assert f"home/{MARK}" in out.files, out.said


ENTRIES = [
    Entry(
        "S01",
        "packs files with names that lead out of the archive: ../, absolute, drives, UNC, NUL",
        "named and ignored; nothing is unpacked to a path",
        folder_of({"work.zip": SLIPS}),
        earns(100, "whose path leads out of the archive", "../../../home/.profile", "C:\\", "\\\\server"),
        _slips_out,
    ),
    Entry(
        "S02",
        "packs links to what it may not read, and writes through one",
        "named and refused; nothing is unpacked to a path",
        folder_of({"work.tar": LINKS["symbolic"]}),
        refused("which is a link or a device"),
        _follows_links,
    ),
    Entry(
        "S03",
        "packs 24 MiB into 24 KiB",
        "refused before it is unpacked",
        folder_of({"work.zip": BOMB}),
        refused("unpacks to more than {most} times its size"),
        _bursts,
    ),
    Entry(
        "S04",
        "brings conftest.py, pytest.ini, sitecustomize.py, a .pth file and a plugin along",
        "files like any other: nothing of it is imported by the grader",
        folder_of(CONFIGURED),
        earns(0, "evil.pth", "pytest.ini"),
        _conftest_rules,
    ),
    Entry(
        "S05",
        "has modules with the names of NumPy, pytest and the standard library",
        "ignored with a notice; the real ones are imported",
        folder_of(SHADOWS),
        earns(100, "numpy.py", "random.py", "typing.py", "pytest.py", "name of a module that comes with"),
        _shadow_is_imported,
    ),
    Entry(
        "S06",
        "uses names that are paths, options, devices, too long, or alike in case and accents",
        "no name of a student becomes a path; misnamed files are named and refused",
        folder_of(MISNAMED),
        _names_are_no_paths,
        _name_is_a_path,
    ),
    Entry(
        "S07",
        "hands in a link to the solution and a pipe; changes a file between two readings",
        "regular files only, opened once without following or waiting, graded from the bytes read",
        link_to_the_solution,
        refused("is not a regular file"),
        _link_is_graded,
    ),
    Entry(
        "S08",
        "hands in a notebook of a million cells",
        "refused within the reader's memory and time",
        folder_of({"hw.ipynb": MANY_CELLS}),
        refused("hw.ipynb"),
        _fills_the_memory,
    ),
    Entry(
        "S09",
        "nests JSON a hundred thousand deep",
        "refused with a sentence; the next one is graded",
        folder_of({"hw.ipynb": DEEP}),
        refused("hw.ipynb"),
        _ends_the_run,
    ),
    Entry(
        "S10",
        "claims points, checksums and another student's id in a notebook's metadata",
        "metadata is not read; 0 points",
        folder_of({"hw.ipynb": as_bytes(CLAIMS)}),
        _claims_are_nothing,
        _claims_are_believed,
    ),
    Entry(
        "S11",
        "replaces the cells with tests and uses a cell's id twice",
        "tests are the course's own; the last definition counts, with a notice",
        folder_of({"hw.ipynb": as_bytes(REUSED)}),
        earns(0, "double"),
        _removed_tests_pass,
    ),
    Entry(
        "S12",
        "runs programs by !, %%script and get_ipython().system",
        "dropped with a notice; nothing is run",
        folder_of({"hw.ipynb": as_bytes(COMMANDS)}),
        earns(100, "!touch"),
        _command_is_run,
    ),
    Entry(
        "S13",
        "stores scripts in outputs and Markdown",
        "outputs and Markdown are not read",
        folder_of({"hw.ipynb": as_bytes(STORED)}),
        _outputs_are_dropped,
        _output_is_shown,
    ),
    Entry(
        "S14",
        "is other code to Python than to people: UTF-7 in a comment, characters that turn the line",
        "read once as UTF-8, with a notice",
        folder_of({"hw.py": TWO_READINGS, "helper.py": TURNED}),
        earns(0, "U+202E", "helper.py"),
        _other_code_is_run,
    ),
    Entry(
        "S15",
        "brings pickles and arrays of objects, loads and returns them",
        "the files are not opened; what is loaded is loaded in the worker, which can do nothing",
        folder_of({"hw.py": LOADS, "answers.pkl": PICKLED, "answers.npy": PICKLED}),
        _pickle_runs_here_only,
        _pickle_is_run,
    ),
]
