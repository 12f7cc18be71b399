"""Whatever is handed in, reading it ends in sources or in a sentence; what comes back from the reader is doubted.

Catalogue S01 to S15 of the attacks on submission files. A naive reader beside some of them shows that there is
something to be refused.
"""

from __future__ import annotations

import ast
import contextlib
import gzip
import io
import json
import os
import struct
import tarfile
import time
import zipfile
import zlib
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from autograder.course.manifest import Limits
from autograder.language import say
from autograder.sandbox import ingest as trusted
from autograder.sandbox.ingest import Ingested, checked, ingest, ingest_here
from autograder.sandbox.inside import wire
from autograder.sandbox.inside.ingest import archive, magics, notebook, reader, said
from autograder.sandbox.inside.ingest.said import Notices, Unreadable
from autograder.sandbox.launch import Ending, Launcher

MAIN = "work.py"
CODE = b"def f(x):\n    return 2 * x\n"
TEXT = CODE.decode()
ARCHIVE = "hand in.zip"


def told(found: Ingested) -> list[str]:
    return [say(notice, "en") for notice in found.notices]


def problem(found: Ingested) -> str:
    assert found.problem is not None
    assert not found.sources
    return say(found.problem, "en")


def zipped(*members: tuple[str | zipfile.ZipInfo, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", method) as made:
        for name, data in members:
            made.writestr(name, data)
    return target.getvalue()


def tarred(*members: tuple[str | tarfile.TarInfo, bytes]) -> bytes:
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w") as made:
        for name, data in members:
            entry = tarfile.TarInfo(name) if isinstance(name, str) else name
            entry.size = len(data)
            made.addfile(entry, io.BytesIO(data))
    return target.getvalue()


def special(name: str, kind: bytes, target: str = "/etc/passwd") -> tarfile.TarInfo:
    entry = tarfile.TarInfo(name)
    entry.type, entry.linkname = kind, target
    return entry


def link_in_zip(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name)
    entry.create_system, entry.external_attr = 3, 0o120777 << 16
    return entry


def cells(*sources: str | list[str], **more: Any) -> bytes:
    made = [{"cell_type": "code", "metadata": {}, "outputs": [], "source": source} for source in sources]
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": made, **more}).encode()


def from_notebook(data: bytes) -> Ingested:
    return ingest_here({"work.ipynb": data}, MAIN)


def from_archive(data: bytes) -> Ingested:
    return ingest_here({ARCHIVE: data}, MAIN)


# -- archives: S01, S02, S03, S04, S06, S15 -------------------------------------------------------------------


@pytest.mark.parametrize("pack", [zipped, tarred, lambda *m: gzip.compress(tarred(*m))])
@pytest.mark.parametrize("folder", ["", "an/", "hw/an/"])
def test_honest_archives(pack: Callable[..., bytes], folder: str) -> None:
    found = from_archive(
        pack(
            (f"{folder}work.py", CODE),
            (f"{folder}helper.py", b"x = 1\n"),
            (f"{folder}data.csv", b"1,2\n"),
            (f"{folder}old/work.py", b"old"),
            (f"__MACOSX/{folder}._work.py", b"\0"),
            (f"{folder}.ipynb_checkpoints/work.py", b"older"),
            (f"{folder}__pycache__/work.cpython-311.pyc", b"\0"),
        )
    )
    assert found.sources == {"work.py": TEXT, "helper.py": "x = 1\n"}
    assert [text.partition(": ")[2] for text in sorted(told(found))] == [
        f"{folder}data.csv.",
        f"{folder}old/work.py, which does not lie beside the file to be graded.",
    ]


def test_a_notebook_in_an_archive() -> None:
    assert from_archive(zipped(("hw/work.ipynb", cells(TEXT)))).sources == {"work.py": (TEXT,)}


UNSAFE = ["../work2.py", "a/../../b.py", "/abs.py", "C:\\x.py", "c:x.py", "\\\\host\\share\\x.py", "..\\x.py"]


@pytest.mark.parametrize("pack", [zipped, tarred])
@pytest.mark.parametrize("name", [*UNSAFE, "x" * 300 + ".py", "/".join("x" * 600) + ".py"])
def test_paths_that_lead_out(pack: Callable[..., bytes], name: str) -> None:
    found = from_archive(pack((name, b"evil"), ("work.py", CODE)))
    assert found.sources == {"work.py": TEXT}
    (text,) = told(found)
    assert "leads out" in text


def test_a_name_with_a_zero_byte() -> None:
    data = zipped(("work.pyX.txt", b"evil"), ("helper.py", b""))
    found = from_archive(data.replace(b"work.pyX.txt", b"work.py\0.txt"))
    # The library alone takes it for work.py.
    assert (
        zipfile.ZipFile(io.BytesIO(data.replace(b"work.pyX.txt", b"work.py\0.txt"))).namelist()[0]
        == "work.py"
    )
    assert "no work.py" in problem(found)
    assert "leads out" in told(found)[0]


@pytest.mark.parametrize(
    "kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.BLKTYPE, tarfile.FIFOTYPE]
)
def test_no_link_and_no_device_in_tar(kind: bytes) -> None:
    found = from_archive(tarred((special("helper.py", kind), b""), ("work.py", CODE)))
    assert found.sources == {"work.py": TEXT}
    assert "a link or a device" in told(found)[0]
    alone = from_archive(tarred((special("work.py", kind, "helper.py"), b""), ("helper.py", CODE)))
    assert "no work.py" in problem(alone)


def test_no_link_in_zip() -> None:
    found = from_archive(zipped((link_in_zip("work.py"), b"/etc/passwd"), ("helper.py", CODE)))
    assert "no work.py" in problem(found)
    assert "a link or a device" in told(found)[0]


def test_nested_archives_stay_closed() -> None:
    found = from_archive(zipped(("work.py", CODE), ("more.zip", zipped(("helper.py", b"")))))
    assert list(found.sources) == ["work.py"]
    assert "an archive inside" in told(found)[0]


def test_a_name_twice() -> None:
    with pytest.warns(UserWarning, match="Duplicate"):
        data = zipped(("work.py", CODE), ("work.py", b"other"))
    assert "work.py twice" in problem(from_archive(data))
    assert "work.py twice" in problem(from_archive(zipped(("a/work.py", CODE), ("b/work.py", b"other"))))


@pytest.mark.parametrize("names", [("work.py", "WORK.py"), ("work.py", "đạo.py", "đa\u0323o.py")])
def test_names_alike(names: tuple[str, ...]) -> None:
    assert "only in case" in problem(from_archive(zipped(*((name, CODE) for name in names))))


@pytest.mark.parametrize("pack", [zipped, tarred])
def test_too_many_entries(pack: Callable[..., bytes]) -> None:
    members = [(f"{number}.txt", b"") for number in range(archive.MAX_ENTRIES)]
    assert from_archive(pack(("work.py", CODE), *members[1:])).sources
    assert "more than 1000" in problem(from_archive(pack(("work.py", CODE), *members)))


def test_entries_beyond_counting_are_not_even_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The library would make 300,000 objects before it tells how many there are."""
    monkeypatch.delattr(zipfile, "ZipFile")
    entry = b"PK\x01\x02" + bytes(42)
    data = b"PK\x03\x04" + entry * 300_000
    end = struct.pack("<4sHHHHIIH", b"PK\x05\x06", 0, 0, 0xFFFF, 0xFFFF, len(entry) * 300_000, 4, 0)
    assert "more than 1000" in problem(from_archive(data + end))


def test_many_files_that_are_too_large_together() -> None:
    data = zipped(("work.py", CODE), *((f"{number}.txt", bytes(2**20)) for number in range(33)))
    assert "unpacks to more than 33554432" in problem(from_archive(data))


@pytest.mark.parametrize("size", [2**21, 40 * 2**20])
def test_bombs(size: int) -> None:
    data = zipped(("work.py", CODE), ("helper.py", bytes(size)))
    assert len(zipfile.ZipFile(io.BytesIO(data)).read("helper.py")) == size > 500 * len(data)
    assert "unpacks to more than" in problem(from_archive(data))
    assert "unpacks to more than" in problem(from_archive(gzip.compress(tarred(("work.py", bytes(size))))))


def test_a_file_too_large_among_others() -> None:
    large = np.random.default_rng(0).bytes(2**20 + 1)
    assert "too large: 1048577 bytes" in problem(from_archive(zipped(("work.py", large))))
    assert "too large" in problem(from_archive(tarred(("work.py", large))))


def test_false_sizes() -> None:
    data = bytearray(zipped(("work.py", CODE * 10)))
    central = data.rindex(b"PK\x01\x02")
    for claimed in (3, 10**6):
        struct.pack_into("<I", data, central + 24, claimed)
        assert "damaged" in problem(from_archive(bytes(data)))


def test_overlapping_entries() -> None:
    """Two entries of one file's bytes: with thousands of them a small archive holds any amount."""
    data = zipped(("a.txt", b"x" * 100), ("work.py", CODE))
    start = data.index(b"PK\x01\x02")
    first_end = data.index(b"PK\x01\x02", start + 4)
    first, rest = data[start:first_end], data[first_end:]
    count, size, offset = struct.unpack_from("<HII", rest, len(rest) - 12)
    twice = bytearray(data[:start] + first + first.replace(b"a.txt", b"b.txt") + rest)
    struct.pack_into("<HHII", twice, len(twice) - 14, count + 1, count + 1, size + len(first), offset)
    assert len(zipfile.ZipFile(io.BytesIO(bytes(twice))).namelist()) == 3
    assert "damaged" in problem(from_archive(bytes(twice)))


def test_encrypted() -> None:
    data = bytearray(zipped(("work.py", CODE)))
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.rindex(mark) + place] |= 1
    assert "password" in problem(from_archive(bytes(data)))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"PK",
        b"Rar!\x1a\x07",
        b"x" * 5000,
        zipped(("work.py", CODE))[:-30],
        tarred(("work.py", CODE))[:520],
        gzip.compress(tarred(("work.py", CODE)))[:-20],
        gzip.compress(tarred(("work.py", CODE))) + gzip.compress(tarred(("work.py", b"other"))),
        gzip.compress(CODE),
        zipped(("work.py", CODE), method=zipfile.ZIP_LZMA),
    ],
    ids=range(10),
)
def test_damaged_archives(data: bytes) -> None:
    assert "cannot be unpacked" in problem(from_archive(data))


