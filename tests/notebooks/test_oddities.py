"""A right solution in an odd notebook is still one, and what is no notebook is told why. Files: as programs write them.

The same is tried through workers in `tests/grading/test_notebook.py`; here all runs in this process.
"""

from __future__ import annotations

import json
import os
import time
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from autograder.course.manifest import Limits
from autograder.language import say
from autograder.sandbox.ingest import Ingested, ingest_here
from autograder.sandbox.inside import cells
from autograder.sandbox.inside.ingest import names, notebook, skim
from autograder.sandbox.inside.ingest.said import Notices, Unreadable
from autograder.sandbox.worker import FailedCell, LocalWorker, Program

MAIN = "work.py"
ODDITIES = sorted((Path(__file__).parent / "oddities").glob("*.json"))
"""Not called .ipynb, since formatters of code would change them."""
F = "def f(x):\n    return 2 * x"


def written(*sources: str | dict[str, Any], **more: Any) -> bytes:
    made = [
        cell
        if isinstance(cell, dict)
        else {"cell_type": "code", "metadata": {}, "outputs": [], "source": cell}
        for cell in sources
    ]
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": made, **more}).encode()


def read(data: bytes, **beside: bytes) -> Ingested:
    files = {"work.ipynb": data} | {f"{name}.py": text for name, text in beside.items()}
    return ingest_here(files, MAIN, names=["f", "g"])


def told(found: Ingested) -> list[str]:
    return [say(notice, "en") for notice in found.notices]


def run(*sources: str) -> tuple[Any, tuple[FailedCell, ...]]:
    """What f(3) is after these cells, and which of them failed."""
    found = read(written(*sources))
    assert found.problem is None
    worker = LocalWorker(Limits(1, 5, 512))
    assert worker.load(Program(found.sources, MAIN)).error is None
    (outcome,) = worker.map("f", [((3,), {})])
    return outcome.value if outcome.error is None else outcome.error, worker.failed_cells


# -- as other programs write them ---------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ODDITIES, ids=lambda path: path.stem)
def test_notebooks_of_all_programs_are_one_notebook(path: Path) -> None:
    assert ODDITIES
    found = read(path.read_bytes())
    assert found.problem is None
    source = found.sources[MAIN]
    assert isinstance(source, tuple)
    assert source == (
        "import numpy as np\nimport matplotlib.pyplot as plt\n",
        'def f(x):\n    """Twice x."""\n    return 2 * np.asarray(x)\n',
        "f([1, 2])\n",
    )
    assert not found.notices


@pytest.mark.parametrize("name", ["python3", "conda-env-dl-py", "xpython", "python", "pyodide"])
def test_kernels_of_python(name: str) -> None:
    assert read(written(F, metadata={"kernelspec": {"name": name}})).sources


# -- code that only Jupyter takes ---------------------------------------------------------------------------------


def _indented(code: str) -> str:
    return "\n".join(f"    {line}" for line in code.splitlines())


@pytest.mark.parametrize(
    "sources",
    [
        ["%%time\n" + F],
        ["%%capture out\n\n" + F],
        ["%%prun -s cumulative\n" + F],
        ["\n\n" + _indented(F)],
        [">>> def f(x):\n...     return 2 * x\n..."],
        ["In [3]: def f(x):\n   ...:     return 2 * x"],
        ["\ufeff" + F.replace("\n", "\r\n")],
        [F.replace("    ", "\t") + ";"],
        ["%time TWO = 2\n%time\nn = %time 3 + 4\nassert n == 7\ndef f(x):\n    return TWO * x"],
        ["%%file -a /content/work.py\nTWO = 2", "%%writefile -a 'work.py'\ndef f(x):\n    return TWO * x"],
        ["!pip install x\nfiles = !ls\n?f\nf?\nf.x[0]?\n/f x\n,f x\n" + F],
        ['if __name__ == "__main__":\n' + _indented(F)],
        ["try:\n    import no_such_library\nexcept ImportError:\n    pass\nfinally:\n" + _indented(F)],
        ["f = lambda x: 2 * x"],
        ["import functools\n\ndef same(g):\n    return functools.wraps(g)(lambda x: g(x))\n", "@same\n" + F],
        ["async def two():\n    return 2", "TWO = await two()\ndef f(x):\n    return TWO * x"],
        [
            "async def each():\n    yield 2",
            "async for TWO in each():\n    pass\ndef f(x):\n    return TWO * x",
        ],
        ["from __future__ import annotations", "def f(x: nothing) -> nothing:\n    return 2 * x"],
        ["def f(x):\n    return twice(x)", "def twice(x):\n    return 2 * x"],
        ["def f(x): pass", F],
    ],
)
def test_a_right_solution_stays_one(sources: list[str]) -> None:
    assert run(*sources) == (6, ())


