"""What becomes of a notebook's text and its pictures? README.md, and files beside it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import unquote

from autograder.notebooks.importing.source import SourceCell

_PICTURE = re.compile(r"(!\[[^\]]*\]\()\s*<?([^)>\s]+)>?([^)]*\))")
_TAG = re.compile(r"""(<img\b[^>]*?\bsrc\s*=\s*["'])([^"']+)(["'])""", re.IGNORECASE)
_MARK_SCHEME = re.compile(
    r"^[^\n]*BEGIN MARK SCHEME.*?(?:END MARK SCHEME[^\n]*\n?|\Z)", re.MULTILINE | re.DOTALL
)
_HEADING = re.compile(r"^#\s+(.+?)\s*#*\s*$", re.MULTILINE)
_LARGEST = 16 * 2**20


class Statement:
    """The README of one assignment, put together cell by cell.

    pictures  file name → bytes
    """

    def __init__(self) -> None:
        self._blocks: list[str] = []
        self.pictures: dict[str, bytes] = {}

    def add(self, cell: SourceCell) -> list[str]:
        """Take a text cell in.

        Returns  the pictures that are not there
        """
        missing: list[str] = []
        folder = cell.notebook.parent.resolve()

        def found(match: re.Match[str]) -> str:
            before, where, after = match.groups()
            if re.match(r"(?:https?|data|mailto):", where):
                return match[0]
            data = _picture(cell.attachments, folder, where)
            if data is None:
                missing.append(where)
                return match[0]
            return f"{before}pictures/{self._keep(where, data)}{after}"

        text = _MARK_SCHEME.sub("", cell.source)
        self._blocks.append(_TAG.sub(found, _PICTURE.sub(found, text)).strip())
        return missing

    def example(self, source: str) -> None:
        """Show code that is nobody's to write."""
        fence = "````" if "```" in source else "```"
        self._blocks.append(f"{fence}python\n{source.strip()}\n{fence}")

    def say(self, text: str) -> None:
        self._blocks.append(text)

    @property
    def title(self) -> str:
        """The first heading of the first level, or ""."""
        for block in self._blocks:
            if (found := _HEADING.search(block)) and not block.startswith("```"):
                return found[1].replace("`", "").replace("*", "")
        return ""

    def rendered(self, title: str) -> str:
        blocks = [block for block in self._blocks if block]
        if not blocks or not blocks[0].startswith("# "):
            blocks.insert(0, f"# {title}")
        return "\n\n".join(blocks) + "\n"

    def _keep(self, where: str, data: bytes) -> str:
        name = re.sub(r"[^\w.-]+", "_", Path(unquote(where.removeprefix("attachment:"))).name, flags=re.ASCII)
        name = name if name.strip("._") else "picture.png"
        stem, dot, ending = name.rpartition(".")
        if ending.lower() == "jpeg":
            name = f"{stem}.jpg"
        number = 1
        while self.pictures.get(name, data) != data:
            number += 1
            name = f"{stem}_{number}{dot}{ending}"
        self.pictures[name] = data
        return name


def _picture(attachments: Mapping[str, bytes], folder: Path, where: str) -> bytes | None:
    if where.startswith("attachment:"):
        name = where.removeprefix("attachment:")
        return attachments.get(name, attachments.get(unquote(name)))
    path = (folder / unquote(where).partition("?")[0]).resolve()
    # Only what lies with the notebook: a text may name any file of this machine.
    if not path.is_relative_to(folder) or not path.is_file() or path.stat().st_size > _LARGEST:
        return None
    return path.read_bytes()