def test_data_and_configuration_stay_in_the_archive() -> None:
    names = ["x.npy", "x.pkl", "pytest.ini", "evil.pth", "work.pyc", "conftest.py", "random.py"]
    found = from_archive(zipped(("work.py", CODE), *((name, b"x = 1\n") for name in names)))
    assert set(found.sources) == {"work.py", "conftest.py"}
    assert all(any(name in text for text in told(found)) for name in names if name != "conftest.py")


def test_names_in_the_notices_cannot_act() -> None:
    found = from_archive(zipped(("work.py", CODE), ("\x1b[2J{file}\u202e\n.txt", b"")))
    (text,) = told(found)
    assert text.isprintable()
    assert "{file}" in text


# -- notebooks: S08 to S13 ------------------------------------------------------------------------------------


def test_cells_in_order_without_the_rest() -> None:
    made = {
        "nbformat": 4,
        "metadata": {"kernelspec": {"name": "python3", "language": "python"}, "grade": 100, "locked": True},
        "cells": [
            {"cell_type": "markdown", "source": "<iframe src=x></iframe>"},
            {"cell_type": "code", "source": ["a = 1\r\n", "b = 2"], "outputs": [{"text/html": "<script>"}]},
            {"cell_type": "raw", "source": "c = 3"},
            {"cell_type": "code", "source": "d = 4", "metadata": {"nbgrader": {"points": 99, "grade": True}}},
            {"cell_type": "code", "source": "e = '\ud800'"},
        ],
    }
    found = from_notebook(json.dumps(made).encode())
    assert found.sources == {"work.py": ("a = 1\nb = 2", "d = 4", "e = '?'")}
    assert not found.notices


