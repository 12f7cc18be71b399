"""Every way in which a secret could reach a student is planted, and found; what is public is left alone."""

from __future__ import annotations

import base64
import bz2
import gzip
import html
import importlib.util
import io
import json
import lzma
import marshal
import py_compile
import shutil
import struct
import subprocess
import sys
import tarfile
import urllib.parse
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from autograder.course import Course, load_course
from autograder.course.stub import regions
from autograder.errors import CourseError
from autograder.proof.leaks import Leak, leaks, scan_or_raise, secrets, unneeded_allowances

ROOT = Path(__file__).resolve().parents[2]
SECOND = ROOT / "tests" / "second_course"
COURSE = load_course(SECOND)
REFERENCE = (SECOND / "solutions/projectile/projectile.py").read_text(encoding="utf-8")

LINE = "t = np.linspace(0, flight_time(speed, angle, g), n)"
QUOTED = 'raise ValueError(f"{distance} m is more than {reach} m")'
MISTAKE = "return np.pi / 2 - np.arcsin(g * distance / speed**2) / 2"


def found(path: Path, course: Course = COURSE, **how: Any) -> list[Leak]:
    return leaks(path, secrets(course, course.assignments), **how)


def sources(found: list[Leak]) -> set[str]:
    return {leak.secret.file.removeprefix("solutions/") for leak in found}


def line_in(file: str, text: str) -> int:
    rows = (SECOND / "solutions" / file).read_text(encoding="utf-8").splitlines()
    (number,) = [number for number, row in enumerate(rows, 1) if text in row]
    return number


# -- what is secret ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("file", "line"),
    [
        ("projectile/projectile.py", LINE),
        ("projectile/projectile.py", QUOTED),
        ("projectile/hidden/test_path.py", "for distance in (*rng.uniform(11, 20, size=2), 1000.0)"),
        ("projectile/hidden/test_path.py", "0 for no distance, and a quarter of pi for the greatest one"),
        ("projectile/hidden/test_path.py", "A row for each moment, a column each for distance and height."),
        ("projectile/mistakes/steep_angle.py", MISTAKE),
        (
            "projectile/mistakes/steep_angle.py",
            "but it is the steeper of the two; the flatter one is asked for.",
        ),
        (
            "projectile/mistakes/steep_angle.py",
            "nhưng là góc dốc hơn trong hai góc; đề yêu cầu góc thoải hơn.",
        ),
    ],
)
def test_each_kind_of_line_is_secret(file: str, line: str, tmp_path: Path) -> None:
    rows = (SECOND / "solutions" / file).read_text(encoding="utf-8").splitlines()
    (whole,) = [row for row in rows if line in row]
    (tmp_path / "notes.txt").write_text(f"one\n{whole}\nthree\n", encoding="utf-8")
    (leak, *_) = found(tmp_path)
    assert (leak.where, leak.line) == ("notes.txt", 2)
    assert leak.secret.file == f"solutions/{file}"
    assert leak.secret.line == line_in(file, line)


def test_variants_are_secret_too(tmp_path: Path) -> None:
    for path in sorted((SECOND / "solutions").glob("*/variants/*.py")):
        shutil.copy(path, tmp_path / "work.py")
        assert f"{path.relative_to(SECOND / 'solutions')}" in sources(found(tmp_path)), path


def test_every_file_of_solutions_is_found_line_by_line(tmp_path: Path) -> None:
    for path in sorted((SECOND / "solutions").glob("*/**/*.py")):
        # Renamed, and one character away from the secret file.
        (tmp_path / "work.py").write_text(path.read_text(encoding="utf-8") + "\n#\n", encoding="utf-8")
        assert any(leak.line for leak in found(tmp_path)), path


def test_helpers_at_module_level_are_secret(tiny_course: Course, tmp_path: Path) -> None:
    path = tiny_course.solutions_dir / "sums" / "sums.py"
    source = path.read_text(encoding="utf-8").replace(
        "_as_floats(x):", "_as_floats(x, *, copied=False, again=0):"
    )
    path.write_text(source, encoding="utf-8")
    (tmp_path / "a.txt").write_text("def _as_floats(x, *, copied=False, again=0):", encoding="utf-8")
    assert sources(found(tmp_path / "a.txt", tiny_course)) == {"sums/sums.py"}


def test_the_key_is_secret(tmp_path: Path) -> None:
    key = (SECOND / "solutions" / "secret.key").read_text(encoding="utf-8").strip()
    (tmp_path / "config.toml").write_text(f'key = "{key}"\n', encoding="utf-8")
    assert sources(found(tmp_path)) == {"secret.key"}


