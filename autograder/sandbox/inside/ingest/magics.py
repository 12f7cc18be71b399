"""What in a notebook's cell is not Python but a command to Jupyter? And what does the cell define?

Only the shape of lines is looked at: brackets, strings, comments. A line inside a string or between brackets may begin
with anything.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

_TOKEN = re.compile(r'"""|\'\'\'|"(?:\\.|[^"\\\n])*"?|\'(?:\\.|[^\'\\\n])*\'?|#.*|[()\[\]{}]', re.DOTALL)
_ENDS = {quote: re.compile(rf"(?:\\.|(?!{quote})[^\\])*?{quote}", re.DOTALL) for quote in ('"""', "'''")}
_HELP = re.compile(r"\s*[%\w.*]+(?:\[\d+\])?\s*\?{1,2}\s*;?\s*")
_ASSIGNED = re.compile(r"\s*[A-Za-z_][\w.]*(?:\s*,\s*[A-Za-z_][\w.]*)*\s*=\s*[!%]")
_ASSIGNED_TIME = re.compile(r"(\s*[A-Za-z_][\w.]*(?:\s*,\s*[A-Za-z_][\w.]*)*\s*=\s*)%time\s+(?=\S)")
_DEFINITION = re.compile(r"(?:async\s+def|def|class)\s+(\w+)")
_PROMPT = re.compile(r"(?:In \[\d+\]: |\s*\.{3,}: ?)")
_CLASSIC_PROMPT = re.compile(r"(?:>>>|\.\.\.)(?: |$)")
_RUN = re.compile(r"%run\s+(?:-[a-z]\s+)*[\"']?(?:\./)?(\w+)(?:\.py)?[\"']?\s*")
_STATEMENT = re.compile(r"%(?:time|prun)\s+(?=[^\s-])")
# So begins no statement in Python, but some command to Jupyter: ",f a b" and "/f x" are its short ways to call.
_ESCAPES = ("%", "!", "?", ",", ";", "/")
_BODY_IS_PYTHON = frozenset(
    f"%%{name}"
    for name in (
        "time",
        "capture",
        "prun",
        "debug",
        "memit",
        "snakeviz",
        "pyinstrument",
        "scalene",
        "ipytest",
    )
)
_OURS = re.compile(r"%(?:(?:re)?load_ext\s+autograder|(?:check|hint|submit|assignment))\b")
_PYLAB = (
    "import numpy as np, matplotlib.pyplot as plt; [globals().update({n: v for n, v in vars(m).items() if n in m.__all__}) "
    "for m in (np, np.fft, np.random, np.linalg)]"
)
_LONGEST_LINE = 1_000
_OPEN, _CLOSE = "([{", ")]}"


@dataclass(frozen=True)
class Stripped:
    """A cell without its commands.

    source   as many lines as before, so that line numbers stay: a command becomes `pass`, a cell that a command takes
             as its text becomes empty
    dropped  the commands, without those of our own
    writes   the file that the cell would write, and whether at the end of what is there, else None
    body     what it would write
    """

    source: str
    dropped: list[str] = field(default_factory=list)
    writes: tuple[str, bool] | None = None
    body: str = ""


def strip(source: str, modules: Collection[str] = ()) -> Stripped:
    """A cell without its commands. modules: the files that `%run` can mean."""
    lines = _unprompted(source.split("\n"))
    dropped: list[str] = []
    for number, line in enumerate(lines):
        if line.startswith("%%"):
            name = line.split()[0]
            if name in _BODY_IS_PYTHON:
                dropped.append(line)
                lines[number] = ""
                continue
            if _OURS.match(line[1:]):
                return Stripped("", dropped)
            body = "\n".join(["", *lines[number + 1 :]]) if number + 1 < len(lines) else ""
            return Stripped("", [*dropped, line.rstrip()], _writes(line), "\n" * number + body)
        if line.strip():
            break
    for number in _statements(lines):
        line = lines[number]
        if not is_command(line):
            continue
        text = line.lstrip()
        indentation = line[: len(line) - len(text)]
        python = _python(text, modules)
        if python:
            lines[number] = indentation + python
            continue
        if not _OURS.match(text):
            dropped.append(line.strip())
        lines[number] = indentation + "pass"
        while line.endswith("\\") and number + 1 < len(lines):
            number += 1
            line, lines[number] = lines[number], ""
    return Stripped("\n".join(lines), dropped)