def test_format_3() -> None:
    sheet = {
        "cells": [{"cell_type": "code", "input": ["a = 1\n", "b"]}, {"cell_type": "heading", "source": "x"}]
    }
    found = from_notebook(json.dumps({"nbformat": 3, "worksheets": [sheet, sheet]}).encode())
    assert found.sources == {"work.py": ("a = 1\nb", "a = 1\nb")}


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("%matplotlib inline\nx = 1", "pass\nx = 1"),
        ("if x:\n    !ls\n    y = 2", "if x:\n    pass\n    y = 2"),
        ("files = !ls\nt = %timeit -o f()", "pass\npass"),
        ("np.dot?\n?np.dot\nf??", "pass\npass\npass"),
        ("!tar \\\n  -x y\nx = 1", "pass\n\nx = 1"),
        ("%%bash\nrm -rf /", ""),
        ("\n%%html\n<script>", ""),
        ("%%time\n%%capture\ndef f(): pass", "\n\ndef f(): pass"),
        ("%%script bash", ""),
        # No commands, however they look.
        ("x = (a\n% b)", "x = (a\n% b)"),
        ('s = """\n!ls\n%time\n"""', 's = """\n!ls\n%time\n"""'),
        ("s = '''a' ''\n!ls'''\n!ls", "s = '''a' ''\n!ls'''\npass"),
        ("x = a \\\n  % b", "x = a \\\n  % b"),
        ("# why?\nx = 'what?'  # \\\n%time", "# why?\nx = 'what?'  # \\\npass"),
        ("x != y\nx %= 2\ns = '('\n!ls", "x != y\nx %= 2\ns = '('\npass"),
    ],
)
def test_commands_to_jupyter_are_dropped(source: str, expected: str) -> None:
    found = from_notebook(cells(source))
    assert found.sources == {"work.py": (expected,)}
    assert bool(found.notices) is (source != expected)