def test_files_that_are_not_text_are_secret_as_a_whole(tiny_course: Course, tmp_path: Path) -> None:
    data = bytes(range(256)) * 2
    (tiny_course.solutions_dir / "sums" / "hidden" / "table.npz").write_bytes(data)
    (tmp_path / "picture.bin").write_bytes(data)
    assert [leak.what for leak in found(tmp_path / "picture.bin", tiny_course)] == ["the whole file"]


def test_short_lines_tell_together(tiny_course: Course, tmp_path: Path) -> None:
    path = tiny_course.solutions_dir / "sums" / "sums.py"
    source = path.read_text(encoding="utf-8")
    old = "    return np.mean(add(x, y))\n"
    assert old in source
    path.write_text(
        source.replace(old, "    n = len(x)\n    s = add(x, y)\n    m = s / n\n    return m\n"), "utf-8"
    )
    alone = tmp_path / "alone.txt"
    alone.write_text("n = len(x)\n\nm = s / n\n", encoding="utf-8")
    assert not found(alone, tiny_course)
    together = tmp_path / "together.txt"
    together.write_text("n = len(x)\ns = add(x, y)\nm = s / n\n", encoding="utf-8")
    assert sources(found(together, tiny_course)) == {"sums/sums.py"}


def test_a_function_that_is_too_short_for_a_line_is_told_by_its_tree(
    tiny_course: Course, tmp_path: Path
) -> None:
    path = tiny_course.solutions_dir / "sums" / "sums.py"
    source = path.read_text(encoding="utf-8")
    path.write_text(source.replace("return _as_floats(x) + _as_floats(y)", "return x + y"), "utf-8")
    work = tmp_path / "work.py"
    work.write_text(
        'def add(x, y):\n    """Mine."""\n    return (x  # both\n            + y)\n', encoding="utf-8"
    )
    (leak,) = found(work, tiny_course)
    assert (leak.what, leak.line, leak.secret.file) == ("a function of it", 3, "solutions/sums/sums.py")
    cell = {
        "cell_type": "code",
        "source": ["%%time\n", "def add(x, y):\n", "    return x + y"],
        "outputs": [],
    }
    (tmp_path / "work.ipynb").write_text(json.dumps({"cells": [cell], "nbformat": 4}), encoding="utf-8")
    (leak,) = found(tmp_path / "work.ipynb", tiny_course)
    assert (leak.where, leak.what) == ("work.ipynb, cell 1", "a function of it")
    old = {"nbformat": 3, "worksheets": [{"cells": [{**cell, "input": cell["source"]}]}]}
    (tmp_path / "work.ipynb").write_text(json.dumps(old), encoding="utf-8")
    assert "a function of it" in [leak.what for leak in found(tmp_path / "work.ipynb", tiny_course)]
    work.write_text("def other(x, y):\n    return x + y\n", encoding="utf-8")
    assert not found(work, tiny_course)


@pytest.mark.parametrize("root", [ROOT, SECOND], ids=["course", "second course"])
def test_every_region_of_every_reference_is_found_in_a_page(root: Path, tmp_path: Path) -> None:
    """Also where no Python is left that could be parsed."""
    course = load_course(root)
    page = tmp_path / "page.html"
    for id in course.assignments:
        source = course.assignment(id).reference_source()
        rows = source.splitlines()
        for region in regions(source):
            inside = "\n".join(rows[region.begin : region.end - 1])
            page.write_text(f"<pre>{html.escape(inside)}</pre>", encoding="utf-8")
            assert any(leak.secret.file.startswith(f"solutions/{id}/") for leak in found(page, course)), (
                inside
            )


# -- how it may be written --------------------------------------------------------------------------------------


def coloured(line: str) -> str:
    """As Pygments writes it."""
    words = line.replace("(", " ( ").split(" ")
    return "".join(f'<span class="n">{html.escape(word)}</span> ' for word in words)


def wrapped(line: str) -> str:
    return line.replace(", ", ",\n        ").replace("(", "(\n    ")


def escaped(line: str) -> str:
    return "".join(f"\\u{ord(character):04x}" for character in line)


def in_lines(line: str) -> str:
    return base64.encodebytes(f"{'x = 1  # nothing at all' * 9}\n{line}\n".encode()).decode("ascii")


