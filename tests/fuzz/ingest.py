"""Whatever is handed in, and whatever its reader answers: sources, a sentence of ours, or a protocol error.

An input is one byte that chooses what the rest is: a source, a notebook, an archive, two files, or a hostile answer.
"""

from __future__ import annotations

import contextlib
import gzip
import io
import json
import random
import struct
import tarfile
import zipfile
import zlib
from typing import Any

from autograder.language import say
from autograder.reports.words import sentence
from autograder.sandbox.ingest import MAX_TEXT_BYTES, Ingested, checked
from autograder.sandbox.inside import wire
from autograder.sandbox.inside.ingest import reader, said
from autograder.sandbox.inside.ingest.names import MAX_FILES
from autograder.sandbox.inside.ingest.said import Notices, Unreadable
from tests.reports.corpus import acting

from . import trees

LONGEST = 2**16
MAIN, NOTEBOOK, ARCHIVE = "work.py", "work.ipynb", "hand in.zip"
CODE = b"# coding: latin-1\nimport numpy as np\n\n\ndef f(x):\n    return 2 * x\n"
SOURCE, CELLS, PACKED, PACKED_TWICE, BOTH, ANSWER = range(6)
_BLOCK = 512
_CENTRAL = struct.Struct("<4s4B4HL2L5H2L")
_LOCAL = 30


def one(data: bytes) -> None:
    kind, rest = (data[0] if data else 0) % 6, data[1:]
    if kind == ANSWER:
        files = ({MAIN: CODE}, {ARCHIVE: b""}, {NOTEBOOK: b"{}", "more.py": b""})[len(rest) % 3]
        with contextlib.suppress(wire.ProtocolError):
            judge(checked(wire.unpack(rest), files, MAIN))
        return
    files = {
        SOURCE: {MAIN: rest},
        CELLS: {NOTEBOOK: rest},
        PACKED: {ARCHIVE: rest},
        PACKED_TWICE: {ARCHIVE: gzip.compress(rest, 1, mtime=0)},
        BOTH: {MAIN: rest[::2], "helper.py": rest[1::2]},
    }[kind]
    # Here an exception of another kind is a finding; in `answer` the process would end with it.
    with contextlib.suppress(Unreadable):
        reader.sources(files, MAIN, Notices())
    found = checked(wire.unpack(wire.pack(reader.answer(files, MAIN))), files, MAIN)
    judge(found)
    assert not any("\r" in "".join(source) for source in found.sources.values())


def judge(found: Ingested) -> None:
    """Whether it is sources, or a problem, and in either case sentences that can be shown."""
    assert (found.problem is None) == (MAIN in found.sources)
    assert len(found.sources) <= MAX_FILES
    assert len(found.notices) <= said.MOST_NOTICES
    for told in (*found.notices, *([found.problem] if found.problem else [])):
        assert told.id in said.SENTENCES
        assert not acting(sentence(told, "en"))
        assert len(say(told, "en")) < 3_000
    size = 0
    for name, source in found.sources.items():
        assert name.endswith(".py")
        assert name.removesuffix(".py").isidentifier()
        for part in (source,) if isinstance(source, str) else source:
            size += len(part.encode())
    assert size <= MAX_TEXT_BYTES


# -- seeds ----------------------------------------------------------------------------------------------------


def notebook(*sources: Any, **more: Any) -> bytes:
    """A notebook with these cells."""
    cells = [{"cell_type": "code", "metadata": {}, "outputs": [], "source": source} for source in sources]
    metadata = {"kernelspec": {"language": "python", "name": "python3"}, "language_info": {"name": "python"}}
    return json.dumps(
        {"nbformat": 4, "nbformat_minor": 5, "metadata": metadata, "cells": cells, **more}
    ).encode()