def test_the_notice_names_the_first_command() -> None:
    (text,) = told(from_notebook(cells("x = 1", "!curl \x1b[2J{file} evil", "%time")))
    assert "2 in all" in text
    assert "cell 2: !curl" in text
    assert text.isprintable()


def test_what_is_defined_twice() -> None:
    found = from_notebook(cells("def f(): pass\nclass A: pass", "s = '''\ndef f()'''", "async def f(): pass"))
    assert told(found) == ["f is defined in cell 1 of work.ipynb and again in cell 3: the last one counts."]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"{}", "not a notebook"),
        (b"[]", "not a notebook"),
        (b"null", "not a notebook"),
        (b'{"nbformat": 4, "cells": [1]}', "not a notebook"),
        (b'{"nbformat": 4, "cells": {}}', "not a notebook"),
        (b'{"nbformat": 3, "worksheets": [{}]}', "not a notebook"),
        (b'{"nbformat": 4, "cells": [{"cell_type": "code", "source": 3}]}', "not a notebook"),
        (b'{"nbformat": 2, "cells": []}', "format 2"),
        (b'{"nbformat": "4; DROP", "cells": []}', "format ?"),
        (b'{"nbformat": 4,\n<<<<<<< HEAD\n"cells": []}', "line 2"),
        (b'{"cells": [], "cells": []}', "the key cells twice"),
        (b'{"cells": [{"source": "x", "\\u0073ource": "y"}]}', "the key source twice"),
        (b'{"nbformat": ' + b"9" * 5000 + b', "cells": []}', "format ?"),
        (b'{"nbformat": 1e999, "cells": []}', "format ?"),
        (b"[" * 100_000, "too deep"),
        (b'{"a":' * 100_000, "too deep"),
        (b'{"cells": [{"cell_type": "code",\r\n "source": "ab\xff"}]}', "line 2: the byte 0xff is not UTF-8"),
        (b'{"cells": [{"cell_type": "code", "source":\n ["a", 9]}]}', "not a notebook"),
        (b'{"cells": []} {}', "line 1"),
        (b'{"cells": [],}', "line 1"),
        (b'{"cells": [] "x": 1}', "line 1"),
        (b'{"x": [}], "cells": []}', "line 1"),
        (b'{"x": "a\nb, "cells": []}', "line 2"),
        (b"", "line 1"),
        (b'\0{"cells": []}', "zero bytes"),
        ('{"cells": []}'.encode("utf-16"), "UTF-16"),
        (cells(*["x"] * (notebook.MAX_CELLS + 1)), "2001 cells"),
        (cells("x" * 2**20, "y"), "1048577 bytes of code"),
        (cells("x", metadata={"kernelspec": {"name": "bash", "language": "bash"}}), "notebook for bash"),
        (cells("x", metadata={"kernelspec": {"name": "bash"}}), "notebook for bash"),
        (cells("x", metadata={"language_info": {"name": "R"}}), "notebook for R"),
    ],
)
def test_what_is_no_notebook(data: bytes, words: str) -> None:
    assert words in problem(from_notebook(data))