DISGUISES: dict[str, Callable[[str], str]] = {
    "as it is": lambda line: line,
    "indented": lambda line: f"\t\t{line}",
    "spaced": lambda line: line.replace(",", " , ").replace("(", " ( ").replace("=", "  =  "),
    "squeezed": lambda line: line.replace(", ", ",").replace(" = ", "=").replace(" + ", "+"),
    "with a comment": lambda line: f"{line}  # the trick",
    "commented out": lambda line: f"# {line}",
    "quoted otherwise": lambda line: line.replace('"', "'"),
    "joined": lambda line: f"x = 1; {line}; y = 2",
    "wrapped": wrapped,
    "in a diff": lambda line: f"+    {line}\n- x",
    "in a fence": lambda line: f"```python\n{line}\n```",
    "with invisible characters": lambda line: line.replace("s", "s\u200b").replace(" ", "\u00a0"),
    "entities": html.escape,
    "numbered entities": lambda line: "".join(f"&#{ord(character)};" for character in line),
    "coloured": coloured,
    "in a comment of HTML": lambda line: f"<p>a</p><!-- {line} --><p>b</p>",
    "in an attribute": lambda line: f'<a title="{html.escape(line, quote=True)}">b</a>',
    "in JSON": lambda line: json.dumps({"a": [1, {"b": line}]}),
    "in JSON of JSON": lambda line: json.dumps({"a": json.dumps([json.dumps(line)])}),
    "a line a word": lambda line: json.dumps(line.split(" ")),
    "in a Python text": lambda line: f"text = {f'a{chr(10)}{line}'!r}",
    "as escapes": escaped,
    "as escapes in JSON": lambda line: json.dumps({"a": escaped(line)}),
    "percent": lambda line: urllib.parse.quote(line),
    "base64": lambda line: base64.b64encode(line.encode()).decode(),
    "base64 for addresses": lambda line: base64.urlsafe_b64encode(f"{line}\n???>>>".encode()).decode(),
    "base64 in lines": in_lines,
    "base64 of base64": lambda line: base64.b64encode(base64.b64encode(line.encode())).decode(),
    "base64 of packed": lambda line: base64.b64encode(zlib.compress(line.encode())).decode(),
    "data address": lambda line: (
        f'<img src="data:text/plain;base64,{base64.b64encode(line.encode()).decode()}">'
    ),
    "hexadecimal": lambda line: line.encode().hex(),
}


@pytest.mark.parametrize("line", [LINE, QUOTED], ids=["line", "quoted"])
@pytest.mark.parametrize("how", DISGUISES.values(), ids=DISGUISES.keys())
def test_it_is_found_however_it_is_written(how: Callable[[str], str], line: str, tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text(f"before\n{how(line)}\nafter\n", encoding="utf-8")
    assert "projectile/projectile.py" in sources(found(tmp_path))


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_it_is_found_in_other_encodings(encoding: str, tmp_path: Path) -> None:
    (tmp_path / "a.py").write_bytes(f"import numpy as np\n{LINE}\n".encode(encoding))
    assert sources(found(tmp_path)) == {"projectile/projectile.py"}


# -- where it may stand -----------------------------------------------------------------------------------------


def zipped(name: str, content: bytes, comment: bytes = b"", entry_comment: bytes = b"") -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        entry = zipfile.ZipInfo(name)
        entry.comment = entry_comment
        archive.writestr(entry, content, zipfile.ZIP_DEFLATED)
        archive.comment = comment
    return held.getvalue()


def tarred(name: str, content: bytes, mode: str = "w", **about: Any) -> bytes:
    held = io.BytesIO()
    with tarfile.open(fileobj=held, mode=mode, **about) as archive:  # type: ignore[call-overload]
        entry = tarfile.TarInfo(name)
        entry.size = len(content)
        archive.addfile(entry, io.BytesIO(content))
    return held.getvalue()


def png(kind: bytes, body: bytes) -> bytes:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
    return (
        b"\x89PNG\r\n\x1a\n"
        + head
        + chunk(kind, body)
        + chunk(b"IDAT", zlib.compress(b"\0\0"))
        + chunk(b"IEND", b"")
    )


def compiled() -> bytes:
    return marshal.dumps(compile(REFERENCE, "projectile.py", "exec"))


def notebook(**parts: Any) -> bytes:
    cell = {"id": "a", "cell_type": "code", "metadata": {}, "source": ["x = 1\n"], "outputs": []} | parts
    first = {"id": "b", "cell_type": "markdown", "metadata": {}, "source": ["# A title\n"]}
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [first, cell]}).encode()


