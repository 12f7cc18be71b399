"""What a student wrote, in the pages of nbgrader: read by a browser, it is text."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

import nbformat
import pytest
from nbconvert.exporters import HTMLExporter
from nbgrader.server_extensions.formgrader import handlers

from autograder.notebooks.inert import inert
from autograder.notebooks.restore import restored

HOSTILE = [
    "<script>evil()</script>",
    "text\n\n<img src=x onerror=evil()>",
    "<img src=x onerror=evil()",
    '<svg onload="evil()">',
    '<a href="javascript:evil()">a</a>',
    "[a](javascript:evil())",
    "[a](java\tscript:evil())",
    "[a](&#106;avascript:evil())",
    "[a][1]\n\n[1]: javascript:evil()",
    "![a](javascript:evil())",
    "<javascript:evil()>",
    '<iframe srcdoc="<script>evil()</script>"></iframe>',
    "<style>@import '//evil'</style>",
    '<form action="//evil"><input name="a"></form>',
    '<div style="position:fixed">100 of 100</div>',
    "<base href=//evil>",
    "<!--><script>evil()</script>-->",
    "$a$ <script>evil()</script> $b$",
    "`` ` <script>evil()</script>",
    "```\n```\n<script>evil()</script>\n```",
    "[a](data:text/html,<script>evil()</script>)",
    "![photo](attachment:missing.png)",
    "<meta http-equiv=refresh content='0;url=//evil'>",
]
HONEST = [
    "Because $a<b$ and $$x < y \\\\ \\begin{bmatrix} a & b \\end{bmatrix}$$.",
    "a < b, a<3, a <= b && c",
    "# Title\n\n> quoted\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n1. one\n2. two",
    "`if a<b: print('<tag>')`\n\n```python\nx = '<b>'\n```",
    '<img src="attachment:photo.png" width="400">\n\n![photo](attachment:photo.png)',
    "![](data:image/png;base64," + "QUJD" * 10_000 + ")",
    "[site](https://example.org/a?b=c#d) and <https://example.org>",
    "line<br>line, H<sub>2</sub>O, <b>bold</b>",
]


class Page(HTMLParser):
    """What of a page could do something."""

    def __init__(self) -> None:
        super().__init__()
        self.active: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            address = "".join((value or "").split()).lower()
            if name.startswith("on") or name in ("style", "srcdoc", "action") or "script:" in address:
                self.active.append(f"{tag} {name}")
            if address.startswith("data:text"):
                self.active.append(f"{tag} {name}")
        if tag in ("script", "iframe", "style", "form", "input", "base", "svg", "meta", "object", "embed"):
            self.active.append(tag)


def active(source: str, kind: str, template: str) -> list[str]:
    """What a page of nbgrader's would run of a student's cell."""
    exporter = HTMLExporter(
        template_name=template, extra_template_basedirs=[handlers.template_path], sanitize_html=True
    )
    cell: dict[str, Any] = {"cell_type": kind, "source": f"BEGINS\n\n{source}\n\n", "metadata": {}}
    cells = [*restored({"cells": [cell]}, [])["cells"], {**cell, "cell_type": "code", "source": "ENDS",
        "outputs": [], "execution_count": None, "id": "end"}]  # fmt: skip
    for one in cells:
        one["metadata"] = {"nbgrader": {"grade": False, "solution": False, "task": False}}
    notebook = nbformat.from_dict({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells})  # type: ignore[no-untyped-call]
    resources = {
        "nbgrader": {"late_penalty": 0, "score": 0, "max_score": 0},
        "base_url": "",
        "total": 1,
        "index": 0,
    }
    text, _ = exporter.from_notebook_node(notebook, resources)
    begin = text.index("BEGINS")
    page = Page()
    page.feed(text[begin : text.index("ENDS", begin)])
    page.close()
    return page.active


@pytest.mark.parametrize("kind", ["markdown", "raw"])
@pytest.mark.parametrize("template", ["formgrade", "classic"])
@pytest.mark.parametrize("source", HOSTILE)
def test_nothing_of_a_students_runs_in_nbgraders_pages(source: str, template: str, kind: str) -> None:
    assert active(source, kind, template) == []


@pytest.mark.parametrize("source", HONEST)
def test_what_people_write_stays_as_it_is(source: str) -> None:
    assert inert(source, ["photo.png"]) == source


def test_a_long_text_takes_no_time() -> None:
    import time

    began = time.process_time()
    inert("[" * 10**6 + "<" * 10**6)
    # 20 ms; hours, were each of them looked for to the end.
    assert time.process_time() - began < 20