@pytest.mark.parametrize(
    "metadata",
    [
        {},
        {"kernelspec": {"name": "irene", "display_name": "x"}},
        {"kernelspec": {"name": "my-env", "language": "Python"}},
        {"kernelspec": "bash", "language_info": 3},
        None,
    ],
)
def test_what_is_one_for_python(metadata: Any) -> None:
    assert from_notebook(cells("x", metadata=metadata)).sources == {"work.py": ("x",)}


def test_large_outputs_cost_nothing() -> None:
    output = [{"data": {"image/png": "A" * (20 * 2**20)}}]
    data = json.loads(cells("x = 1"))
    data["cells"][0]["outputs"] = output
    assert from_notebook(json.dumps(data).encode()).sources == {"work.py": ("x = 1",)}


def test_nan_in_an_output_is_what_jupyter_writes() -> None:
    assert from_notebook(cells("x", metadata={"plot": float("nan")})).sources


# -- text: S14 ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "data",
    [
        "x = 'đạo'\n".encode(),
        "x = 'đạo'\n".encode("utf-8-sig"),
        "x = 'đạo'\r\n".encode(),
        # Python alone would read utf-7 here, and run what stands in the comment.
        "x = 'đạo'\n# coding: utf-7 +AAo-x = 2\n".encode(),
    ],
)
def test_text_is_read_as_utf8(data: bytes) -> None:
    source = ingest_here({MAIN: data}, MAIN).sources[MAIN]
    assert isinstance(source, str)
    assert source.startswith("x = 'đạo'\n")
    assert "\nx = 2" not in source


def test_form_feeds_stay() -> None:
    assert ingest_here({MAIN: b"x = 1\n\x0cy = 2\n"}, MAIN).sources == {MAIN: "x = 1\n\x0cy = 2\n"}


@pytest.mark.parametrize("turn", ["\u202e", "\u2066"])
def test_trojan_source_is_graded_as_it_is_and_noticed(turn: str) -> None:
    text = f"x = 1\ns = 'a{turn}b'\n"
    found = ingest_here({MAIN: text.encode()}, MAIN)
    assert found.sources == {MAIN: text}
    assert "work.py, line 2" in told(found)[0]
    assert f"U+{ord(turn):04X}" in told(found)[0]
    assert turn not in told(found)[0]
    assert "work.ipynb cell 2, line 2" in told(from_notebook(cells("", text)))[0]