@pytest.mark.parametrize(
    ("before", "error"),
    [
        ("import no_such_library", "ModuleNotFoundError"),
        ("1 / 0", "ZeroDivisionError"),
        ("exit_code = exit()", "SystemExit"),
        ("import os\nos._exit(0)", "SystemExit"),
        ("import os\nos.kill(os.getpid(), 9)", "SystemExit"),
        ("import os\nos.abort()", "SystemExit"),
        ("raise KeyboardInterrupt", "KeyboardInterrupt"),
        ("open('/no/such/file')", "FileNotFoundError"),
        ("import types\n@types.coroutine\ndef wait():\n    yield 3\nawait wait()", "RuntimeError"),
        ("return 3", "SyntaxError"),
    ],
)
def test_what_fails_in_a_cell_costs_only_itself(before: str, error: str) -> None:
    answer, failed = run(f"{before}\n{F}")
    assert answer == 6
    assert [(cell.number, cell.type_name) for cell in failed] == [(1, error)]


def test_a_slow_statement_costs_only_itself() -> None:
    slow = "while True: pass"
    ran: list[str] = []

    def steps(number: int, source: str) -> list[cells.Step]:
        return [partial(_step, line, ran) for line in source.splitlines()]

    failed = cells.run_each([f"{slow}\nfirst\n{slow}\nsecond", f"{slow}\nthird"], steps, 3)
    assert ran == ["first", "second", "third"]
    assert [(number, type(error)) for number, error in failed] == [(n, cells.CellTooSlow) for n in (1, 1, 2)]


def _step(line: str, ran: list[str]) -> None:
    began = time.monotonic()
    while line.startswith("while"):
        assert time.monotonic() - began < 60, "nobody stops it"
    ran.append(line)


def test_a_failing_statement_after_another_is_told_too_but_not_all_of_them() -> None:
    _answer, failed = run("\n".join(["1 / 0"] * 9), *["[][0]"] * 40)
    assert [cell.number for cell in failed] == [1, 1, 1, *range(2, 19)]


def test_the_process_ends_as_before_once_the_cells_have_run() -> None:
    before = os.kill, os._exit, os.abort
    run("import os\nos.abort()\n" + F)
    assert (os.kill, os._exit, os.abort) == before


def test_a_wrong_solution_stays_one() -> None:
    assert run(F, "def f(x): return 0") == (0, ())
    for command in ("%%timeit", "%%bash", "%%script false", "%%writefile x.txt"):
        answer, failed = run(f"{command}\n{F}")
        assert isinstance(answer, Exception)
        assert not failed


def test_lines_stay_where_they_are() -> None:
    found = read(written("\n%%writefile work.py\nx = 1", "%time x = 2\n  \n%run nothing.py\ny = 3"))
    assert found.sources[MAIN] == ("\n\nx = 1", "x = 2\n  \npass\ny = 3")


