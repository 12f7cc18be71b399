"""What in a notebook's cell is not Python but a command to Jupyter? And what does the cell define?

Only the shape of lines is looked at: brackets, strings, comments. A line inside a string or between brackets may begin
with anything.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_TOKEN = re.compile(r'"""|\'\'\'|"(?:\\.|[^"\\\n])*"?|\'(?:\\.|[^\'\\\n])*\'?|#.*|[()\[\]{}]', re.DOTALL)
_ENDS = {quote: re.compile(rf"(?:\\.|(?!{quote})[^\\])*?{quote}", re.DOTALL) for quote in ('"""', "'''")}
_HELP = re.compile(r"\s*(?:\?{1,2}\s*[%\w.*]+|[%\w.*]+\s*\?{1,2})\s*;?\s*")
_ASSIGNED = re.compile(r"\s*[A-Za-z_][\w.]*(?:\s*,\s*[A-Za-z_][\w.]*)*\s*=\s*[!%]")
_DEFINITION = re.compile(r"(?:async\s+def|def|class)\s+(\w+)")
_BODY_IS_PYTHON = frozenset({"%%time", "%%capture", "%%prun"})
_LONGEST_LINE = 1_000
_OPEN, _CLOSE = "([{", ")]}"


def strip(source: str) -> tuple[str, list[str]]:
    """A cell without its commands, and the commands.

    Returns  as many lines as before, so that line numbers stay: a command becomes `pass`, a cell that a command takes
             as its text becomes empty
    """
    lines = source.split("\n")
    dropped: list[str] = []
    for number, line in enumerate(lines):
        if line.startswith("%%"):
            if line.split()[0] not in _BODY_IS_PYTHON:
                return "", [*dropped, line]
            dropped.append(line)
            lines[number] = ""
        elif line.strip():
            break
    for number in _statements(lines):
        line = lines[number]
        if is_command(line):
            dropped.append(line.strip())
            lines[number] = line[: len(line) - len(line.lstrip())] + "pass"
            while line.endswith("\\") and number + 1 < len(lines):
                number += 1
                line, lines[number] = lines[number], ""
    return "\n".join(lines), dropped


def is_command(line: str) -> bool:
    """Whether a line, where a statement begins, is one that only Jupyter understands."""
    text = line[:_LONGEST_LINE]
    return text.lstrip()[:1] in ("%", "!") or bool(_HELP.fullmatch(text) or _ASSIGNED.match(text))


def definitions(source: str) -> list[str]:
    """The functions and classes that a cell defines at its left edge, in order."""
    lines = source.split("\n")
    found = (_DEFINITION.match(lines[number]) for number in _statements(lines))
    return [match[1] for match in found if match]


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