SECRET = f"import numpy as np\n\n{LINE}\n".encode()
PLACES: dict[str, tuple[str, bytes, str]] = {
    "renamed": ("summary.log", SECRET, "summary.log"),
    "no suffix": ("README", SECRET, "README"),
    "zip": ("a.zip", zipped("b/c.py", SECRET), "a.zip!b/c.py"),
    "zip without its suffix": ("a.bin", zipped("b/c.py", SECRET), "a.bin!b/c.py"),
    "zip behind other bytes": ("a.exe", b"MZ\0\1" * 20 + zipped("b.py", SECRET), "a.exe!b.py"),
    "zip in a zip": ("a.zip", zipped("b.zip", zipped("c.py", SECRET)), "a.zip!b.zip!c.py"),
    "wheel": ("a-1-py3-none-any.whl", zipped("a/b.py", SECRET), "a-1-py3-none-any.whl!a/b.py"),
    "comment of a zip": ("a.zip", zipped("b", b"", comment=SECRET), "a.zip, comment"),
    "comment of a zip's entry": ("a.zip", zipped("b", b"", entry_comment=SECRET), "a.zip!b, comment"),
    "tar": ("a.tar", tarred("b/c.py", SECRET), "a.tar!b/c.py"),
    "tar.gz": ("a.tar.gz", tarred("b.py", SECRET, "w:gz"), "a.tar.gz, unpacked!b.py"),
    "tar.bz2": ("a.tbz", tarred("b.py", SECRET, "w:bz2"), "a.tbz, unpacked!b.py"),
    "tar.xz": ("a.txz", tarred("b.py", SECRET, "w:xz"), "a.txz, unpacked!b.py"),
    "header of a tar": ("a.tar", tarred("b", b"", pax_headers={"c": LINE}), "a.tar!b"),
    "gzip": ("a.gz", gzip.compress(b"x = 1\n") + gzip.compress(SECRET), "a.gz, unpacked"),
    "bzip2": ("a.bz2", bz2.compress(SECRET), "a.bz2, unpacked"),
    "xz": ("a.xz", lzma.compress(SECRET), "a.xz, unpacked"),
    "zlib": ("a.bin", zlib.compress(SECRET), "a.bin, unpacked"),
    "PNG, text": ("a.png", png(b"tEXt", b"Comment\0" + SECRET), "a.png, tEXt"),
    "PNG, packed text": ("a.png", png(b"zTXt", b"Comment\0\0" + zlib.compress(SECRET)), "a.png, zTXt"),
    "PNG, text of any language": (
        "a.png",
        png(b"iTXt", b"Comment\0\1\0en\0\0" + zlib.compress(SECRET)),
        "a.png, iTXt",
    ),
    "SVG": ("a.svg", f"<svg><text>{html.escape(LINE)}</text></svg>".encode(), "a.svg"),
    "SVG, description": ("a.svg", f"<svg><desc>{html.escape(LINE)}</desc></svg>".encode(), "a.svg"),
    "PDF": (
        "a.pdf",
        b"%PDF-1.4\n1 0 obj\nstream\n" + zlib.compress(SECRET) + b"\nendstream\n%\xe2\xe3",
        "a.pdf, a stream",
    ),
    "binary": ("a.dat", b"\0\1\2\xff" * 9 + SECRET + b"\0\xff", "a.dat"),
    "cell": ("a.ipynb", notebook(source=["x = 1\n", f"{LINE}\n"]), "a.ipynb, cell 2"),
    "cell in one text": ("a.ipynb", notebook(source=f"x = 1\n{LINE}"), "a.ipynb, cell 2"),
    "raw cell": ("a.ipynb", notebook(cell_type="raw", source=[LINE]), "a.ipynb, cell 2"),
    "text cell": ("a.ipynb", notebook(cell_type="markdown", source=[f"`{LINE}`"]), "a.ipynb, cell 2"),
    "output": (
        "a.ipynb",
        notebook(
            outputs=[{"output_type": "stream", "text": ["1\n"]}, {"output_type": "stream", "text": [LINE]}]
        ),
        "a.ipynb, cell 2, output 2",
    ),
    "output in HTML": (
        "a.ipynb",
        notebook(
            outputs=[{"output_type": "execute_result", "data": {"text/html": [f"<b>{coloured(LINE)}</b>"]}}]
        ),
        "a.ipynb, cell 2, output 1",
    ),
    "traceback": (
        "a.ipynb",
        notebook(outputs=[{"output_type": "error", "traceback": ["\x1b[0;32m----> 1\x1b[0m " + LINE]}]),
        "a.ipynb, cell 2, output 1",
    ),
    "picture in an output": (
        "a.ipynb",
        notebook(
            outputs=[
                {
                    "data": {
                        "image/png": base64.b64encode(png(b"zTXt", b"a\0\0" + zlib.compress(SECRET))).decode()
                    }
                }
            ]
        ),
        "a.ipynb, cell 2, output 1, in base64, zTXt",
    ),
    "attachment": (
        "a.ipynb",
        notebook(attachments={"a.svg": {"image/svg+xml": base64.b64encode(SECRET).decode()}}),
        "a.ipynb, cell 2, attachments, in base64",
    ),
    "metadata of a cell": ("a.ipynb", notebook(metadata={"a": {"b": [LINE]}}), "a.ipynb, cell 2, metadata"),
    "metadata of the notebook": (
        "a.ipynb",
        json.dumps({"cells": [], "metadata": {"autograder": {"reference": LINE}}}).encode(),
        "a.ipynb, metadata",
    ),
    "a key that is there twice": (
        "a.ipynb",
        b'{"cells": [{"cell_type": "code", "source": "'
        + LINE.encode()
        + b'", "source": "x"}], "nbformat": 4}',
        "a.ipynb, cell 1",
    ),
    "a name in JSON": ("a.json", json.dumps({LINE: 1}).encode(), "a.json"),
    "broken notebook": ("a.ipynb", notebook(source=[LINE])[:-9], "a.ipynb"),
}