def test_our_own_commands_are_not_worth_a_word() -> None:
    ours = "%load_ext autograder\n%reload_ext autograder\n%assignment work --lang vi\n%check f\n%check\n%hint f\n%submit"
    assert told(read(written(ours, F, "%%check f\nx"))) == []
    (text,) = told(read(written(ours, "%checkpoint\n%load_ext autograder_of_others")))
    assert "2 in all" in text
    assert "%checkpoint" in text


# -- modules that cells write -------------------------------------------------------------------------------------


def test_a_module_that_a_cell_writes() -> None:
    found = read(
        written("%%writefile tools.py\nTWO = 2\n", "%%writefile -a tools.py\nTHREE = 3", "%run tools")
    )
    assert found.sources["tools.py"] == "TWO = 2\nTHREE = 3"
    assert found.sources[MAIN][2].startswith("import tools as _run; globals().update(")
    assert all("writes tools.py" in text for text in told(found))
    worker = LocalWorker(Limits(1, 5, 512))
    assert worker.load(Program(found.sources, MAIN)).error is None


@pytest.mark.parametrize("name", ["numpy.py", "a b.py", "autograder.py", "../", "x.txt"])
def test_what_a_cell_cannot_write(name: str) -> None:
    found = read(written(f"%%writefile {name}\nx = 1"))
    assert list(found.sources) == [MAIN]
    assert "%%writefile" in told(found)[0]


def test_a_module_that_was_handed_in_goes_before_one_that_a_cell_writes() -> None:
    found = read(written("%%writefile tools.py\nx = 1", "%run ./tools.py"), tools=b"x = 2\n")
    assert found.sources["tools.py"] == "x = 2\n"
    assert "import tools" in found.sources[MAIN][1]


def test_no_more_modules_than_may_be_handed_in() -> None:
    files = {f"m{number}": b"" for number in range(names.MAX_FILES - 2)}
    writing = [f"%%writefile n{number}.py\nx = 1" for number in range(40)]
    found = read(written(*writing), **files)
    assert found.problem is None
    assert len(found.sources) == names.MAX_FILES


# -- what is not run ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["markdown", "raw"])
def test_a_function_in_a_text_cell_is_named(kind: str) -> None:
    text = {"cell_type": kind, "source": ["So:\n", "```python\n", F, "\n```"]}
    assert "f stands only in a text cell of work.ipynb, cell 2" in told(read(written("x = f", text)))[0]
    assert told(read(written(text, F))) == []
    assert told(read(written(text, "f = lambda x: 2 * x"))) == []
    assert told(read(written(text, "from tools import g, f"))) == []


def test_a_function_that_a_command_takes_is_named() -> None:
    dropped, text = told(read(written("x = 1", "%%timeit -n 3\n" + F)))
    assert "1 in all" in dropped
    assert "f stands only in cell 2" in text
    assert "(%%timeit -n 3)" in text


# -- names --------------------------------------------------------------------------------------------------------


def chosen(*found: str) -> tuple[dict[str, str], int]:
    notices = Notices()
    return dict(names.choose(found, MAIN, notices).files), len(notices.said)


@pytest.mark.parametrize(
    "name", ["work (1).ipynb", "Work.ipynb", "work-Copy1.ipynb", "work_an.ipynb", "an_work_late_3.ipynb"]
)
def test_a_notebook_that_was_renamed_on_its_way(name: str) -> None:
    assert chosen(name, "work_tools.py", "notes.ipynb") == (
        {"work.ipynb": name, "work_tools.py": "work_tools.py"},
        2,
    )
    assert chosen(name, "work.ipynb") == ({"work.ipynb": "work.ipynb"}, 1)
    assert chosen(name, "work.py") == ({"work.py": "work.py"}, 1)


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (["work (1).ipynb", "work (2).ipynb"], "more than one notebook"),
        (["work (1).ipynb", "Work.py"], "Rename your file"),
        (["work (1).ipynb", "work (1).py"], "Rename your file"),
        (["other.ipynb"], "Rename your notebook"),
    ],
)
def test_names_that_leave_it_open(found: list[str], words: str) -> None:
    with pytest.raises(Unreadable) as error:
        names.choose(found, MAIN, Notices())
    assert words in error.value.said[0]