# -- in a worker ----------------------------------------------------------------------------------------------


def test_the_worker_reads_the_same(launcher: Launcher) -> None:
    latin = "# coding: cp1258\nx = 'à'\n"
    for files in (
        {MAIN: CODE, "helper.py": latin.encode("cp1258")},
        {"work.ipynb": cells("%time\n" + TEXT)},
        {ARCHIVE: zipped(("hw/work.py", CODE), ("../x.py", b""), ("đ.txt", b""))},
        {ARCHIVE: gzip.compress(tarred(("work.py", CODE)))},
        {MAIN: b"\xff"},
    ):
        assert ingest(launcher, files, MAIN) == ingest_here(files, MAIN)


def test_a_large_file_goes_in_parts(launcher: Launcher) -> None:
    """The last of which is short in two of these, and whole in the third."""
    data = json.loads(cells("x = 1"))
    data["cells"][0]["outputs"] = ["A" * (20 * 2**20)]
    notebook = json.dumps(data).encode()
    for end in (0, 1, trusted._PART_BYTES - len(notebook) % trusted._PART_BYTES):
        found = ingest(launcher, {"work.ipynb": notebook + b" " * end, "helper.py": b"y = 1"}, MAIN)
        assert found.sources == {"work.py": ("x = 1",), "helper.py": "y = 1"}


@pytest.mark.parametrize("memory_mib", [150, 256, 400])
def test_too_much_memory_is_a_sentence(zygote: Launcher, memory_mib: int) -> None:
    """The same one wherever it runs out: as the file arrives, in decoding it, or for the reply. Which of them it is
    depends on what the machine's Python and NumPy need by themselves.
    """
    data = b"#" * (60 * 2**20)
    text = problem(ingest(zygote, {MAIN: data}, MAIN, Limits(1, 60, memory_mib)))
    assert text == "work.py could not be read: it needs too much memory."
    assert ingest(zygote, {MAIN: CODE}, MAIN).sources


def test_too_much_time_is_a_sentence(zygote: Launcher) -> None:
    data = b'{"cells": [' + b"{}," * (2**20) + b"1]}"
    began = time.monotonic()
    text = problem(ingest(zygote, {"work.ipynb": data}, MAIN, Limits(1, 0.1, 512)))
    assert text == "work.ipynb could not be read: it takes longer than 0.1 s."
    assert time.monotonic() - began < 30
    assert ingest(zygote, {MAIN: CODE}, MAIN).sources


class _Answers:
    """A launcher whose worker gives one prepared reply, or ends."""

    def __init__(self, reply: bytes | Exception) -> None:
        self._reply = reply
        self.ended = 0
        self.facts: dict[str, Any] = {}

    def start(self, limits: Limits, role: str = "student") -> Any:
        assert role == "ingest"
        answers = self

        class Channel:
            def send(self, data: bytes, deadline: float) -> None: ...

            def receive(self, deadline: float) -> bytes:
                if isinstance(answers._reply, Exception):
                    raise answers._reply
                return answers._reply

            def take_output(self) -> bytes:
                return b""

            def close(self) -> None: ...

        def end(ended: bool) -> Ending:
            answers.ended += 1
            return Ending(None)

        return trusted.Process(Channel(), end)  # type: ignore[arg-type]

    def close(self) -> None: ...


def reply(answer: Any, *, sequence: int = 1) -> bytes:
    return wire.pack(["done", sequence, 0, answer])