def zipped(method: int, *members: tuple[str, bytes]) -> bytes:
    """A zip file."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", method) as made:
        for name, data in members:
            made.writestr(zipfile.ZipInfo(name), data, method)
    return target.getvalue()


def tarred(format: int, *members: tuple[str, bytes, bytes]) -> bytes:
    """A tar file: (name, kind, data) of each member."""
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w", format=format, encoding="utf-8") as made:
        for name, kind, data in members:
            entry = tarfile.TarInfo(name)
            entry.type, entry.size, entry.linkname = (
                kind,
                len(data),
                "../../etc/passwd" if kind != tarfile.REGTYPE else "",
            )
            made.addfile(entry, io.BytesIO(data))
    return target.getvalue()


_MEMBERS = (("hw/work.py", CODE), ("hw/helper.py", b"y = 1\n"), ("hw/.DS_Store", b"x"), ("other/a.py", b""))
_TRICKS = (
    ("../work.py", CODE),
    ("/work.py", CODE),
    ("a/work.py", CODE),
    ("a\\helper.py", b""),
    ("numpy.py", b""),
)


def seeds() -> list[bytes]:
    regular = [(name, tarfile.REGTYPE, data) for name, data in (*_MEMBERS, ("n/" * 60 + "é.py", b""))]
    odd = [
        ("work.py", tarfile.REGTYPE, CODE),
        ("link.py", tarfile.SYMTYPE, b""),
        ("hard.py", tarfile.LNKTYPE, b""),
        ("fifo.py", tarfile.FIFOTYPE, b""),
        ("device.py", tarfile.CHRTYPE, b""),
        ("sparse.py", tarfile.GNUTYPE_SPARSE, bytes(512)),
    ]
    packed = [
        zipped(zipfile.ZIP_STORED, *_MEMBERS),
        zipped(zipfile.ZIP_DEFLATED, *_MEMBERS, ("hw/a.tar.gz", b"")),
        zipped(zipfile.ZIP_STORED, *_TRICKS),
        zipped(zipfile.ZIP_DEFLATED, ("work.ipynb", notebook("x = 1"))),
        tarred(tarfile.USTAR_FORMAT, *regular[:4]),
        tarred(tarfile.GNU_FORMAT, *regular, *odd),
        tarred(tarfile.PAX_FORMAT, *regular, *odd),
    ]
    notebooks = [
        notebook(
            "x = 1\n",
            ["%matplotlib inline\n", "y = 2"],
            "%%bash\nls",
            "def f(x):\n    return x\n",
            "def f(x): pass",
        ),
        notebook('"""\n%no\n"""\n!ls\na = !ls\nx?\n??x\nf(\n%x\n)\n%time y = \\\n  3', "%%time\nz = 1"),
        notebook(
            "%%writefile tools.py\ny = 1",
            "%%writefile -a work.py\nx",
            "%run tools\n%pylab",
            ">>> x\n... y",
            "  x\n  y",
        ),
        notebook("x", nbformat=3, worksheets=[{"cells": [{"cell_type": "code", "input": "x = 1"}]}]),
        notebook("x", metadata={"kernelspec": {"name": "bash"}}),
        notebook("x", nbformat=2),
    ]
    sources = [
        CODE,
        b"\xef\xbb\xbfx = 1\r\ny = 2\r",
        b"# coding=cp1258\ns = '\xd2'\n",
        b"\xff\xfex\x00",
        b"# \xe2\x80\xae\n",
    ]
    answers: list[Any] = [
        ["read", [["work.py", "x = 1\n"]], []],
        ["read", [["work.py", ["x = 1", ""]], ["more.py", ""]], [[said.IGNORED, [["name", "a.txt"]]]]],
        ["unreadable", [said.NOT_UTF8, [["file", "work.py"], ["line", 3], ["byte", "ff"]]], []],
        ["unreadable", [said.ENDED, [["file", "work.py"]]], [[said.TWICE, [["file", "a"], ["name", "b"]]]]],
    ]
    return [
        *(bytes([SOURCE]) + data for data in sources),
        *(bytes([CELLS]) + data for data in notebooks),
        *(bytes([PACKED]) + data for data in packed),
        *(bytes([PACKED]) + gzip.compress(data, mtime=0) for data in packed[4:]),
        *(bytes([PACKED_TWICE]) + data for data in packed[4:]),
        bytes([BOTH]) + CODE * 2,
        *(bytes([ANSWER]) + trees.write(answer) for answer in answers),
    ]


# -- changes --------------------------------------------------------------------------------------------------


def mutate(data: bytes, seed: int) -> bytes:
    """Another file of the same kind, whose checksums are right again."""
    dice = random.Random(seed)
    kind, rest = data[:1], data[1:]
    which = (kind[0] if kind else 0) % 6
    if which == ANSWER:
        return kind + trees.mutated(
            rest, dice, (*sorted(said.SENTENCES)[:8], "read", "unreadable", "work.py", "more.py")
        )
    if which == CELLS:
        return kind + _other_notebook(rest, dice)
    if which in (PACKED, PACKED_TWICE):
        changed = _scribbled(rest, dice)
        return kind + (_with_right_sums(changed) if dice.random() < 0.9 else changed)
    return kind + _scribbled(rest, dice)


_SCRIBBLES = (
    b"", b"\0", b"\xff", b"\xff\xff\xff\xff", b"\0\0\0\0", b"/", b"../", b"\\", b".py", b"\r", b"\r\n", b'"""', b"%%", b"!x\n",
    b"\xe2\x80\xae", b"\xc3", b"coding: ", b"utf-7", b"latin-1", b"PK\x01\x02", b"\x1f\x8b", b"0000000", b"7777777", b"\x80",
    b"30 path=../work.py\n", b"22 size=99999999999\n", b"path", b"GNU.sparse.major=1\n", b"(", b"'", b"\\\n", b"?", b"def f():\n",
)  # fmt: skip