# -- what is no notebook, and what does not matter ------------------------------------------------------------------


def _with_output(output: bytes) -> bytes:
    return written(F).replace(b'"outputs": []', b'"outputs": [' + output + b"]")


@pytest.mark.parametrize(
    "output",
    [
        b'{"a": 1, "a": 2}',
        b"NaN, Infinity, -Infinity, 1e999, " + b"9" * 6_000,
        b"[" * 5_000 + b"]" * 5_000,
        b'"\xff\xfe \xed\xa0\x80"',
        b'"\0\x01 \t"',
        b'"\\"]}", "\\\\", "[{"',
        b'{"source": "x", "cells": [], "cell_type": "markdown"}',
    ],
)
def test_outputs_are_nobodys_business(output: bytes) -> None:
    found = read(_with_output(output))
    assert found.sources == {MAIN: (F,)}
    assert not found.notices


@pytest.mark.parametrize("output", [b'"', b"[", b"]", b'"\\"', b"[}", b"<<<<<<< HEAD\n1"])
def test_outputs_must_close(output: bytes) -> None:
    found = read(_with_output(output))
    assert found.problem is not None or output.startswith(b"<")


def test_a_key_may_be_spelled_in_any_way() -> None:
    data = written(F).replace(b'"cells"', b'"\\u0063ells"').replace(b'"source"', b'"\\u0073ourc\\u0065"')
    assert read(data).sources == {MAIN: (F,)}


def test_the_line_of_what_cannot_be_read() -> None:
    data = json.dumps(json.loads(written(F)), indent=1).encode()
    for place in (data.index(b'"cell_type"'), len(data) - 3):
        problem = read(data[:place]).problem
        assert problem is not None
        assert problem.fields["line"] == data.count(b"\n", 0, place) + 1


def test_text_without_end_is_not_kept() -> None:
    texts = [{"cell_type": "markdown", "source": "def f(x):" + "x" * 2_000}] * 1_000
    assert read(written(*texts, F)).sources == {MAIN: (F,)}
    assert notebook._found("work.ipynb", written(*texts, F)).text_left >= 0


def test_very_many_cells() -> None:
    text = [{"cell_type": "markdown", "source": "x"}] * 5_000
    assert read(written(*text, F)).sources == {MAIN: (F,)}
    problem = read(written(*["x = 1"] * 5_000)).problem
    assert problem is not None
    assert problem.fields["count"] == 5_000


# -- the search itself --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        b"[]",
        b'{"a": [1, {"b": "]"}], "c": {}}',
        b'[[[[[[1, "a\\"b"], {"x": [[[]]]}]]]]]',
        b'"\\\\"',
        b"-1.5e+3",
        b" \n\ttrue ",
        b'"' + "đ\U0001f600".encode() + b'"',
    ],
)
def test_what_is_json_is_stepped_over_whole(text: bytes) -> None:
    skimmer = skim.Skimmer(text)
    place = skimmer.skip()
    skimmer.end()
    assert skimmer.value(place) == json.loads(text)


@pytest.mark.parametrize(
    "text", [b"", b"[", b"[1", b'"a', b'["a', b"[}", b"{]", b"]", b"hello", b'[[[[["', b'"\\"']
)
def test_what_is_not_json_is_not_stepped_over(text: bytes) -> None:
    skimmer = skim.Skimmer(text)
    with pytest.raises(skim.NotJson):
        _whole(skimmer)


def _whole(skimmer: skim.Skimmer) -> None:
    skimmer.skip()
    skimmer.end()


def test_no_depth_is_without_end() -> None:
    with pytest.raises(skim.TooDeep):
        skim.Skimmer(b"[" * 10**6).skip()
