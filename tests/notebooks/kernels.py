"""A real kernel, and what its cells say: text by text, without a browser."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import nbformat
from jupyter_client.manager import start_new_kernel

from autograder.course import Course

ROOT = Path(__file__).resolve().parent.parent.parent


def environment(course: Course, folder: Path, **more: str) -> dict[str, str]:
    """What a kernel and its processes see: this course, a place for receipts and submissions of their own."""
    (folder / "exchange").mkdir(exist_ok=True)
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("NBGRADER", "AUTOGRADE", "JPY_"))
    }
    return {
        **kept,
        "PYTHONPATH": str(ROOT),
        # nbgrader looks for alembic there, as in an environment that is activated.
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")]),
        "AUTOGRADE_COURSE": str(course.root),
        "AUTOGRADE_EXCHANGE": str(folder / "exchange"),
        "AUTOGRADE_DATA": str(folder / "data"),
        "AUTOGRADE_CONFIG": str(folder / "no-config.toml"),
        "AUTOGRADE_STUDENT": "an",
        "IPYTHONDIR": str(folder / "ipython"),
        "JUPYTER_CONFIG_DIR": str(folder / "jupyter"),
        "JUPYTER_DATA_DIR": str(folder / "jupyter"),
        **more,
    }


class Kernel:
    """One kernel. Each cell that is run returns its outputs, as a notebook keeps them."""

    def __init__(self, manager: Any, client: Any) -> None:
        self.manager = manager
        self.client = client

    def run(self, source: str, id: str | None = None, seconds: float = 120) -> list[dict[str, Any]]:
        """Run a cell as a frontend does that calls it by this id."""
        return self.answer(self.ask(source, id), seconds)

    def ask(self, source: str, id: str | None = None) -> str:
        content = {
            "code": source,
            "silent": False,
            "store_history": True,
            "user_expressions": {},
            "allow_stdin": False,
            "stop_on_error": True,
        }
        metadata = {} if id is None else {"cellId": id}
        sent = self.client.session.msg("execute_request", content, metadata=metadata)
        self.client.shell_channel.send(sent)
        return str(sent["header"]["msg_id"])

    def answer(self, asked: str, seconds: float = 120) -> list[dict[str, Any]]:
        outputs = []
        while True:
            found = self.client.get_iopub_msg(timeout=seconds)
            if found["parent_header"].get("msg_id") != asked:
                continue
            kind, content = found["header"]["msg_type"], found["content"]
            if kind == "status" and content["execution_state"] == "idle":
                return outputs
            if kind in ("stream", "display_data", "execute_result", "error"):
                outputs.append({"output_type": kind, **content})

    def says(self, source: str, id: str | None = None) -> str:
        """The one output of a command, as text; its HTML must be there too."""
        (output,) = self.run(source, id)
        assert output["output_type"] == "display_data", output
        assert output["data"]["text/html"].startswith("<div")
        return str(output["data"]["text/plain"])


@contextmanager
def kernel(folder: Path, environment: dict[str, str]) -> Iterator[Kernel]:
    """A kernel that was started in `folder`."""
    manager, client = start_new_kernel(cwd=str(folder), env=environment, kernel_name="python3")
    try:
        yield Kernel(manager, client)
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def descendants(process: int) -> set[int]:
    """The processes below one, as Linux tells it; () elsewhere."""
    parents = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            number, rest = path.read_text(errors="replace").split(" (", 1)
            state, parent = rest.rpartition(") ")[2].split()[:2]
        except (OSError, ValueError):
            continue
        if state != "Z":
            parents[int(number)] = int(parent)
    found: set[int] = set()
    while more := {one for one, parent in parents.items() if parent in found | {process}} - found:
        found |= more
    return found


def read(text: str) -> Any:
    """A notebook's text as nbformat has it, which finds it sound."""
    notebook = nbformat.reads(text, 4)
    nbformat.validate(notebook)
    return notebook


def save(path: Path, cells: list[tuple[str, str]], **metadata: Any) -> None:
    """Save a notebook of (id, source)."""
    content = {
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": metadata,
        "cells": [
            {
                "cell_type": "code",
                "id": id,
                "metadata": {},
                "execution_count": None,
                "outputs": [],
                "source": source,
            }
            for id, source in cells
        ],
    }
    path.write_text(json.dumps(content), encoding="utf-8")