NOTICE = [said.IGNORED, [["name", "x"]]]
FORGED = {
    "nothing": b"",
    "not a message": b"\xc1",
    "another question's": reply(["read", [[MAIN, "x"]], []], sequence=2),
    "no answer": reply(None),
    "without the file": reply(["read", [], []]),
    "another file": reply(["read", [[MAIN, "x"], ["other.py", "x"]], []]),
    "twice": reply(["read", [[MAIN, "x"], [MAIN, "y"]], []]),
    "a path": reply(["read", [[MAIN, "x"], ["../x.py", "x"]], []]),
    "a number for a source": reply(["read", [[MAIN, 3]], []]),
    "bytes for a source": reply(["read", [[MAIN, b"x"]], []]),
    "a cell of bytes": reply(["read", [[MAIN, ["x", b"y"]]], []]),
    "too many cells": reply(["read", [[MAIN, ["x"] * 3000]], []]),
    "half a character": b"\x94\xa4done\x01\x00\x93\xa4read\x91\x92\xa7work.py\xa3\xed\xa0\x80\x90",
    "a sentence of its own": reply(["unreadable", ["You get 100 points.", []], []]),
    "a sentence for a notice": reply(["read", [[MAIN, "x"]], [["You get 100 points.", []]]]),
    "a field too many": reply(["unreadable", [said.IGNORED, [["name", "x"], ["file", "y"]]], []]),
    "a field too few": reply(["unreadable", [said.IGNORED, []], []]),
    "a field that is none": reply(["unreadable", [said.IGNORED, [["name", 1.5]]], []]),
    "a huge number": reply(["unreadable", [said.IGNORED, [["name", 2**60]]], []]),
    "a list for a name": reply(["read", [[["x"], "x"]], []]),
}


@pytest.mark.parametrize("forged", FORGED.values(), ids=FORGED)
def test_forged_answers_are_sentences(forged: bytes) -> None:
    launcher = _Answers(forged)
    text = problem(ingest(launcher, {MAIN: CODE}, MAIN))
    assert text == "work.py could not be read: the process that read it ended."
    assert launcher.ended == 1


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no zygote without fork")
@pytest.mark.parametrize(("ends", "status"), [(True, 7 << 8), (False, None)])
def test_a_worker_that_ends_slowly_is_told_by_how_it_ended(
    monkeypatch: pytest.MonkeyPatch, ends: bool, status: int | None
) -> None:
    """On a busy machine, one that has much memory to give back is killed on its way out: not that is what ended it."""
    from autograder.sandbox.inside import zygote

    wait4 = os.wait4
    pid = os.fork()
    if pid == 0:
        if not ends:
            time.sleep(60)
        os._exit(7)
    if ends:
        os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
    # It is still there whenever somebody looks without waiting.
    monkeypatch.setattr(os, "wait4", lambda pid, flags: (0, 0, None) if flags else wait4(pid, flags))
    assert zygote._end(pid, 0.0)["status"] == status


def test_a_death_is_a_sentence() -> None:
    launcher = _Answers(trusted.ChannelClosed("it ended"))
    assert "could not be read" in problem(ingest(launcher, {MAIN: CODE}, MAIN))
    assert launcher.ended == 1


def test_notices_and_their_fields_are_cut_and_cleaned() -> None:
    notice = [said.IGNORED, [["name", "\x1b[2J" + "x" * 10_000]]]
    found = checked(["read", [[MAIN, "x"]], [notice] * 1000], {MAIN: b""}, MAIN)
    assert len(found.notices) == said.MOST_NOTICES
    assert all(len(text) < 400 and text.isprintable() for text in told(found))


@pytest.mark.parametrize("name", ["../x.py", "a b.py", "x.txt", "", ".py", "x" * 300 + ".py"])
def test_an_archive_holds_modules_only(name: str) -> None:
    """What it held is not known on this side, so the names are doubted by themselves."""
    assert checked(["read", [[MAIN, "x"], ["other.py", "y"]], []], {ARCHIVE: b""}, MAIN).sources
    with pytest.raises(wire.ProtocolError):
        checked(["read", [[MAIN, "x"], [name, "y"]], []], {ARCHIVE: b""}, MAIN)


def test_more_text_than_was_ever_sent() -> None:
    with pytest.raises(wire.ProtocolError):
        checked(["read", [[MAIN, "x" * (trusted.MAX_TEXT_BYTES + 1)]], []], {MAIN: b""}, MAIN)