@pytest.mark.parametrize(("name", "content", "where"), PLACES.values(), ids=PLACES.keys())
def test_it_is_found_wherever_it_stands(name: str, content: bytes, where: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(content)
    leak = found(tmp_path / name)[0]
    assert leak.where == where
    assert leak.secret.file == "solutions/projectile/projectile.py"
    assert leak.secret.line == line_in("projectile/projectile.py", LINE)
    assert found(tmp_path)[0].where == where


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.pyc", importlib.util.MAGIC_NUMBER + bytes(12) + compiled()),
        ("a.dat", importlib.util.MAGIC_NUMBER + bytes(12) + compiled()),
        ("a.dat", compiled()),
        ("a.json", json.dumps({"a": base64.b64encode(compiled()).decode()}).encode()),
        ("a.zip", zipped("b.bin", importlib.util.MAGIC_NUMBER + bytes(12) + compiled())),
        ("a.dat", b"\x80\x04\x95" + bytes(20) + compiled()),
    ],
    ids=["pyc", "renamed", "marshalled", "in base64", "in a zip", "in other bytes"],
)
def test_compiled_code_is_found(name: str, content: bytes, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(content)
    told = found(tmp_path)
    assert ("its compiled code", "solutions/projectile/projectile.py") in {
        (leak.what, leak.secret.file) for leak in told
    }


def test_bytecode_of_public_code_is_a_leak_too(tmp_path: Path) -> None:
    source = tmp_path / "stub.py"
    source.write_text("def f(x):\n    return x\n", encoding="utf-8")
    py_compile.compile(str(source), cfile=str(tmp_path / "__pycache__" / "stub.cpython-311.pyc"))
    (leak,) = found(tmp_path)
    assert leak.where == "__pycache__/stub.cpython-311.pyc"
    assert leak.what == "bytecode, which is never released"
    # What another Python compiled cannot be read, but it is seen.
    (tmp_path / "old.bin").write_bytes((3413).to_bytes(2, "little") + b"\r\n" + bytes(30))
    assert "old.bin" in {leak.where for leak in found(tmp_path)}


def test_file_names_of_the_secret_half_are_found(tmp_path: Path) -> None:
    (tmp_path / "steep_angle.txt").write_bytes(b"")
    assert [(leak.what, leak.secret.file) for leak in found(tmp_path)] == [
        ("its name", "solutions/projectile/mistakes/steep_angle.py")
    ]
    (tmp_path / "steep_angle.txt").unlink()
    (tmp_path / "a.zip").write_bytes(zipped("b/hidden/test_flight.py", b""))
    assert [leak.where for leak in found(tmp_path)] == ["a.zip!b/hidden/test_flight.py"]


def test_links_into_solutions_are_found(tmp_path: Path) -> None:
    (tmp_path / "work.py").symlink_to(SECOND / "solutions/projectile/projectile.py")
    (tmp_path / "more").symlink_to(SECOND / "solutions/projectile/hidden")
    (tmp_path / "loop").symlink_to(tmp_path)
    told = found(tmp_path)
    links = {(leak.where, leak.secret.file) for leak in told if leak.what == "a link to it"}
    assert links == {
        ("work.py", "solutions/projectile/projectile.py"),
        ("more", "solutions/projectile/hidden"),
    }
    assert any(leak.where == "work.py" and leak.line for leak in told)


# -- what is not --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("root", [ROOT, SECOND], ids=["course", "second course"])
def test_what_is_public_has_no_leak(root: Path) -> None:
    course = load_course(root)
    public = [course.assignment(id) for id in course.assignments]
    told = [leak for one in public for leak in found(one.public_dir, course)]
    assert [leak.told().fields for leak in told] == []


@pytest.mark.parametrize(
    "line",
    [
        "return x",
        "import numpy as np",
        "from autograder.checks import call_with, check_close, check_raises, check_same, check_shape",
        "for i in range(n):",
        "def flight_time(speed, angle, g=9.81):",
        '@pytest.mark.function("trajectory")',
        "Returns  the same shape: speed cos(angle) times the flight time",
        "t = np.linspace(0, landing_time(speed, angle, g), n)",
        "rt = np.linspace(0, flight_time(speed, angle, g), nn)",
        ")]}",
    ],
)
def test_what_says_nothing_or_is_public_is_no_leak(line: str, tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text(f"{line}\n", encoding="utf-8")
    assert found(tmp_path) == []


@pytest.mark.slow
def test_the_engine_is_no_leak() -> None:
    course = load_course(ROOT)
    told = found(ROOT / "autograder", course)
    assert [leak.told().fields for leak in told if "__pycache__" not in leak.where] == []


def test_without_solutions_there_is_nothing_but_bytecode_to_find(tmp_path: Path) -> None:
    shutil.copytree(SECOND / "assignments", tmp_path / "course" / "assignments")
    course = load_course(tmp_path / "course")
    (tmp_path / "a.py").write_text(REFERENCE, encoding="utf-8")
    assert found(tmp_path / "a.py", course) == []
    (tmp_path / "a.pyc").write_bytes(compiled())
    assert [leak.what for leak in found(tmp_path / "a.pyc", course)] == ["bytecode, which is never released"]


# -- reports and feedback -----------------------------------------------------------------------------------------

EXPLANATION = "Your angle reaches the target, but it is the steeper of the two; the flatter one is asked for."


def test_reports_may_tell_but_show_no_code(tmp_path: Path) -> None:
    page = tmp_path / "an.html"
    said = [
        "0 for no distance, and a quarter of pi for the greatest one",
        "A row for each moment, a column each for distance and height.",
        html.escape(EXPLANATION),
        "Góc của bạn đưa bóng tới đích, nhưng là góc dốc hơn trong hai góc; đề yêu cầu góc thoải hơn.",
    ]
    page.write_text("<p>" + "</p><p>".join(said) + "</p>", encoding="utf-8")
    assert found(page, told=True) == []
    assert len(found(page)) >= 4
    page.write_text(f"<p>{said[0]}</p><pre>{html.escape(MISTAKE)}</pre>", encoding="utf-8")
    (leak,) = found(page, told=True)
    assert leak.secret.file == "solutions/projectile/mistakes/steep_angle.py"


def test_the_values_of_a_failing_call_may_be_told(tiny_course: Course, tmp_path: Path) -> None:
    suite = tiny_course.solutions_dir / "sums" / "hidden" / "test_more.py"
    cases = (
        "CASES = [\n    ([1, 2, 3], np.array([-0.5, 2.5, 7])),\n    (one, two, three, four, five, six),\n]\n"
    )
    cases += 'more(\n    "add",\n    alpha=0.5,\n    delta=0.25,\n    beta=-0.125,\n    steps=9,\n)\n'
    suite.write_text(f'"""More."""\nimport numpy as np\n{cases}', encoding="utf-8")
    page = tmp_path / "an.html"
    page.write_text(
        "<code>add([1, 2, 3], np.array([-0.5, 2.5, 7.0]))</code> add([1, 2, 3], np.array([-0.5, 2.5, 7]))"
    )
    assert sources(found(page, tiny_course)) == {"sums/hidden/test_more.py"}
    assert found(page, tiny_course, told=True) == []
    page.write_text("<code>add([1], alpha=0.5, delta=0.25, beta=-0.125, steps=9)</code>", encoding="utf-8")
    assert found(page, tiny_course)
    assert found(page, tiny_course, told=True) == []
    page.write_text("(one, two, three, four, five, six)", encoding="utf-8")
    assert found(page, tiny_course, told=True)


def test_what_a_student_handed_in_is_no_leak_in_their_feedback(tmp_path: Path) -> None:
    handed_in, page = tmp_path / "projectile.ipynb", tmp_path / "projectile.html"
    handed_in.write_bytes(notebook(source=[LINE]))
    page.write_text(f"<pre>{coloured(LINE)}</pre>", encoding="utf-8")
    assert found(page, told=True)
    assert found(page, told=True, given=[handed_in]) == []
    page.write_text(f"<pre>{coloured(LINE)}\n{coloured(MISTAKE)}</pre>", encoding="utf-8")
    assert sources(found(page, told=True, given=[handed_in])) == {"projectile/mistakes/steep_angle.py"}


# -- what cannot be looked into -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.zip", zipped("zeros", bytes(3_000_000))),
        ("a.gz", gzip.compress(bytes(3_000_000))),
        ("a.tar.xz", tarred("zeros", bytes(3_000_000), "w:xz")),
        ("a.zip", zipped("b.zip", zipped("zeros", bytes(3_000_000)))),
    ],
)
def test_a_bomb_is_refused(name: str, content: bytes, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(CourseError, match=r"a\..*unpacks to more than 1 MiB.*not be given to anyone"):
        found(tmp_path, most_bytes=2**20)


def test_what_is_nested_too_deep_is_refused(tmp_path: Path) -> None:
    content = SECRET
    for _ in range(20):
        content = gzip.compress(content)
    (tmp_path / "a.gz").write_bytes(content)
    with pytest.raises(CourseError, match="archives deep"):
        found(tmp_path)


def test_what_is_encrypted_or_damaged_is_refused(tmp_path: Path) -> None:
    whole = zipped("b.py", SECRET * 50)
    encrypted = bytearray(whole)
    encrypted[6] |= 1
    encrypted[whole.index(b"PK\x01\x02") + 8] |= 1
    (tmp_path / "a.zip").write_bytes(encrypted)
    with pytest.raises(CourseError, match=r"a\.zip!b\.py is encrypted"):
        found(tmp_path)
    damaged = bytearray(whole)
    damaged[50] ^= 0xFF
    (tmp_path / "a.zip").write_bytes(damaged)
    with pytest.raises(CourseError, match=r"a\.zip is damaged"):
        found(tmp_path)


@pytest.mark.parametrize("begins", [b"7z\xbc\xaf\x27\x1c", b"Rar!\x1a\x07\x00", b"\x28\xb5\x2f\xfd"])
def test_archives_that_cannot_be_opened_here_are_refused(begins: bytes, tmp_path: Path) -> None:
    (tmp_path / "solution.bin").write_bytes(begins + bytes(range(100, 200)))
    with pytest.raises(CourseError, match=r"solution\.bin is packed in a format"):
        found(tmp_path)


def test_what_was_taken_out_of_a_repository_is_found_in_its_history(tmp_path: Path) -> None:
    """`git gc` and `git clone` pack all versions into one file."""
    repository = tmp_path / "handout"
    repository.mkdir()

    def git(*arguments: str) -> None:
        who = ["-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"]
        subprocess.run(["git", *who, *arguments], cwd=repository, check=True, capture_output=True)

    git("init")
    around = "".join(f"value_{number} = {number}\n" for number in range(300))
    for text in (around, around + SECRET.decode() + "\n", around + "# YOUR CODE HERE\n"):
        (repository / "work.py").write_text(text, "utf-8")
        git("add", ".")
        git("commit", "-m", "work")
    assert found(repository)
    git("gc", "--aggressive", "--prune=now")
    [pack] = (repository / ".git" / "objects" / "pack").glob("*.pack")
    git("bundle", "create", str(tmp_path / "all.bundle"), "--all")
    assert [leak.secret.text for leak in found(pack)] == [LINE]
    assert [leak.secret.text for leak in found(tmp_path / "all.bundle")] == [LINE]
    pack.chmod(0o644)
    pack.write_bytes(pack.read_bytes()[:-60])
    with pytest.raises(CourseError, match="is damaged"):
        found(pack)


def test_what_a_student_encoded_costs_them_no_feedback(tmp_path: Path) -> None:
    bomb = base64.b64encode(zlib.compress(bytes(3_000_000), 9)).decode()
    broken = base64.b64encode(zipped("b.py", b"x = 1\n" * 99)[:-40]).decode()
    page, handed_in = tmp_path / "an.html", tmp_path / "projectile.py"
    handed_in.write_text(f"a = '{bomb}'\nb = '{broken}'\n{LINE}\n", encoding="utf-8")
    page.write_text(f"<pre>a = '{bomb}'\nb = '{broken}'\n{LINE}\n{MISTAKE}</pre>", encoding="utf-8")
    told = found(page, told=True, given=[handed_in], most_bytes=2**20)
    assert sources(told) == {"projectile/mistakes/steep_angle.py"}
    (tmp_path / "damaged.zip").write_bytes(b"PK\x03\x04 no more")
    assert found(page, told=True, given=[tmp_path / "damaged.zip"], most_bytes=2**20)
    # What students are given is looked into to its end, or not given.
    with pytest.raises(CourseError, match="unpacks to more than"):
        found(page, most_bytes=2**20)


# -- allowances -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("root", [ROOT, SECOND], ids=["course", "second course"])
def test_each_allowance_is_needed(root: Path) -> None:
    assert unneeded_allowances(load_course(root)) == []


def test_an_allowance_lets_a_line_pass_until_nobody_needs_it(tiny_course: Course, tmp_path: Path) -> None:
    statement = tiny_course.assignments_dir / "sums" / "README.md"
    statement.write_text("Write `return np.mean(add(x, y))`.\n", encoding="utf-8")
    allowed = tiny_course.solutions_dir / "sums" / "allowed.toml"
    assert found(statement, tiny_course)
    allowed.write_text('"return np.mean(add(x, y))" = "The statement gives it away."\n', encoding="utf-8")
    assert found(statement, tiny_course) == []
    assert unneeded_allowances(tiny_course) == []
    statement.write_text("Write it.\n", encoding="utf-8")
    assert unneeded_allowances(tiny_course) == ["sums: return np.mean(add(x, y))"]


@pytest.mark.parametrize("text", ['"return x" = ""', '"return x" = 1', "return x", '["return x"]'])
def test_an_allowance_needs_a_reason(text: str, tiny_course: Course, tmp_path: Path) -> None:
    (tiny_course.solutions_dir / "sums" / "allowed.toml").write_text(text, encoding="utf-8")
    with pytest.raises(CourseError, match=r"allowed\.toml"):
        found(tmp_path, tiny_course)


# -- what is said -----------------------------------------------------------------------------------------------------


def test_the_error_names_each_leak(tmp_path: Path) -> None:
    (tmp_path / "work.py").write_text(f"{LINE}\n{QUOTED}\n", encoding="utf-8")
    with pytest.raises(CourseError) as told:
        scan_or_raise(tmp_path, COURSE, COURSE.assignments)
    at = line_in("projectile/projectile.py", LINE)
    assert f"work.py, line 1 shows solutions/projectile/projectile.py:{at}: {LINE}" in str(told.value)
    assert "work.py, line 2 shows" in str(told.value)
    assert "allowed.toml" in str(told.value)
    scan_or_raise(SECOND / "assignments", COURSE, COURSE.assignments)


def test_a_secret_that_changes_is_looked_for_anew(tiny_course: Course, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("total = add(x, y) / len(x) + 0 * len(y)\n", encoding="utf-8")
    assert found(tmp_path / "a.txt", tiny_course) == []
    path = tiny_course.solutions_dir / "sums" / "sums.py"
    source = path.read_text(encoding="utf-8")
    new = source.replace(
        "return np.mean(add(x, y))", "total = add(x, y) / len(x) + 0 * len(y)\n    return total"
    )
    path.write_text(new, encoding="utf-8")
    assert found(tmp_path / "a.txt", tiny_course)


def test_the_command_ends_with_1_on_a_leak(tmp_path: Path) -> None:
    (tmp_path / "work.py").write_text(f"{LINE}\n", encoding="utf-8")

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "autograder", "leaks", "--course", str(SECOND), *arguments]
        return subprocess.run(command, capture_output=True, text=True, timeout=180, cwd=tmp_path)

    told = run("work.py", str(SECOND / "assignments"), "--lang", "en")
    assert told.returncode == 1
    assert "work.py: leaks: 1" in told.stdout
    assert LINE in told.stdout
    assert "assignments: nothing leaks" in told.stdout
    told = run("work.py", "--given", "work.py", "--lang", "en")
    assert (told.returncode, told.stdout) == (0, "work.py: nothing leaks\n")