def _writes(line: str) -> tuple[str, bool] | None:
    """The name of the file that a cell with this command writes, and whether at its end; None for other commands."""
    command, *arguments = line[:_LONGEST_LINE].split()
    append = arguments[:1] in (["-a"], ["--append"])
    if command not in ("%%writefile", "%%file") or not arguments[append:]:
        return None
    path = " ".join(arguments[append:]).strip("\"'").replace("\\", "/")
    return path.rpartition("/")[2], append


def is_command(line: str) -> bool:
    """Whether a line, where a statement begins, is one that only Jupyter understands."""
    text = line[:_LONGEST_LINE]
    return text.lstrip().startswith(_ESCAPES) or bool(_HELP.fullmatch(text) or _ASSIGNED.match(text))


def definitions(source: str) -> list[str]:
    """The functions and classes that a cell defines at its left edge, in order."""
    lines = source.split("\n")
    found = (_DEFINITION.match(lines[number]) for number in _statements(lines))
    return [match[1] for match in found if match]


def _python(line: str, modules: Collection[str]) -> str:
    """What a command does that later cells may rely on, in Python; "" where that is nothing."""
    if found := _STATEMENT.match(line):
        return line[found.end() :]
    if found := _ASSIGNED_TIME.match(line[:_LONGEST_LINE]):
        return found[1] + line[found.end() :]
    if re.fullmatch(r"%pylab(?:\s.*)?", line):
        return _PYLAB
    if (found := _RUN.fullmatch(line[:_LONGEST_LINE])) and f"{found[1]}.py" in modules:
        names = "{name: value for name, value in vars(_run).items() if name[:2] != '__'}"
        return f"import {found[1]} as _run; globals().update({names})"
    return ""


def _unprompted(lines: list[str]) -> list[str]:
    """The lines without what Jupyter takes away as well: an indentation that all share, and prompts of other shells."""
    first = next((line for line in lines if line.strip()), "")
    if first[:1] in (" ", "\t"):
        indentations = [line[: len(line) - len(line.lstrip())] for line in lines if line.strip()]
        shared = min(indentations, key=len)
        if all(indentation.startswith(shared) for indentation in indentations):
            lines = [line.removeprefix(shared) for line in lines]
            first = first.removeprefix(shared)
    for prompt, begins in ((_CLASSIC_PROMPT, ">>>"), (_PROMPT, "In [")):
        if first.startswith(begins) and prompt.match(first):
            lines = [line[found.end() :] if (found := prompt.match(line)) else line for line in lines]
    return lines


def _statements(lines: list[str]) -> Iterator[int]:
    """The lines that begin a statement: outside strings and brackets, and no continuation. A line that is replaced
    before the next is asked for counts as it is then."""
    depth = 0
    quote = ""
    continued = False
    for number in range(len(lines)):
        if not quote and depth == 0 and not continued:
            yield number
        depth, quote, continued = _after(lines[number], depth, quote)


def _after(line: str, depth: int, quote: str) -> tuple[int, str, bool]:
    """How many brackets and which long string are open behind a line, and whether it goes on in the next."""
    position = 0
    while position < len(line):
        if quote:
            end = _ENDS[quote].match(line, position)
            if end is None:
                return depth, quote, False
            position, quote = end.end(), ""
            continue
        found = _TOKEN.search(line, position)
        if found is None:
            break
        position = found.end()
        token = found[0]
        if token in _ENDS:
            quote = token
        elif token in _OPEN:
            depth += 1
        elif token in _CLOSE:
            depth = max(depth - 1, 0)
        elif token.startswith("#"):
            return depth, quote, False
    return depth, quote, not quote and line.endswith("\\")
