"""The weak reports: a sink of each kind that escapes nothing, and what then comes of a text in it."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from html.parser import HTMLParser
from typing import Any

from jinja2 import Environment


def page(output: str) -> str:
    """A report as a page, with the output as it is."""
    return f"<!DOCTYPE html><html><head><title>report</title></head><body><pre>{output}</pre></body></html>"


def notebook_page(notebook: dict[str, Any]) -> str:
    """A notebook as a page, as converters make it: texts and stored outputs as they are."""
    parts = []
    for cell in notebook["cells"]:
        parts.append("".join(cell["source"]))
        for output in cell.get("outputs", []):
            parts.append("".join(output.get("data", {}).get("text/html", "")))
    return page("\n".join(parts))


def scripts(html: str) -> list[str]:
    """What a browser would run: script elements, handlers, addresses that are scripts."""
    found: list[str] = []

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            if tag in ("script", "iframe", "object", "embed"):
                found.append(tag)
            for name, value in attrs:
                if name.startswith("on") or (value or "").strip().lower().startswith("javascript:"):
                    found.append(f"{tag} {name}")

    Reader().feed(html)
    return found


def terminal(output: str) -> dict[str, str]:
    """What a terminal does that gets the output as it is: its title, its clipboard, its links, the last screen."""
    done = {}
    for command, text in re.findall(r"(?:\x1b\]|\x9d)(\d+);(.*?)(?:\x07|\x1b\\|\x9c)", output, re.DOTALL):
        done[{"0": "title", "2": "title", "52": "clipboard", "8": "link"}.get(command, command)] = text
    screen = re.split(r"\x1b\[2J|\x9b2J", output)
    if len(screen) > 1:
        done["screen"] = screen[-1]
    return done


def log(student: str, output: str) -> list[str]:
    """The lines of a log in which each output stands behind its student."""
    return f"grader: {student} printed {output}\n".splitlines()


def table(rows: Sequence[Sequence[object]]) -> list[list[str]]:
    """The cells that a spreadsheet reads from rows that were joined by commas."""
    joined = "".join(",".join(map(str, row)) + "\n" for row in rows)
    return list(csv.reader(io.StringIO(joined, newline="")))


def templates(output: str) -> dict[str, str]:
    """What reports look like that are made by taking the output for a part of the template."""

    class Report:
        token = "of the grader"

    made = {"jinja": Environment().from_string(f"<p>{output}</p>").render()}
    for name, fill in (
        ("format", lambda: output.format(Report())),
        ("percent", lambda: output % {"x": "filled in"}),
    ):
        try:
            made[name] = fill()
        except (ValueError, LookupError, TypeError, AttributeError) as error:
            made[name] = f"{type(error).__name__}: {error}"
    return made
