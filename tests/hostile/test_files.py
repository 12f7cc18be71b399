"""Further ways of what family S does: each is graded or refused with a sentence, within seconds, and leaves nothing."""

from __future__ import annotations

import tarfile
from pathlib import Path

import pytest

from autograder.model import Status
from tests.hostile.files import (
    CANARY,
    DEEP,
    LINKS,
    RIGHT,
    WRONG,
    as_bytes,
    code_cell,
    false_size,
    folder_of,
    notebook,
    nothing_left,
    overlapping,
    tar_entry,
    tarred,
    told,
    zip_link,
    zipped,
)
from tests.hostile.graded import Graded, Grading

NOTEBOOK = b'{"nbformat": 4, "metadata": {}, "cells": [{"cell_type": "code", "source": %s}]}'
REFUSED = {
    "a hard link": {"work.tar": LINKS["hard"]},
    "a device": {"work.tar": LINKS["device"]},
    "a pipe in an archive": {"work.tar": LINKS["pipe"]},
    "a link in a zip": {"work.zip": zip_link()},
    "less than it says": {"work.zip": false_size(zipped([("hw.py", RIGHT)]), b"hw.py", 10**6)},
    "more than it says": {"work.zip": false_size(zipped([("hw.py", RIGHT * 100)]), b"hw.py", 10)},
    "all entries in one place": {"work.zip": overlapping(900)},
    "ten thousand entries": {"work.zip": zipped([(f"{n}.py", "") for n in range(10_000)])},
    "an archive in an archive": {"work.zip": zipped([("inner.zip", zipped([("hw.py", RIGHT)]))])},
    "one name twice": {"work.zip": zipped([("hw.py", RIGHT), ("hx.py", WRONG)]).replace(b"hx.py", b"hw.py")},
    "names alike but for case": {"hw.py": RIGHT, "Hw.py": WRONG},
    "an endless tar": {
        "work.tar": tarred([(tar_entry(f"d{n}", tarfile.DIRTYPE), b"") for n in range(3_000)])
    },
    "half a zip": {"work.zip": zipped([("hw.py", RIGHT)])[:-30]},
    "no zip": {"work.zip": b"PK\x03\x04" + b"\xff" * 5_000},
    "nested JSON": {"hw.ipynb": DEEP},
    "nested objects": {"hw.ipynb": b'{"a":' * 50_000 + b"1" + b"}" * 50_000},
    "a number without end": {"hw.ipynb": NOTEBOOK % b"1e999"},
    "a number of 5000 digits": {"hw.ipynb": NOTEBOOK % (b"9" * 5_000)},
    "no number": {"hw.ipynb": NOTEBOOK % b"NaN"},
    "a key twice": {"hw.ipynb": b'{"nbformat": 4, "cells": [], "cells": []}'},
    "another kernel": {
        "hw.ipynb": as_bytes(notebook([code_cell(RIGHT)], kernelspec={"name": "bash", "language": "bash"}))
    },
    "UTF-16": {"hw.py": RIGHT.encode("utf-16")},
    "zero bytes": {"hw.py": RIGHT.encode() + b"\0"},
    "bytes of a program": {"hw.py": b"\x7fELF" + bytes(range(256))},
    "compiled only": {"hw.pyc": b"\xa7\r\r\n" + bytes(100)},
    "too large": {"hw.py": RIGHT + "#" * (2 * 2**20)},
    "both": {"hw.py": RIGHT, "hw.ipynb": as_bytes(notebook([code_cell(RIGHT)]))},
}
GRADED = {
    "a mark of byte order and returns": {"hw.py": b"\xef\xbb\xbf" + RIGHT.replace("\n", "\r\n").encode()},
    "form feeds": {"hw.py": RIGHT.replace("\n\n\ndef", "\n\x0c\n\ndef")},
    "latin-1 that says so": {"hw.py": b"# coding: latin-1\n# \xe9\n" + RIGHT.encode()},
    "its own folder": {"work.zip": zipped([("an/hw.py", RIGHT), ("__MACOSX/an/._hw.py", "x")])},
    "large outputs": {
        "hw.ipynb": as_bytes(
            notebook([code_cell(RIGHT, outputs=[{"data": {"image/png": "A" * (20 * 2**20)}}])])
        )
    },
    "half a character": {"hw.ipynb": as_bytes(notebook([code_cell("x = '\ud800'\n"), code_cell(RIGHT)]))},
    "a cell that raises": {"hw.ipynb": as_bytes(notebook([code_cell(RIGHT), code_cell("1 / 0")]))},
}


def graded(files: dict[str, str | bytes], grading: Grading, folder: Path) -> Graded:
    found = grading.grade(folder_of(files)(folder))
    nothing_left()
    assert CANARY not in found.released
    assert found.seconds < 45
    return found


@pytest.mark.parametrize("files", REFUSED.values(), ids=REFUSED.keys())
def test_is_refused(files: dict[str, str | bytes], grading: Grading, tmp_path: Path) -> None:
    found = graded(files, grading, tmp_path)
    assert found.report.status is Status.UNGRADABLE, told(found)
    assert found.report.message is not None


@pytest.mark.parametrize("files", GRADED.values(), ids=GRADED.keys())
def test_is_graded(files: dict[str, str | bytes], grading: Grading, tmp_path: Path) -> None:
    found = graded(files, grading, tmp_path)
    assert found.report.status is Status.GRADED, told(found)
    assert found.score == 100, told(found)