def _scribbled(data: bytes, dice: random.Random) -> bytes:
    made = bytearray(data)
    for _ in range(dice.choice((1, 1, 2, 4, 8))):
        place = dice.randrange(len(made) + 1)
        what = dice.choice(
            (
                *_SCRIBBLES,
                bytes([dice.randrange(256)]),
                bytes(made[place : place + dice.choice((1, 30, 512))]),
            )
        )
        # In archives most places count from the beginning, so mostly nothing moves.
        length = len(what) if dice.random() < 0.8 else dice.choice((0, 1, 512))
        made[place : place + length] = what
    if dice.random() < 0.05:
        del made[dice.randrange(len(made) + 1) :]
    if dice.random() < 0.05:
        made += made[dice.randrange(len(made) + 1) :]
    return bytes(made)


def _with_right_sums(data: bytes) -> bytes:
    return _zip_with_right_sums(data) if data.startswith(b"PK") else _tar_with_right_sums(data)


def _zip_with_right_sums(data: bytes) -> bytes:
    """The checksum of each stored member as its bytes are now."""
    made = bytearray(data)
    place = data.find(b"PK\x01\x02")
    while 0 <= place <= len(data) - _CENTRAL.size:
        fields = list(_CENTRAL.unpack_from(made, place))
        method, size, start = fields[6], fields[10], fields[18]
        if method == zipfile.ZIP_STORED and start + _LOCAL <= len(data):
            name, extra = struct.unpack_from("<2H", data, start + 26)
            begin = start + _LOCAL + name + extra
            fields[9] = zlib.crc32(data[begin : begin + size])
            _CENTRAL.pack_into(made, place, *fields)
        place = data.find(b"PK\x01\x02", place + 4)
    return bytes(made)


def _tar_with_right_sums(data: bytes) -> bytes:
    """The checksum of each block that looks like the header of a member."""
    made = bytearray(data)
    for begin in range(0, len(data) - _BLOCK + 1, _BLOCK):
        block = made[begin : begin + _BLOCK]
        if block[257:262] == b"ustar":
            block[148:156] = b" " * 8
            made[begin + 148 : begin + 156] = b"%06o\0 " % sum(block)
    return bytes(made)


def _other_notebook(data: bytes, dice: random.Random) -> bytes:
    """The JSON with something else in one place, or its text scribbled on."""
    try:
        loaded = json.loads(data)
    except (ValueError, RecursionError):
        return _scribbled(data, dice)
    if dice.random() < 0.25:
        return _scribbled(data, dice)
    cells = loaded.get("cells") if isinstance(loaded, dict) else None
    if dice.random() < 0.6 and isinstance(cells, list) and cells and isinstance(cells[0], dict):
        cell = dice.choice(cells)
        if isinstance(cell, dict):
            lines = str(cell.get("source", "")).encode("utf-8", "replace")
            cell["source"] = _scribbled(lines, dice).decode("utf-8", "replace")
            return json.dumps(loaded).encode()
    words = (
        "code",
        "cells",
        "source",
        "input",
        "cell_type",
        "kernelspec",
        "language",
        "nbformat",
        3,
        4,
        4.5,
        {"cell_type": "code"},
    )
    try:
        return json.dumps(trees.read(trees.mutated(trees.write(loaded), dice, words)), default=str).encode()
    except (ValueError, TypeError, OverflowError, RecursionError):
        return data
