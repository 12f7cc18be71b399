"""Where do the files of a class report lie, and what may lie beside them?"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from autograder.errors import UsageError
from autograder.model import message
from autograder.reports.class_report import csv_files, html, json_file
from autograder.reports.class_report.data import ClassReport
from autograder.reports.write import CLASS, write_text

PAGE = "class-report.html"
JSON = "class-report.json"
CSV = (
    "marks-distribution.csv",
    "functions.csv",
    "checks.csv",
    "mistakes.csv",
    "attempts.csv",
    "lateness.csv",
    "similar.csv",
)


def look_at(folder: Path, *, shared: bool) -> None:
    """Refuse a folder that an edition to share may not go to: one that holds what is not to be shared. And the other way round:
    names may not come to where an edition to share lies.

    Raises  UsageError
    """
    try:
        others = sorted(path.name for path in folder.iterdir() if path.name not in (PAGE, JSON, *CSV))
    except FileNotFoundError:
        return
    except OSError as error:
        raise UsageError(
            message("{path} cannot be read: {reason}.", path=str(folder), reason=str(error.strerror))
        ) from None
    if shared and others:
        raise UsageError(
            message(
                'There are other files in {path}, such as "{name}", and the edition without names is made to be shared. '
                "Name an empty folder: --output DIR.",
                path=str(folder),
                name=others[0],
            )
        )
    if not shared and _is_to_share(folder / JSON):
        raise UsageError(
            message(
                "{path} holds an edition without names, made to be shared. Name another folder for this one, which has names: "
                "--output DIR.",
                path=str(folder),
            )
        )


def _is_to_share(path: Path) -> bool:
    try:
        told = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(told, dict) and told.get("edition") == "shared"


def write(report: ClassReport, folder: Path, language: str, who: Callable[[str], str] = str) -> Path:
    """Write the page, the JSON and the CSV files; what an earlier run left of them goes first, so that no two editions mix.

    Returns  where the page is
    Raises   UsageError where the folder cannot be written
    """
    texts = {JSON: json_file.render(report), **csv_files.render(report)}
    # An edition to share leads nowhere but to its own files.
    beside = report.least <= 1 and (folder / CLASS).is_file()
    texts[PAGE] = html.page(report, language, who, files=tuple(texts), overview=CLASS if beside else "")
    for name in (PAGE, JSON, *CSV):
        try:
            (folder / name).unlink(missing_ok=True)
        except OSError as error:
            raise UsageError(
                message(
                    'Cannot write "{path}": {reason}. Name another folder, or make room in this one.',
                    path=str(folder / name),
                    reason=str(error.strerror),
                )
            ) from None
    for name, text in texts.items():
        write_text(folder / name, text)
    return folder / PAGE