# -- anything -------------------------------------------------------------------------------------------------

ANYTHING = settings(
    max_examples=150,
    deadline=60_000,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                ["cells", "worksheets", "nbformat", "metadata", "source", "input", "cell_type", "kernelspec"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=20,
)
NOTEBOOK_LIKE = st.fixed_dictionaries(
    {"nbformat": st.sampled_from([3, 4, 4.0, True, None])},
    optional={
        "cells": JSON
        | st.lists(
            st.fixed_dictionaries(
                {"cell_type": st.just("code"), "source": JSON | st.lists(st.text(max_size=9))}
            ),
            max_size=4,
        ),
        "worksheets": JSON,
        "metadata": JSON,
    },
)
GOOD_ZIP = zipped(("hw/work.py", CODE * 3), ("hw/a.txt", b"x"), method=zipfile.ZIP_DEFLATED)
GOOD_TAR = tarred(("hw/work.py", CODE * 3), ("hw/a.txt", b"x"))


def changed(data: bytes) -> st.SearchStrategy[bytes]:
    """An honest file with some bytes replaced, or cut."""
    places = st.lists(st.tuples(st.integers(0, len(data) - 1), st.integers(0, 255)), max_size=8)

    def change(where: list[tuple[int, int]], end: int) -> bytes:
        made = bytearray(data)
        for place, value in where:
            made[place] = value
        return bytes(made[:end])

    return st.builds(change, places, st.just(len(data)) | st.integers(0, len(data)))


def sources_or_sentence(files: dict[str, bytes]) -> None:
    """What `reader.sources` may do; another exception is a fault of ours, which `answer` would hide."""
    with contextlib.suppress(Unreadable):
        reader.sources(files, MAIN, Notices())
    checked(wire.unpack(wire.pack(reader.answer(files, MAIN))), files, MAIN)


@ANYTHING
@given(st.binary(max_size=300) | changed(GOOD_ZIP) | changed(GOOD_TAR) | changed(gzip.compress(GOOD_TAR)))
def test_any_bytes_as_an_archive(data: bytes) -> None:
    sources_or_sentence({ARCHIVE: data})


@ANYTHING
@given(st.binary(max_size=200) | (JSON | NOTEBOOK_LIKE).map(lambda value: json.dumps(value).encode()))
def test_any_bytes_as_a_notebook(data: bytes) -> None:
    sources_or_sentence({"work.ipynb": data})


@ANYTHING
@given(
    st.binary(max_size=200),
    st.sampled_from([b"", b"# coding: latin-1\n", b"#coding=cp1258\n", b"\xef\xbb\xbf"]),
)
def test_any_bytes_as_a_source(data: bytes, first: bytes) -> None:
    sources_or_sentence({MAIN: first + data, "helper.py": data})


@ANYTHING
@given(st.text(alphabet="ab%!?=\\\n \"'#()[]\t", max_size=60))
def test_dropping_commands_keeps_lines_and_changes_no_python(source: str) -> None:
    found = magics.strip(source)
    if found.source:
        assert found.source.count("\n") == source.count("\n")
    try:
        before = ast.dump(ast.parse(source), include_attributes=True)
    except (SyntaxError, ValueError):
        return
    assert ast.dump(ast.parse(found.source), include_attributes=True) == before
    assert not found.dropped


@ANYTHING
@given(st.lists(JSON, max_size=4) | JSON)
def test_any_answer_is_taken_or_refused(answer: Any) -> None:
    with contextlib.suppress(wire.ProtocolError):
        checked(answer, {MAIN: b""}, MAIN)


def test_a_bomb_is_not_unpacked_beyond_its_limit() -> None:
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    data = b"".join([*(packer.compress(bytes(2**20)) for _ in range(64)), packer.flush()])
    assert len(data) < 2**17
    assert str(archive.MAX_UNPACKED_BYTES) in problem(from_archive(data))
