"""What is handed out? To students, to nbgrader, to Gradescope; made from the course, and scanned before anyone gets it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from autograder.model import Message


@dataclass(frozen=True)
class Released:
    """What a release made.

    paths   files and folders, in the order to be named
    notes   what to know about them: a function that changed since the last release, what to upload where
    secret  whether they hold the solutions and must never reach a student
    """

    paths: tuple[Path, ...]
    notes: tuple[Message, ...] = ()
    secret: bool = False
